"""A parser with a bound: what a grammar's recovery from errors takes on hostile text may grow as the cube of its length.

Deep trees are given up as well, and those of one long error: what a query takes of them grows as the square of their size.
"""

from __future__ import annotations

import re
from itertools import accumulate
from time import thread_time

from tree_sitter import Language, Parser, Tree

SECONDS = 5.0
BYTES_A_SECOND = 100_000
"""A tenth of what is parsed on a slow machine."""
LONG = "to parse it takes longer than its length allows"
"""What is said of what is given up."""
_SHORT = 4_000
"""The bytes of text that take less than the bound, whatever it is."""


MOST_DEPTH = 10_000
MOST_PARTS = 10_000
_LEVELS = 8
"""The levels of a tree that a bracket makes at most."""
_BRACKET = re.compile(rb"[(\[{]|[)\]}]")


class BoundedParser:
    """A parser of one language; ``cut`` tells whether the last text was given up, whose tree is that of ``unreadable`` then: an error.

    With ``with_text``, nodes can be asked for their text, also by a query's predicates; else only for where they stand.
    """

    __slots__ = ("_parser", "_unreadable", "_with_text", "cut")

    def __init__(self, language: Language, unreadable: bytes, *, with_text: bool = False) -> None:
        self._parser = Parser(language)
        self._unreadable = unreadable
        self._with_text = with_text
        self.cut = False

    def parse(self, source: bytes) -> Tree:
        """The tree of a text, within a time of the processor that its length allows."""
        self.cut = False
        if len(source) < _SHORT:
            return self._parser.parse(source)
        end = thread_time() + SECONDS + len(source) / BYTES_A_SECOND
        text = memoryview(source)

        def is_late(_at: int, _has_error: bool) -> bool:  # as the parser calls it
            return thread_time() > end

        try:
            tree = self._parser.parse(lambda at, _: text[at:], progress_callback=is_late)
        except ValueError:
            # The parser would go on with this text.
            self._parser.reset()
            tree = None
        self.cut = tree is None or _is_wide(tree) or (_may_be_deep(source) and _is_deep(tree))
        if tree is None or self.cut:
            return self._parser.parse(self._unreadable)
        # A text that is read piece by piece is not kept, and to ask a node for it is a crash (py-tree-sitter 0.26).
        return self._parser.parse(source) if self._with_text else tree


def _is_wide(tree: Tree) -> bool:
    return tree.root_node.type == "ERROR" and tree.root_node.child_count > MOST_PARTS


def _may_be_deep(source: bytes) -> bool:
    """Whether so many brackets are open at once, those of texts and comments among them."""
    if sum(map(source.count, (b"(", b"[", b"{"))) < MOST_DEPTH // _LEVELS:
        return False
    steps = (1 if bracket.group() in b"([{" else -1 for bracket in _BRACKET.finditer(source))
    return max(accumulate(steps), default=0) >= MOST_DEPTH // _LEVELS


def _is_deep(tree: Tree) -> bool:
    cursor = tree.walk()
    while cursor.depth <= MOST_DEPTH:
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False
    return True
