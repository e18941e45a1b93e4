"""Words in the text of a program's files: which files hold a name, and where."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator

from tracer.golang.load.package import File
from tracer.golang.load.program import Program

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") | frozenset(range(128, 256))
# Go's identifiers as bytes: whatever is no ASCII may be a letter.
SEPARATED = bytes(c if c in _WORD else 32 for c in range(256))

# How many names are looked for in all files before an index of all words is made.
_SCANS = 80
_NONE = array("L")


def words(source: bytes, needle: bytes, begin: int = 0) -> Iterator[int]:
    """The offsets at which a word stands, from one on."""
    size = len(needle)
    at = source.find(needle, begin)
    while at >= 0:
        before = source[at - 1] if at else 0
        after = source[at + size] if at + size < len(source) else 0
        if before not in _WORD and after not in _WORD:
            yield at
        at = source.find(needle, at + size)


class Words:
    """The texts of one program: that of its own packages' files, and that of the library's declarations."""

    __slots__ = ("library", "own")

    def __init__(self, program: Program, *, indexed: bool = False) -> None:
        packages = program.closure()
        self.own = Text([f for p in packages if not p.is_std for f in p.files], indexed=indexed)
        self.library = Text([f for p in packages if p.is_std for f in p.files], indexed=indexed)


class Text:
    """The sources of many files: which of them hold a name, and where.

    A few names are looked for as they are asked for. Whoever asks for more has an index of all words made, which costs as much as
    looking for some eighty names in all files.
    """

    __slots__ = ("_budget", "_found", "_index", "files")

    def __init__(self, files: list[File], *, indexed: bool = False) -> None:
        self.files = files
        self._found: dict[str, dict[File, array[int]]] = {}
        self._index: dict[bytes, tuple[File, ...]] | None = None
        self._budget = 0 if indexed else _SCANS * sum(len(file.source) for file in files)

    def _holders(self, word: bytes, wanted: Callable[[File], bool] | None) -> Iterable[File]:
        """The files that may hold a word, of those that are wanted."""
        if self._index is None and self._budget <= 0:
            self._index = self._indexed()
        files = self.files if self._index is None else self._index.get(word, ())
        return files if wanted is None else filter(wanted, files)

    def _indexed(self) -> dict[bytes, tuple[File, ...]]:
        index: dict[bytes, list[File]] = {}
        for file in self.files:
            for word in set(file.source[file.begin :].translate(SEPARATED).split()):
                index.setdefault(word, []).append(file)
        return {word: tuple(files) for word, files in index.items() if not word[:1].isdigit()}

    def mentions(self, name: str, wanted: Callable[[File], bool] | None = None) -> Iterator[tuple[File, int]]:
        """Every place where a name stands as a whole word, in the files that are wanted: the file and the byte offset in it."""
        needle = name.encode()
        found = self._found.setdefault(name, {})
        for file in self._holders(needle, wanted):
            places = found.get(file)
            if places is None:
                self._budget -= len(file.source)
                places = found[file] = array("L", words(file.source, needle, file.begin)) or _NONE
            for at in places:
                yield file, at

    def search(
        self, pattern: re.Pattern[bytes], wanted: Callable[[File], bool] | None = None
    ) -> Iterator[tuple[File, re.Match[bytes], int]]:
        """Every match of a pattern in the files that are wanted, with its file and the offset of its start in the file."""
        for file in self.files if wanted is None else filter(wanted, self.files):
            for match in pattern.finditer(file.source):
                yield file, match, match.start()
