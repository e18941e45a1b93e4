"""Compares tracer's types with those of go/types (``differential/types/main.go``), expression by expression."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from scripts.callgraph import go
from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info
from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.types import constants
from tracer.golang.types.literals import quote
from tracer.syntax import ast

HELPER = Path(__file__).parent / "types"
OFFLINE = {
    "CGO_ENABLED": "0",
    "GO111MODULE": "on",
    "GOARCH": "amd64",
    "GOFLAGS": "-mod=mod",
    "GOOS": "linux",
    "GOPROXY": "off",
    "GOSUMDB": "off",
    "GOTOOLCHAIN": "local",
}
FIELDS = "ImportPath,Dir,GoFiles,ImportMap,Module"
Key = tuple[int, int, str, int]


def run(arguments: list[str], folder: Path, stdin: str = "", **environment: str) -> str:
    done = subprocess.run(
        arguments,
        check=False,
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        env=os.environ | OFFLINE | environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def build_helper(folder: Path) -> Path:
    out = folder / "types"
    run([str(go() or "go"), "build", "-o", str(out), "."], HELPER)
    return out


def listing(folder: Path, patterns: Iterable[str], *flags: str, **environment: str) -> str:
    """``go list`` of packages with all that they import, as JSON values."""
    return run([str(go() or "go"), "list", "-e", "-deps", f"-json={FIELDS}", *flags, *patterns], folder, **environment)


@dataclass(slots=True)
class Findings:
    """What go/types says of one file: type, constant value and mode of each expression, the callee of each call."""

    expressions: dict[Key, tuple[str, str, str]] = field(default_factory=dict[Key, tuple[str, str, str]])
    callees: dict[Key, str] = field(default_factory=dict[Key, str])
    constants: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict[tuple[int, int], tuple[str, str]])


def findings(rows: Iterable[str], errors: dict[str, list[str]] | None = None) -> dict[str, Findings]:
    """The helper's output by file; ``errors`` takes those of each package."""
    out: dict[str, Findings] = {}
    at = Findings()
    package = ""
    for row in rows:
        tag, *rest = row.rstrip("\n").split("\t")
        if tag == "P":
            package = rest[0]
        elif tag == "X" and errors is not None:
            errors.setdefault(package, []).append(rest[0])
        if tag == "F":
            at = out[rest[0]] = Findings()
        elif tag == "E":
            at.expressions[int(rest[0]), int(rest[1]), rest[2], int(rest[3])] = (rest[4], _real(rest[5]), rest[6])
        elif tag == "C":
            at.callees[int(rest[0]), int(rest[1]), "Call", int(rest[2])] = rest[3]
        elif tag == "K":
            at.constants[int(rest[0]), int(rest[1])] = (rest[2], _real(rest[3]))
    return out


def _real(value: str) -> str:
    """go/constant has complex numbers without an imaginary part in either form."""
    return re.sub(r"^\((.*) \+ 0i\)$", r"\1", value)


def text(typ: t.Type, depth: int = 0) -> str:
    """A type as the helper writes it."""
    if depth > 30:
        return "…"
    deeper = depth + 1
    match typ:
        case t.Named():
            args = f"[{','.join(text(x, deeper) for x in typ.targs)}]" if typ.targs else ""
            return typ.obj.full_name + args
        case t.Pointer():
            return "*" + text(typ.elem, deeper)
        case t.Slice():
            return "[]" + text(typ.elem, deeper)
        case t.Array():
            length = getattr(typ, "length", None)
            return f"[{'?' if length is None else length}]" + text(typ.elem, deeper)
        case t.Map():
            return f"map[{text(typ.key, deeper)}]{text(typ.elem, deeper)}"
        case t.Chan():
            arrow = {"both": "chan ", "send": "chan<- ", "recv": "<-chan "}[typ.direction]
            return f"{arrow}({text(typ.elem, deeper)})"
        case t.Tuple():
            return _tuple(typ.types, deeper)
        case t.Signature():
            return "func" + _tuple(typ.params, deeper, variadic=typ.variadic) + _tuple(typ.results, deeper)
        case t.Struct():
            return f"struct{{{'; '.join(_field(f, deeper) for f in typ.fields)}}}"
        case t.Interface():
            rows = sorted(name + text(sig, deeper) for name, sig in t.methods_of(typ).items())
            return f"interface{{{'; '.join(rows)}}}"
        case t.TypeParam() | t.Basic():
            return typ.name
        case t.UnionType():
            return "union"
        case _:
            return "?"


def _tuple(types: Iterable[t.Type], depth: int, *, variadic: bool = False) -> str:
    rows = [text(x, depth) for x in types]
    if variadic:
        rows[-1] = "..." + rows[-1]
    return f"({', '.join(rows)})"


def _field(f: t.Field, depth: int) -> str:
    row = ("!" if f.embedded else f.name + " ") + text(f.type, depth)
    tag = getattr(f, "tag", "")
    return f"{row} {json.dumps(tag, ensure_ascii=False)}" if tag else row


_LEFT = {
    "Selector": "x",
    "Index": "x",
    "SliceExpr": "x",
    "TypeAssert": "x",
    "Call": "fun",
    "Binary": "x",
    "CompositeLit": "type",
}


def ordinal(e: ast.Expr) -> int:
    kind = type(e).__name__
    count = 0
    at: ast.Expr | None = e
    while (name := _LEFT.get(type(at).__name__)) is not None:
        at = getattr(at, name)
        count += type(at).__name__ == kind
    return count


