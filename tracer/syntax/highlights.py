"""Syntax colours of a window of a Go or C file, by the grammar's own query."""

from __future__ import annotations

import functools

import tree_sitter_c
import tree_sitter_go
from tree_sitter import Language, Node, Query, QueryCursor

from tracer.syntax.bounded import BoundedParser

Span = tuple[int, int, str]

# A query over an ERROR node is quadratic in its children: 200,000 of them take 18 s.
_MAX_ERROR_CHILDREN = 4000
# Real trees are up to 967 deep; where one is deeper than 65,535, a query takes a minute.
_MAX_DEPTH = 2000


@functools.cache
def _tools(language: str) -> tuple[BoundedParser, Query]:
    if language == "c":
        grammar, query = Language(tree_sitter_c.language()), tree_sitter_c.HIGHLIGHTS_QUERY
    else:
        grammar, query = Language(tree_sitter_go.language()), tree_sitter_go.HIGHLIGHTS_QUERY
    return BoundedParser(grammar, b")", with_text=True), Query(grammar, query)


def highlights(source: bytes, start: int, end: int, language: str = "go") -> list[Span]:
    """(start byte, end byte, capture) of what is coloured between two bytes; sorted, without overlaps. ``language`` is go or c.

    Where so much does not parse that the parser or the query would not end in time, there are none.
    """
    parser, query = _tools(language)
    root = parser.parse(source).root_node
    if start >= end or parser.cut or (root.has_error and _too_broken(root, start, end)):
        return []
    cursor = QueryCursor(query)
    cursor.set_max_start_depth(_MAX_DEPTH)
    cursor.set_byte_range(start, end)
    found = cursor.captures(root)
    rows = sorted(
        (
            (n.start_byte, -n.end_byte, name)
            for name, nodes in found.items()
            for n in nodes
            if n.start_byte < end and n.end_byte > start
        ),
    )
    out: list[Span] = []
    for begin, negative, name in rows:
        if not out or begin >= out[-1][1]:
            out.append((begin, -negative, name))
    return out


def _too_broken(root: Node, start: int, end: int) -> bool:
    pending = [root]
    while pending:
        node = pending.pop()
        if not node.has_error or node.start_byte >= end or node.end_byte <= start:
            continue
        if node.is_error and node.child_count > _MAX_ERROR_CHILDREN:
            return True
        pending += node.children
    return False
