"""Whether the elements of a list may be others than those that it was made of, by any of its names.

A list goes on under other names: variables, parameters of what it is handed to, slices of it, fields. What stores an element under
one of them changes it for all (Go spec, "Slice types"), and so may whatever it goes to that is not known.
"""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang import types as t
from tracer.golang.flow.outside import home
from tracer.golang.load.package import Package
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import (
    AddressOf,
    Append,
    Component,
    Composite,
    Entry,
    Expression,
    FieldNode,
    Local,
    Node,
    Result,
    Same,
    Site,
)
from tracer.syntax import ast

COMMAND = "os/exec.Cmd"
ARGS = "Args"
MAX_NAMES = 100
"""How many names of one list are looked at."""
# What stores in the list that it is given (packages sort and slices; Go spec, "Appending to and copying slices", "Clear").
_STORING = frozenset(
    (
        "slices.Compact",
        "slices.CompactFunc",
        "slices.Delete",
        "slices.DeleteFunc",
        "slices.Insert",
        "slices.Replace",
        "slices.Reverse",
        "slices.Sort",
        "slices.SortFunc",
        "slices.SortStableFunc",
        "sort.Sort",
        "sort.Stable",
        "sort.StringSlice",
        "sort.Strings",
    )
)


def is_changed(analysis: Analysis, start: Node, *, within: Callable[[Package | None], bool] | None = None) -> bool:
    """Whether an element of a list may be stored under any name that it has after a node.

    Outside of the packages ``within`` nothing is taken to be stored, nor by functions that come as values. What is stored in
    the arguments of commands is not asked here.
    """
    begin = start.var if isinstance(start, Entry) else start
    waiting, seen = [begin], {begin}
    while waiting:
        node = waiting.pop()
        if is_arguments(node) or (within is not None and not within(home(node))):
            continue
        if len(seen) > MAX_NAMES or _is_stored_in(analysis, node, known=within is not None):
            return True
        for following in analysis.flow.following(node):
            if isinstance(following, AddressOf) or (isinstance(following, Append) and _is_cut(analysis, node)):
                return True
            if following not in seen and _is_name(node, following):
                seen.add(following)
                waiting.append(following)
    return False


def is_arguments(node: Node) -> bool:
    """Whether a node is the field of commands that holds their arguments."""
    return is_command_field(node, ARGS)


def is_command_field(node: Node, name: str) -> bool:
    """Whether a node is a field of commands."""
    return isinstance(node, FieldNode) and node.field.name == name and node.field.struct == COMMAND


def is_part(analysis: Analysis, node: Node) -> bool:
    """Whether a node is a slice expression with bounds: not all of its operand."""
    if not isinstance(node, Same):
        return False
    e = analysis.details(node.unit).syntax(node)
    return isinstance(e, ast.SliceExpr) and bool(e.indices)


def _is_cut(analysis: Analysis, node: Node) -> bool:
    """Whether what is appended to a node may come where the list has other elements."""
    while isinstance(node, Same):
        if is_part(analysis, node):
            return True
        assert node.x is not None
        node = node.x
    return False


def _is_name(node: Node, following: Node) -> bool:
    """Whether a list goes on where its value goes: not where its elements are appended to another."""
    if isinstance(following, Append):
        return bool(following.args) and following.args[0] is node
    return _is_list(following.type) and not isinstance(following, Composite)


def _is_stored_in(analysis: Analysis, node: Node, *, known: bool) -> bool:
    """Whether something is stored in an element of a node, or may be by what it goes to; with ``known`` only by what is known to."""
    match node:
        case FieldNode():
            return analysis.flow.is_stored_in(node)
        case Local():
            return node in analysis.flow.uses_of(node.unit).parts
        case Expression():
            uses = analysis.flow.uses_of(node.unit)
            taken = any(_stores(site, known=known) for site, _ in uses.arguments.get(node, ()))
            return taken or node in uses.parts or (not known and node in uses.receivers)
        case _:
            # A package variable, and what is held by others, are not followed.
            return not known and not isinstance(node, Result | Component)


def _stores(site: Site, *, known: bool) -> bool:
    """Whether a call may store in a list that it is given; where it is a function of the sources, that is asked of its parameter."""
    if site.func is None:
        return not known and site.literal is None and site.kind is not t.CallKind.INTERFACE
    return site.func.full_name in _STORING


def _is_list(typ: t.Type) -> bool:
    return isinstance(t.core(typ), t.Slice | t.Array)
