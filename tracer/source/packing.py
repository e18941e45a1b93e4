"""What of a repository becomes a module's zip, and that zip (golang.org/x/mod/zip, Create)."""

from __future__ import annotations

import posixpath
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tracer.errors import SourceError
from tracer.source.modpath import directive
from tracer.source.modzip import DAMAGED, MAX_MOD, MAX_ZIP, is_file_path

_FIRST = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
# From here on a vendored package is one wherever its ``vendor`` stands, and modules.txt is left out as well.
_VENDOR_MENDED = (1, 24)


def pack(archive: IO[bytes], folder: str, name: str, licence: bytes | None, to: Path) -> None:
    """Writes the zip of the module in a folder of a repository; ``name`` is ``path@version``.

    ``archive`` is a tar of the repository; ``licence`` is that of its root, for a module that has none. Raises SourceError for what the go
    command would not take.
    """
    try:
        with tarfile.open(fileobj=archive) as tar, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as out:
            members = {inner: member for member in tar if (inner := _inner(member.name, folder))}
            members = {inner: member for inner, member in members.items() if not member.isdir()}
            left = MAX_ZIP
            for inner, member in _kept(members, _go(tar, members.get("go.mod"))):
                left -= member.size
                source = tar.extractfile(member)
                if left < 0 or source is None:
                    raise SourceError("its files are larger than 500 MiB", where=name)
                with out.open(zipfile.ZipInfo(f"{name}/{inner}", _FIRST), "w") as target:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
            if licence is not None and folder and "LICENSE" not in members:
                out.writestr(zipfile.ZipInfo(f"{name}/LICENSE", _FIRST), licence)
    except (tarfile.TarError, *DAMAGED) as error:
        raise SourceError(f"what git gave is damaged: {error}", where=name, hint="run again") from error


def _inner(path: str, folder: str) -> str:
    """The path in the module; empty for what is not in it."""
    if not folder:
        return path
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else ""


def _go(tar: tarfile.TarFile, member: tarfile.TarInfo | None) -> tuple[int, ...]:
    source = tar.extractfile(member) if member is not None and member.isreg() else None
    parts = directive(source.read(MAX_MOD), "go").split(".")[:2] if source is not None else []
    return tuple(int(part) for part in parts) if all(part.isdecimal() and len(part) < 10 for part in parts) else ()


def _kept(members: dict[str, tarfile.TarInfo], go: tuple[int, ...]) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """The files that are the module's own: no other module's, no vendored package, no link (checkFiles)."""
    nested = {
        posixpath.dirname(path)
        for path, member in members.items()
        if posixpath.basename(path).lower() == "go.mod" and member.isreg()
    }
    for path, member in members.items():
        if _is_vendored(path, go) or _is_below(path, nested) or path == ".hg_archival.txt":
            continue
        if not is_file_path(path) or (path.lower() == "go.mod" and path != "go.mod"):
            raise SourceError(f"its repository is not that of a module: {path[:300]!r} is no path of a file")
        if member.isreg():
            yield path, member


def _is_below(path: str, nested: set[str]) -> bool:
    at = posixpath.dirname(path)
    while at:
        if at in nested:
            return True
        at = posixpath.dirname(at)
    return False


def _is_vendored(path: str, go: tuple[int, ...]) -> bool:
    """Whether a file is one of a vendored package (zip.isVendoredPackage, with what it was before Go 1.24)."""
    is_mended = go >= _VENDOR_MENDED
    if is_mended and path == "vendor/modules.txt":
        return True
    at = path.find("/vendor/")
    if path.startswith("vendor/"):
        rest = path[len("vendor/") :]
    elif at >= 0:
        rest = path[(at if is_mended else 0) + len("/vendor/") :]
    else:
        return False
    return "/" in rest
