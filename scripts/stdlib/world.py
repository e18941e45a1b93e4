"""The packages of a Go distribution, what they declare, and who uses what."""

from __future__ import annotations

import bisect
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import tree_sitter_go
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from scripts.stdlib.nodes import base_name, exported, kids, text, type_params
from tracer.golang.load.build import Build
from tracer.syntax.header import header

PARSER = Parser(Language(tree_sitter_go.language()))
# The grammar does not know these two yet: methods with type parameters (Go 1.27), new of a value (Go 1.26).
_GENERIC_METHOD = re.compile(rb"^func \([^)\n]*\) \w+\[.*?^\}$", re.MULTILINE | re.DOTALL)
_NEW_VALUE = re.compile(rb'\bnew\("[^"\n]*"\)')
MAX_MAKERS = 4
# Every way to name a type: alone, behind its package's name, and as what is called in a conversion.
_NAMES = Query(
    Language(tree_sitter_go.language()),
    "[(type_identifier) (identifier) (selector_expression field: (field_identifier))] @name",
)
_TYPE_PARTS = ("qualified_type", "pointer_type", "generic_type", "parenthesized_type")
_TAKERS = ("function_declaration", "method_declaration", "func_literal", "function_type", "method_elem")


@dataclass(eq=False)
class File:
    package: Package
    name: str
    imports: dict[str, str]
    dots: list[str]
    linked: list[str]
    source: bytes = b""


@dataclass(eq=False)
class Decl:
    """One declaration. ``names`` are what it declares; a method's are ("T.m",). ``node`` may stand in another file."""

    kind: str
    names: tuple[str, ...]
    node: Node
    file: File
    rendered: str = ""
    told: bool = False
    partial: bool = False


@dataclass(eq=False)
class Package:
    path: str
    name: str = ""
    files: list[File] = field(default_factory=list[File])
    decls: dict[str, Decl] = field(default_factory=dict[str, Decl])
    inits: list[Decl] = field(default_factory=list["Decl"])
    methods: dict[str, dict[str, Decl]] = field(default_factory=dict[str, dict[str, Decl]])
    kept: dict[Decl, None] = field(default_factory=dict[Decl, None])
    wanted: set[str] = field(default_factory=set[str])

    @property
    def public(self) -> bool:
        parts = self.path.split("/")
        return "internal" not in parts and parts[0] != "vendor"


