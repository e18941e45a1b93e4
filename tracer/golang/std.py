"""The standard library's declarations, kept as generated facts (scripts/stdlib.py makes them)."""

from __future__ import annotations

import functools
import zipfile
from pathlib import Path


@functools.cache
def _archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(Path(__file__).with_name("std.zip"))


@functools.cache
def packages() -> frozenset[str]:
    """The import paths of the archive."""
    return frozenset(name.removesuffix(".go") for name in _archive().namelist() if name.endswith(".go"))


def source(import_path: str) -> bytes | None:
    """The declarations of a package as Go source; None if the standard library has no such package."""
    return _archive().read(f"{import_path}.go") if import_path in packages() else None


@functools.cache
def version() -> str:
    """The Go release that the facts were made from: ``go1.27.3``."""
    return _archive().read("VERSION").decode()
