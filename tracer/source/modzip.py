"""Zips of modules: what may be in one, and what it is hashed to (golang.org/x/mod: zip, module, sumdb/dirhash)."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from tracer.errors import SourceError

MAX_ZIP = 500 << 20
MAX_MOD = 16 << 20
_SMALL = ("go.mod", "LICENSE")
_FILE_MARKS = "!#$%&()+,-.=@[]^_{}~ "
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"com{i}" for i in range(1, 10)), *(f"lpt{i}" for i in range(1, 10)))
)
_CHUNK = 1 << 20


def escaped(text: str, *, is_version: bool = False) -> str:
    """A path or version as module caches and proxies spell it: ``A`` is ``!a`` (module.EscapePath).

    Raises SourceError for what no module is called: it becomes part of a file's name and of an address.
    """
    parts = text.split("/")
    if not text.isascii() or not all(_is_element(part) for part in parts) or (is_version and len(parts) > 1):
        raise SourceError(
            f"{text[:200]!r} is no name of a module or version", hint="look at the go.mod that requires it"
        )
    return "".join("!" + c.lower() if c.isupper() else c for c in text)


def _is_element(part: str) -> bool:
    return bool(part) and part.strip(".") != "" and all(c.isalnum() or c in "-._~+" for c in part)


DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""What zipfile raises on files that are no zips, or packed or locked in a way that it does not know."""


def checked(path: Path, name: str) -> str:
    """The ``h1:`` hash of a module's zip, all of whose names begin with ``name/`` (``path@version``).

    Raises SourceError for a zip that the go command would not take: too large, with a name outside of the module or that not
    all file systems have, with two names that some take for one, or damaged.
    """
    try:
        with zipfile.ZipFile(path) as file:
            entries = file.infolist()
            _check(entries, name, path.stat().st_size)
            opened: dict[str, Callable[[], IO[bytes]]] = {
                e.filename: (lambda e=e: file.open(e)) for e in entries if not e.is_dir()
            }
            return hashed(opened)
    except DAMAGED as error:
        raise SourceError(f"its zip is damaged: {error}", where=name, hint="fetch it again") from error


def hashed(files: dict[str, Callable[[], IO[bytes]]]) -> str:
    """The ``h1:`` hash of some files (dirhash.Hash1)."""
    rows = hashlib.sha256()
    for name in sorted(files):
        content = hashlib.sha256()
        with files[name]() as opened:
            while chunk := opened.read(_CHUNK):
                content.update(chunk)
        rows.update(f"{content.hexdigest()}  {name}\n".encode())
    return "h1:" + base64.b64encode(rows.digest()).decode()


def _check(entries: Iterable[zipfile.ZipInfo], name: str, size: int) -> None:
    def refuse(what: str) -> SourceError:
        return SourceError(f"its zip is not that of a module: {what[:300]}", where=name)

    left = MAX_ZIP
    if size > MAX_ZIP:
        raise refuse("it is larger than 500 MiB")
    files = set[str]()
    folded: dict[str, tuple[str, bool]] = {}
    for entry in entries:
        inner = entry.filename.removeprefix(f"{name}/")
        is_dir = inner.endswith("/")
        inner = inner.rstrip("/") if is_dir else inner
        if not entry.filename.startswith(f"{name}/") or not (inner or is_dir):
            raise refuse(f"{entry.filename!r} is outside of the module")
        if not inner:
            continue
        if not is_file_path(inner):
            raise refuse(f"{inner!r} is no path of a file")
        left -= entry.file_size
        if left < 0:
            raise refuse("its files are larger than 500 MiB")
        if inner in _SMALL and entry.file_size > MAX_MOD:
            raise refuse(f"{inner} is larger than 16 MiB")
        if not is_dir and inner in files:
            raise refuse(f"{inner!r} is in it twice")
        files.add(inner)
        at, of_dir = inner, is_dir
        while at:
            known = folded.setdefault(at.casefold(), (at, of_dir))
            if known != (at, of_dir):
                raise refuse(f"{known[0]!r} and {at!r} are one file where case does not count")
            at, of_dir = posixpath.dirname(at), True


def is_file_path(path: str) -> bool:
    """Whether all file systems can have a file of this path (module.CheckFilePath)."""
    return all(_is_file_element(part) for part in path.split("/"))


def _is_file_element(part: str) -> bool:
    if not part or part.strip(".") == "" or part.endswith("."):
        return False
    if not all(c.isalnum() or c in _FILE_MARKS if c.isascii() else c.isalpha() for c in part):
        return False
    return part.split(".", 1)[0].lower() not in _RESERVED
