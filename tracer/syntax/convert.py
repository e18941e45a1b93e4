"""tree-sitter-go nodes -> the trees of ``ast``.

Grammar: tree-sitter-go 0.25.0. A node that the converter does not know, or that is nested deeper than
``MAX_DEPTH`` (the deepest real tree seen is 967), becomes ``Bad``: what stands around it is still read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tree_sitter import Node

from tracer.syntax import ast

MAX_DEPTH = 2000
# Each level of source nesting takes up to four Python frames here and as many in the checker.
sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_DEPTH * 12))

_LITERALS: dict[str, ast.LiteralKind] = {
    "int_literal": "INT",
    "float_literal": "FLOAT",
    "imaginary_literal": "IMAG",
    "rune_literal": "CHAR",
    "interpreted_string_literal": "STRING",
    "raw_string_literal": "STRING",
}
_NAMES = frozenset(
    [
        "identifier",
        "type_identifier",
        "field_identifier",
        "package_identifier",
        "nil",
        "true",
        "false",
        "iota",
        "blank_identifier",
    ]
)
_COMMENT = "comment"

_names: dict[bytes, str] = {}
"""Each name once, whatever the files it is in."""


@dataclass(slots=True)
class Converter:
    """Converts nodes of one parsed piece of source.

    ``source`` is the piece, ``offset`` its first byte in the file.
    """

    source: bytes
    offset: int
    depth: int = 0
    places: dict[ast.Pos, ast.Pos] = field(default_factory=dict["ast.Pos", "ast.Pos"])
    commented: bool = field(init=False)

    def __post_init__(self) -> None:
        self.commented = b"//" in self.source or b"/*" in self.source

    def named(self, node: Node) -> list[Node]:
        """The named children of a node but for comments."""
        if not self.commented:
            return node.named_children
        return [child for child in node.named_children if child.type != _COMMENT]

    def pos(self, node: Node) -> ast.Pos:
        # A selection, a call and their operand begin at one place: they share it, since trees are most of the memory.
        made = node.start_byte + self.offset
        return self.places.setdefault(made, made)

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def name(self, node: Node) -> str:
        written = self.source[node.start_byte : node.end_byte]
        found = _names.get(written)
        if found is None:
            found = _names[written] = sys.intern(written.decode("utf-8", "replace"))
        return found

    # Expressions and types

    def expr(self, node: Node | None) -> ast.Expr:
        if node is None:
            return ast.Bad(ast.NO_POS)
        kind = node.type
        if kind in _NAMES:
            return ast.Ident(self.name(node), self.pos(node))
        make = _EXPRESSIONS.get(kind)
        if make is None or self.depth >= MAX_DEPTH:
            literal = _LITERALS.get(kind)
            return ast.BasicLit(literal, self.text(node), self.pos(node)) if literal else ast.Bad(self.pos(node))
        self.depth += 1
        try:
            return make(self, node)
        finally:
            self.depth -= 1

    def opt(self, node: Node | None) -> ast.Expr | None:
        return None if node is None else self.expr(node)

    def exprs(self, node: Node | None) -> tuple[ast.Expr, ...]:
        """The expressions of an expression_list, or of the one expression that stands for it."""
        if node is None:
            return ()
        if node.type == "expression_list":
            return self.every(node)
        return (self.expr(node),)

    def every(self, node: Node | None) -> tuple[ast.Expr, ...]:
        """The expressions that a node holds."""
        return tuple([self.expr(child) for child in self.named(node)]) if node else ()

    def first(self, node: Node) -> ast.Expr:
        children = self.named(node)
        return self.expr(children[0]) if children else ast.Bad(self.pos(node))

    def call(self, node: Node) -> ast.Expr:
        fun = self.expr(node.child_by_field_name("function"))
        args: list[ast.Expr] = []
        spread = False
        arguments = node.child_by_field_name("arguments")
        for child in self.named(arguments) if arguments else []:
            if child.type == "variadic_argument":
                spread = True
                args.append(self.first(child))
            else:
                args.append(self.expr(child))
        type_args = node.child_by_field_name("type_arguments")
        if type_args is not None:
            fun = ast.Index(fun, self.every(type_args), self.pos(node))
        start = self.pos(node)
        return ast.Call(fun, tuple(args), spread, called_pos(fun, start), start, node.end_byte + self.offset)

    def conversion(self, node: Node) -> ast.Expr:
        typ = node.child_by_field_name("type")
        operand = node.child_by_field_name("operand")
        stars: list[Node] = []
        while typ is not None and typ.type == "pointer_type":
            # "*(*T)(x)" is (Go spec, "Conversions") what (*T)(x) points to, though the grammar takes "*(*T)" as the type.
            stars.append(typ)
            typ = next(iter(self.named(typ)), None)
        fun = self.expr(typ)
        start, end = self.pos(typ if typ is not None else node), node.end_byte + self.offset
        out: ast.Expr = ast.Call(fun, (self.expr(operand),), False, called_pos(fun, start), start, end)
        for star in reversed(stars):
            out = ast.Star(out, self.pos(star))
        return out

    def selector(self, node: Node) -> ast.Expr:
        sel = node.child_by_field_name("field")
        name = ast.Ident(self.name(sel), self.pos(sel)) if sel else ast.Ident("_", self.pos(node))
        return ast.Selector(self.expr(node.child_by_field_name("operand")), name, self.pos(node))

    def qualified(self, node: Node) -> ast.Expr:
        package, name = node.child_by_field_name("package"), node.child_by_field_name("name")
        if package is None or name is None:
            return ast.Bad(self.pos(node))
        return ast.Selector(self.expr(package), ast.Ident(self.name(name), self.pos(name)), self.pos(node))

    def index(self, node: Node) -> ast.Expr:
        index = self.exprs(node.child_by_field_name("index"))
        return ast.Index(self.expr(node.child_by_field_name("operand")), index, self.pos(node))

    def generic(self, node: Node) -> ast.Expr:
        arguments = node.child_by_field_name("type_arguments")
        return ast.Index(self.expr(node.child_by_field_name("type")), self.every(arguments), self.pos(node))

    def instantiation(self, node: Node) -> ast.Expr:
        first, *rest = self.named(node)
        stars: list[Node] = []
        while first.type == "pointer_type" and (inner := self.named(first)):
            # "*T[A, B]" is a pointer to an instance, though the grammar takes "*T" as what is instantiated.
            stars.append(first)
            first = inner[0]
        out: ast.Expr = ast.Index(self.expr(first), tuple([self.expr(c) for c in rest]), self.pos(first))
        for star in reversed(stars):
            out = ast.Star(out, self.pos(star))
        return out

    def slice(self, node: Node) -> ast.Expr:
        bounds = [node.child_by_field_name(name) for name in ("start", "end", "capacity")]
        operand = self.expr(node.child_by_field_name("operand"))
        return ast.SliceExpr(operand, tuple([self.expr(b) for b in bounds if b is not None]), self.pos(node))

    def assertion(self, node: Node) -> ast.Expr:
        x = self.expr(node.child_by_field_name("operand"))
        return ast.TypeAssert(x, self.expr(node.child_by_field_name("type")), self.pos(node))

    def unary(self, node: Node) -> ast.Expr:
        operator = node.child_by_field_name("operator")
        op = operator.type if operator else ""
        x = self.expr(node.child_by_field_name("operand"))
        return ast.Star(x, self.pos(node)) if op == "*" else ast.Unary(op, x, self.pos(node))

    def binary(self, node: Node) -> ast.Expr:
        operator = node.child_by_field_name("operator")
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        op = operator.type if operator else ""
        return ast.Binary(op, self.expr(left), self.expr(right), self.pos(node))

    def composite(self, node: Node) -> ast.Expr:
        body = node.child_by_field_name("body")
        return ast.CompositeLit(self.opt(node.child_by_field_name("type")), self._elements(body), self.pos(node))

    def elided(self, node: Node) -> ast.Expr:
        return ast.CompositeLit(None, self._elements(node), self.pos(node))

    def _elements(self, body: Node | None) -> tuple[ast.KeyValue, ...]:
        out: list[ast.KeyValue] = []
        for child in self.named(body) if body else []:
            if child.type == "keyed_element":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                out.append(ast.KeyValue(self.opt(key), self.expr(value)))
            else:
                out.append(ast.KeyValue(None, self.expr(child)))
        return tuple(out)

    def func_lit(self, node: Node) -> ast.Expr:
        return ast.FuncLit(self.signature(node), self.block(node.child_by_field_name("body")), self.pos(node))

    def signature(self, node: Node) -> ast.FuncType:
        result = node.child_by_field_name("result")
        results: tuple[ast.Param, ...]
        if result is None:
            results = ()
        elif result.type == "parameter_list":
            results = self.params(result)
        else:
            results = (ast.Param("", self.expr(result), self.pos(result)),)
        return ast.FuncType(self.params(node.child_by_field_name("parameters")), results, self.pos(node))

    def params(self, node: Node | None) -> tuple[ast.Param, ...]:
        out: list[ast.Param] = []
        for child in self.named(node) if node else []:
            if child.type not in ("parameter_declaration", "variadic_parameter_declaration"):
                continue
            variadic = child.type == "variadic_parameter_declaration"
            typ = self.expr(child.child_by_field_name("type"))
            names = [n for n in child.children_by_field_name("name") if n.is_named]
            out += [ast.Param(self.name(n), typ, self.pos(n), variadic) for n in names] or [
                ast.Param("", typ, self.pos(child), variadic)
            ]
        return tuple(out)

    def type_params(self, node: Node | None) -> tuple[ast.Param, ...]:
        out: list[ast.Param] = []
        for child in self.named(node) if node else []:
            if child.type == "type_parameter_declaration":
                typ = self.expr(child.child_by_field_name("type"))
                names = [n for n in child.children_by_field_name("name") if n.is_named]
                out += [ast.Param(self.name(n), typ, self.pos(n)) for n in names]
        return tuple(out)

    def union(self, node: Node) -> ast.Expr:
        terms = self.every(node)
        return terms[0] if len(terms) == 1 else ast.Union(terms, self.pos(node))

    def array(self, node: Node) -> ast.Expr:
        elem = self.expr(node.child_by_field_name("element"))
        return ast.ArrayType(self.expr(node.child_by_field_name("length")), elem, self.pos(node))

    def implicit_array(self, node: Node) -> ast.Expr:
        length = ast.Ident("...", self.pos(node))
        return ast.ArrayType(length, self.expr(node.child_by_field_name("element")), self.pos(node))

    def slice_type(self, node: Node) -> ast.Expr:
        return ast.ArrayType(None, self.expr(node.child_by_field_name("element")), self.pos(node))

    def map_(self, node: Node) -> ast.Expr:
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        return ast.MapType(self.expr(key), self.expr(value), self.pos(node))

    def chan(self, node: Node) -> ast.Expr:
        marks = [child.type for child in node.children if not child.is_named]
        one_way = ast.Direction.RECV if marks[:1] == ["<-"] else ast.Direction.SEND
        direction = one_way if "<-" in marks else ast.Direction.BOTH
        return ast.ChanType(direction, self.expr(node.child_by_field_name("value")), self.pos(node))

    def struct(self, node: Node) -> ast.Expr:
        fields: list[ast.FieldDecl] = []
        for body in self.named(node):
            for child in self.named(body):
                if child.type == "field_declaration":
                    fields += self._fields(child)
        return ast.StructType(tuple(fields), self.pos(node))

    def _fields(self, node: Node) -> list[ast.FieldDecl]:
        type_node = node.child_by_field_name("type")
        typ = self.expr(type_node)
        names = [n for n in node.children_by_field_name("name") if n.is_named]
        tag_node = node.child_by_field_name("tag")
        tag = self.text(tag_node) if tag_node is not None else ""
        if names:
            return [ast.FieldDecl(self.name(n), typ, False, self.pos(n), tag) for n in names]
        if any(child.type == "*" for child in node.children):
            typ = ast.Star(typ, self.pos(node))
        return [ast.FieldDecl(embedded_name(typ), typ, True, self.pos(node), tag)]

    def interface(self, node: Node) -> ast.Expr:
        methods: list[ast.MethodSpec] = []
        embeds: list[ast.Expr] = []
        for child in self.named(node):
            if child.type == "method_elem":
                name = child.child_by_field_name("name")
                if name is not None:
                    methods.append(ast.MethodSpec(self.name(name), self.signature(child), self.pos(name)))
            else:
                embeds.append(self.expr(child))
        return ast.InterfaceType(tuple(methods), tuple(embeds), self.pos(node))

    # Statements

    def block(self, node: Node | None) -> ast.Block:
        return ast.Block(self.stmts(node))

    def stmts(self, node: Node | None) -> tuple[ast.Stmt, ...]:
        """The statements below a block, a clause or a statement list; inside an ERROR, what parses."""
        out: list[ast.Stmt] = []
        for child in self.named(node) if node else []:
            if child.type in ("statement_list", "ERROR"):
                out += self.stmts(child)
            else:
                stmt = self.stmt(child)
                if stmt is not None:
                    out.append(stmt)
        return tuple(out)

    def stmt(self, node: Node | None) -> ast.Stmt | None:
        if node is None:
            return None
        make = _STATEMENTS.get(node.type)
        if make is None:
            return None
        if self.depth >= MAX_DEPTH:
            return ast.ExprStmt(ast.Bad(self.pos(node)))
        self.depth += 1
        try:
            return make(self, node)
        finally:
            self.depth -= 1

    def expr_stmt(self, node: Node) -> ast.Stmt:
        return ast.ExprStmt(self.first(node))

    def assign(self, node: Node) -> ast.Stmt:
        operator = node.child_by_field_name("operator")
        op = operator.type if operator else ":="
        lhs = self.exprs(node.child_by_field_name("left"))
        return ast.Assign(lhs, op, self.exprs(node.child_by_field_name("right")), self.pos(node))

    def receive(self, node: Node) -> ast.Stmt:
        left = node.child_by_field_name("left")
        right = self.expr(node.child_by_field_name("right"))
        if left is None:
            return ast.ExprStmt(right)
        op = ":=" if any(child.type == ":=" for child in node.children) else "="
        return ast.Assign(self.exprs(left), op, (right,), self.pos(node))

    def send(self, node: Node) -> ast.Stmt:
        channel, value = node.child_by_field_name("channel"), node.child_by_field_name("value")
        return ast.Send(self.expr(channel), self.expr(value))

    def return_(self, node: Node) -> ast.Stmt:
        children = self.named(node)
        return ast.Return(self.exprs(children[0]) if children else (), self.pos(node))

    def if_(self, node: Node) -> ast.Stmt:
        return ast.If(
            self.stmt(node.child_by_field_name("initializer")),
            self.expr(node.child_by_field_name("condition")),
            self.block(node.child_by_field_name("consequence")),
            self.stmt(node.child_by_field_name("alternative")),
        )

    def for_(self, node: Node) -> ast.Stmt:
        body = self.block(node.child_by_field_name("body"))
        head = next((c for c in self.named(node) if c.type != "block"), None)
        if head is None:
            return ast.For(None, None, None, body)
        if head.type == "range_clause":
            define = any(child.type == ":=" for child in head.children)
            lhs = self.exprs(head.child_by_field_name("left"))
            word = next((c for c in head.children if c.type == "range"), head)
            end = head.end_byte + self.offset
            return ast.Range(lhs, define, self.expr(head.child_by_field_name("right")), body, self.pos(word), end)
        if head.type == "for_clause":
            return ast.For(
                self.stmt(head.child_by_field_name("initializer")),
                self.opt(head.child_by_field_name("condition")),
                self.stmt(head.child_by_field_name("update")),
                body,
            )
        return ast.For(None, self.expr(head), None, body)

    def _clauses(self, node: Node, field: str) -> tuple[ast.Case, ...]:
        out: list[ast.Case] = []
        for child in self.named(node):
            if not child.type.endswith("_case"):
                continue
            heads = [n for n in child.children_by_field_name(field) if n.is_named]
            exprs = tuple([e for head in heads for e in self.exprs(head)])
            comm = self.stmt(child.child_by_field_name("communication"))
            skip = {n.id for n in heads} | {n.id for n in child.children_by_field_name("communication")}
            body: list[ast.Stmt] = []
            for part in self.named(child):
                if part.id not in skip and part.type in ("statement_list", "ERROR"):
                    body += self.stmts(part)
            out.append(ast.Case(exprs, comm, tuple(body)))
        return tuple(out)

    def switch(self, node: Node) -> ast.Stmt:
        init = self.stmt(node.child_by_field_name("initializer"))
        return ast.Switch(init, self.opt(node.child_by_field_name("value")), self._clauses(node, "value"))

    def type_switch(self, node: Node) -> ast.Stmt:
        init = self.stmt(node.child_by_field_name("initializer"))
        alias = self.exprs(node.child_by_field_name("alias"))
        bind = alias[0] if alias and isinstance(alias[0], ast.Ident) else None
        x = self.expr(node.child_by_field_name("value"))
        return ast.TypeSwitch(init, bind, x, self._clauses(node, "type"))

    def select(self, node: Node) -> ast.Stmt:
        return ast.Select(self._clauses(node, "value"))

    def labeled(self, node: Node) -> ast.Stmt | None:
        inner = [child for child in self.named(node) if child.type != "label_name"]
        return self.stmt(inner[-1]) if inner else None

    def go(self, node: Node) -> ast.Stmt:
        return ast.Go(self.first(node))

    def defer(self, node: Node) -> ast.Stmt:
        return ast.Defer(self.first(node))

    def block_stmt(self, node: Node) -> ast.Stmt:
        return self.block(node)

    def decl_stmt(self, node: Node) -> ast.Stmt:
        return ast.DeclStmt(self.specs(node))

    # Declarations

    def specs(self, node: Node) -> tuple[ast.TypeSpec | ast.ValueSpec, ...]:
        """The specs of a type, constant or variable declaration."""
        if node.type == "type_declaration":
            return tuple([self._type_spec(c) for c in self.named(node) if c.type in ("type_spec", "type_alias")])
        if node.type == "var_declaration":
            rows = [
                c for child in self.named(node) for c in ([child] if child.type == "var_spec" else self.named(child))
            ]
            return tuple([self._value_spec("var", row, 0) for row in rows if row.type == "var_spec"])
        out: list[ast.TypeSpec | ast.ValueSpec] = []
        previous: Node | None = None
        for iota, row in enumerate(child for child in self.named(node) if child.type == "const_spec"):
            # An empty expression list repeats the one before it (Go spec, "Constant declarations").
            previous = row if row.child_by_field_name("value") is not None else previous
            out.append(self._value_spec("const", row, iota, previous))
        return tuple(out)

    def _type_spec(self, node: Node) -> ast.TypeSpec:
        name = node.child_by_field_name("name")
        return ast.TypeSpec(
            self.name(name) if name else "_",
            self.type_params(node.child_by_field_name("type_parameters")),
            node.type == "type_alias",
            self.expr(node.child_by_field_name("type")),
            self.pos(name or node),
        )

    def _value_spec(
        self, kind: Literal["const", "var"], node: Node, iota: int, values: Node | None = None
    ) -> ast.ValueSpec:
        named = [n for n in node.children_by_field_name("name") if n.is_named]
        names = tuple([ast.Ident(self.name(n), self.pos(n)) for n in named])
        source = values or node
        typ = self.opt(source.child_by_field_name("type"))
        return ast.ValueSpec(kind, names, typ, self.exprs(source.child_by_field_name("value")), iota, self.pos(node))

    def function(self, node: Node) -> ast.FuncDecl:
        name = node.child_by_field_name("name")
        receiver = self.params(node.child_by_field_name("receiver"))
        body = node.child_by_field_name("body")
        return ast.FuncDecl(
            self.name(name) if name else "_",
            receiver[0] if receiver else None,
            self.type_params(node.child_by_field_name("type_parameters")),
            self.signature(node),
            self.block(body) if body is not None else None,
            self.pos(name or node),
        )


def called_pos(fun: ast.Expr, default: ast.Pos) -> ast.Pos:
    """The position of the name in a called expression: of ``f`` in ``f(x)``, of ``M`` in ``a.b.M[T](x)``."""
    while isinstance(fun, ast.Index):
        fun = fun.x
    if isinstance(fun, ast.Selector):
        return fun.sel.pos
    return fun.pos if isinstance(fun, ast.Ident) else default


def embedded_name(typ: ast.Expr) -> str:
    """The name of an embedded field: its type's, without package, pointer and type arguments."""
    while not isinstance(typ, ast.Ident):
        if isinstance(typ, ast.Selector):
            return typ.sel.name
        if not isinstance(typ, ast.Star | ast.Index):
            return "_"
        typ = typ.x
    return typ.name


