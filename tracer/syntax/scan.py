"""What a file declares, told from its text alone: most files are written as gofmt writes them, and need no parser for it.

Nothing is guessed. Text is taken apart into strings, runes, comments and the rest (Go spec, "Lexical elements"), brackets are
matched, and a line ends what it ends by the rule for semicolons. What is written otherwise is not told at all.

Groups are not repeated possessively: where such a group fails half-way, Python 3.11 goes on from there (gh-106052).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tracer.syntax.facts import DeclarationKind

_NAME = rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*+"
_STRING = rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*"'
_RAW = rb"`[^`]*+`"
_RUNE = rb"'(?:\\[^\n][^'\n]{0,8}|[^'\\\n]{1,4})'"
_TOKEN = re.compile(rb"%b|%b|%b|//[^\n]*+|/\*.*?\*/" % (_STRING, _RAW, _RUNE), re.DOTALL)

_FUNCTION = re.compile(rb"func (?:\((?:%b )?\*?(%b)(?:\[[^\]\n]*\])?\) )?(%b)(?=[(\[])" % (_NAME, _NAME, _NAME))
# The rest of a line that opens a function's body, with no bracket left open in most.
_OPENS = re.compile(rb"[^\n\"'`/{}]*(?<!\binterface )(?<!\bstruct )\{(?=\n)")
_SPEC = re.compile(rb"(type|var|const) (?:\((?=\n)|(%b(?:, %b)*)(?=[ \[]))" % (_NAME, _NAME))
_KINDS: dict[bytes, DeclarationKind] = {b"type": "type", b"var": "var", b"const": "const"}
# What stands between declarations.
_GAP = re.compile(rb"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
# A line with the raw strings that begin on it, up to its comment, and what may stand behind.
_PLAIN = rb"[^\"'`/\n]*+"
_CODE = re.compile(rb"%b(?:(?:%b|%b|%b|/(?![/*]))%b)*" % (_PLAIN, _STRING, _RAW, _RUNE, _PLAIN))
_REST = re.compile(rb"(?://[^\n]*+)?(?:\n|\Z)")
# A line of a group, with no bracket and no string left: the names that it declares.
_NAMED = re.compile(rb"(%b(?:, %b)*)(?:[ \"][^;(){}\[\]]*)?" % (_NAME, _NAME))
_INNER = re.compile(rb"\([^(){}\[\]]*+\)|\[[^(){}\[\]]*+\]|\{[^(){}\[\]]*+\}")
# A line of a group that does not end a specification.
_GOES_ON = re.compile(rb"[^\w\s\x80-\xff\"][ \t]*$|\b(?:chan|func|interface|map|struct)[ \t]*$", re.MULTILINE)

_CLOSING_LINE = re.compile(rb"\n[)}]")
_ENDS = re.compile(rb"[\w\x80-\xff)\]}\"'`]\Z")
_KEYWORD = re.compile(rb"\b(?:chan|func|interface|map|struct)\Z")
_NOT_BRACES = bytes(sorted(set(range(256)) - set(b"{}")))
_NOT_BRACKETS = bytes(sorted(set(range(256)) - set(b"(){}[]")))
_MAX_DEPTH = 30
_MAX_TRIES = 8


class Scanned(NamedTuple):
    """One declaration from ``start`` to ``end``, in bytes; the body of a function of several lines begins at ``body``, else -1."""

    kind: DeclarationKind
    names: tuple[str, ...]
    receiver: str
    start: int
    end: int
    body: int = -1


def scan(source: bytes, at: int) -> list[Scanned] | None:
    """The declarations of a file from a byte offset behind its imports on; None where the text alone does not tell."""
    found = list[Scanned]()
    while (at := _gap(source, at)) < len(source):
        declaration = _declaration(source, at)
        if declaration is None:
            return None
        found.append(declaration)
        at = declaration.end
    return found


def _gap(source: bytes, at: int) -> int:
    match = _GAP.match(source, at)
    return match.end() if match is not None else at


def _declaration(source: bytes, at: int) -> Scanned | None:
    function = _FUNCTION.match(source, at)
    if function is not None:
        span = _body(source, at, function.end()) or _span(source, at)
        if span is None:
            return None
        receiver, name = function.groups(b"")
        return Scanned("method" if receiver else "func", (_text(name),), _text(receiver), at, *span)
    spec = _SPEC.match(source, at)
    span = _span(source, at) if spec is not None else None
    if spec is None or span is None:
        return None
    end, _ = span
    names = _listed(spec.group(2)) if spec.group(2) else _of_group(source[spec.end() : end - 1])
    return Scanned(_KINDS[spec.group(1)], names, "", at, end) if names is not None else None


def _body(source: bytes, at: int, named: int) -> tuple[int, int] | None:
    """Where a function ends and its body begins that has its header on one line, as most have."""
    header = _OPENS.match(source, named)
    if header is None or not _nested(source[at : header.end() - 1]):
        return None
    end = source.find(b"\n}", header.end()) + 2
    # More may stand behind the brace, or nothing.
    if end < 2 or source[end : end + 1] != b"\n" or not _is_braced(source[header.end() : end - 2]):
        return None
    return end, header.end() - 1


def _span(source: bytes, at: int) -> tuple[int, int] | None:
    """Where the declaration that begins at a byte offset ends, and where the last brace that ends a line opens, or -1."""
    outside, body, closing_line = list[bytes](), -1, -1
    while True:
        line = _CODE.match(source, at)
        rest = _REST.match(source, line.end()) if line is not None else None
        code = line.group().rstrip() if line is not None else b""
        if rest is None or not code:
            return None
        end = at + len(code)
        outside.append(_TOKEN.sub(b"", code))
        if code.endswith(b"(") and closing_line < end:
            found = _CLOSING_LINE.search(source, end)
            closing_line = found.start() if found is not None else len(source)
        # What a parenthesis opens that a line of its own closes may hold anything, the rest goes on line by line.
        opens = code.endswith(b"{") or (code.endswith(b"(") and source.startswith(b"\n)", closing_line))
        if opens:
            is_block = code.endswith(b"{")
            body = end - 1 if is_block and not _KEYWORD.search(code[:-1].rstrip()) else -1
            closes = _closes(source, end, b"\n}" if is_block else b"\n)")
            if closes is None:
                return None
            at = closes
        elif not _ENDS.search(code):
            at = rest.end()
        else:
            text = b"".join(outside)
            whole = _nested(text) and not _KEYWORD.search(code) and b";" not in text
            return (end, body if code == b"}" else -1) if whole else None


def _closes(source: bytes, begin: int, closing: bytes) -> int | None:
    """The line that closes what was opened right before ``begin``."""
    at = begin - 1
    for _ in range(_MAX_TRIES):
        at = source.find(closing, at + 1)
        if at < 0:
            break
        if _is_braced(source[begin:at]):
            return at + 1
    return None


def _is_braced(source: bytes) -> bool:
    """Whether no string, rune or comment goes on behind a text, and all braces that are opened in it are closed in it."""
    if b"/" in source or b'"' in source or b"`" in source or b"'" in source:
        source = _TOKEN.sub(b"", source)
        if b'"' in source or b"`" in source or b"'" in source or b"/*" in source:
            return False
    left = source.translate(None, _NOT_BRACES)
    for _ in range(_MAX_DEPTH):
        if not left:
            return True
        fewer = left.replace(b"{}", b"")
        if len(fewer) == len(left):
            return False
        left = fewer
    return False


def _nested(bare: bytes) -> bool:
    """Whether all brackets are closed in the order in which they were opened."""
    left = bare.translate(None, _NOT_BRACKETS)
    for _ in range(_MAX_DEPTH):
        if not left:
            return True
        fewer = left.replace(b"{}", b"").replace(b"()", b"").replace(b"[]", b"")
        if len(fewer) == len(left):
            return False
        left = fewer
    return False


def _of_group(source: bytes) -> tuple[str, ...] | None:
    """The names that the lines of a group declare."""
    text = _TOKEN.sub(_stand_in, source)
    for _ in range(_MAX_DEPTH):
        fewer = _INNER.sub(b'"', text)
        if fewer == text:
            break
        text = fewer
    if _GOES_ON.search(text):
        return None
    names = list[str]()
    for line in filter(None, map(bytes.strip, text.split(b"\n"))):
        named = _NAMED.fullmatch(line)
        if named is None:
            return None
        names += _listed(named.group(1))
    return tuple(names)


def _stand_in(token: re.Match[bytes]) -> bytes:
    text = token.group()
    if text[:1] != b"/":
        return b'"'
    return b"\n" if b"\n" in text else b" "


def _listed(names: bytes) -> tuple[str, ...]:
    return tuple(_text(names).split(", "))


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
