"""Bytes of one Go file -> its facts, and one declaration -> its tree."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import tree_sitter_go
from tree_sitter import Language, Node, Query, QueryCursor

from tracer.errors import CutShortError
from tracer.syntax import ast
from tracer.syntax.bounded import LONG, BoundedParser
from tracer.syntax.convert import Converter
from tracer.syntax.declared import without
from tracer.syntax.facts import Declaration, DeclarationKind, FileFacts, Import
from tracer.syntax.header import head
from tracer.syntax.scan import Scanned, scan

_GO = Language(tree_sitter_go.language())
_NEW = re.compile(rb"\bnew\(\s*(?=[^)\s])")
_TYPE = re.compile(rb"\(|\*|\[|(?:map|chan|func|struct|interface)\b|<-chan\b|[A-Za-z_\x80-\xff][\w.]*\s*(?:\)|\[)")
_LITERAL = re.compile(rb"\[|(?:map|func|struct)\b|[A-Za-z_\x80-\xff][\w.]*\s*\[|\(|\*")
_MAX_TRIES = 10
# The elements of a slice of bytes, as code generators write it: numbers, which nothing is told of.
_BYTES = re.compile(rb"(?<=\[\]byte\{)(?>\s+|,|0x[0-9a-fA-F]+|\d+|//[^\n]*)*(?=\})")
_BLANK = bytes(c if c == 10 else 32 for c in range(256))
_FUNCTIONS = ("function_declaration", "method_declaration")
_DECLARATIONS: tuple[DeclarationKind, ...] = ("func", "method", "type", "const", "var")


@functools.cache
def query_text(language: str, name: str) -> str:
    """The text of ``queries/<language>/<name>.scm``, in a checkout or in the installed package."""
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_data", package.parent):
        path = root / "queries" / language / f"{name}.scm"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"queries/{language}/{name}.scm is missing from this installation")


@functools.cache
def _query(name: str) -> Query:
    return Query(_GO, query_text("go", name))


@functools.cache
def _parser() -> BoundedParser:
    return BoundedParser(_GO, b")")


def _root(source: bytes) -> Node:
    """The syntax tree of a piece of source.

    The grammar takes the argument of ``new`` as a type only; since Go 1.26 it may be an expression. Where a piece does
    not parse, a ``new`` that is followed by no type is read as the call of any function.
    """
    root = _parser().parse(source).root_node
    # What is hostile once is not tried in other forms.
    if not root.has_error or _parser().cut:
        return root
    found = list(_NEW.finditer(source))
    certain = [m.start() for m in found if not _TYPE.match(source, m.end())]
    doubtful = [m.start() for m in found if _LITERAL.match(source, m.end())]
    tried = [certain] if certain else []
    tried += [[at] for at in doubtful[:_MAX_TRIES]]
    for places in tried:
        changed = bytearray(source)
        for at in places:
            changed[at : at + 3] = b"neW"
        again = _parser().parse(bytes(changed)).root_node
        if _errors(again) < _errors(root):
            root, source = again, bytes(changed)
        if not root.has_error:
            break
    return root


def _errors(root: Node) -> int:
    if not root.has_error:
        return 0
    return sum(len(nodes) for nodes in _captures("errors", root).values())


def extract(source: bytes) -> FileFacts:
    """The facts of one file. Never raises: of what does not parse, what is still read is told."""
    written = head(source)
    scanned = scan(source, written.end) if written is not None else None
    if written is None or scanned is None:
        return _parsed(source)
    return _facts(source, written.package, written.imports, scanned)


def _parsed(source: bytes) -> FileFacts:
    """The facts of a file whose text alone does not tell them."""
    root = _root(source)
    given_up, found = _parser().cut, _captures("declarations", root)
    package = _text(source, found["package"][0]) if "package" in found else ""
    rows = [
        Scanned(kind, *_names(source, kind, node), node.start_byte, node.end_byte, _body(node))
        for kind in _DECLARATIONS
        for node in found.get(kind, ())
    ]
    rows.sort(key=lambda row: row.start)
    imports = sorted((node.start_byte, *_import(source, node)) for node in found.get("import", ()))
    return replace(_facts(source, package, imports, rows), given_up=given_up)


def _facts(source: bytes, package: str, imports: Iterable[tuple[int, str, str]], rows: Sequence[Scanned]) -> FileFacts:
    imported, declared = _lines(source), _lines(source)
    return FileFacts(
        package,
        tuple([Import(name, path, imported(at)[0]) for at, name, path in imports]),
        tuple([Declaration(d.kind, d.names, d.receiver, d.start, d.end, *declared(d.start)) for d in rows]),
        without(source, [(d.body, d.end) for d in rows if d.body >= 0]),
    )


def _body(node: Node) -> int:
    """The byte offset of a function's body; -1 of what has none."""
    body = node.child_by_field_name("body")
    return body.start_byte if body is not None and node.type in _FUNCTIONS else -1


