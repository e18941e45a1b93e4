"""What a text of the archive declares: it is written in one form, which needs no parser (scripts/stdlib writes it)."""

from __future__ import annotations

import re

from tracer.golang.stdlib.archive import LINE
from tracer.syntax.facts import Declaration, DeclarationKind, FileFacts, Import
from tracer.syntax.parse import extract

_PACKAGE = re.compile(rb"package (\w+)\n")
_IMPORT = re.compile(rb'^import (?:([\w.]+) )?"([^"]+)"$', re.MULTILINE)
_FUNCTION = re.compile(rb"func (?:\((?:\w+ )?\*?(\w+)(?:\[[^)]*\])?\) )?(\w+)")
_SPEC = re.compile(rb"(type|const|var) ([\w\x80-\xff]+(?:, [\w\x80-\xff]+)*)")
_KINDS: dict[bytes, DeclarationKind] = {b"type": "type", b"const": "const", b"var": "var"}
# A line of a group of constants.
_LINE_OF_GROUP = re.compile(rb"^[ \t]*([\w\x80-\xff]+(?:, [\w\x80-\xff]+)*)", re.MULTILINE)


def declared(text: bytes) -> FileFacts:
    """The facts of a ``source`` of the archive, as ``syntax.parse.extract`` tells them, but for the hash of what is declared."""
    found = [*LINE.finditer(text)]
    if not found:
        # The compiler's own package has no file that a place could be in.
        return extract(text)
    ends = [*(match.start() - 1 for match in found[1:]), len(text.rstrip())]
    line = at = 0
    rows = list[Declaration]()
    for match, end in zip(found, ends, strict=True):
        start = match.end() + 1
        line += text.count(b"\n", at, start)
        at = start
        kind, names, receiver = _declaration(text, start, end)
        rows.append(Declaration(kind, names, receiver, start, end, line + 1, 1))
    package = _PACKAGE.match(text)
    head = text[: found[0].start()]
    imports = [Import(name.decode(), path.decode(), at) for at, (name, path) in enumerate(_IMPORT.findall(head), 2)]
    return FileFacts(package.group(1).decode() if package is not None else "", tuple(imports), tuple(rows))


def _declaration(text: bytes, start: int, end: int) -> tuple[DeclarationKind, tuple[str, ...], str]:
    function = _FUNCTION.match(text, start)
    if function is not None:
        receiver, name = function.groups(b"")
        return "method" if receiver else "func", (name.decode(),), receiver.decode()
    spec = _SPEC.match(text, start)
    if spec is not None:
        return _KINDS[spec.group(1)], _listed(spec.group(2)), ""
    group = _LINE_OF_GROUP.findall(text[start + len(b"const (") : end])
    return "const", tuple(name for names in group for name in _listed(names)), ""


def _listed(names: bytes) -> tuple[str, ...]:
    return tuple(names.decode().split(", "))
