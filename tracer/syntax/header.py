"""The head of a Go file, scanned by bytes: package, imports, build constraint.

Finding a program's import closure asks this of thousands of files, where a parse of each would cost seconds;
the head of a file is a regular language (Go spec, "Source file organization").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SKIP = re.compile(rb"(?:[\s;]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_BUILD = re.compile(rb"^//go:build[ \t]+([^\r\n]*)", re.MULTILINE)
_PLUS_BUILD = re.compile(rb"^// ?\+build[ \t]+([^\r\n]*)", re.MULTILINE)
_PACKAGE = re.compile(rb"package\s+(\w+)")
_IMPORT = re.compile(rb"import\b")
_OPEN = re.compile(rb"\(")
_CLOSE = re.compile(rb"\)")
_SPEC = re.compile(rb"(?:([A-Za-z_.\x80-\xff][\w\x80-\xff]*)\s*)?(?:\"([^\"\n]*)\"|`([^`]*)`)")


@dataclass(frozen=True, slots=True)
class Header:
    """``imports`` are (name or "", path); ``constraint`` is a ``//go:build`` expression or ""."""

    package: str
    imports: tuple[tuple[str, str], ...]
    constraint: str


@dataclass(frozen=True, slots=True)
class Head:
    """Package and imports with the byte offsets of their specs; what is behind them begins at ``end``."""

    begin: int
    package: str
    imports: tuple[tuple[int, str, str], ...]
    end: int


def header(source: bytes) -> Header:
    """The head of a file. Stops at what it does not understand; never raises."""
    found = head(source)
    if found is None:
        return Header("", (), "")
    imports = tuple([(name, path) for _, name, path in found.imports])
    return Header(found.package, imports, _constraint(source[: found.begin]))


def head(source: bytes) -> Head | None:
    """Package and imports of a file as far as they are understood; None without a package. Never raises."""
    begin = _skip(source, 3 if source.startswith(b"\xef\xbb\xbf") else 0)
    clause = _PACKAGE.match(source, begin)
    if clause is None:
        return None
    imports: list[tuple[int, str, str]] = []
    at = _skip(source, clause.end())
    while (keyword := _IMPORT.match(source, at)) is not None:
        at = _skip(source, keyword.end())
        grouped = _OPEN.match(source, at)
        if grouped:
            at = _skip(source, grouped.end())
        while (spec := _SPEC.match(source, at)) is not None:
            name, quoted, raw = spec.groups()
            path = quoted if quoted is not None else raw
            imports.append((at, (name or b"").decode("utf-8", "replace"), path.decode("utf-8", "replace")))
            at = _skip(source, spec.end())
            if not grouped:
                break
        if grouped:
            close = _CLOSE.match(source, at)
            if close is None:
                break
            at = _skip(source, close.end())
    return Head(begin, clause.group(1).decode(), tuple(imports), at)


def _skip(source: bytes, at: int) -> int:
    match = _SKIP.match(source, at)
    return match.end() if match else at


def _constraint(head: bytes) -> str:
    # Most files begin with a licence: to look for lines in it takes longer than to see that none can be there.
    if b"build" not in head:
        return ""
    found = _BUILD.search(head)
    if found:
        return found.group(1).decode("utf-8", "replace")
    lines = [m.group(1).decode("utf-8", "replace") for m in _PLUS_BUILD.finditer(head)]
    # "// +build a,b c": commas bind as and, blanks as or, lines as and (go/build, "Build Constraints").
    return " && ".join(
        f"({' || '.join(o.replace(',', ' && ') for o in line.split())})" for line in lines if line.strip()
    )