def key(e: ast.Expr, file: File) -> Key:
    line, column = file.place(e.start if isinstance(e, ast.Call) else e.pos)
    return line, column, type(e).__name__, ordinal(e)


@dataclass(frozen=True, slots=True)
class Difference:
    """``what`` is type, value, mode, callee or missing."""

    what: str
    path: str
    key: Key
    mine: str
    theirs: str

    def __str__(self) -> str:
        line, column, kind, _ = self.key
        return f"{self.path}:{line}:{column}: {self.what} of {kind}: {self.mine} where go/types has {self.theirs}"


def callee(site: CallSite) -> str:
    if site.kind == "static" and site.func is not None:
        return f"static {site.func.full_name}"
    if site.kind == "interface" and isinstance(site.node.fun, ast.Selector):
        return f"interface {site.node.fun.sel.name}"
    return site.kind


@dataclass(slots=True)
class Comparison:
    expressions: int = 0
    constants: int = 0
    calls: int = 0
    unknown: dict[str, int] = field(default_factory=dict[str, int])
    differences: list[Difference] = field(default_factory=list[Difference])


def compare_file(analysis: Analysis, file: File, found: Findings, out: Comparison) -> None:
    seen: set[Key] = set()
    called: set[Key] = set()
    for declaration in file.facts.declarations:
        if declaration.kind in ("func", "method", "var"):
            info = analysis.checker.check(file.unit(declaration))
            _compare_unit(analysis, info, found, seen, called, out)
    _compare_constants(analysis, file, found, out)
    for k, (theirs, *_) in found.expressions.items():
        if k not in seen and theirs != "invalid type":
            out.differences.append(Difference("missing", file.path, k, "nothing", theirs))
    for k, theirs in found.callees.items():
        if k not in called and theirs not in ("builtin", "conversion"):
            out.differences.append(Difference("callee", file.path, k, "nothing", theirs))


def _compare_constants(analysis: Analysis, file: File, found: Findings, out: Comparison) -> None:
    checker = analysis.checker
    scope = checker.resolver.package(file.package)
    declared = [scope.lookup(n) for d in file.facts.declarations if d.kind == "const" for n in d.names]
    objects = [c for c in declared if isinstance(c, t.Const)]
    objects += [c for c in list(checker.constants) if c.file is file and c.package is None]
    seen: set[tuple[int, int]] = set()
    for const in objects:
        if const.file is not file:
            continue
        place = file.place(const.pos)
        theirs = found.constants.get(place)
        seen.add(place)
        if theirs is None:
            continue
        value = checker.value_of(const)
        mine = (
            text(checker.type_of_object(const)),
            "none" if value is None or value.value is None else shown(value.value),
        )
        out.constants += 1
        if mine != theirs and not _near(mine, theirs):
            key = (*place, "Const", 0)
            out.differences.append(Difference("value", file.path, key, " ".join(mine), " ".join(theirs)))
    for pos in found.constants.keys() - seen:
        out.differences.append(Difference("value", file.path, (*pos, "Const", 0), "nothing", ""))


def shown(value: constants.Value) -> str:
    """A value as the helper writes it (go/constant's ExactString): strings in ASCII."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _escaped(value)
        case constants.Complex(imag=imag) if imag == 0:
            return _rational(value.real)
        case constants.Complex():
            return f"({_rational(value.real)} + {_rational(value.imag)}i)"
        case _:
            return _rational(Fraction(value))


def _rational(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _escaped(value: str) -> str:
    rows: list[str] = []
    for char in quote(value):
        code = ord(char)
        rows.append(char if code < 128 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return "".join(rows)


def _near(mine: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """Very large or small floats are no fractions in go/constant."""
    return mine[0] == theirs[0] and ("e" in theirs[1] or "p" in theirs[1]) and not theirs[1].startswith('"')


def _compare_unit(
    analysis: Analysis,
    info: Info,
    found: Findings,
    seen: set[Key],
    called: set[Key],
    out: Comparison,
) -> None:
    path = info.file.path
    # Where a declaration of constants is repeated, its expressions were visited several times: the last counts.
    for k, x in {key(e, info.file): x for e, x in info.operands.items()}.items():
        seen.add(k)
        theirs = found.expressions.get(k)
        if theirs is None or theirs[0] == "invalid type":
            continue
        out.expressions += 1
        mine = (text(x.type), "" if x.value is None else shown(x.value), x.mode.value)
        for what, a, b in zip(("type", "value", "mode"), mine, theirs, strict=True):
            if a != b and not (what == "value" and _near((mine[0], a), (theirs[0], b))):
                out.differences.append(Difference(what, path, k, a, b))
    for site in info.calls:
        k = key(site.node, info.file)
        called.add(k)
        out.calls += 1
        theirs_callee = found.callees.get(k)
        mine = callee(site)
        if site.kind == "unknown":
            out.unknown[site.detail] = out.unknown.get(site.detail, 0) + 1
        if theirs_callee is not None and mine != theirs_callee:
            out.differences.append(Difference("callee", path, k, mine, theirs_callee))


def compare(analysis: Analysis, found: dict[str, Findings], root: Path) -> Comparison:
    """Every unit of every file of the program that go/types told something of."""
    out = Comparison()
    for package in analysis.program.closure():
        for file in () if package.is_std else package.files:
            theirs = found.get(str(root / file.path))
            if theirs is not None:
                compare_file(analysis, file, theirs, out)
    return out
