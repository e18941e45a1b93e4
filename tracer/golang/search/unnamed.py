"""Struct types without a name, as text: where they are written, and whose values they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracer.golang.load.package import File
from tracer.golang.search.words import Text, words
from tracer.syntax import ast

_COMMA = re.compile(rb",\s+")
_ROWS = re.compile(rb"[\n;]")
_NAMED = re.compile(rb"([\w\x80-\xff]+(?:\s*,\s*[\w\x80-\xff]+)*)\s+[^\s.]")
_LAST = re.compile(rb"[\w\x80-\xff]+")
_STRUCT = b"struct"
_OPENED = re.compile(rb"\s*\{")
# What stands before the struct type of a package's declared type on its line.
_DECLARING = re.compile(rb"type +[\w\x80-\xff]+ *$")
Place = tuple[File, int]
# Brackets, comments and literals.
_TOKEN = re.compile(
    rb"""[(\[{]|[)\]}]|//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|`[^`]*`"""
)


class Unnamed:
    """The struct types without a name that many files write, by the names of their fields."""

    __slots__ = ("_by_fields", "_text")

    def __init__(self, text: Text) -> None:
        self._text = text
        self._by_fields: dict[tuple[str, ...], list[Place]] | None = None

    def of(self, names: Sequence[str]) -> list[Place]:
        """Where struct types without a name begin that have fields of these names, in this order."""
        if self._by_fields is None:
            self._by_fields = {}
            for file in self._text.files:
                source = file.source
                # A word is found many times faster than a pattern.
                for at in words(source, _STRUCT, file.begin):
                    opened = _OPENED.match(source, at + len(_STRUCT))
                    if opened and not _DECLARING.match(source, source.rfind(b"\n", 0, at) + 1, at):
                        fields = tuple(_fields(source, opened.end()))
                        self._by_fields.setdefault(fields, []).append((file, at))
        # What stands in a group of declarations is told from a field by the parsed file, for those alone that are asked for.
        return [(file, at) for file, at in self._by_fields.get(tuple(names), ()) if not _declares(file, at)]


def _declares(file: File, at: int) -> bool:
    """Whether the struct type at an offset is that of a declared type of the package, or stands in no declaration."""
    if file.declaration_at(at) is None:
        return True
    spec = spec_at(file, at)
    return spec is not None and not spec.alias and isinstance(spec.type, ast.StructType) and spec.type.pos == at


class Braces:
    """How deep places in declarations are, counted on from one place to the next: most follow each other."""

    __slots__ = ("_at", "_depth", "_file", "_start")

    def __init__(self) -> None:
        self._file: File | None = None
        self._start = self._at = self._depth = 0

    def depth(self, file: File, start: int, at: int) -> int:
        """How many more braces are opened than closed from the offset ``start`` on, as text, up to another."""
        if file is not self._file or start != self._start or at < self._at:
            self._file, self._start, self._at, self._depth = file, start, start, 0
        self._depth += file.source.count(b"{", self._at, at) - file.source.count(b"}", self._at, at)
        self._at = at
        return self._depth


def holders(file: File, at: int, braces: Braces) -> Iterator[tuple[str, bool]]:
    """The names in whose declarations a type stands that is written at an offset, and whether they stand alone: what has its values.

    A field and a method stand behind a dot. In a function's body that is the function alone, and a method hands on no receiver; no
    constant is a struct, and a comment has nothing.
    """
    d = file.declaration_at(at)
    if d is None or d.kind == "const" or is_in_comment(file.source, at):
        return
    if d.kind == "method" and at < file.source.find(b")", d.start):
        return
    if d.kind == "type":
        spec = spec_at(file, at)
        inner = _inside(spec.type, at) if spec is not None else ""
        if inner:
            yield inner, False
        elif spec is not None:
            yield spec.name, True
        return
    if d.kind == "var" or braces.depth(file, d.start, at) <= 0:
        for name in d.names:
            if name != "_":
                yield name, d.kind != "method"


def is_in_comment(source: bytes, at: int) -> bool:
    """Whether the line of an offset is a comment up to there."""
    return source[source.rfind(b"\n", 0, at) + 1 : at].lstrip().startswith(b"//")


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
        found = named.group(1).split(b",") if named is not None else _LAST.findall(row)[-1:]
        names += [name.strip().decode("utf-8", "replace") for name in found]
    return names


def _tokens(source: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """The brackets, comments and literals from an offset on: how deep it is after each, and where each begins and ends."""
    depth = 0
    for token in _TOKEN.finditer(source, at):
        mark = token.group()
        depth += (mark in (b"(", b"[", b"{")) - (mark in (b")", b"]", b"}"))
        yield depth, token.start(), token.end()
