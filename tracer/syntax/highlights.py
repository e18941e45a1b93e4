"""Syntax colours of a window of a Go file, by the grammar's own query."""

from __future__ import annotations

import functools

import tree_sitter_go
from tree_sitter import Language, Parser, Query, QueryCursor

Span = tuple[int, int, str]


@functools.cache
def _tools() -> tuple[Parser, Query]:
    language = Language(tree_sitter_go.language())
    return Parser(language), Query(language, tree_sitter_go.HIGHLIGHTS_QUERY)


def highlights(source: bytes, start: int, end: int) -> list[Span]:
    """(start byte, end byte, capture) of what is coloured between two bytes; sorted, without overlaps."""
    parser, query = _tools()
    cursor = QueryCursor(query)
    cursor.set_byte_range(start, end)
    found = cursor.captures(parser.parse(source).root_node)
    rows = sorted(
        ((n.start_byte, -n.end_byte, name) for name, nodes in found.items() for n in nodes if n.child_count == 0),
    )
    out: list[Span] = []
    for begin, negative, name in rows:
        if not out or begin >= out[-1][1]:
            out.append((begin, -negative, name))
    return out
