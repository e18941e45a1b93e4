"""The packages of one program: files, top-level scopes, methods, and who mentions a name.

Nothing is parsed before something asks for it. A name is looked for as bytes first; only the files that hold it
are read by tree-sitter.
"""

from __future__ import annotations

import bisect
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tracer.errors import ResolutionError
from tracer.golang.load.build import Build
from tracer.golang.load.modules import Layout
from tracer.golang.stdlib import archive as std
from tracer.golang.types import UNKNOWN, UNSAFE_POINTER, Builtin, Const, Func, Object, PkgName, TypeName, Var
from tracer.source.snapshot import Snapshot
from tracer.syntax import ast
from tracer.syntax.facts import Declaration, FileFacts
from tracer.syntax.header import header
from tracer.syntax.parse import parse_header
from tracer.syntax.reader import Reader

STD = "std"
_UNSAFE = ("Add", "Alignof", "Offsetof", "Sizeof", "Slice", "SliceData", "String", "StringData")
_NEWLINE = re.compile(rb"\n")


@dataclass(eq=False)
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

    @cached_property
    def facts(self) -> FileFacts:
        return self.reader.facts(self.blob, self.source)

    @cached_property
    def begin(self) -> int:
        """Where the package clause stands, or something before it: licences are before it, and no code."""
        return max(self.source.find(b"\npackage "), 0)

    @cached_property
    def imports(self) -> Mapping[str, PkgName]:
        """What each import's name means in this file; dot imports are under ``.``-prefixed keys."""
        names: dict[str, PkgName] = {}
        for name, path in self.imported:
            package = self.package.program.package(path, self.package)
            if name == "_":
                continue
            if name == ".":
                names["." + path] = PkgName(path)
            else:
                names[name or (package.name if package else _guess(path))] = PkgName(path)
        return names

    @cached_property
    def import_paths(self) -> frozenset[str]:
        return frozenset(path for _, path in self.imported)

    @cached_property
    def _starts(self) -> list[int]:
        return [d.start for d in self.facts.declarations]

    def declaration_at(self, offset: int) -> Declaration | None:
        """The top-level declaration that holds a byte offset."""
        i = bisect.bisect_right(self._starts, offset) - 1
        if i < 0 or offset >= self.facts.declarations[i].end:
            return None
        return self.facts.declarations[i]

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

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self.source))]

    def place(self, pos: ast.Pos) -> tuple[int, int]:
        """Line and column of a byte offset, both from 1, the column in bytes."""
        line = bisect.bisect_right(self._lines, pos)
        return line, pos - self._lines[line - 1] + 1

    def offset(self, line: int, column: int) -> ast.Pos:
        """The inverse of ``place``."""
        return self._lines[line - 1] + column - 1 if line <= len(self._lines) else len(self.source)

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


def _guess(path: str) -> str:
    """The name that a package of this path most likely has; used when the package is not among the sources."""
    parts = [p for p in path.split("/") if p]
    if len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]):
        parts.pop()
    return re.sub(r"^go-|\.v\d+$|-go$", "", parts[-1]) if parts else path


