"""The files of a module at a version: of its zip, or of the folder that the go command unpacked it to.

Paths begin with ``path@version/``, as in the zip. Blob ids are git's, so what is known of a file is shared with repositories that have it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import posixpath
import threading
import zipfile
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from tracer.errors import SourceError
from tracer.source.modzip import DAMAGED, MAX_ZIP


def blob_id(data: bytes) -> str:
    """What git calls a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


class ModuleZip:
    """A module's zip, which was checked when it came."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.commit = name.rpartition("@")[2]
        self._path = path
        self._lock = threading.Lock()

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._path)
        except (OSError, zipfile.BadZipFile) as error:
            raise self._damaged(error) from error

    @cached_property
    def _directories(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {"": []}
        for path in self._zip.namelist():
            at = posixpath.dirname(path)
            if not path.endswith("/"):
                found.setdefault(at, []).append(posixpath.basename(path))
            while at not in found or at:
                found.setdefault(at, [])
                at = posixpath.dirname(at)
        return found

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self._zip.namelist())

    def resolve(self, path: str) -> str | None:
        return path if path in self._directories or path in self._names else None

    def listdir(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self._directories.get(path, ())))

    def read(self, path: str) -> bytes:
        if path not in self._names:
            raise SourceError(f"there is no file {path}", where=self.name)
        try:
            with self._lock:
                return self._zip.read(path)
        except DAMAGED as error:
            raise self._damaged(error) from error

    def read_blobs(self, paths: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        for path in paths:
            data = self.read(path)
            yield path, blob_id(data), data

    def close(self) -> None:
        if "_zip" in self.__dict__:
            self._zip.close()

    def _damaged(self, error: Exception) -> SourceError:
        return SourceError(f"its zip is damaged: {error}", where=self.name, hint=f"remove {self._path} and run again")


class ModuleFolder:
    """A module as the go command unpacked it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.commit = name.rpartition("@")[2]
        self._folder = folder
        self._listed: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def resolve(self, path: str) -> str | None:
        # One listing after another: on a file system where case does not count, another file must not answer.
        if path == self.name:
            return path
        parent, _, last = path.rpartition("/")
        if not path.startswith(f"{self.name}/") or self.resolve(parent) is None:
            return None
        files, directories = self._listing(parent)
        return path if last in files or last in directories else None

    def listdir(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self._listing(path)[0])) if self.resolve(path) is not None else ()

    def read(self, path: str) -> bytes:
        if self.resolve(path) is None:
            raise SourceError(f"there is no file {path}", where=self.name)
        try:
            with self._at(path).open("rb") as opened:
                return opened.read(MAX_ZIP)
        except OSError as error:
            raise SourceError(f"{self._at(path)} cannot be read: {error.strerror or error}", where=self.name) from error

    def read_blobs(self, paths: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        for path in paths:
            data = self.read(path)
            yield path, blob_id(data), data

    def close(self) -> None:
        """Nothing is open."""

    def _at(self, path: str) -> Path:
        return self._folder / path[len(self.name) + 1 :]

    def _listing(self, path: str) -> tuple[frozenset[str], frozenset[str]]:
        found = self._listed.get(path)
        if found is None:
            files, directories = set[str](), set[str]()
            with contextlib.suppress(OSError), os.scandir(self._at(path)) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        directories.add(entry.name)
                    elif entry.is_file(follow_symlinks=False):
                        files.add(entry.name)
            found = self._listed[path] = frozenset(files), frozenset(directories)
        return found


ModuleTree = ModuleZip | ModuleFolder
