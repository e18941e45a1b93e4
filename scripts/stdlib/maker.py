"""Which declarations are kept, and how each is written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tree_sitter import Node

from scripts.stdlib.nodes import exported, kids, squeeze, text, walk
from scripts.stdlib.slices import Slicer
from scripts.stdlib.source import Source, is_machine
from scripts.stdlib.world import PARSER, Decl, File, Package, World
from tracer.golang.load import package as load
from tracer.golang.stdlib.archive import Summary, annotated
from tracer.syntax import ast

KNOWN = tomllib.loads(Path(__file__).with_name("facts.toml").read_text(encoding="utf-8"))


# Which declarations are kept, and how each is written.


class Maker:
    def __init__(self, world: World) -> None:
        self.world = world
        self.pending: list[Decl] = []
        self.lost: list[str] = []
        self.lacking: list[str] = []
        self.uses: dict[Decl, set[str]] = {}
        self.unknown = {f"{kind}.{name}" for kind in ("types", "bodies") for name in KNOWN[kind]}
        self.source = Source(world, set(KNOWN["bodies"]))

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
        for package in self.linked():
            for decl in package.inits if not is_machine(package.path) else ():
                self.keep(decl)
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

    def linked(self) -> list[Package]:
        """The packages that come with those that programs can import."""
        found = {package: None for package in self.world.packages.values() if package.public}
        waiting = list(found)
        imports: dict[Package, set[str]] = {}
        for package, file, _ in self.world.roots:
            imports.setdefault(package, set()).update(file.linked)
        while waiting:
            for path in sorted(imports.get(waiting.pop(), ())):
                inner = self.world.find(path)
                if inner is not None and inner not in found:
                    found[inner] = None
                    waiting.append(inner)
        return list(found)

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
                known = self.known("types", decl)
                decl.rendered = known or f"type {squeeze(decl.node)}"
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
        statements = self.known("bodies", decl)
        if statements is None:
            statements = self.sliced(decl)
        if not statements:
            return "" if decl.names == ("init",) else head
        full = f"{head} {{ {statements} }}"
        if PARSER.parse(b"package p\n" + full.encode()).root_node.has_error:
            self.lost.append(f"{decl.file.package.path} {full}")
            decl.partial = True
            return head
        decl.told = True
        return full

    def sliced(self, decl: Decl) -> str:
        """The statements of a function that have a say in values; it is partial where they do not tell all."""
        unit = self.unit(decl)
        info = self.source.info(unit)
        func = info.func
        assert func is not None
        sig = self.source.checker.signature_of(func)
        tells = any(map(self.source.interesting, sig.results))
        tree = self.source.checker.declaration(func)
        out = ""
        linked = self.source.linked(func)
        if linked is not None:
            local = self.importing(decl.file, linked.package)
            args = ", ".join(f"{p.name}..." if p.variadic else p.name for p in tree.type.params)
            out = f"{'return ' if sig.results else ''}{local}.{linked.name}({args})"
        elif tree.body is None or is_machine(decl.file.package.path):
            decl.partial = tells
            if tells or any(map(self.source.interesting, sig.params)):
                self.lacking.append(func.full_name)
        elif tells or func.name.startswith("init#") or func.name == "init" or self.source.acts(func):
            slicer = Slicer(self.source, info, lambda package: self.importing(decl.file, package))
            out = slicer.body(tree.body, sig)
            decl.partial = tells and slicer.unsafe
        self.source.forget(info)
        return out

    def unit(self, decl: Decl) -> load.Unit:
        """A declaration as tracer has it."""
        package = self.source.library.package(decl.file.package.path)
        assert package is not None
        file = next(f for f in package.files if f.path.rsplit("/", 1)[-1] == decl.file.name)
        found = file.declaration_at(decl.node.start_byte)
        assert found is not None
        return file.unit(found)

    @staticmethod
    def importing(file: File, package: load.Package) -> str:
        """What a package is called in a file, which imports it from now on if it did not."""
        path = package.path.removeprefix("vendor/")
        local = next((name for name, imported in file.imports.items() if imported in (path, package.path)), None)
        if local is None:
            local = package.name
            while local in file.imports or local in file.package.decls:
                local += "_"
            file.imports[local] = path
        return local

    def variable(self, decl: Decl) -> str:
        unit = self.unit(decl)
        specs = [s for s in unit.file.specs(unit.declaration) if isinstance(s, ast.ValueSpec)]
        spec = next(s for s in specs if decl.names == tuple(n.name for n in s.names))
        info = self.source.info(unit)
        slicer = Slicer(self.source, info, lambda package: self.importing(decl.file, package))
        made = slicer.variable(spec, decl.names)
        info.release()
        if made and not PARSER.parse(b"package p\n" + made.encode()).root_node.has_error:
            return made
        typ = decl.node.child_by_field_name("type")
        if typ is not None:
            return f"var {', '.join(decl.names)} {squeeze(typ)}"
        self.lost.append(f"{decl.file.package.path} var {', '.join(decl.names)} {made}")
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
        order = sorted(package.kept, key=lambda d: (d.file.name, d.node.start_byte))
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
            told = Summary.COMPLETE if makers is None else Summary.ONLY_IF_USED
            if decl.partial:
                told = Summary.PARTIAL
            users = makers or () if told is Summary.ONLY_IF_USED else ()
            file, line = decl.file.name, decl.node.start_point[0] + 1
            lines += [annotated(file, line, told, users), body]
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