@dataclass(eq=False)
class Package:
    """One package: ``path`` is its import path, ``directory`` the real one ("" for the standard library)."""

    program: Program
    path: str
    directory: str
    name: str = ""
    files: list[File] = field(default_factory=list[File])
    scope: dict[str, Object | None] = field(default_factory=dict[str, "Object | None"])
    read: set[int] = field(default_factory=set[int])
    methods: dict[tuple[str, str], Func | None] = field(default_factory=dict[tuple[str, str], "Func | None"])
    undeclared: dict[str, tuple[File, Declaration]] = field(default_factory=dict[str, "tuple[File, Declaration]"])
    unbound: list[tuple[Func, Declaration]] = field(default_factory=list[tuple[Func, Declaration]])
    binding: bool = False

    @property
    def is_std(self) -> bool:
        return not self.directory and self.path in std.packages()

    def lookup(self, name: str) -> Object | None:
        """The object that the package declares under a name."""
        if name not in self.scope:
            self.scope[name] = None
            self._read(name.encode())
        if name in self.undeclared:
            self._declare(*self.undeclared.pop(name))
        return self.scope[name]

    def method(self, obj: TypeName, name: str) -> Func | None:
        """The method that is declared with this receiver base type and name."""
        if obj.local:
            return None
        key = (obj.name, name)
        if key not in self.methods:
            self.methods[key] = None
            self._read(name.encode())
        return self.methods[key]

    def mark_of(self, name: str) -> str:
        """What ``std.mark`` says of a type that a package of the standard library declares."""
        for file in self.files:
            for d in file.facts.declarations:
                if d.kind == "type" and name in d.names:
                    return std.mark(file.source, d.start)
        return ""

    def methods_of(self, obj: TypeName) -> list[Func]:
        """All declared methods of a type."""
        self._read(obj.name.encode())
        return [f for (recv, _), f in self.methods.items() if f is not None and recv == obj.name]

    def _read(self, name: bytes) -> None:
        for i, file in enumerate(self.files):
            if i not in self.read and name in file.source:
                self.read.add(i)
                self._declare_file(file)
        # A receiver's type may stand in a file that is read only now; so receivers come after all of them.
        if not self.binding:
            self.binding = True
            while self.unbound:
                self._bind_receiver(*self.unbound.pop())
            self.binding = False

    def _bind_receiver(self, func: Func, d: Declaration) -> None:
        recv = self.lookup(d.receiver)
        head = func.file.source[d.start : d.start + 400].split(b")", 1)[0]
        func.pointer = b"*" in head
        # An alias stands for the type that has the method (Go spec, "Method declarations").
        seen = set[Object]()
        while isinstance(recv, TypeName) and recv.spec is not None and recv.spec.alias and recv not in seen:
            seen.add(recv)
            base = recv.spec.type
            func.pointer = func.pointer or isinstance(base, ast.Star)
            base = base.x if isinstance(base, ast.Star) else base
            recv = self.lookup(base.name) if isinstance(base, ast.Ident) else None
            if isinstance(recv, TypeName):
                self.methods[recv.name, func.name] = self.methods.get((recv.name, func.name)) or func
        func.recv = recv if isinstance(recv, TypeName) else TypeName(d.receiver, self, func.file, None)

    def _declare_file(self, file: File) -> None:
        for d in file.facts.declarations:
            if d.kind == "func":
                func = Func(d.names[0], self, file, d.start, d.start)
                if d.names[0] not in ("init", "_"):
                    self.scope[d.names[0]] = self.scope.get(d.names[0]) or func
            elif d.kind == "method":
                key = (d.receiver, d.names[0])
                if self.methods.get(key) is None:
                    method = self.methods[key] = Func(d.names[0], self, file, d.start, d.start)
                    self.unbound.append((method, d))
            else:
                for name in d.names:
                    if self.scope.get(name) is None:
                        self.undeclared.setdefault(name, (file, d))

    def _declare(self, file: File, d: Declaration) -> None:
        """The objects of a declaration, made when one of its names is first looked up."""
        for spec in file.specs(d):
            if isinstance(spec, ast.TypeSpec):
                self._put(spec.name, TypeName(spec.name, self, file, spec, spec.pos))
                continue
            for i, ident in enumerate(spec.names):
                value = spec.values[i] if i < len(spec.values) else None
                if spec.kind == "const":
                    obj: Object = Const(ident.name, self, file, ident.pos, UNKNOWN, value, spec.iota)
                    self.program.const_types[obj] = spec.type
                else:
                    obj = Var(ident.name, UNKNOWN, "global", ident.pos, file, file.unit(d), i, self)
                    self.program.var_specs[obj] = spec
                self._put(ident.name, obj)

    def _put(self, name: str, obj: Object) -> None:
        if name != "_":
            self.scope[name] = self.scope.get(name) or obj
            self.undeclared.pop(name, None)


