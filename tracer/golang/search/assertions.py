"""Type assertions and cases of type switches, as text: which functions may assert a value to be of a type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracer.golang import types as t
from tracer.golang.load.package import File, Unit
from tracer.golang.search.words import Text, words

_ASSERTED = re.compile(rb"\.\s*\(")
_SWITCH = re.compile(rb"\.\s*\(\s*type\s*\)")
_CASE = re.compile(rb"case\b")
# A function with type parameters, or a method of a type with some.
_GENERIC = re.compile(rb"func\s*(?:\([^(){}\[]*\[[^(){}]*\)|(?:\([^(){}]*\)\s*)?[\w\x80-\xff]+\s*\[)")
_PARAMETER = re.compile(rb"[\[,]\s*([\w\x80-\xff]+)")
_TOKEN = re.compile(
    rb"""[(\[{]|[)\]}]|[,:]|//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|`[^`]*`"""
)
_COMMENT = re.compile(rb"//[^\n]*|/\*(?s:.*?)(?:\*/|\Z)")
_SPACE = re.compile(rb"\s+")
_PACKAGE = re.compile(rb"(?<![\w\x80-\xff./~-])[\w\x80-\xff./~-]+\.(?=[\w\x80-\xff])")
_LENGTH = re.compile(rb"(?<!map)\[[^\[\]]+\]")
_NAME = re.compile(rb"[\w\x80-\xff]+")
# Types that are written in more than one way are compared down to there: parameters have names, fields and methods tags and order.
_OPEN = re.compile(rb"func|struct|interface|chan|<-|(?<=[\w\x80-\xff])(?<!map)\[")
_SAME = ((b"interface{}", b"any"), (b"uint8", b"byte"), (b"int32", b"rune"))
_ALIAS = re.compile(rb"^(?:type\s+|[ \t]+)([\w\x80-\xff]+)[ \t]*=[ \t]*([^\n]+)", re.MULTILINE)
_TYPE = b"\ntype"
_TYPES = re.compile(rb"type\s(?:\s*\([^\n]*\n(?s:.*?)^\)|[^\n]*)", re.MULTILINE)
_MAX_TYPE = 400


@dataclass(frozen=True, slots=True)
class _Asserted:
    """A type that stands at an offset of a file in a type assertion, or in a ``case`` that may be a type switch's."""

    file: File
    at: int
    in_case: bool

    def unit(self) -> Unit | None:
        """The unit that asserts; None for what no function or variable does, and for other cases."""
        d = self.file.declaration_at(self.at)
        if d is None or d.kind not in ("func", "method", "var"):
            return None
        if self.in_case and not _SWITCH.search(self.file.source, d.start, self.at):
            return None
        return self.file.unit(d)


class Assertions:
    """What the code of one program asserts values to be: the units, by the asserted type's text without packages.

    Which unit a text stands in is asked for those alone that are looked for: the other files need not be read.
    """

    __slots__ = ("_by_text", "_text", "_unclear")

    def __init__(self, text: Text) -> None:
        self._text = text
        self._by_text: dict[bytes, list[_Asserted]] | None = None
        self._unclear: dict[Unit, None] = {}

    def of(self, typ: t.Type) -> list[Unit]:
        """The units that may assert a value to be of a type, or of a type parameter."""
        if self._by_text is None:
            self._by_text = self._index()
        found = (asserted.unit() for asserted in self._by_text.get(_key(t.describe(typ).encode()), ()))
        return list({unit: None for unit in found if unit is not None} | self._unclear)

    def _index(self) -> dict[bytes, list[_Asserted]]:
        index: dict[bytes, list[_Asserted]] = {}
        aliases = self._aliases()
        for file in self._text.files:
            parameters: frozenset[bytes] | None = None
            for asserted, written in _asserted_in(file):
                for text in _meant(written, aliases):
                    index.setdefault(_key(text), []).append(asserted)
                if parameters is None:
                    parameters = _parameters_in(file.source)
                if parameters and not parameters.isdisjoint(_NAME.findall(written)):
                    self._note_parameter(asserted, written)
        return index

    def _note_parameter(self, asserted: _Asserted, written: bytes) -> None:
        unit = asserted.unit()
        if unit is not None and unit.declaration.kind != "var":
            if _has_parameter(unit.file, unit.declaration.start, written):
                self._unclear[unit] = None

    def _aliases(self) -> dict[bytes, list[bytes]]:
        """What alias declarations of a name stand for."""
        out: dict[bytes, list[bytes]] = {}
        for file in self._text.files:
            at = file.source.find(_TYPE)
            while at >= 0:
                block = _TYPES.match(file.source, at + 1)
                for alias in _ALIAS.finditer(block.group()) if block is not None else ():
                    out.setdefault(alias.group(1), []).append(alias.group(2))
                at = file.source.find(_TYPE, block.end() if block is not None else at + 1)
        return out


def _asserted_in(file: File) -> Iterator[tuple[_Asserted, bytes]]:
    """The types that stand in the parentheses of type assertions, and in cases behind the first type switch."""
    source = file.source
    first = -1
    for match in _ASSERTED.finditer(source, file.begin):
        at = match.end()
        (written,) = _listed(source, at)[:1] or [b""]
        if written.strip() != b"type":
            yield _Asserted(file, at, in_case=False), written
        elif first < 0:
            first = at
    for case in _CASE.finditer(source, first) if first >= 0 else ():
        for written in _listed(source, case.end()):
            yield _Asserted(file, case.end(), in_case=True), written


def _parameters_in(source: bytes) -> frozenset[bytes]:
    """The names that may be those of type parameters of a file's functions."""
    found = set[bytes]()
    for at in words(source, b"func"):
        header = source[at : source.find(b"{", at)]
        if b"[" in header and (_GENERIC.match(header) or b"/*" in header):
            found.update(_PARAMETER.findall(header))
    return frozenset(found)


def _listed(source: bytes, at: int) -> list[bytes]:
    """What stands from an offset to the bracket or colon that ends it, in parts between commas."""
    out = list[bytes]()
    depth, begin = 0, at
    for token in _TOKEN.finditer(source, at, at + _MAX_TYPE):
        mark = token.group()
        if mark in (b"(", b"[", b"{"):
            depth += 1
        elif depth == 0 and mark in (b")", b"]", b"}", b":", b","):
            out.append(source[begin : token.start()])
            begin = token.end()
            if mark != b",":
                break
        elif mark in (b")", b"]", b"}"):
            depth -= 1
    return out


def _has_parameter(file: File, start: int, written: bytes) -> bool:
    """Whether a type may hold a type parameter of the function that begins at an offset."""
    header = file.source[start : file.source.find(b"{", start)]
    return b"[" in header and any(
        re.search(rb"[\[,]\s*%s\b" % re.escape(name), header) for name in _NAME.findall(written)
    )


def _meant(written: bytes, aliases: dict[bytes, list[bytes]]) -> list[bytes]:
    """A type as it is written, and with what its names are aliases of."""
    out = [written]
    for name in dict.fromkeys(_NAME.findall(written)):
        for meant in aliases.get(name, ()):
            out += [re.sub(rb"\b%s\b" % re.escape(name), meant.replace(b"\\", b""), text) for text in out[:4]]
    return out


def _key(written: bytes) -> bytes:
    """The text under which a type is found."""
    text = _SPACE.sub(b"", _PACKAGE.sub(b"", _COMMENT.sub(b" ", written))).strip(b"()")
    for one, other in _SAME:
        text = text.replace(one, other)
    opened = _OPEN.search(text)
    return _LENGTH.sub(b"[n]", text[: opened.end()] if opened is not None else text)