_EXPRESSIONS: dict[str, Callable[[Converter, Node], ast.Expr]] = {
    "array_type": Converter.array,
    "binary_expression": Converter.binary,
    "call_expression": Converter.call,
    "channel_type": Converter.chan,
    "composite_literal": Converter.composite,
    "func_literal": Converter.func_lit,
    "function_type": Converter.signature,
    "generic_type": Converter.generic,
    "implicit_length_array_type": Converter.implicit_array,
    "index_expression": Converter.index,
    "interface_type": Converter.interface,
    "literal_element": Converter.first,
    "literal_value": Converter.elided,
    "map_type": Converter.map_,
    "negated_type": Converter.first,
    "parenthesized_expression": Converter.first,
    "parenthesized_type": Converter.first,
    "pointer_type": lambda c, n: ast.Star(c.first(n), c.pos(n)),
    "qualified_type": Converter.qualified,
    "selector_expression": Converter.selector,
    "slice_expression": Converter.slice,
    "slice_type": Converter.slice_type,
    "struct_type": Converter.struct,
    "type_assertion_expression": Converter.assertion,
    "type_constraint": Converter.union,
    "type_conversion_expression": Converter.conversion,
    "type_elem": Converter.union,
    "type_instantiation_expression": Converter.instantiation,
    "unary_expression": Converter.unary,
}
_STATEMENTS: dict[str, Callable[[Converter, Node], ast.Stmt | None]] = {
    "assignment_statement": Converter.assign,
    "block": Converter.block_stmt,
    "const_declaration": Converter.decl_stmt,
    "defer_statement": Converter.defer,
    "expression_statement": Converter.expr_stmt,
    "expression_switch_statement": Converter.switch,
    "for_statement": Converter.for_,
    "go_statement": Converter.go,
    "if_statement": Converter.if_,
    "inc_statement": Converter.expr_stmt,
    "dec_statement": Converter.expr_stmt,
    "labeled_statement": Converter.labeled,
    "receive_statement": Converter.receive,
    "return_statement": Converter.return_,
    "select_statement": Converter.select,
    "send_statement": Converter.send,
    "short_var_declaration": Converter.assign,
    "type_declaration": Converter.decl_stmt,
    "type_switch_statement": Converter.type_switch,
    "var_declaration": Converter.decl_stmt,
}
