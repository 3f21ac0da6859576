#!/usr/bin/env bash
# Makes a release in the folder DIR: for each system a program that is linked
# statically and can be built again bit for bit, its bill of materials (CycloneDX),
# and the checksums of all. It takes go and jq.
#
#	docs/deploy/release.sh DIR
set -euo pipefail
dir=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' engine/engine.go)
[ -n "$version" ] || { echo "engine/engine.go names no version" >&2; exit 1; }

for system in ${SYSTEMS:-linux/amd64 linux/arm64 darwin/arm64 windows/amd64}; do
	name=hookseal-$version-${system/\//-}
	program=$name
	[ "${system%/*}" = windows ] && program=$name.exe
	CGO_ENABLED=0 GOOS=${system%/*} GOARCH=${system#*/} go build -trimpath -ldflags="-s -w" -o "$dir/$program" ./cmd/hookseal
	go version -m -json "$dir/$program" | jq --arg version "$version" -f "$here/sbom.jq" >"$dir/$name.cdx.json"
done
cd "$dir"
sha256sum hookseal-"$version"-* >SHA256SUMS
