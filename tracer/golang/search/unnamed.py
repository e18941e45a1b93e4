"""Struct types without a name, as text: where they are written, and whose values they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracer.golang.load.package import File
from tracer.syntax import ast

_COMMA = re.compile(rb",\s+")
_ROWS = re.compile(rb"[\n;]")
_NAMED = re.compile(rb"([\w\x80-\xff]+(?:\s*,\s*[\w\x80-\xff]+)*)\s+[^\s.]")
_LAST = re.compile(rb"[\w\x80-\xff]+")
_BEGIN = re.compile(rb"struct\s*\{")
# Brackets, comments and literals.
_TOKEN = re.compile(rb"""[(\[{]|[)\]}]|//[^\n]*|/\*(?s:.*?)\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`""")


def around(file: File, at: int, names: Sequence[str]) -> int | None:
    """Where the struct type without a name begins, with fields of these names, that has the one at an offset."""
    d = file.declaration_at(at)
    if d is None:
        return None
    spec = spec_at(file, at)
    declared = spec.type.pos if spec is not None and not spec.alias and isinstance(spec.type, ast.StructType) else -1
    begin = at
    while (begin := file.source.rfind(b"struct", d.start, begin)) >= 0:
        opened = _BEGIN.match(file.source, begin)
        if opened is None:
            continue
        end = _closing(file.source, opened.end())
        if end > at:
            return begin if begin != declared and _fields(file.source, opened.end()) == list(names) else None
    return None


def holders(file: File, at: int) -> Iterator[tuple[str, bool]]:
    """The names in whose declarations a type stands that is written at an offset, and whether they stand alone: what has its values.

    A field and a method stand behind a dot. In a function's body that is the function alone.
    """
    d = file.declaration_at(at)
    if d is None:
        return
    if d.kind == "type":
        spec = spec_at(file, at)
        inner = _inside(spec.type, at) if spec is not None else ""
        if inner:
            yield inner, False
        elif spec is not None:
            yield spec.name, True
        return
    before = file.source[d.start : at]
    if d.kind == "var" or before.count(b"{") <= before.count(b"}"):
        for name in d.names:
            if name != "_":
                yield name, d.kind != "method"


def has_struct(spec: ast.TypeSpec, names: Sequence[str]) -> bool:
    """Whether a struct type without a name stands in a type's declaration, with fields of these names."""
    waiting = [spec.type]
    for typ in waiting:
        if isinstance(typ, ast.StructType) and (typ is not spec.type or spec.alias):
            if [f.name for f in typ.fields] == list(names):
                return True
        waiting += _parts(typ)
    return False


def spec_at(file: File, pos: ast.Pos) -> ast.TypeSpec | None:
    """The declaration of a package's type that holds a position."""
    d = file.declaration_at(pos)
    found = None
    for spec in file.specs(d) if d is not None and d.kind == "type" else ():
        if isinstance(spec, ast.TypeSpec) and spec.pos <= pos:
            found = spec
    return found


def _parts(typ: ast.Expr) -> list[ast.Expr]:
    match typ:
        case ast.StructType():
            return [f.type for f in typ.fields]
        case ast.MapType():
            return [typ.key, typ.value]
        case ast.ArrayType():
            return [typ.elem]
        case ast.ChanType():
            return [typ.value]
        case ast.Star():
            return [typ.x]
        case ast.Index():
            return [typ.x, *typ.indices]
        case ast.FuncType():
            return [p.type for p in (*typ.params, *typ.results)]
        case ast.InterfaceType():
            return [m.type for m in typ.methods]
        case _:
            return []


def _inside(typ: ast.Expr, at: int) -> str:
    """The outermost field or method of a type in whose declaration an offset is; "" if it is the type itself."""
    waiting = [typ]
    for inner in waiting:
        match inner:
            case ast.StructType(fields=members) | ast.InterfaceType(methods=members):
                before = [m.name for m in members if m.pos <= at]
                return before[-1] if before else ""
            case _:
                waiting += _parts(inner)
    return ""


def _closing(source: bytes, at: int) -> int:
    """The offset of the bracket that closes what an offset is in."""
    return next((end for depth, end, _ in _tokens(source, at) if depth < 0), len(source))


def _fields(source: bytes, at: int) -> list[str]:
    """The names of a struct type's fields, whose list begins at an offset."""
    written = list[bytes]()
    last, outside = at, True
    for depth, start, end in _tokens(source, at):
        # What stands in brackets, in a tag or a comment names no field.
        if outside:
            written.append(source[last:start])
        last, outside = end, depth == 0
        if depth < 0:
            break
    names = list[str]()
    for row in _ROWS.split(_COMMA.sub(b",", b" ".join(written))):
        named = _NAMED.match(row.strip())
        found = named.group(1).split(b",") if named is not None else [_LAST.findall(row)[-1]] if row.strip() else []
        names += [name.strip().decode("utf-8", "replace") for name in found]
    return names


def _tokens(source: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """The brackets, comments and literals from an offset on: how deep it is after each, and where each begins and ends."""
    depth = 0
    for token in _TOKEN.finditer(source, at):
        mark = token.group()
        depth += (mark in (b"(", b"[", b"{")) - (mark in (b")", b"]", b"}"))
        yield depth, token.start(), token.end()
