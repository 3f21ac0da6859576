package script

import (
	"strings"

	"github.com/dop251/goja/ast"

	"github.com/hookseal/hookseal/engine/webhook"
)

// findHooks maps each hook to the expression whose value is the function that
// implements it, and settles the form.
func (u *unit) findHooks(tree *ast.Program, exports []export) (map[webhook.Hook]string, error) {
	if len(exports) == 0 {
		return u.declaredHooks(tree)
	}
	hooks := map[webhook.Hook]string{}
	for _, exp := range exports {
		for _, name := range exp.names(tree) {
			hook := webhook.Hook(name.exported)
			switch {
			case name.exported == "default" && name.local == string(webhook.HookClaim):
				hook = webhook.HookClaim
			case name.exported == "default":
				hook = webhook.HookTransform
			}
			if !isHook(hook) {
				continue
			}
			if _, twice := hooks[hook]; twice {
				return nil, u.faultAt(exp.word, "the script exports %s twice", hook)
			}
			hooks[hook] = name.local
		}
	}
	if len(hooks) == 0 {
		return nil, u.faultAt(exports[0].word, "the script exports neither transform nor claim")
	}
	return hooks, nil
}

// declaredHooks finds the hooks of a script without exports.
func (u *unit) declaredHooks(tree *ast.Program) (map[webhook.Hook]string, error) {
	names := map[string]bool{}
	for _, s := range tree.Body {
		for _, name := range declared(s) {
			names[name] = true
		}
	}
	hooks := map[webhook.Hook]string{}
	if names[string(webhook.HookClaim)] {
		hooks[webhook.HookClaim] = string(webhook.HookClaim)
	}
	u.registers = strings.Contains(u.source, "addHandler")
	switch {
	case u.registers && names["transform"]:
		hooks[webhook.HookTransform], u.form = "addHandler.transform || transform", convoyForm
	case u.registers:
		hooks[webhook.HookTransform], u.form = "addHandler.transform", hookdeckForm
	case names["handler"] && names["transform"]:
		return nil, u.faultAt(0, "the script declares handler, as for Svix, and transform, as for Convoy: write export default in front of the one that is meant")
	case names["handler"]:
		hooks[webhook.HookTransform], u.form = "handler", svixForm
	case names["transform"]:
		hooks[webhook.HookTransform], u.form = "transform", convoyForm
	}
	if len(hooks) == 0 {
		return nil, u.faultAt(0, "the script declares neither transform nor claim: write export default function transform(event, context) {…}")
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
