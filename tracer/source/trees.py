"""What a tree of files is to those who read it: a repository at a commit, or a module at a version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol


class Tree(Protocol):
    """Files by path from the root, with ``/``. ``Snapshot`` tells more of each method."""

    @property
    def name(self) -> str:
        """What the tree is called in positions."""
        ...

    @property
    def commit(self) -> str:
        """The commit, or the version of a module."""
        ...

    def resolve(self, path: str) -> str | None:
        """The real path of a file or directory; None if there is none."""
        ...

    def listdir(self, path: str) -> tuple[str, ...]:
        """The names of the files directly in a real directory, and of links to files."""
        ...

    def read(self, path: str) -> bytes:
        """The content of a file. Raises SourceError."""
        ...

    def read_blobs(self, paths: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """Path, git blob id and content of each real path. Raises SourceError."""
        ...
