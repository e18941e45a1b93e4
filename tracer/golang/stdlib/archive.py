"""The standard library's declarations, kept as generated facts (scripts/stdlib makes them).

A package is one Go text. Of its functions' code only that is there which has a say in where values of interfaces and functions
go. Before each declaration stands ``//line file.go:N``, its place in that package's directory of the
release, and behind N what a ``Summary`` says of it. ``read_annotations`` reads these lines.
"""

from __future__ import annotations

import functools
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tracer.model import STANDARD_LIBRARY

REPOSITORY = STANDARD_LIBRARY
URL = "https://github.com/golang/go"
"""Where the library's source is, tagged by the release."""

LINE = re.compile(rb"^//line ([^:\n]+):(\d+)([?-]?)(.*)$", re.MULTILINE)
"""An annotation's line."""


class Summary(Enum):
    """How much the facts of a function or type tell; the values are how it is written.

    COMPLETE: all that the function does with values of interfaces and functions. PARTIAL: it may return others, by ways that
    no statement tells. ONLY_IF_USED: the library makes values of the type for those alone who use certain names.
    """

    COMPLETE = ""
    PARTIAL = "?"
    ONLY_IF_USED = "-"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is written before a declaration: its file and line in the release, and how much is told of it.

    ``users`` are the names for which ONLY_IF_USED holds (``os/user.LookupId``); of a package that has only to be linked
    none stands behind the dot (``archive/tar.``).
    """

    file: str
    line: int
    summary: Summary
    users: tuple[str, ...] = ()


def annotated(file: str, line: int, summary: Summary, users: Iterable[str] = ()) -> str:
    """The line of an annotation."""
    return f"//line {file}:{line}{summary.value}{' '.join(users)}"


@functools.cache
def _archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(Path(__file__).with_name("std.zip"))


@functools.cache
def release() -> str:
    """The Go release that the facts were made from: ``go1.27.3``."""
    return _archive().read("VERSION").decode()


@functools.cache
def packages() -> frozenset[str]:
    """The import paths of the archive. What the library vendors is under ``vendor/``."""
    return frozenset(name.removesuffix(".go") for name in _archive().namelist() if name.endswith(".go"))


def source(import_path: str) -> bytes | None:
    """The declarations of a package as Go source; None if the archive has no such package."""
    return _archive().read(f"{import_path}.go") if import_path in packages() else None


def read_annotations(text: bytes) -> dict[int, Annotation]:
    """The annotations of a ``source``, by the line (from 1) at which the declaration stands in it."""
    found = dict[int, Annotation]()
    line, at = 1, 0
    for match in LINE.finditer(text):
        line += text.count(b"\n", at, match.start())
        at = match.start()
        found[line + 1] = _annotation(match)
    return found


def annotation(text: bytes, at: int) -> Annotation | None:
    """The annotation of the declaration that begins at an offset of a ``source``."""
    found = LINE.match(text, text.rfind(b"\n", 0, max(at - 1, 0)) + 1)
    return _annotation(found) if found is not None else None


def summary(text: bytes, at: int) -> Summary:
    """How much is told of the declaration that begins at an offset of a ``source``."""
    found = annotation(text, at)
    return found.summary if found is not None else Summary.COMPLETE


def _annotation(match: re.Match[bytes]) -> Annotation:
    file, line, mark, users = (part.decode() for part in match.groups())
    return Annotation(file, int(line), Summary(mark), tuple(users.split()))


@functools.cache
def _declared(import_path: str) -> dict[int, Annotation]:
    return read_annotations(source(import_path) or b"")


def place(import_path: str, line: int) -> tuple[str, int]:
    """Where the declaration at a line of ``source`` really stands: its file's path below ``URL``, and the line there."""
    found = _declared(import_path)[line]
    return f"src/{import_path}/{found.file}", found.line


@functools.cache
def version() -> str:
    """The key of these facts: the release, and a sum of the archive's texts (``go1.27.3-1a2b3c4d``).

    What is kept by it holds offsets into the texts, which a new archive of the same release may move.
    """
    rows = "".join(f"{info.filename}:{info.CRC:08x}\n" for info in _archive().infolist())
    return f"{release()}-{zlib.crc32(rows.encode()):08x}"
