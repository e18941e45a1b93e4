"""The standard library's declarations, kept as generated facts (scripts/stdlib makes them).

A package is one Go text. In place of code its functions have facts: ``return`` of what they may return, and the calls
of their parameters. Before each declaration stands ``//line file.go:N``, its place in that package's directory of the
release. After N, ``?`` says that not all the function returns is told, ``!`` that its body is all that it does with
values, down to their elements, or that all is told that is stored in the type's fields, ``-`` that the library makes values
of the type for those alone who use one of the names behind it (``os/user.LookupId``), or are linked with a package of
which no name stands there (``archive/tar.``). ``positions`` reads these lines.
"""

from __future__ import annotations

import functools
import re
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    VERSION: str
    """The Go release that the facts were made from: ``go1.27.3``. Read when it is first asked for."""

REPOSITORY = "std"
"""What the repository of the library's source is called in a position; ``URL`` is where it is, tagged by the release."""
URL = "https://github.com/golang/go"

_LINE = re.compile(rb"^//line ([^:\n]+):(\d+)([?!]?|-.*)$", re.MULTILINE)


def __getattr__(name: str) -> str:
    if name == "VERSION":
        return _release()
    raise AttributeError(name)


@functools.cache
def _archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(Path(__file__).with_name("std.zip"))


@functools.cache
def _release() -> str:
    return _archive().read("VERSION").decode()


@functools.cache
def packages() -> frozenset[str]:
    """The import paths of the archive. What the library vendors is under ``vendor/``."""
    return frozenset(name.removesuffix(".go") for name in _archive().namelist() if name.endswith(".go"))


def source(import_path: str) -> bytes | None:
    """The declarations of a package as Go source; None if the archive has no such package."""
    return _archive().read(f"{import_path}.go") if import_path in packages() else None


def positions(text: bytes) -> dict[int, tuple[str, int, str]]:
    """Where the declarations of a ``source`` really stand: its line (from 1) -> file, line, mark."""
    found = dict[int, tuple[str, int, str]]()
    line, at = 1, 0
    for match in _LINE.finditer(text):
        line += text.count(b"\n", at, match.start())
        at = match.start()
        found[line + 1] = (match.group(1).decode(), int(match.group(2)), match.group(3).decode())
    return found


def mark(text: bytes, at: int) -> str:
    """The mark of the declaration that begins at an offset of a ``source``: ``?``, ``!``, ``-`` with names, or nothing."""
    found = _LINE.match(text, text.rfind(b"\n", 0, max(at - 1, 0)) + 1)
    return found.group(3).decode() if found is not None else ""


@functools.cache
def _declared(import_path: str) -> dict[int, tuple[str, int, str]]:
    return positions(source(import_path) or b"")


def place(import_path: str, line: int) -> tuple[str, int]:
    """Where the declaration at a line of ``source`` really stands: its file's path below ``URL``, and the line there."""
    file, real, _ = _declared(import_path)[line]
    return f"src/{import_path}/{file}", real


@functools.cache
def version() -> str:
    """The key of these facts: the release, and a sum of the archive's texts (``go1.27.3-1a2b3c4d``).

    What is kept by it holds offsets into the texts, which a new archive of the same release may move.
    """
    rows = "".join(f"{info.filename}:{info.CRC:08x}\n" for info in _archive().infolist())
    return f"{_release()}-{zlib.crc32(rows.encode()):08x}"
