"""What the statements of one function tell: its returns, the calls of its parameters, what it stores."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tree_sitter import Node

from scripts.stdlib.nodes import STRINGS, exported, kids, squeeze, text, type_params, walk

if TYPE_CHECKING:
    from scripts.stdlib.world import Decl, World

MAX_VALUE = 120
MAX_PASSED = 300
MAX_ALTERNATIVES = 12
MAX_DEPTH = 6
MAX_INNER = 3
BASIC = {"true", "false", "nil"}
LITERALS = dict.fromkeys(STRINGS, '""') | {"int_literal": "0", "nil": "nil", "true": "true", "false": "false"}
UNTOLD = "untold"


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
        receiver = "" if values else self.receiver(operand, name)
        if receiver:
            return Told([f"{receiver}.{name}"])
        # What code stores in a field is not among the facts; only a public field is filled by others.
        whole = (
            inner.whole
            and len(usable) == len(inner.values)
            and (exported(name) or self.world.is_method(self.file, name))
        )
        return Told([f"{v}.{name}" for v in values], whole)

    def receiver(self, operand: Node, name: str) -> str:
        """A nil pointer that has the method of this name, where a local variable's declared type tells which; else ""."""
        var = self.uses.get(operand.start_byte) if operand.type == "identifier" else None
        if var is None or var.role in ("param", "recv"):
            return ""
        found = self.type_of(operand)
        if found is None or self.world.method(found, name) is None or found.node.child_by_field_name("type_parameters"):
            return ""
        base, path = found.names[0], found.file.package.path
        if found.file.package is not self.file.package:
            local = next((name for name, imported in self.file.imports.items() if imported == path), None)
            if local is None or not exported(base):
                return ""
            base = f"{local}.{base}"
        return f"(*{base})(nil)"

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
        if node.type not in (
            "call_expression",
            "unary_expression",
            "composite_literal",
            "identifier",
            "selector_expression",
        ):
            return []
        before = {key: list(names) for key, names in self.prelude.items()}
        told = self.told(node)
        if before != self.prelude:
            # A part of a result stands in a variable of the body; what is passed has to be one expression.
            self.prelude = before
            return self.method_value(node)
        short = len(told.values) <= MAX_ALTERNATIVES and all(len(value) <= MAX_PASSED for value in told.values)
        return told.values if told.whole and short else self.method_value(node)

    def method_value(self, node: Node) -> list[str]:
        """A method of a local variable that is passed, of a nil pointer."""
        if node.type != "selector_expression":
            return []
        name = text(node.child_by_field_name("field"))
        receiver = self.receiver(kids(node)[0], name)
        return [f"{receiver}.{name}"] if receiver else []

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
        if typ is None and len(var.values) == 1 and var.values[0] is not None:
            value, part = var.values[0]
            if value.type == "unary_expression" and text(value.child_by_field_name("operator")) == "&":
                value = value.child_by_field_name("operand") or value
            typ = value.child_by_field_name("type") if value.type == "composite_literal" else None
            fun = value.child_by_field_name("function") if value.type == "call_expression" else None
            if fun is not None and text(fun) == "new":
                typ = (kids(value.child_by_field_name("arguments")) or [None])[0]
            elif fun is not None:
                made = self.callee(fun)
                result = result_type(made, max(part, 0) // 100) if made is not None else None
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
            found, told = self.deferred(body, telling, node)
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

    def deferred(self, body: Node, telling: list[bool], owner: Node) -> tuple[list[str], bool]:
        """What deferred code may leave in named results, as rows, and whether that is all."""
        result = owner.child_by_field_name("result")
        names = [n for p in kids(result) for n in p.children_by_field_name("name") if n.is_named]
        if result is None or result.type != "parameter_list" or len(names) != len(telling):
            return [], True
        later = [text(n) for n in walk(body) if n.type == "defer_statement"]
        rows: list[str] = []
        whole = True
        for i, name in enumerate(map(text, names)):
            var = self._result(name, owner) if telling[i] else None
            if var is None or not any(re.search(rf"\b{name}\b", code) for code in later):
                continue
            told = self.variable(var, 0)
            whole = whole and told.whole
            rows += [
                ", ".join(["nil"] * i + [value] + ["nil"] * (len(telling) - i - 1))
                for value in told.values
                if value != "nil"
            ]
        return rows, whole

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


def result_type(decl: Decl, number: int) -> Node | None:
    """The type expression of one of a function's results."""
    result = decl.node.child_by_field_name("result")
    if result is None or result.type != "parameter_list":
        return result if number == 0 else None
    for param in kids(result):
        count = max(len(param.children_by_field_name("name")), 1)
        if number < count:
            return param.child_by_field_name("type")
        number -= count
    return None
