"""Import path -> directory, as the go command finds it: go.work, go.mod, vendor, replace, GOPATH."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from tracer.errors import SourceError
from tracer.source.snapshot import Snapshot

_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
_REPLACE = re.compile(r"^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\.{1,2}/\S*|\.{1,2})\s*(?://.*)?$", re.MULTILINE)
_USE = re.compile(r"^\s*(?:use\s+)?(\.{1,2}(?:/\S*)?)\s*(?://.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the packages of a snapshot stand.

    ``modules`` are (module path, directory), longest path first: the main module, those of ``go.work`` and those
    that a ``replace`` keeps in the tree. ``gopath`` is the ``src`` directory of a GOPATH tree, or None.
    """

    snapshot: Snapshot
    modules: tuple[tuple[str, str], ...]
    gopath: str | None
    resolved: dict[tuple[str, str], str | None] = field(default_factory=dict[tuple[str, str], str | None])

    def import_path(self, directory: str) -> str | None:
        """The import path of a directory of the main modules."""
        for path, root in sorted(self.modules, key=lambda m: -len(m[1])):
            if directory == root or not root or directory.startswith(root + "/"):
                rest = directory[len(root) :].strip("/")
                return f"{path}/{rest}" if rest else path
        if self.gopath is not None and directory.startswith(self.gopath):
            return directory[len(self.gopath) :].strip("/")
        return None

    def directory(self, import_path: str, importer: str) -> str | None:
        """The real directory of a package imported from the directory ``importer``; None if it is not here."""
        if self.gopath is not None:
            return self._in_gopath(import_path, importer)
        key = (import_path, "")
        if key not in self.resolved:
            self.resolved[key] = self._in_modules(import_path)
        return self.resolved[key]

    def _in_modules(self, import_path: str) -> str | None:
        for module, root in self.modules:
            if import_path == module or import_path.startswith(module + "/"):
                found = self._existing(posixpath.join(root, import_path[len(module) + 1 :]))
                if found is not None:
                    return found
        return self._existing(f"vendor/{import_path}")

    def _in_gopath(self, import_path: str, importer: str) -> str | None:
        # Vendor directories of the importer and of every directory above it come first.
        at = importer
        while at and at != self.gopath:
            found = self._existing(f"{at}/vendor/{import_path}")
            if found is not None:
                return found
            at = posixpath.dirname(at)
        return self._existing(posixpath.join(self.gopath or "", import_path))

    def _existing(self, path: str) -> str | None:
        found = self.snapshot.resolve(path.rstrip("/"))
        if found is None or not any(name.endswith(".go") for name in self.snapshot.listdir(found)):
            return None
        return found


def read_layout(snapshot: Snapshot) -> Layout:
    """How a snapshot is laid out. A tree without go.mod at its root is a GOPATH tree (``src``, or the root)."""
    if "go.mod" not in snapshot.files and "go.work" not in snapshot.files:
        return Layout(snapshot, (), "src" if snapshot.is_dir("src") else "")
    roots = [""]
    work = _text(snapshot, "go.work")
    roots += [posixpath.normpath(m.group(1)) for m in _USE.finditer(work)]
    modules: dict[str, str] = {}
    for root in dict.fromkeys("" if r == "." else r for r in roots):
        text = _text(snapshot, posixpath.join(root, "go.mod"))
        found = _MODULE.search(text)
        if found:
            modules.setdefault(found.group(1), root)
        for match in _REPLACE.finditer(text):
            target = posixpath.normpath(posixpath.join(root, match.group(2)))
            if not target.startswith(".."):
                modules.setdefault(match.group(1), "" if target == "." else target)
    return Layout(snapshot, tuple(sorted(modules.items(), key=lambda m: -len(m[0]))), None)


def _text(snapshot: Snapshot, path: str) -> str:
    try:
        return snapshot.read(path).decode("utf-8", "replace")
    except SourceError:
        return ""
