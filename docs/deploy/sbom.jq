# Makes a CycloneDX bill of materials of what the Go linker wrote into a binary:
#
#	go version -m -json hookseal | jq --arg version 0.1.0 -f sbom.jq
#
# The checksums are those of go.sum, which are no plain digests of files, and
# therefore properties.
def purl: "pkg:golang/\(.Path)@\(.Version)";
def component: (.Replace // .) | {
	type: "library", "bom-ref": purl, name: .Path, version: .Version, purl: purl,
	properties: (if .Sum then [{name: "go:sum", value: .Sum}] else [] end)
};
{
	bomFormat: "CycloneDX", specVersion: "1.5", version: 1,
	metadata: {component: {
		type: "application", "bom-ref": .Main.Path, name: "hookseal", version: $version,
		purl: "pkg:golang/\(.Main.Path)@v\($version)",
		properties: [.Settings[] | select(.Key | test("^(GOOS|GOARCH|vcs\\.revision|vcs\\.modified)$")) | {name: "go:\(.Key)", value: .Value}]
	}},
	components: ([.Deps[] | component] + [{
		type: "library", "bom-ref": "std", name: "std", version: (.GoVersion | ltrimstr("go")),
		purl: "pkg:golang/std@\(.GoVersion | ltrimstr("go"))"
	}]),
	dependencies: [{ref: .Main.Path, dependsOn: ([.Deps[] | (.Replace // .) | purl] + ["std"])}]
}
