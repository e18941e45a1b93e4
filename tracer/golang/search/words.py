"""Words in the text of a program's files: which files hold a name, and where."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping

from tracer.golang.load.package import File
from tracer.golang.load.program import Program
from tracer.syntax.declaring import may_declare_at_top, may_declare_type
from tracer.syntax.facts import Declaration

INDEX_COST = 70
"""How many times a text may be searched for a name in the time that an index of its words takes (measured)."""

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") | frozenset(range(128, 256))
# Go's identifiers as bytes: whatever is no ASCII may be a letter.
SEPARATED = bytes(c if c in _WORD else 32 for c in range(256))


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


def _is_word(needle: bytes) -> bool:
    return not needle[:1].isdigit() and needle.translate(SEPARATED).split() == [needle]


class Words:
    """The texts of one program: that of its own packages' files, and that of the library's declarations.

    With ``indexed``, their words are indexed at once: for who asks for many names.
    """

    __slots__ = ("library", "own")

    def __init__(self, program: Program, *, indexed: bool = False) -> None:
        packages = program.closure()
        self.own = Text([f for p in packages if not p.is_std for f in p.files], indexed=indexed)
        self.library = Text([f for p in packages if p.is_std for f in p.files], indexed=indexed)


class Text:
    """The sources of many files: which of them hold a name, and where.

    For a name the files that are wanted are searched. When that has cost as much as an index of all words would, one is made;
    with ``indexed``, for the first name.
    """

    __slots__ = ("_found", "_holders", "_index", "_left", "files")

    def __init__(self, files: list[File], *, indexed: bool = False) -> None:
        self.files = files
        self._left = 0 if indexed else INDEX_COST * sum(len(file.source) for file in files)
        self._found: dict[str, dict[File, array[int]]] = {}
        self._holders: dict[bytes, list[File]] = {}
        self._index: dict[bytes, tuple[File, ...]] | None = None

    def mentions(self, name: str, wanted: Callable[[File], bool] | None = None) -> Iterator[tuple[File, int]]:
        """Every place where a name stands as a whole word, in the files that are wanted: the file and the byte offset in it."""
        needle = name.encode()
        found = self._found.setdefault(name, {})
        for file in self._holding(needle, wanted):
            places = found.get(file)
            if places is None:
                places = found[file] = array("L", words(file.source, needle, file.begin))
            for at in places:
                yield file, at

    def among(self, name: str, files: Mapping[File, None]) -> Iterator[tuple[File, int]]:
        """Every place where a name stands as a whole word in some of the files."""
        if self._index is None and self._left > 0:
            needle = name.encode()
            for file in files:
                self._left -= len(file.source)
                for at in words(file.source, needle, file.begin):
                    yield file, at
        else:
            yield from self.mentions(name, files.__contains__)

    def declaring(self, name: str) -> Iterator[tuple[File, Declaration]]:
        """Every top-level declaration of a name, methods included, with its file."""
        return self._declaring(name, may_declare_at_top)

    def declaring_type(self, name: str) -> Iterator[tuple[File, Declaration]]:
        """Every declaration of types of a name at top level, with its file."""
        return ((file, d) for file, d in self._declaring(name, may_declare_type) if d.kind == "type")

    def _declaring(self, name: str, may: Callable[[bytes, bytes], bool]) -> Iterator[tuple[File, Declaration]]:
        needle = name.encode()
        for file in self.files if _is_word(needle) else ():
            if may(file.source, needle):
                yield from ((file, d) for d in file.facts.declarations if name in d.names)

    def _holding(self, needle: bytes, wanted: Callable[[File], bool] | None) -> Iterable[File]:
        """The files that are wanted and may hold a name."""
        if not _is_word(needle):
            return ()
        if self._index is None and self._left <= 0:
            self._index = self._indexed()
        files = self._index.get(needle, ()) if self._index is not None else self._holders.get(needle)
        if files is None:
            return self._searched(needle, wanted)
        return files if wanted is None else filter(wanted, files)

    def _searched(self, needle: bytes, wanted: Callable[[File], bool] | None) -> Iterator[File]:
        holders: list[File] = []
        for file in self.files:
            if wanted is None or wanted(file):
                self._left -= len(file.source)
                if needle in file.source:
                    holders.append(file)
                    yield file
        if wanted is None:
            self._holders[needle] = holders

    def _indexed(self) -> dict[bytes, tuple[File, ...]]:
        index: dict[bytes, list[File]] = {}
        for file in self.files:
            for word in set(file.source[file.begin :].translate(SEPARATED).split()):
                index.setdefault(word, []).append(file)
        return {word: tuple(files) for word, files in index.items() if not word[:1].isdigit()}

    def search(
        self, pattern: re.Pattern[bytes], wanted: Callable[[File], bool] | None = None
    ) -> Iterator[tuple[File, re.Match[bytes], int]]:
        """Every match of a pattern in the files that are wanted, with its file and the offset of its start in the file."""
        for file in self.files if wanted is None else filter(wanted, self.files):
            for match in pattern.finditer(file.source):
                yield file, match, match.start()
