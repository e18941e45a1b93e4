"""A package as its files: what they hold, parsed when it is asked for.

Declarations are found by their facts, which outlive a process; each has a tree of its own.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field, replace

from tracer.golang.stdlib import archive as std
from tracer.golang.stdlib.declared import declared
from tracer.syntax import ast
from tracer.syntax.declaring import may_declare
from tracer.syntax.facts import Declaration, FileFacts
from tracer.syntax.parse import parse_header
from tracer.syntax.reader import Reader

_NEWLINE = re.compile(rb"\n")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the source of a package comes from: a repository at a commit, or a release of the standard library."""

    repository: str
    commit: str
    version: str = ""


LIBRARY = "std:"
EXTERNAL = "_test"
"""What the name of a package of tests ends with that stands beside the one it tests (``go help test``)."""
_BESIDE = " [test]"

MANY_LOOKS = 20
"""How often a package's text may be searched for what may declare a name in the time that reading what it declares takes (measured)."""


@dataclass(slots=True, eq=False)
class File:
    """One Go file of a package. ``blob`` is its git blob id ("" for the standard library's declarations)."""

    package: Package
    path: str
    source: bytes
    blob: str
    imported: tuple[tuple[str, str], ...]
    reader: Reader
    trees: dict[int, ast.FuncDecl | tuple[ast.TypeSpec | ast.ValueSpec, ...]] = field(
        default_factory=dict[int, ast.FuncDecl | tuple[ast.TypeSpec | ast.ValueSpec, ...]]
    )
    units: dict[int, Unit] = field(default_factory=dict[int, "Unit"])
    _facts: FileFacts | None = field(default=None, init=False)
    _begin: int = field(default=-1, init=False)
    _starts: tuple[int, ...] = field(default=(), init=False)
    _lines: tuple[int, ...] = field(default=(), init=False)

    @property
    def facts(self) -> FileFacts:
        if self._facts is None:
            library = self.package.is_std
            found = declared(self.source) if library else self.reader.facts(self.blob, self.source)
            if found.given_up:
                # What the file does is one thing of which nothing is known: a function without a name.
                whole = Declaration("func", ("_",), "", 0, len(self.source), 1, 1)
                found = replace(found, declarations=(whole,))
            self._facts = found
            self._starts = tuple(d.start for d in self._facts.declarations)
        return self._facts

    @property
    def is_given_up(self) -> bool:
        """Whether the file was asked for what it declares, and that is not known."""
        return self._facts is not None and self._facts.given_up

    @property
    def begin(self) -> int:
        """Where the package clause stands, or something before it: licences are before it, and no code."""
        if self._begin < 0:
            self._begin = max(self.source.find(b"\npackage "), 0)
        return self._begin

    @property
    def import_paths(self) -> frozenset[str]:
        return frozenset(path for _, path in self.imported)

    def declaration_at(self, offset: int) -> Declaration | None:
        """The top-level declaration that holds a byte offset."""
        declarations = self.facts.declarations
        i = bisect.bisect_right(self._starts, offset) - 1
        return declarations[i] if i >= 0 and offset < declarations[i].end else None

    def unit(self, declaration: Declaration) -> Unit:
        found = self.units.get(declaration.start)
        if found is None:
            found = self.units[declaration.start] = Unit(self, declaration)
        return found

    def function(self, declaration: Declaration) -> ast.FuncDecl:
        tree = self.trees.get(declaration.start)
        if not isinstance(tree, ast.FuncDecl):
            tree = self.trees[declaration.start] = self.reader.function(self.blob, self.source, declaration)
        return tree

    def header(self, declaration: Declaration) -> ast.FuncDecl:
        """A function without its body, or with it where it is at hand."""
        tree = self.trees.get(declaration.start)
        if isinstance(tree, ast.FuncDecl):
            return tree
        return parse_header(self.source, declaration) or self.function(declaration)

    def forget(self, declaration: Declaration) -> None:
        """Lets go of a declaration's tree; it is parsed anew when it is asked for again."""
        self.trees.pop(declaration.start, None)

    def specs(self, declaration: Declaration) -> tuple[ast.TypeSpec | ast.ValueSpec, ...]:
        tree = self.trees.get(declaration.start)
        if not isinstance(tree, tuple):
            tree = self.trees[declaration.start] = self.reader.specs(self.blob, self.source, declaration)
        return tree

    def _line_starts(self) -> tuple[int, ...]:
        if not self._lines:
            self._lines = (0, *(match.end() for match in _NEWLINE.finditer(self.source)))
        return self._lines

    def place(self, pos: ast.Pos) -> tuple[int, int]:
        """Line and column of a byte offset, both from 1, the column in bytes."""
        starts = self._line_starts()
        line = bisect.bisect_right(starts, pos)
        return line, pos - starts[line - 1] + 1

    def offset(self, line: int, column: int) -> ast.Pos:
        """The inverse of ``place``."""
        starts = self._line_starts()
        return starts[line - 1] + column - 1 if line <= len(starts) else len(self.source)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its indentation and its end."""
        return self.source[self.offset(number, 1) : self.offset(number + 1, 1)].decode("utf-8", "replace").strip()

    def line_at(self, pos: ast.Pos) -> str:
        """The text of the line that holds a byte offset."""
        return self.line(self.place(pos)[0])


@dataclass(eq=False, slots=True)
class Unit:
    """A top-level declaration whose code runs: a function, or the initialisers of variables."""

    file: File
    declaration: Declaration


def is_test(path: str) -> bool:
    """Whether a file is a test's, which its name tells (``go help test``)."""
    return path.endswith("_test.go")


