package script

import (
	"github.com/dop251/goja/ast"

	"github.com/hookseal/hookseal/engine/webhook"
)

// hookNames maps each hook to the name of the function that implements it.
func (u *unit) hookNames(tree *ast.Program, exports []export) (map[webhook.Hook]string, error) {
	hooks := map[webhook.Hook]string{}
	if len(exports) == 0 {
		for _, s := range tree.Body {
			for _, name := range declared(s) {
				if hook := webhook.Hook(name); isHook(hook) {
					hooks[hook] = name
				}
			}
		}
		if len(hooks) == 0 {
			return nil, u.faultAt(0, "the script declares neither transform nor claim: write export default function transform(event, context) {…}")
		}
		return hooks, nil
	}
	for _, exp := range exports {
		names := []string{exp.unnamed}
		if exp.unnamed == "" {
			names = declared(statementAt(tree, exp.at))
		}
		for _, name := range names {
			hook := webhook.Hook(name)
			if exp.byDefault && hook != webhook.HookClaim {
				hook = webhook.HookTransform
			}
			if !isHook(hook) {
				continue
			}
			if _, twice := hooks[hook]; twice {
				return nil, u.faultAt(exp.word, "the script exports %s twice", hook)
			}
			hooks[hook] = name
		}
	}
	if len(hooks) == 0 {
		return nil, u.faultAt(exports[0].word, "the script exports neither transform nor claim")
	}
	return hooks, nil
}

func isHook(h webhook.Hook) bool { return h == webhook.HookTransform || h == webhook.HookClaim }

// declared lists the names that a statement declares.
func declared(s ast.Statement) []string {
	switch s := s.(type) {
	case *ast.FunctionDeclaration:
		return []string{s.Function.Name.Name.String()}
	case *ast.ClassDeclaration:
		return []string{s.Class.Name.Name.String()}
	case *ast.VariableStatement:
		return bound(s.List)
	case *ast.LexicalDeclaration:
		return bound(s.List)
	}
	return nil
}

// bound lists the plain names of bindings; a hook is not found in a pattern.
func bound(list []*ast.Binding) []string {
	var names []string
	for _, b := range list {
		if id, ok := b.Target.(*ast.Identifier); ok {
			names = append(names, id.Name.String())
		}
	}
	return names
}
