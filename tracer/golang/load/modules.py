"""Import path -> package directory, as the go command finds it for one program: go.work, go.mod, vendor, replace, GOPATH.

The program's main package decides: the nearest go.mod above it is its main module, and the nearest go.work above it that uses this
module makes all that it uses main modules (Go reference, "Workspaces"). Where the go.work does not use it, the go command refuses; here
the module is then built by itself, as with ``GOWORK=off``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from tracer.codes import Lack, Message
from tracer.golang.load.gomods import Main, main_of, mod_file, module_directories, nearest, repository_of
from tracer.golang.load.modfile import ModFile, Vendored, read_mod, read_vendored
from tracer.golang.load.selection import Selection, required, select
from tracer.golang.load.supply import Root, Supply
from tracer.golang.load.versions import Version, is_pruned, vendors
from tracer.source.modules import Sums, read_sums
from tracer.source.snapshot import Snapshot
from tracer.source.trees import Tree

_VENDOR = "vendor"
_NO_MODULE = Version("")


@dataclass(frozen=True, slots=True)
class Found:
    """A package's real directory and the tree that it stands in; the module is empty in a GOPATH tree."""

    tree: Tree
    directory: str
    module: Version


@dataclass(frozen=True, slots=True)
class Vendor:
    """A directory ``vendor`` and its modules.txt. ``is_all``: it has all packages that the main modules do not have."""

    directory: str
    listed: Vendored
    is_all: bool


