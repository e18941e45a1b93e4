"""Where the keys of a TOML document stand; what they mean is for ``tomllib`` to say."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping

import tree_sitter_toml
from tree_sitter import Language, Node

from tracer.syntax.bounded import BoundedParser

_KEYS = ("bare_key", "quoted_key", "dotted_key")


@functools.cache
def _parser() -> BoundedParser:
    return BoundedParser(Language(tree_sitter_toml.language()), b"", with_text=True)


def key_lines(source: bytes) -> Mapping[str, int]:
    """The line of each key and table of a document, from 1: ``{"chains[0].name": 7}``; elements of lists by their index.

    Where a key stands twice the first counts. A source that does not parse gives what could be read of it, in the time that its
    length allows.
    """
    found: dict[str, int] = {}
    counts: Counter[str] = Counter()
    pending: list[tuple[Node, str]] = []
    prefix = ""
    for node in _parser().parse(source).root_node.named_children:
        if node.type in ("table", "table_array_element"):
            prefix = _name(node.named_children[:1], counts)
            if node.type == "table_array_element":
                counts[prefix] += 1
                prefix += f"[{counts[prefix] - 1}]"
            found.setdefault(prefix, node.start_point[0] + 1)
            pending += [(child, prefix) for child in node.named_children[1:]]
        else:
            pending.append((node, ""))
    while pending:
        node, inside = pending.pop(0)
        if node.type == "pair" and len(node.named_children) > 1:
            key = f"{inside}.{_name(node.named_children[:1], Counter())}".lstrip(".")
            found.setdefault(key, node.start_point[0] + 1)
            pending.append((node.named_children[1], key))
        elif node.type == "inline_table":
            pending += [(child, inside) for child in node.named_children]
        elif node.type == "array":
            values = [child for child in node.named_children if child.type != "comment"]
            for index, value in enumerate(values):
                found.setdefault(f"{inside}[{index}]", value.start_point[0] + 1)
                pending.append((value, f"{inside}[{index}]"))
    return found


def _name(nodes: list[Node], counts: Counter[str]) -> str:
    """A key as it is written in messages; a part that is a list of tables means its last element so far."""
    out = ""
    pending = list(nodes)
    while pending:
        node = pending.pop(0)
        if node.type == "dotted_key":
            pending = list(node.named_children) + pending
        elif node.type in _KEYS and node.text is not None:
            if counts[out]:
                out += f"[{counts[out] - 1}]"
            out = f"{out}.{node.text.decode('utf-8', 'replace').strip(chr(34) + chr(39))}".lstrip(".")
    return out
