"""Makes a callgraph with pointer analysis, to compare with: python bench/pointer.py TOOLS GOROOT OUT

TOOLS is a git repository of golang.org/x/tools with its history; GOROOT a Go distribution whose ``bin/go`` builds it; OUT
the program that is made. x/tools had an inclusion-based pointer analysis, field-sensitive, which follows values object by
object; vta, which took its place, has one node for all slices, maps and channels of a type. The last go/pointer is put
beside today's go/ssa and taught aliases and generic types.

OUT takes ``-algo=pointer``. It analyses the library with the models of ``MODELS`` in place of what package unsafe hides,
of the GOROOT that it was made with, which the ``go`` on PATH has to be. Not followed: reflection and assembly.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_LAST = "c6d86c4f3^"
"""The last commit of x/tools with go/pointer."""

MODELS = {
    "sync/map.go": """package sync
type Map struct {
	_ noCopy
	k, v any
}
func (m *Map) Load(key any) (value any, ok bool) { return m.v, m.k == key }
func (m *Map) Store(key, value any) { m.k, m.v = key, value }
func (m *Map) Clear() { m.k, m.v = nil, nil }
func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {
	if m.k == nil {
		m.k, m.v = key, value
	}
	return m.v, true
}
func (m *Map) LoadAndDelete(key any) (value any, loaded bool) { return m.v, true }
func (m *Map) Delete(key any) {}
func (m *Map) Swap(key, value any) (previous any, loaded bool) {
	previous = m.v
	m.k, m.v = key, value
	return previous, true
}
func (m *Map) CompareAndSwap(key, old, new any) (swapped bool) {
	m.k, m.v = key, new
	return true
}
func (m *Map) CompareAndDelete(key, old any) (deleted bool) { return true }
func (m *Map) Range(f func(key, value any) bool) { f(m.k, m.v) }
""",
    "sync/pool.go": """package sync
type Pool struct {
	noCopy noCopy
	x any
	New func() any
}
func (p *Pool) Put(x any) { p.x = x }
func (p *Pool) Get() any {
	if p.x == nil {
		return p.New()
	}
	return p.x
}
""",
    "sync/atomic/value.go": """package atomic
type Value struct {
	v any
}
func (v *Value) Load() (val any) { return v.v }
func (v *Value) Store(val any) { v.v = val }
func (v *Value) Swap(new any) (old any) {
	old = v.v
	v.v = new
	return old
}
func (v *Value) CompareAndSwap(old, new any) (swapped bool) {
	v.v = new
	return true
}
""",
}
_POINTER = """type Pointer[T any] struct {
	_ noCopy
	v *T
}
func (x *Pointer[T]) Load() *T { return x.v }
func (x *Pointer[T]) Store(val *T) { x.v = val }
func (x *Pointer[T]) Swap(new *T) (old *T) {
	old = x.v
	x.v = new
	return old
}
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	x.v = new
	return true
}

"""
_AFTER = "func AfterFunc(d Duration, f func()) *Timer {\n\tgo f()\n\treturn NewTimer(d)\n}\n"

_CASE = """
	case "pointer":
		mains, err := mainPackages(pkgs)
		if err != nil {
			return err
		}
		found, err := pointer.Analyze(&pointer.Config{Mains: mains, BuildCallGraph: true})
		if err != nil {
			return err
		}
		cg = found.CallGraph
"""

_MADE = r"""
		if boxed, ok := instr.(*ssa.MakeInterface); ok {
			a.made[boxed.X.Type()] = true
		}\1"""
_METHODS = r"""\1
		for t := range a.made {
			delete(a.made, t)
			if !a.told[t] {
				a.told[t] = true
				a.genMethodsOf(t)
			}
		}