class World:
    def __init__(self, goroot: Path) -> None:
        self.goroot = goroot
        config = (goroot / "src/internal/buildcfg/exp.go").read_text()
        baseline = re.search(r"baseline := goexperiment.Flags\{(.*?)\n\t\}", config, re.DOTALL)
        flags = re.findall(r"(\w+):\s+(\w+),", baseline.group(1) if baseline else "")
        tags = {f"goexperiment.{name.lower()}" for name, value in flags if value != "false"}
        self.build = Build(tags=frozenset(tags | {"amd64.v1"}))
        self.packages: dict[str, Package] = {}
        self.roots: list[tuple[Package, File, Node]] = []
        for directory in sorted(p for p in (goroot / "src").rglob("*") if p.is_dir()):
            path = directory.relative_to(goroot / "src").as_posix()
            parts = path.split("/")
            hidden = any(part == "testdata" or part[0] in "._" for part in parts)
            if not hidden and parts[0] != "cmd" and path not in ("builtin", "unsafe"):
                self._load(directory, path)
        for package in self.packages.values():
            for file in package.files:
                for local, imported in list(file.imports.items()):
                    if local.startswith('"'):
                        del file.imports[local]
                        found = self.find(imported)
                        file.imports[found.name if found else imported.rsplit("/", 1)[-1]] = imported
        self.users = self._users()

    def find(self, path: str) -> Package | None:
        return self.packages.get(path) or self.packages.get("vendor/" + path)

    def _load(self, directory: Path, path: str) -> None:
        package = Package(path)
        for source in sorted(directory.glob("*.go")):
            data = source.read_bytes()
            head = header(data)
            if not head.package or head.package == "main" or not self.build.includes(source.name, head.constraint):
                continue
            if any(p == "C" for _, p in head.imports):
                continue
            package.name = head.package
            imports = {alias or f'"{p}"': p for alias, p in head.imports if alias not in ("_", ".")}
            linked = [p for _, p in head.imports]
            file = File(package, source.name, imports, [p for alias, p in head.imports if alias == "."], linked)
            package.files.append(file)
            data = _NEW_VALUE.sub(b"new(string)", _GENERIC_METHOD.sub(lambda m: b"\n" * m.group().count(b"\n"), data))
            file.source = data
            root = PARSER.parse(data).root_node
            if root.has_error:
                print(f"does not parse whole: {path}/{source.name}", file=sys.stderr)
            self.roots.append((package, file, root))
            for node in kids(root):
                self._declare(package, file, node)
        if package.files:
            self.packages[path] = package

    def _declare(self, package: Package, file: File, node: Node) -> None:
        if node.type == "function_declaration":
            name = text(node.child_by_field_name("name"))
            if name == "init":
                package.inits.append(Decl("func", ("init",), node, file))
            elif name != "_":
                package.decls.setdefault(name, Decl("func", (name,), node, file))
        elif node.type == "method_declaration":
            name = text(node.child_by_field_name("name"))
            base = base_name(node.child_by_field_name("receiver"))
            if name != "_":
                package.methods.setdefault(base, {}).setdefault(name, Decl("method", (f"{base}.{name}",), node, file))
        elif node.type == "type_declaration":
            for spec in kids(node):
                name = text(spec.child_by_field_name("name"))
                package.decls.setdefault(name, Decl("type", (name,), spec, file))
        elif node.type == "const_declaration":
            names = tuple(text(n) for s in kids(node) for n in s.children_by_field_name("name") if n.is_named)
            decl = Decl("const", names, node, file)
            for name in names:
                package.decls.setdefault(name, decl)
        elif node.type == "var_declaration":
            specs = [s for c in kids(node) for s in (kids(c) if c.type == "var_spec_list" else [c])]
            for spec in specs:
                names = tuple(text(n) for n in spec.children_by_field_name("name") if n.is_named)
                decl = Decl("var", names, spec, file)
                for name in names:
                    if name != "_":
                        package.decls.setdefault(name, decl)

    def _users(self) -> dict[Decl, set[Decl | Package]]:
        """Who uses each declaration, a type where values of it may be made; a package for code that runs where it is linked."""
        users: dict[Decl, set[Decl | Package]] = {}
        for package, file, root in self.roots:
            spans: list[tuple[int, int, Decl | Package]] = []
            for top in kids(root):
                specs = [top]
                if top.type in ("type_declaration", "const_declaration", "var_declaration"):
                    specs = [s for c in kids(top) for s in (kids(c) if c.type == "var_spec_list" else [c])]
                for spec in specs:
                    name = text(spec.child_by_field_name("name"))
                    held = None if top.type == "method_declaration" or name == "_" else package.decls.get(name)
                    holder = held or package
                    spans.append((spec.start_byte, spec.end_byte, holder))
            starts = [start for start, _, _ in spans]
            for node in QueryCursor(_NAMES).captures(root).get("name", ()):
                i = bisect.bisect_right(starts, node.start_byte) - 1
                if i < 0 or node.start_byte >= spans[i][1]:
                    continue
                parent = node.parent
                qualified = parent is not None and parent.type in ("qualified_type", "selector_expression")
                found = self.named(parent if qualified and node.type != "identifier" else node, file)
                if found is None or found is spans[i][2] or (found.kind == "type" and not _making(node, found)):
                    continue
                users.setdefault(found, set()).add(spans[i][2])
        return users

    def makers(self, decl: Decl) -> list[str] | None:
        """The exported names by which alone code outside the library gets it to make values of a type; None if there are many.

        A name that ends in a dot is a package that does so where it is linked. The compiler calls the runtime as it likes.
        """
        if decl.file.package.path == "runtime":
            return None
        names: dict[str, None] = {}
        reached = {decl: None}
        waiting = [decl]
        while waiting:
            for user in self.users.get(waiting.pop(), ()):
                if user is decl.file.package:
                    return None
                if isinstance(user, Package):
                    names[f"{user.path}."] = None
                    continue
                if user in reached:
                    continue
                reached[user] = None
                waiting.append(user)
                if user.file.package.public:
                    names |= {f"{user.file.package.path}.{n}": None for n in user.names if exported(n)}
            if len(names) > MAX_MAKERS:
                return None
        return sorted(names)

    # What a type is.

    def kind(self, node: Node | None, file: File, params: frozenset[str] = frozenset(), depth: int = 0) -> str:
        """interface, func, struct or other: the underlying form of a type expression."""
        if node is None or depth > 12:
            return "other"
        match node.type:
            case "interface_type":
                return "interface"
            case "function_type":
                return "func"
            case "struct_type":
                return "struct"
            case "parenthesized_type" | "negated_type":
                return self.kind(kids(node)[0], file, params, depth + 1)
            case "generic_type":
                return self.kind(node.child_by_field_name("type"), file, params, depth + 1)
            case "type_identifier" | "identifier":
                name = text(node)
                if name in params:
                    return "interface"
                found = self.named(node, file)
                if found is not None:
                    own = type_params(found.node)
                    return self.kind(found.node.child_by_field_name("type"), found.file, own, depth + 1)
                return "interface" if name in ("error", "any") else "other"
            case "qualified_type" | "selector_expression":
                found = self.named(node, file)
                if found is None:
                    return "other"
                own = type_params(found.node)
                return self.kind(found.node.child_by_field_name("type"), found.file, own, depth + 1)
            case _:
                return "other"

    def named(self, node: Node | None, file: File) -> Decl | None:
        """The declaration that a (possibly qualified or generic) type or function name means."""
        while node is not None and node.type in ("generic_type", "pointer_type", "parenthesized_type"):
            node = node.child_by_field_name("type") or (kids(node)[0] if kids(node) else None)
        if node is None:
            return None
        if node.type in ("qualified_type", "selector_expression"):
            first = node.child_by_field_name("package") or node.child_by_field_name("operand")
            last = node.child_by_field_name("name") or node.child_by_field_name("field")
            path = file.imports.get(text(first))
            package = self.find(path) if path else None
            return package.decls.get(text(last)) if package else None
        if node.type not in ("identifier", "type_identifier"):
            return None
        found = file.package.decls.get(text(node))
        for dot in file.dots if found is None else ():
            package = self.find(dot)
            found = found or (package.decls.get(text(node)) if package and exported(text(node)) else None)
        return found

    def struct_fields(self, decl: Decl) -> list[tuple[str, Node | None, bool]]:
        """A struct's fields in order: name, type, and whether the field is embedded."""
        out: list[tuple[str, Node | None, bool]] = []
        body = decl.node.child_by_field_name("type")
        for f in kids(kids(body)[0]) if body is not None and body.type == "struct_type" and kids(body) else ():
            names = [n for n in f.children_by_field_name("name") if n.is_named]
            typ = f.child_by_field_name("type")
            out += [(text(n), typ, False) for n in names] or [(text(typ).split(".")[-1].split("[")[0], typ, True)]
        return out


def _making(node: Node, decl: Decl) -> bool:
    """Whether a value may be made where a type is named; for pointer results it is made elsewhere."""
    part, pointed = node, False
    while part.parent is not None and part.parent.type in _TYPE_PARTS:
        part = part.parent
        pointed = pointed or part.type == "pointer_type"
    parent = part.parent
    above = node
    while above is not None:
        if above == decl.node:
            return False
        above = above.parent
    if parent is None or parent.type in ("type_assertion_expression", "type_case", "type_spec", "type_alias"):
        return parent is not None and parent.type in ("type_spec", "type_alias")
    if parent.type in ("parameter_declaration", "variadic_parameter_declaration"):
        listed = parent.parent
        taker = listed.parent if listed is not None else None
        if taker is not None and taker.type in _TAKERS:
            is_result = taker.child_by_field_name("result") == listed
            return is_result and not pointed
    return not (pointed and parent.type in _TAKERS)
