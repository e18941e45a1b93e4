"""Type assertions and cases of type switches, as text: which functions may assert a value to be of a type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer.golang import types as t
from tracer.golang.load.package import File, Unit
from tracer.golang.search.words import Text

_ASSERTED = re.compile(rb"\.\s*\(")
_CASE = re.compile(rb"\bcase\b")
_TOKEN = re.compile(rb"""[(\[{]|[)\]}]|[,:]|//[^\n]*|/\*(?s:.*?)\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`""")
_COMMENT = re.compile(rb"//[^\n]*|/\*(?s:.*?)\*/")
_SPACE = re.compile(rb"\s+")
_PACKAGE = re.compile(rb"[\w\x80-\xff./~-]+\.(?=[\w\x80-\xff])")
_LENGTH = re.compile(rb"(?<!map)\[[^\[\]]+\]")
_NAME = re.compile(rb"[\w\x80-\xff]+")
# Types that are written in more than one way are compared down to there: parameters have names, fields and methods tags and order.
_OPEN = re.compile(rb"func|struct|interface|chan|<-|(?<=[\w\x80-\xff])(?<!map)\[")
_SAME = ((b"interface{}", b"any"), (b"uint8", b"byte"), (b"int32", b"rune"))
_ALIAS = re.compile(rb"^(?:type\s+|[ \t]+)([\w\x80-\xff]+)[ \t]*=[ \t]*([^\n]+)", re.MULTILINE)
_TYPES = re.compile(rb"^type\s(?:\s*\([^\n]*\n(?s:.*?)^\)|[^\n]*)", re.MULTILINE)
_MAX_TYPE = 400


class Assertions:
    """What the code of one program asserts values to be: the units, by the asserted type's text without packages."""

    __slots__ = ("_by_text", "_text", "_unclear")

    def __init__(self, text: Text) -> None:
        self._text = text
        self._by_text: dict[bytes, dict[Unit, None]] | None = None
        self._unclear: dict[Unit, None] = {}

    def of(self, typ: t.Type) -> list[Unit]:
        """The units that may assert a value to be of a type, or of a type parameter."""
        if self._by_text is None:
            self._by_text = self._index()
        return list(self._by_text.get(_key(t.describe(typ).encode()), {}) | self._unclear)

    def _index(self) -> dict[bytes, dict[Unit, None]]:
        found: dict[bytes, dict[Unit, None]] = {}
        aliases = self._aliases()
        for file in self._text.files:
            for match in _ASSERTED.finditer(file.source, file.begin):
                d = file.declaration_at(match.end())
                if d is None or d.kind not in ("func", "method", "var"):
                    continue
                for written in _types_at(file.source, match.end(), d.end):
                    unit = file.unit(d)
                    if d.kind != "var" and _has_parameter(file, d.start, written):
                        self._unclear[unit] = None
                    for text in _meant(written, aliases):
                        found.setdefault(_key(text), {})[unit] = None
        return found

    def _aliases(self) -> dict[bytes, list[bytes]]:
        """What alias declarations of a name stand for."""
        out: dict[bytes, list[bytes]] = {}
        for file in self._text.files:
            for block in _TYPES.finditer(file.source):
                for alias in _ALIAS.finditer(block.group()):
                    out.setdefault(alias.group(1), []).append(alias.group(2))
        return out


def _types_at(source: bytes, at: int, end: int) -> Iterator[bytes]:
    """The types that stand in the parentheses of a type assertion, or in the cases of a type switch."""
    (written,) = _listed(source, at)[:1] or [b""]
    if written.strip() != b"type":
        yield written
        return
    for case in _CASE.finditer(source, at, end):
        yield from _listed(source, case.end())


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