@dataclass(eq=False)
class Program:
    """One binary: a main package and its import closure, for one build.

    ``reader`` gives the facts and trees of its files.
    """

    repository: str
    snapshot: Snapshot
    layout: Layout
    build: Build
    directory: str
    reader: Reader
    packages: dict[str, Package] = field(default_factory=dict[str, Package])
    absent: dict[str, str] = field(default_factory=dict[str, str])
    const_types: dict[Const, ast.Expr | None] = field(default_factory=dict[Const, "ast.Expr | None"])
    var_specs: dict[Var, ast.ValueSpec] = field(default_factory=dict[Var, ast.ValueSpec])
    by_import: dict[tuple[str, str], Package | None] = field(default_factory=dict[tuple[str, str], "Package | None"])

    @property
    def name(self) -> str:
        return f"{self.repository}:{self.directory}" if self.directory else self.repository

    def package(self, path: str, importer: Package | None = None) -> Package | None:
        """The package that an import path means; None when it is not among the sources.

        The standard library has modules of its own below ``vendor/``, which nothing else imports (``go help gopath``, "Vendor Directories").
        """
        if importer is not None and importer.is_std and f"vendor/{path}" in std.packages():
            path = f"vendor/{path}"
        key = (path, importer.directory if importer and self.layout.gopath is not None else "")
        if key not in self.by_import:
            self.by_import[key] = self._load(path, importer)
        return self.by_import[key]

    def closure(self) -> list[Package]:
        """The import closure of the main package, and the runtime: the packages that the binary is linked from."""
        return self._closure

    @cached_property
    def _closure(self) -> list[Package]:
        path = self.layout.import_path(self.directory)
        main = self.package(path) if path is not None else None
        if main is None or not main.files:
            raise ResolutionError(
                f"there is no Go package in {self.directory or 'the root'}",
                where=f"{self.repository}@{self.snapshot.pin.commit[:12]}",
                hint="name a main package's directory with --program",
            )
        runtime = self.package("runtime")
        pending = [main] if runtime is None else [main, runtime]
        seen = {id(package): package for package in pending}
        while pending:
            package = pending.pop()
            for file in package.files:
                for _, imported in file.imported:
                    found = self.package(imported, package)
                    if found is not None and id(found) not in seen:
                        seen[id(found)] = found
                        pending.append(found)
        return list(seen.values())

    @cached_property
    def text(self) -> Text:
        """The text of all files of the closure, to look for names in."""
        return Text([f for p in self.closure() if not p.is_std for f in p.files])

    @cached_property
    def std_text(self) -> Text:
        return Text([f for p in self.closure() if p.is_std for f in p.files])

    def _load(self, path: str, importer: Package | None) -> Package | None:
        if path == "C":
            return None
        directory = self.layout.directory(path, importer.directory if importer else "")
        if directory is None:
            return self._load_std(path)
        found = self.packages.get(directory)
        if found is not None:
            return found
        package = self.packages[directory] = Package(self, path, directory)
        names = [n for n in self.snapshot.listdir(directory) if n.endswith(".go") and not n.endswith("_test.go")]
        paths = [f"{directory}/{n}" if directory else n for n in sorted(names)]
        for full, source in self.snapshot.read_many(paths):
            head = header(source)
            if not head.package or not self.build.includes(full.rsplit("/", 1)[-1], head.constraint):
                continue
            if any(imported == "C" for _, imported in head.imports) and not self.build.tag("cgo"):
                continue
            package.name = package.name or head.package
            blob = self.snapshot.files[full]
            package.files.append(File(package, full, source, blob, head.imports, self.reader))
        return package

    def _load_std(self, path: str) -> Package | None:
        # One package for all importers, whatever their vendor directories: its types have one identity.
        found = self.packages.get(f"{STD}:{path}")
        if found is not None:
            return found
        source = std.source(path)
        if source is None:
            return None
        head = header(source)
        package = self.packages[f"{STD}:{path}"] = Package(self, path, "", head.package)
        if path == "unsafe":
            # The compiler's own (Go spec, "Package unsafe"): its functions take and give what no signature tells.
            package.scope = {name: Builtin(f"unsafe.{name}") for name in _UNSAFE}
            package.scope["Pointer"] = TypeName("Pointer", package, None, None, type=UNSAFE_POINTER)
        # The facts are kept under the archive's version, since these files have no blob id.
        blob = f"{std.version()}:{path}"
        package.files.append(File(package, path, source, blob, head.imports, self.reader))
        return package


class Text:
    """The sources of many files: which of them hold a name, and where.

    Which files hold a word is looked up in an index, made when the first name is asked for.
    """

    def __init__(self, files: list[File]) -> None:
        self.files = files
        self._found: dict[str, dict[File, array[int]]] = {}

    @cached_property
    def _holders(self) -> dict[bytes, tuple[File, ...]]:
        index: dict[bytes, list[File]] = {}
        for file in self.files:
            for word in set(file.source[file.begin :].translate(SEPARATED).split()):
                index.setdefault(word, []).append(file)
        return {word: tuple(files) for word, files in index.items() if not word[:1].isdigit()}

    def mentions(self, name: str, wanted: Callable[[File], bool] | None = None) -> Iterator[tuple[File, int]]:
        """Every place where a name stands as a whole word, in the files that are wanted: the file and the byte offset in it."""
        needle = name.encode()
        found = self._found.setdefault(name, {})
        for file in self._holders.get(needle, ()):
            if wanted is None or wanted(file):
                places = found.get(file)
                if places is None:
                    places = found[file] = array("L", words(file.source, needle, file.begin))
                for at in places:
                    yield file, at

    def search(self, pattern: re.Pattern[bytes]) -> Iterator[tuple[File, re.Match[bytes], int]]:
        """Every match of a pattern, with its file and the offset of its start in the file."""
        for file in self.files:
            for match in pattern.finditer(file.source):
                yield file, match, match.start()


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
