"""The texts of packages, read once for all programs that are opened together: most of two programs of a repository is the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tracer.golang.load.build import Build
from tracer.golang.stdlib import archive as std
from tracer.source.trees import Tree
from tracer.syntax.header import Header, header


@dataclass(frozen=True, slots=True)
class Text:
    """A Go file of a package directory: its real path, blob id and content, and what stands before its first declaration."""

    path: str
    blob: str
    source: bytes
    head: Header


@dataclass(slots=True, eq=False)
class Shelf:
    """The Go files of package directories, tests where these are built, and the declarations of the standard library's packages."""

    _built: dict[tuple[str, str, Build], list[Text]] = field(default_factory=dict[tuple[str, str, Build], "list[Text]"])
    _library: dict[str, Text | None] = field(default_factory=dict[str, "Text | None"])

    def files(self, tree: Tree, directory: str, build: Build) -> list[Text]:
        """The files of a directory that belong to a build, by name. Raises SourceError for what cannot be read."""
        self.fill([(tree, directory)], build)
        return self._built[tree.name, directory, build]

    def library(self, path: str) -> Text | None:
        """The declarations of a package of the standard library; None for any other path."""
        if path not in self._library:
            source = std.source(path)
            # The facts are kept under the archive's version, since these files have no blob id.
            blob = f"{std.version()}:{path}"
            self._library[path] = None if source is None else Text(path, blob, source, header(source))
        return self._library[path]

    def fill(self, wanted: Iterable[tuple[Tree, str]], build: Build) -> None:
        """Reads the files of several directories, those of a tree at once: to ask git for each takes longer than to read it."""
        trees: dict[str, Tree] = {}
        lacking: dict[str, dict[str, list[str]]] = {}
        for tree, directory in wanted:
            if (tree.name, directory, build) not in self._built:
                trees[tree.name] = tree
                lacking.setdefault(tree.name, {})[directory] = list(_paths(tree, directory, build))
        for name, directories in lacking.items():
            read = trees[name].read_blobs(path for paths in directories.values() for path in paths)
            for directory, paths in directories.items():
                texts = (
                    Text(path, blob, source, header(source))
                    for path, blob, source in itertools.islice(read, len(paths))
                )
                self._built[name, directory, build] = [text for text in texts if _is_built(text, build)]


def _paths(tree: Tree, directory: str, build: Build) -> Iterator[str]:
    for name in sorted(tree.listdir(directory)):
        if name.endswith(".go") and build.takes(name):
            yield f"{directory}/{name}" if directory else name


def _is_built(text: Text, build: Build) -> bool:
    head = text.head
    if not head.package or not build.meets(head.constraint):
        return False
    return build.tag("cgo") or all(imported != "C" for _, imported in head.imports)