"""

# Pattern and replacement in the files of go/pointer, each of which has to fit somewhere.
_EDITS = {
    "go/pointer/util.go": [
        (r'exec "golang.org/x/sys/execabs"', '"os/exec"'),
        (r"switch (T|t) := [Tt]\.\(type\)", r"switch \1 := types.Unalias(\1).(type)"),
    ],
    "go/pointer/analysis.go": [
        (r"(\ntype analysis struct \{\n)", r"\1\tmade, told map[types.Type]bool\n"),
        (r"(\n\ta := &analysis\{\n)", r"\1\t\tmade: make(map[types.Type]bool), told: make(map[types.Type]bool),\n"),
        (r'(reflect\.Pkg\.Scope\(\)\.Lookup\("Type"\)\.Type\(\))\.\(', r"types.Unalias(\1).("),
    ],
    "go/pointer/intrinsics.go": [(r"(deref\(recv\.Type\(\)\))\.\(", r"types.Unalias(\1).(")],
    "go/pointer/gen.go": [
        (r"call\.Value\.Type\(\) == a\.reflectType", "types.Unalias(call.Value.Type()) == a.reflectType"),
        # Conversions between type parameters, and of strings and slices to each other: nothing points anywhere by them.
        (r'\n\tpanic\(fmt\.Sprintf\("illegal \*ssa\.Convert[^\n]*', ""),
        (r"\n\tcase \*ssa\.Panic:", "\n\tcase *ssa.MultiConvert:\n\n\tcase *ssa.Panic:"),
        # What is made an interface in an instance of a generic function is not among the program's runtime types.
        (r"(\n\t\tv := instr\.\(ssa\.Value\)\n\t\ta\.addressOf)", _MADE),
        (r"(\n\t\ta\.genFunc\(cgn\)\n)", _METHODS),
        # Methods with type parameters have no code of their own.
        (r"(\n\t\tm := a\.prog\.MethodValue\(mset\.At\(i\)\))", r"\1\n\t\tif m == nil {\n\t\t\tcontinue\n\t\t}"),
    ],
    "go/pointer/solve.go": [(r'panic\(fmt\.Sprintf\("n%d: no ssa\.Function[^\n]*', "continue")],
    "cmd/callgraph/main.go": [
        (r'("golang\.org/x/tools/go/packages"\n)', r'\1\t"golang.org/x/tools/go/pointer"\n'),
        (r"(Dir:\s+dir,\n)", r"\1Overlay: models(),\n"),
        (
            r'\n\tcase "pta":[^\n]*\n[^\n]*\n',
            _CASE,
        ),
    ],
}


def models(goroot: Path) -> dict[str, str]:
    """The files of the library that are analysed otherwise than they are written."""
    atomic = (goroot / "src/sync/atomic/type.go").read_text(encoding="utf-8")
    sleep = (goroot / "src/time/sleep.go").read_text(encoding="utf-8")
    changed = re.sub(r"(?s)// A Pointer is .*?(?=// An Int32 is )", _POINTER, atomic, count=1)
    changed = changed.replace('import "unsafe"', 'import _ "unsafe"')
    after = re.sub(r"(?s)\nfunc AfterFunc\(.*?\n}\n", lambda _: "\n" + _AFTER, sleep, count=1)
    if changed == atomic or after == sleep:
        raise SystemExit(f"{goroot} is of another Go than the models of this script")
    return MODELS | {"sync/atomic/type.go": changed, "time/sleep.go": after}


def main() -> None:
    tools, goroot, out = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        for tree, paths in (("HEAD", ["."]), (_LAST, ["go/pointer"])):
            packed = subprocess.run(
                ["git", "-C", tools, "archive", tree, *paths], check=True, stdout=subprocess.PIPE
            ).stdout
            subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
        for name in ("go.mod", "go.sum"):
            Path(folder, "go/pointer", name).unlink(missing_ok=True)
        for name, edits in _EDITS.items():
            file = Path(folder, name)
            text = file.read_text(encoding="utf-8")
            for pattern, replacement in edits:
                text, count = re.subn(pattern, replacement, text)
                if not count:
                    raise SystemExit(f"{name} of this x/tools has nothing like {pattern}")
            file.write_text(text, encoding="utf-8")
        rows = "".join(
            f"\t\t{go_string(str(goroot / 'src' / name))}: []byte({go_string(text)}),\n"
            for name, text in models(goroot).items()
        )
        Path(folder, "cmd/callgraph/models.go").write_text(
            f"package main\n\nfunc models() map[string][]byte {{\n\treturn map[string][]byte{{\n{rows}\t}}\n}}\n",
            encoding="utf-8",
        )
        environment = os.environ | {"GOROOT": str(goroot), "GOTOOLCHAIN": "local"}
        command = [str(goroot / "bin/go"), "build", "-o", str(out), "./cmd/callgraph"]
        subprocess.run(command, cwd=folder, env=environment, check=True)
    print(f"{out} takes -algo=pointer: TRACER_ALGO=pointer TRACER_CALLGRAPH={out} python bench/compare.py ...")


def go_string(text: str) -> str:
    """A text as a literal of Go: its bytes, escaped."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in text.encode()) + '"'


if __name__ == "__main__":
    main()