def _captures(query: str, root: Node) -> dict[str, list[Node]]:
    cursor = QueryCursor(_query(query))
    if query == "declarations":
        # Every pattern starts at the root or below it: the cursor need not look further down.
        cursor.set_max_start_depth(1)
    return cursor.captures(root)


def _lines(source: bytes) -> Callable[[int], tuple[int, int]]:
    """Tells line and column of byte offsets, both from 1, each offset behind the one before."""
    last, line = 0, 1

    def place(at: int) -> tuple[int, int]:
        nonlocal last, line
        line += source.count(b"\n", last, at)
        last = at
        return line, at - source.rfind(b"\n", 0, at)

    return place


def parse_function(source: bytes, declaration: Declaration) -> ast.FuncDecl:
    """The tree of a function or method that ``extract`` found in ``source``."""
    piece = source[declaration.start : declaration.end]
    return Converter(piece, declaration.start).function(_node(declaration.kind, piece))


def parse_header(source: bytes, declaration: Declaration) -> ast.FuncDecl | None:
    """The same without a body, in a fraction of the time; None where that takes a look at the body."""
    at = source.find(b"{\n", declaration.start, declaration.end)
    if at < 0:
        return None
    piece = source[declaration.start : at] + b"{\n}"
    node = _node(declaration.kind, piece)
    body = node.child_by_field_name("body")
    # What opens there may be a type's braces as well.
    if node.has_error or body is None or body.start_byte != at - declaration.start:
        return None
    return Converter(piece, declaration.start).function(node)


def parse_specs(source: bytes, declaration: Declaration) -> tuple[ast.TypeSpec | ast.ValueSpec, ...]:
    """The trees of the specs of a type, constant or variable declaration."""
    piece = source[declaration.start : declaration.end]
    if declaration.kind == "var":
        piece = _BYTES.sub(lambda found: found.group().translate(_BLANK), piece)
    return Converter(piece, declaration.start).specs(_node(declaration.kind, piece))


def _node(kind: DeclarationKind, piece: bytes) -> Node:
    """The node of a declaration in the tree of its source. Raises CutShortError where parsing it takes too long."""
    # A declaration that nothing follows ends with its line: the grammar takes no other end but a semicolon.
    root = _root(piece + b"\n")
    if _parser().cut:
        raise CutShortError(LONG)
    wanted = {"func": _FUNCTIONS[:1], "method": _FUNCTIONS[1:]}.get(kind, (f"{kind}_declaration",))
    # In a piece that does not parse whole, the declaration may stand inside an ERROR node.
    pending = list(root.named_children)
    while pending:
        child = pending.pop(0)
        if child.type in wanted:
            return child
        if child.type == "ERROR":
            pending = list(child.named_children) + pending
    return root


def _names(source: bytes, kind: DeclarationKind, node: Node) -> tuple[tuple[str, ...], str]:
    """The names that a declaration declares, and a method's receiver."""
    if kind in ("func", "method"):
        name = node.child_by_field_name("name")
        receiver = _receiver(source, node.child_by_field_name("receiver")) if kind == "method" else ""
        return (_text(source, name) if name else "_",), receiver
    names = [name for spec in _specs(node) for name in spec.children_by_field_name("name") if name.is_named]
    return tuple([_text(source, name) for name in names]), ""


def _specs(node: Node) -> list[Node]:
    out: list[Node] = []
    for child in node.named_children:
        out += child.named_children if child.type == "var_spec_list" else [child]
    return out


def _receiver(source: bytes, node: Node | None) -> str:
    """The base type's name: ``T`` of ``(x *T[K])``."""
    while node is not None and node.type != "type_identifier":
        children = [c for c in node.named_children if c.type not in ("comment", "identifier")]
        node = children[0] if children else None
    return _text(source, node) if node else ""


def _import(source: bytes, node: Node) -> tuple[str, str]:
    """Name and path of an import."""
    name, path = node.child_by_field_name("name"), node.child_by_field_name("path")
    return _text(source, name) if name else "", _text(source, path)[1:-1] if path else ""


def _text(source: bytes, node: Node) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def body_offset(source: bytes, declaration: Declaration) -> int:
    """The byte at which a function's body begins; the end of the declaration if it has none."""
    node = _node(declaration.kind, source[declaration.start : declaration.end])
    body = node.child_by_field_name("body")
    return declaration.start + body.start_byte if body is not None else declaration.end


def comments(source: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The byte ranges of comments and field tags in a piece of source, in order."""
    root = _parser().parse(source[start:end]).root_node
    found = QueryCursor(_query("comments")).captures(root)
    return sorted((n.start_byte + start, n.end_byte + start) for nodes in found.values() for n in nodes)
