"""What ``errors.As`` stores in its target: the error that it is given, or one that this wraps (package errors, "As" and "Unwrap").

``Caused(err)`` is an error with all that it wraps. The library stores by reflection; so the target is looked for here, where a pointer
to a variable of an interface type goes to the call, at once or through functions that hand on what they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.state import Emit
from tracer.golang.summary.nodes import Caused, Expression, Local, Node, Site, Use
from tracer.golang.summary.shared import Nodes

_AS: Final = "errors.As"
_UNWRAP: Final = "Unwrap"
_MAX_WRAPPERS: Final = 3


def errors_set_in(target: Node, xref: CrossReferences, hierarchy: ClassHierarchy) -> Iterator[tuple[Node, Site]]:
    """The errors, with what they wrap, of which one may be stored where a pointer leads to, and the calls that take it there."""
    elem = t.deref(target.type)
    if not isinstance(target, Expression) or elem is target.type or not isinstance(t.underlying(elem), t.Interface):
        return
    given = _Given(xref, hierarchy)
    for site, index in xref.uses_in(target.unit).arguments.get(target, ()):
        for error in given.at(site, index, _MAX_WRAPPERS):
            yield xref.nodes.part(Caused, error), site


@dataclass(slots=True)
class _Given:
    """What ``errors.As`` is given as the error, by the function and the parameter that its target comes through; each asked once."""

    xref: CrossReferences
    hierarchy: ClassHierarchy
    known: dict[tuple[t.Func, int, int], tuple[Node, ...]] = field(
        default_factory=dict[tuple[t.Func, int, int], tuple[Node, ...]]
    )

    def at(self, site: Site, index: int, depth: int) -> Iterator[Node]:
        """The errors where an argument of a call is the target, handed on by ``depth`` functions at most."""
        func = site.func
        if func is None:
            return
        if func.full_name == _AS:
            if index == 1 and site.args and site.args[0] is not None:
                yield site.args[0]
            return
        if func.package.is_std or not depth:
            return
        key = func, index, depth
        if key not in self.known:
            self.known[key] = tuple(dict.fromkeys(self._inside(func, index, depth)))
        for error in self.known[key]:
            yield _handed_in(error, site)

    def _inside(self, func: t.Func, index: int, depth: int) -> Iterator[Node]:
        unit = self.xref.unit(self.hierarchy.unit_of(func))
        uses = self.xref.uses_in(unit)
        if index >= len(unit.params) or unit.params[index].type is not t.EMPTY_INTERFACE:
            return
        for read in uses.reads.get(unit.params[index], ()):
            for inner, at in uses.arguments.get(read, ()):
                yield from self.at(inner, at, depth - 1)


def _handed_in(error: Node, site: Site) -> Node:
    """The argument, where a function hands on what it is given and nothing else."""
    if isinstance(error, Use) and isinstance(error.var, Local):
        var = error.var
        if (
            var.owner is site.func
            and var.role == "param"
            and not var.unit.stores.get(var)
            and var.index < len(site.args)
        ):
            return site.args[var.index] or error
    return error


def caused(
    error: Node, nodes: Nodes, methods: Callable[[Node, str, t.Type, Callable[[t.Func], object]], object], emit: Emit
) -> None:
    """Tells of an error and of what it wraps; ``methods`` tells of the methods of what reaches a node."""
    emit(error, None, 0)

    def unwrap(func: t.Func) -> None:
        sig = nodes.signature_of(func)
        if sig.params or len(sig.results) != 1:
            return
        wrapped: Node = nodes.result(func, 0)
        if isinstance(t.underlying(wrapped.type), t.Slice):
            wrapped = nodes.element(wrapped)
        emit(nodes.part(Caused, wrapped), None, 0)

    methods(error, _UNWRAP, t.EMPTY_INTERFACE, unwrap)
