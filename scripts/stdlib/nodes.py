"""Small questions to tree-sitter's nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

STRINGS = ("interpreted_string_literal", "raw_string_literal")


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