@dataclass(slots=True, eq=False)
class Layout:
    """Where the packages of one program stand.

    ``mains`` are its main modules, longest path first; ``gopath`` is the ``src`` directory of a GOPATH tree, or None. ``replaces`` have the
    directory that they count from.
    """

    snapshot: Snapshot
    gopath: str | None = None
    mains: tuple[Main, ...] = ()
    is_workspace: bool = False
    vendor: tuple[Vendor, ...] = ()
    replaces: dict[Version, tuple[str, Version]] = field(default_factory=dict[Version, tuple[str, Version]])
    supply: Supply = field(default_factory=Supply)
    sums: Sums = field(default_factory=dict[str, "frozenset[str]"])
    instead: dict[Version, tuple[str, str]] = field(default_factory=dict[Version, "tuple[str, str]"])
    _found: dict[tuple[str, str], Found | None] = field(default_factory=dict[tuple[str, str], "Found | None"])
    _roots: dict[Version, Root | None] = field(default_factory=dict[Version, "Root | None"])
    _siblings: dict[str, str] | None = None
    _required: dict[str, str] | None = None
    _selection: Selection | None = None

    def import_path(self, directory: str) -> str | None:
        """The import path of a directory of the main modules, or of what they vendor."""
        if self.gopath is not None:
            inside = not self.gopath or directory == self.gopath or directory.startswith(self.gopath + "/")
            return directory[len(self.gopath) :].strip("/") if inside else None
        root = nearest(self.snapshot, directory, "go.mod") or ""
        for main in self.mains:
            if main.directory == root:
                rest = directory[len(root) :].strip("/")
                if rest.startswith(f"{_VENDOR}/"):
                    return rest.removeprefix(f"{_VENDOR}/")
                return f"{main.path}/{rest}" if rest else main.path
        return None

    def find(self, import_path: str, importer: str) -> Found | None:
        """The package that one in the directory ``importer`` imports; None if it is not among the sources."""
        key = (import_path, importer if self.gopath is not None else "")
        if key not in self._found:
            self._found[key] = self._in_gopath(*key) if self.gopath is not None else self._in_modules(import_path)
        return self._found[key]

    def root(self, module: Version) -> Root | None:
        """Where a module stands that a go.mod requires, replacements made; None if it is not among the sources."""
        if module not in self._roots:
            self._roots[module] = self._find_root(module)
        return self._roots[module]

    def unchecked(self, used: Collection[str]) -> list[Version]:
        """Which of the modules in caches, named as their trees are, no go.sum tells the hash of."""
        names = {root.tree.name for root in self._roots.values() if root is not None and not root.is_local}
        modules = (Version(path, version) for path, _, version in (name.rpartition("@") for name in names & set(used)))
        return sorted(module for module in modules if f"{module.path} {module.version}" not in self.sums)

    def why(self, module: Version) -> Message:
        """Why a module that is required is not among the sources."""
        replaced = self._replaced(module)
        if replaced is not None and not replaced[1].version:
            return Message(Lack.OUTSIDE_TREE, (replaced[1].path,))
        return self.supply.why(replaced[1] if replaced is not None else module)

    def provider(self, import_path: str) -> Version | None:
        """The module of the build list that would have a package: that with the longest path."""
        for versions in self._build_lists():
            for path in _prefixes(import_path):
                if versions.get(path):
                    return Version(path, versions[path])
        return None

    def _build_lists(self) -> Iterator[dict[str, str]]:
        """What to look through for a package, in this order.

        What a main module lists is enough for its packages, if it lists what they need indirectly ("Lazy module loading").
        """
        if not self.is_workspace and all(is_pruned(main.file.go) for main in self.mains):
            yield self.required
        yield self.selection.versions

    # GOPATH

    def _in_gopath(self, import_path: str, importer: str) -> Found | None:
        # Vendor directories of the importer and of every directory above it come first.
        at = importer
        while at and at != self.gopath:
            found = self._here(f"{at}/{_VENDOR}/{import_path}")
            if found is not None:
                return found
            at = posixpath.dirname(at)
        return self._here(posixpath.join(self.gopath or "", import_path))

    def _here(self, path: str, module: Version = _NO_MODULE) -> Found | None:
        found = _with_go_files(self.snapshot, path)
        return None if found is None else Found(self.snapshot, found, module)

    # Modules

    def _in_modules(self, import_path: str) -> Found | None:
        for main in self.mains:
            found = _in_module(Root(self.snapshot, main.directory, is_local=True), main.path, import_path)
            if found is not None:
                return Found(self.snapshot, found, Version(main.path))
        return (
            self._in_vendor(import_path, must_agree=True)
            or self._in_required(import_path)
            or self._in_replaced(import_path)
            or self._in_vendor(import_path, must_agree=False)
        )

    def _in_vendor(self, import_path: str, *, must_agree: bool) -> Found | None:
        for vendor in self.vendor:
            module = vendor.listed.packages.get(import_path)
            if must_agree and not self._agrees(vendor, module):
                continue
            found = self._here(posixpath.join(vendor.directory, import_path), module or _NO_MODULE)
            if found is not None:
                return found
        return None

    def _agrees(self, vendor: Vendor, module: Version | None) -> bool:
        """Whether a vendored copy is of what is asked for (modload.checkVendorConsistency).

        A ``vendor`` that has all says itself which versions were selected; one that the go command does not read must have the version that is.
        """
        if module is None:
            return vendor.is_all
        if vendor.is_all:
            asked = module.version if self.is_workspace else self.required.get(module.path, module.version)
        else:
            asked = self.selection.versions.get(module.path, "")
        wanted = Version(module.path, asked)
        replaced = self._replaced(wanted)
        listed = vendor.listed.replaces.get(module) or vendor.listed.replaces.get(Version(module.path))
        if replaced is None or listed is None:
            return wanted == module and replaced is None and listed is None
        # A directory is written as it is from where the file stands.
        top = posixpath.dirname(vendor.directory)
        both = [
            path if to.version else _joined(base, to.path) for base, to in (replaced, (top, listed)) for path in (to,)
        ]
        return wanted == module and both[0] == both[1]

    def _in_required(self, import_path: str) -> Found | None:
        for versions in self._build_lists():
            found = self._in_one_of(import_path, versions)
            if found is not None:
                return found
        return None

    def _in_one_of(self, import_path: str, versions: dict[str, str]) -> Found | None:
        """The package in the module with the longest path; the go command takes it for an error if two have it."""
        for path in _prefixes(import_path):
            version = versions.get(path)
            found = self._of(Version(path, version), import_path) if version else None
            if found is not None:
                return found
        return None

    def _in_replaced(self, import_path: str) -> Found | None:
        """The package in a module that is replaced and not required: the go command looks there with ``-mod=mod``."""
        required = self.selection.versions
        paths = {old.path: old for old in self.replaces if old.path not in required}
        for path in _prefixes(import_path):
            found = self._of(paths[path], import_path) if path in paths else None
            if found is not None:
                return found
        return None

    def _of(self, module: Version, import_path: str) -> Found | None:
        root = self.root(module)
        found = _in_module(root, module.path, import_path) if root is not None else None
        return Found(root.tree, found, module) if root is not None and found is not None else None

    def _find_root(self, module: Version) -> Root | None:
        replaced = self._replaced(module)
        base, wanted = replaced or ("", module)
        if replaced is not None and not wanted.version:
            directory = _inside(self.snapshot, base, wanted.path)
            if directory is not None:
                return Root(self.snapshot, directory, is_local=True)
            # What is outside of the repository may be another one's; it is no version of any module.
            wanted = Version(module.path)
        directory = self.siblings.get(wanted.path)
        if directory is not None:
            root = Root(self.snapshot, directory, is_local=True)
        else:
            root = self.supply.module(wanted, self.sums, self.snapshot)
        if root is not None and root.is_local:
            self.instead[module] = root.tree.name, root.tree.commit
        return root

    def _replaced(self, module: Version) -> tuple[str, Version] | None:
        """What replaces a module, and from which directory: what replaces the version before what replaces all."""
        return self.replaces.get(module) or self.replaces.get(Version(module.path))

    @property
    def siblings(self) -> dict[str, str]:
        """The other modules of the main module's repository, by path, with their directories.

        Below the root the path ends with the directory ("Module paths"): what does not, such as a copy of another module, is of another repository.
        """
        if self._siblings is None:
            self._siblings = {}
            own = {repository_of(main.path, main.directory) for main in self.mains} - {None}
            for directory in module_directories(self.snapshot):
                path = main_of(self.snapshot, directory, is_main=False).path if own else ""
                if path and repository_of(path, directory) in own:
                    self._siblings[path] = directory
        return self._siblings

    # Versions

    @property
    def required(self) -> dict[str, str]:
        """The versions that the main modules require themselves."""
        if self._required is None:
            self._required = required(main.file for main in self.mains)
        return self._required

    @property
    def selection(self) -> Selection:
        """The versions that the program is built with."""
        if self._selection is None:
            whole = next((vendor.listed for vendor in self.vendor if vendor.is_all), None)
            if whole is not None:
                self._selection = Selection({**whole.modules, **self.required}, ())
            else:
                self._selection = select((main.file for main in self.mains), self._files)
        return self._selection

    def _files(self, modules: list[Version]) -> list[ModFile | None]:
        self._look(modules, only_mod=True)
        return [self._file(module) for module in modules]

    def look(self, import_paths: Iterable[str]) -> None:
        """Looks at once for the modules that packages are first looked for in."""
        if self.gopath is not None:
            return
        wanted: dict[Version, None] = {}
        for path in import_paths:
            if (path, "") not in self._found and not self._is_at_hand(path):
                module = self.provider(path)
                if module is not None and module not in self._roots:
                    wanted[module] = None
        self._look(list(wanted), only_mod=False)

    def _is_at_hand(self, import_path: str) -> bool:
        if any(import_path == main.path or import_path.startswith(f"{main.path}/") for main in self.mains):
            return True
        return self._in_vendor(import_path, must_agree=True) is not None

    def _look(self, modules: list[Version], *, only_mod: bool) -> None:
        wanted: list[Version] = []
        for module in modules:
            replaced = self._replaced(module)
            meant = replaced[1] if replaced is not None else module
            if meant.version and meant.path not in self.siblings:
                wanted.append(meant)
        self.supply.look(wanted, self.sums, self.snapshot, only_mod=only_mod)

    def _file(self, module: Version) -> ModFile | None:
        replaced = self._replaced(module)
        if replaced is not None and not replaced[1].version:
            directory = _inside(self.snapshot, *replaced)
            if directory is not None:
                return mod_file(self.snapshot, directory)
        wanted = replaced[1] if replaced is not None and replaced[1].version else module
        directory = self.siblings.get(wanted.path)
        if directory is not None:
            return mod_file(self.snapshot, directory)
        data = self.supply.requirements(wanted, self.sums, self.snapshot)
        return read_mod(data, str(wanted)) if data is not None else None