@dataclass(slots=True, eq=False)
class Package:
    """One package: ``path`` is its import path, ``directory`` the real one in its origin ("" for the standard library).

    ``key`` is what it is called among those of a program: its directory, in another origin with its name; or ``std:`` and its import path.
    A package of tests beside another is marked as that.
    """

    path: str
    directory: str
    origin: Origin
    key: str
    is_std: bool = False
    name: str = ""
    files: list[File] = field(default_factory=list[File])
    _looks: int = field(default=0, init=False)
    _declared: dict[str, tuple[File, Declaration]] = field(
        default_factory=dict[str, tuple[File, Declaration]], init=False
    )

    @property
    def is_here(self) -> bool:
        """Whether it stands in the program's own tree."""
        return self.key.removesuffix(_BESIDE) == self.directory

    @property
    def is_tested(self) -> bool:
        """Whether tests are built with it, or are all that it has."""
        return any(is_test(file.path) for file in self.files)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the program takes it from elsewhere, vendored or not."""
        return not self.is_here or "vendor" in self.directory.split("/")

    def beside(self) -> Package:
        """The package of the tests that stand beside this one, still without its files (``go help test``)."""
        return Package(f"{self.path}{EXTERNAL}", self.directory, self.origin, f"{self.key}{_BESIDE}")

    def declaration(self, name: str) -> tuple[File, Declaration] | None:
        """Where a name is declared at the top level, methods left out."""
        self._looks += 1
        if self._looks <= MANY_LOOKS:
            needle = name.encode()
            files = [file for file in self.files if may_declare(file.source, needle)]
            return next(
                ((f, d) for f in files for d in f.facts.declarations if d.kind != "method" and name in d.names), None
            )
        if not self._declared:
            for file in self.files:
                for d in file.facts.declarations:
                    for declared in d.names if d.kind != "method" else ():
                        self._declared.setdefault(declared, (file, d))
        return self._declared.get(name)

    def annotation(self, name: str) -> std.Annotation | None:
        """What the facts of the standard library say of something that one of its packages declares."""
        found = self.declaration(name)
        return std.annotation(found[0].source, found[1].start) if found is not None else None
