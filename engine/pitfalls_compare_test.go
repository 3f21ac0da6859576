package engine_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// comparison is a call of subtle.ConstantTimeCompare.
type comparison struct {
	at, sent, secret string
	oneLength        bool
}

// sameLength are the functions that compare what cannot be of two lengths, or
// where nobody who sends a request learns how long it takes.
var sameLength = map[string]string{
	"scheme/compute.go matches":             "a signature has the length of its digest, and a token goes to digestsMatch",
	"scheme/condition.go digestEquals":      "the digest is of what was sent, and has no secret in it",
	"handshake.go checkTokens":              "both are in the configuration, and no request is there",
	"internal/receive/credentials.go oneOf": "both are digests",
}

// comparisons lists the calls that compare a secret in constant time.
func comparisons(t *testing.T) []comparison {
	t.Helper()
	var found []comparison
	tokensByDigest := false
	eachFunction(t, func(at string, f *ast.FuncDecl, text func(ast.Node) string) {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch text(call.Fun) {
			case "digestsMatch":
				tokensByDigest = tokensByDigest || at == "scheme/compute.go matches"
			case "subtle.ConstantTimeCompare":
				c := comparison{at: at, sent: text(call.Args[0]), secret: text(call.Args[1])}
				c.oneLength = sameLength[at] != "" || strings.HasSuffix(c.sent, "[:]") && strings.HasSuffix(c.secret, "[:]")
				found = append(found, c)
			}
			return true
		})
	})
	if !tokensByDigest {
		t.Error("tokens are not compared by their digests")
	}
	if len(found) < 4 {
		t.Errorf("%d comparisons are found, want those of the signature, the token, the credentials and the digest", len(found))
	}
	return found
}

// secretName is what variables are called that hold what a sender must not be
// able to find out byte by byte, or what is compared with it.
var secretName = regexp.MustCompile(`(?i)(^|\.)(sig|sigs|signature|signatures|mac|sum|expected|sent|token|tokens|secret|password|credential)$|Reveal\(\)$`)

// notSecret are comparisons of values with such names that are no secret.
var notSecret = map[string]string{
	"scheme/ecdsa_der.go isSignatureDER sig": "a signature is compared with how its own numbers are written",
}

// constantTime looks for a signature or a secret that is compared by a function
// which stops at the first difference.
func constantTime(t *testing.T) {
	hasty := func(at, how string, sides ...string) {
		for _, side := range sides {
			if strings.HasPrefix(side, `"`) || strings.HasPrefix(side, "'") || side == "nil" || strings.HasPrefix(side, "webhook.") || side == "0" || side == "1" || strings.HasPrefix(side, "len(") {
				return
			}
		}
		for _, side := range sides {
			if secretName.MatchString(side) && notSecret[at+" "+side] == "" {
				t.Errorf("%s compares %s by %s, which takes the longer the more is right: use subtle.ConstantTimeCompare", at, strings.Join(sides, " and "), how)
			}
		}
	}
	seen := 0
	eachFunction(t, func(at string, f *ast.FuncDecl, text func(ast.Node) string) {
		seen++
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if n.Op == token.EQL || n.Op == token.NEQ {
					hasty(at, n.Op.String(), text(n.X), text(n.Y))
				}
			case *ast.CallExpr:
				switch fn := text(n.Fun); fn {
				case "bytes.Equal", "bytes.Compare", "strings.Compare", "strings.EqualFold", "slices.Equal", "reflect.DeepEqual", "bytes.HasPrefix", "slices.Contains":
					hasty(at, fn, text(n.Args[0]), text(n.Args[1]))
				}
			}
			return true
		})
	})
	if seen < 200 {
		t.Errorf("%d functions are read, want all of those that see a signature", seen)
	}
}

// eachFunction shows the functions of the packages that judge requests.
func eachFunction(t *testing.T, show func(at string, f *ast.FuncDecl, text func(ast.Node) string)) {
	t.Helper()
	for _, dir := range []string{".", "scheme", "catalog", "internal/receive", "internal/keyring", "connect/gateway", "connect/fiber"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
					show(filepath.ToSlash(name)+" "+f.Name.Name, f, written)
				}
			}
		}
	}
}

// written is an expression as it is written, as far as comparisons have it.
func written(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Ident:
		return n.Name
	case *ast.BasicLit:
		return n.Value
	case *ast.SelectorExpr:
		return written(n.X) + "." + n.Sel.Name
	case *ast.IndexExpr:
		return written(n.X) + "[]"
	case *ast.SliceExpr:
		return written(n.X) + "[:]"
	case *ast.CallExpr:
		if fn := written(n.Fun); len(n.Args) == 1 && (fn == "string" || fn == "[]byte") {
			return written(n.Args[0])
		}
		if len(n.Args) == 1 {
			return written(n.Fun) + "(" + written(n.Args[0]) + ")"
		}
		return written(n.Fun) + "()"
	case *ast.ArrayType:
		return "[]byte"
	case *ast.ParenExpr:
		return written(n.X)
	}
	return fmt.Sprintf("%T", n)
}
