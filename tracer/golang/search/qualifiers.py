"""What imports and selectors tell of a name in a text: whose it can be, without a look at types."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.golang.load.package import File, Package
from tracer.golang.load.program import Program
from tracer.golang.search.words import SEPARATED, words

# How far back from a name what stands before it is looked for.
_NEAR = 100


class Qualifiers:
    """The imports of a program's files."""

    __slots__ = ("_bits", "_certain", "_named", "_naming", "_reached", "program")

    def __init__(self, program: Program) -> None:
        self.program = program
        self._bits: dict[Package, int] = {}
        self._reached: dict[Package, int] = {}
        self._named: dict[File, dict[Package, set[bytes]]] = {}
        self._naming: dict[Package, dict[File, None]] = {}
        self._certain: dict[tuple[File, bytes], bool] = {}

    def names(self, file: File, at: int, package: Package) -> bool:
        """Whether the name at a byte offset may be one that a package declares: bare in its files, elsewhere behind its name.

        Behind a dot import all of them are bare (Go spec, "Import declarations").
        """
        dot, certain = _dot_before(file.source, at)
        if file.package is package:
            return dot is None or not certain
        names = self._names_in(file).get(package)
        if names is None:
            return False
        return not certain or b"." in names or (dot is not None and _word_before(file.source, dot) in names)

    def may_name(self, file: File, package: Package) -> bool:
        """Whether a file is one of a package's or imports it."""
        return file.package is package or package in self._names_in(file)

    def naming(self, package: Package) -> Mapping[File, None]:
        """The files of the program's own packages that are a package's or import it."""
        if not self._naming:
            for other in self.program.closure():
                for file in () if other.is_std else other.files:
                    for named in (other, *self._names_in(file)):
                        self._naming.setdefault(named, {})[file] = None
        return self._naming.get(package, {})

    def reaches(self, package: Package, other: Package) -> bool:
        """Whether a package is another one or imports it, directly or not: else values of its types do not occur there."""
        if not self._bits:
            self._bits = {package: 1 << i for i, package in enumerate(self.program.closure())}
            self._reached = self._reach()
        bit = self._bits.get(other)
        return bit is None or bool(self._reached.get(package, -1) & bit)

    def is_selected(self, file: File, at: int) -> bool:
        """Whether the name at a byte offset may be that of a field or method in a selector.

        It is none where a package's name stands before the dot (Go spec, "Qualified identifiers").
        """
        dot, certain = _dot_before(file.source, at)
        return not certain or (dot is not None and not self._is_package(file, dot))

    def _is_package(self, file: File, dot: int) -> bool:
        name = _word_before(file.source, dot)
        return bool(name) and self._is_certain(file, name) and _dot_before(file.source, dot - len(name)) == (None, True)

    def _is_certain(self, file: File, name: bytes) -> bool:
        """Whether a name that no dot precedes is a package's wherever it stands in a file."""
        key = (file, name)
        found = self._certain.get(key)
        if found is None:
            imported = any(name in names for names in self._names_in(file).values())
            found = self._certain[key] = imported and not _may_be_declared(file.source, name)
        return found

    def _names_in(self, file: File) -> dict[Package, set[bytes]]:
        """The packages that a file imports, with their names in it: "." for a dot import."""
        found = self._named.get(file)
        if found is None:
            found = self._named[file] = {}
            for name, path in file.imported:
                package = self.program.package(path, file.package)
                if package is not None:
                    found.setdefault(package, set()).add((name or package.name).encode())
        return found

    def _reach(self) -> dict[Package, int]:
        imported = {package: {p for f in package.files for p in self._names_in(f)} for package in self._bits}
        reached = dict(self._bits)
        changed = True
        while changed:
            changed = False
            # Importers were found before what they import.
            for package in reversed(self._bits):
                mask = reached[package]
                for other in imported[package]:
                    mask |= reached.get(other, 0)
                changed = changed or mask != reached[package]
                reached[package] = mask
        return reached


def _dot_before(source: bytes, at: int) -> tuple[int | None, bool]:
    """The dot that makes a name at an offset a selector, if there is one, and whether that is certain.

    Lines may break and comments stand between them.
    """
    end, certain = at, True
    if source[at - 1 : at] == b" " and not source[at - 2 : at - 1].isspace():
        end = at - 1
    elif source[at - 1 : at].isspace():
        end, certain = _end_of_code(source, at)
    if source[end - 1 : end] != b".":
        return None, certain
    # The last dot of "..." selects nothing, nor does that of a number.
    number = _word_before(source, end - 1)[:1].isdigit()
    return (None if number or source[end - 2 : end - 1] == b"." else end - 1), certain


def _end_of_code(source: bytes, at: int) -> tuple[int, bool]:
    """Where the last code before an offset ends, and whether that is certain: comments are told from literals line by line."""
    end = at
    while end > 0:
        if source[end - 1] in b" \t\r\n":
            end -= 1
            continue
        line = source.rfind(b"\n", 0, end) + 1
        written = source[line:end]
        mark = written.find(b"//")
        if source.find(b"\n", end, at) < 0 or (mark < 0 and not written.endswith(b"*/")):
            return end, True
        if b"`" in written or (not written.lstrip().startswith(b"//") and not _is_comment(written)):
            return end, False
        end = line + mark
    return 0, True


def _word_before(source: bytes, end: int) -> bytes:
    near = source[max(end - _NEAR, 0) : end]
    return near[near.translate(SEPARATED).rfind(b" ") + 1 :]


def _may_be_declared(source: bytes, name: bytes) -> bool:
    """Whether a name stands anywhere but before a dot, in an import or in a line's comment."""
    for at in words(source, name):
        end = at + len(name)
        if source[at - 1 : at] == b"." or (source[end : end + 1] == b"." and source[end : end + 2] != b".."):
            continue
        imported = source[end : end + 1] == b'"' or source[end : end + 2] == b' "'
        if not imported and not _is_comment(source[source.rfind(b"\n", 0, at) + 1 : at]):
            return True
    return False


def _is_comment(line: bytes) -> bool:
    """Whether a line, or its beginning, ends in a comment: said only where no literal and no other comment is in it."""
    return b"//" in line and not any(mark in line for mark in (b'"', b"'", b"`", b"*/"))