def read_layout(snapshot: Snapshot, directory: str, supply: Supply | None = None) -> Layout:
    """How a snapshot is laid out for the program whose main package stands in a directory.

    A program without a go.mod above it is one of a GOPATH tree (``src``, or the root). Raises ResolutionError for files that are not understood.
    """
    root = nearest(snapshot, directory, "go.mod")
    if root is None:
        inside = snapshot.is_dir("src") and (directory == "src" or directory.startswith("src/") or not directory)
        return Layout(snapshot, "src" if inside else "")
    at, work = _workspace(snapshot, directory, root)
    roots = _uses(snapshot, at, work) if work is not None else [root]
    mains = [main_of(snapshot, one) for one in roots]
    replaces: dict[Version, tuple[str, Version]] = {}
    for base, file in [*([(at, work)] if work is not None else []), *((main.directory, main.file) for main in mains)]:
        for one in file.replaces:
            replaces.setdefault(one.old, (base, one.new))
    if work is not None:
        # A replacement in go.work stands for all of this module that go.mod files have ("go.work files").
        whole = {one.old.path for one in work.replaces}
        told = {one.old for one in work.replaces}
        replaces = {old: new for old, new in replaces.items() if old.path not in whole or old in told}
    return Layout(
        snapshot,
        mains=tuple(sorted(mains, key=lambda main: (-len(main.path), main.path))),
        is_workspace=work is not None,
        vendor=tuple(_vendors(snapshot, at if work is not None else root, work, mains)),
        replaces=replaces,
        supply=supply or Supply(),
        sums=_sums(snapshot, at if work is not None else None, mains),
    )


