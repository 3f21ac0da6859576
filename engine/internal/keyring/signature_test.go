package keyring_test

import "github.com/hookseal/hookseal/engine/scheme"

func signatureIn(header string) scheme.SignatureDef {
	return scheme.SignatureDef{Header: scheme.List{header}, Encoding: scheme.List{"hex"}}
}
