"""The head of a Go file, scanned by bytes: package, imports, build constraint.

Finding a program's import closure asks this of thousands of files, where a parse of each would cost seconds;
the head of a file is a regular language (Go spec, "Source file organization").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SKIP = re.compile(rb"(?:[\s;]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_BUILD = re.compile(rb"[ \t]*//go:build[ \t]+([^\r\n]*)")
_PLUS_BUILD = re.compile(rb"//\s*\+build(?:\s+(.*))?")
_TAG = re.compile(r"!?[\w.]+")
_NEVER = "ignore"
_MAX_OLD = 100
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
    """The build constraint of what stands before a package clause (go/build, shouldBuild and parseFileHeader)."""
    # Most files begin with a licence: to look for lines in it takes longer than to see that none can be there.
    if b"build" not in head:
        return ""
    lines = _leading(head) if b"/*" in head else head.split(b"\n")
    for line in lines:
        written = _BUILD.match(line)
        if written is not None:
            return written.group(1).decode("utf-8", "replace")
    # The older form counts before a blank line alone, and only before what is no such comment.
    before, at = list[bytes](), 0
    # The last is that of the package clause.
    for line in lines[:-1]:
        text = line.strip()
        if not text:
            at = len(before)
        elif not text.startswith(b"//"):
            break
        before.append(text)
    found = [_PLUS_BUILD.fullmatch(line) for line in before[:at]]
    old = [(match.group(1) or b"").decode("utf-8", "replace") for match in found if match is not None]
    return " && ".join(f"({' || '.join(map(_clause, line.split())) or _NEVER})" for line in old if _is_simple(line))


def _leading(head: bytes) -> list[bytes]:
    """The lines of a text in which block comments are blotted out, each with a mark that is no comment of a line."""
    return _COMMENT.sub(_blotted, head).split(b"\n")


def _blotted(found: re.Match[bytes]) -> bytes:
    text = found.group()
    return text if text.startswith(b"//") else b"/*" + b"\n*" * text.count(b"\n")


def _clause(text: str) -> str:
    """Commas of the older form bind as and; what is no tag is one that is not set ("ignore", go/build/constraint, parsePlusBuildExpr)."""
    return " && ".join(
        ("!" if one[:1] == "!" and one != "!" and one[1:2] != "!" else "")
        + (one.removeprefix("!") if _TAG.fullmatch(one) else _NEVER)
        for one in text.split(",")
    )


def _is_simple(line: str) -> bool:
    """Whether the go command reads a line of the older form; it passes over one with more operators."""
    return len(line.split()) - 1 + line.count(",") <= _MAX_OLD