def _workspace(snapshot: Snapshot, directory: str, root: str) -> tuple[str, ModFile | None]:
    """The nearest go.work above a main package that uses its module, and where it stands."""
    at = nearest(snapshot, directory, "go.work")
    while at is not None:
        path = posixpath.join(at, "go.work")
        work = read_mod(snapshot.read(path), path)
        if root in _uses(snapshot, at, work):
            return at, work
        at = nearest(snapshot, posixpath.dirname(at), "go.work") if at else None
    return "", None


def _sums(snapshot: Snapshot, work: str | None, mains: list[Main]) -> Sums:
    """What the go.sum files of the main modules, and a go.work.sum, have."""
    paths = [posixpath.join(main.directory, "go.sum") for main in mains]
    paths += [posixpath.join(work, "go.work.sum")] if work is not None else []
    found: dict[str, frozenset[str]] = {}
    for path in paths:
        if snapshot.resolve(path) is not None:
            for key, hashes in read_sums(snapshot.read(path).decode("utf-8", "replace")).items():
                found[key] = found.get(key, frozenset()) | hashes
    return found


def _uses(snapshot: Snapshot, at: str, work: ModFile) -> list[str]:
    """The directories that a go.work uses, in the repository; those outside of it are not at hand."""
    found = (_inside(snapshot, at, use) for use in work.uses)
    return list(
        dict.fromkeys(one for one in found if one is not None and snapshot.resolve(posixpath.join(one, "go.mod")))
    )


def _vendors(snapshot: Snapshot, top: str, work: ModFile | None, mains: list[Main]) -> Iterator[Vendor]:
    """What is vendored: of the whole program first, then what main modules of a workspace have each for themselves."""
    for at in dict.fromkeys([top, *(main.directory for main in mains)]):
        directory = posixpath.join(at, _VENDOR)
        real = snapshot.resolve(directory)
        if real is None or not snapshot.is_dir(real):
            continue
        path = posixpath.join(directory, "modules.txt")
        listed = read_vendored(snapshot.read(path)) if snapshot.resolve(path) is not None else Vendored()
        go = work.go if work is not None else mains[0].file.go
        yield Vendor(directory, listed, at == top and vendors(go) and listed.is_workspace == (work is not None))


def _prefixes(import_path: str) -> Iterator[str]:
    """The paths that a package's module may have, longest first."""
    at = import_path
    while at:
        yield at
        at = at.rpartition("/")[0]


def _in_module(root: Root, path: str, import_path: str) -> str | None:
    """The real directory of a package in a module, unless it is another module's (modload.dirInModule)."""
    if import_path != path and not import_path.startswith(f"{path}/"):
        return None
    directory = posixpath.join(root.directory, import_path[len(path) + 1 :]).rstrip("/")
    found = _with_go_files(root.tree, directory)
    at = directory
    while found is not None and root.is_local and at != root.directory:
        if root.tree.resolve(posixpath.join(at, "go.mod")) is not None:
            return None
        at = posixpath.dirname(at)
    return found


def _with_go_files(tree: Tree, path: str) -> str | None:
    found = tree.resolve(path)
    return found if found is not None and any(name.endswith(".go") for name in tree.listdir(found)) else None


def _inside(snapshot: Snapshot, base: str, written: str | Version) -> str | None:
    """The directory in the repository that is written in a file of ``base``; None for one that is outside, or not there."""
    path = _joined(base, written if isinstance(written, str) else written.path)
    if path.startswith(("/", "../")) or path == ".." or path[1:2] == ":":
        return None
    return snapshot.resolve("" if path == "." else path)


def _joined(base: str, written: str) -> str:
    return posixpath.normpath(posixpath.join(base, written.replace("\\", "/")))
