"""What a process start gives the program as arguments, and what code of a program asks of them.

Arguments count as in ``os.Args``: the first is the program's own name. Their texts are patterns, as in ``strings``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tracer.golang import types as t
from tracer.golang.program import Analysis
from tracer.golang.strings import SELF, texts, written
from tracer.golang.summary.nodes import (
    Append,
    Composite,
    Convert,
    Entry,
    Expression,
    Local,
    Node,
    Same,
    Site,
    Use,
    reaching,
)

MAX_LISTS = 40
"""How many lists of arguments one start may give, and how many calls are looked at for them."""
_MAX_DEPTH = 6
_ANYTHING = frozenset(("*",))


@dataclass(frozen=True, slots=True)
class Asked:
    """That an argument is one of some texts, or (``holds`` is False) none of them; with no ``index`` that one after the first is."""

    index: int | None
    texts: frozenset[str]
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Listed:
    """Arguments in their order, each by the texts that it may be; where there may be ``more``, these are not known."""

    known: tuple[frozenset[str], ...] = ()
    more: bool = False

    def then(self, other: Listed) -> Listed:
        """These, and others after them."""
        return self if self.more else Listed((*self.known, *other.known), other.more)

    def allows(self, asked: Asked) -> bool:
        """Whether what is asked may be so."""
        if asked.index is None:
            return self.more or any(_may_be(one, asked.texts) for one in self.known[1:])
        if asked.index >= len(self.known):
            return self.more or not asked.holds
        one = self.known[asked.index]
        return _may_be(one, asked.texts) if asked.holds else not (one and one <= asked.texts)


OPEN = Listed((), True)
"""Arguments of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a start may give: one of some lists."""

    lists: tuple[Listed, ...] = (OPEN,)

    def told(self) -> str:
        """The arguments after the program's own name as they are written in Go, ``*`` for what is not known, ``…`` for what may follow; empty where nothing is."""
        if all(one.more and len(one.known) < 2 for one in self.lists):
            return ""
        return " or ".join(sorted({_told(one) for one in self.lists}))

    def allow(self, asked: Iterable[Asked]) -> bool:
        """Whether all that is asked may be so at once, for all that is known."""
        wanted = tuple(asked)
        return any(all(map(one.allows, wanted)) for one in self.lists)


def _told(one: Listed) -> str:
    parts = [" or ".join(sorted(map(written, texts))) for texts in one.known[1:]]
    return "[" + ", ".join([*parts, *(["…"] if one.more else [])]) + "]"


def _may_be(patterns: frozenset[str], wanted: frozenset[str]) -> bool:
    return not patterns or any(
        fnmatchcase(text, p) or posixpath.basename(p) == text for p in patterns for text in wanted
    )


def single(analysis: Analysis, e: Expression | None) -> Listed:
    """One argument. The path of the running program may be any."""
    found = texts(analysis, e) if e is not None else _ANYTHING
    return Listed((_ANYTHING if SELF in found or not found else found,))


def listed(analysis: Analysis, node: Node | None, depth: int = 0) -> tuple[Listed, ...]:
    """The lists that the value of a slice of texts may be."""
    if depth > _MAX_DEPTH:
        return (OPEN,)
    match node:
        case Composite(fields=None) if not any(key is not None for key in node.keys):
            return (joined(single(analysis, value) for value in node.values),)
        case Append(args=(first, *rest)):
            begins = listed(analysis, first, depth + 1)
            if node.spread:
                return _bounded([a.then(b) for a in begins for b in listed(analysis, rest[-1], depth + 1)])
            end = joined(single(analysis, e) for e in rest)
            return _bounded([a.then(end) for a in begins])
        case Same(x=inner) | Convert(args=(inner,)):
            return listed(analysis, inner, depth + 1)
        case Use(var=Local() as var):
            if analysis.nodes.element(var) in node.unit.stores:
                return (OPEN,)
            stores = [source for source, _ in reaching(node, var) if source is not node]
            return _bounded([one for source in stores for one in listed(analysis, source, depth + 1)])
        case Entry(var=var) | (Local() as var) if var.role == "param" and isinstance(var.owner, t.Func):
            return _handed(analysis, var, var.owner, depth)
        case _:
            return (OPEN,)


def _handed(analysis: Analysis, var: Local, func: t.Func, depth: int) -> tuple[Listed, ...]:
    """What the calls of a function by its name hand in, if it is called so alone."""
    sites = analysis.callers(func)
    if not sites or len(sites) > MAX_LISTS or any(site.func is not func for site in sites):
        return (OPEN,)
    if analysis.unknown_callers(func):
        return (OPEN,)
    return _bounded([one for site in sites for one in passed(analysis, site, var, func, depth)])


def passed(analysis: Analysis, site: Site, var: Local, func: t.Func, depth: int = 0) -> tuple[Listed, ...]:
    """What a call hands in by a parameter that is a list of texts."""
    signature = analysis.checker.signature_of(func)
    at = var.index + site.first
    if signature.variadic and var.index == len(signature.params) - 1 and not site.spread:
        return (joined(single(analysis, e) for e in site.args[at:]),)
    return listed(analysis, site.args[at], depth + 1) if at < len(site.args) else (OPEN,)


def joined(parts: Iterable[Listed]) -> Listed:
    """Arguments one after the other."""
    out = Listed()
    for part in parts:
        out = out.then(part)
    return out


def _bounded(lists: Sequence[Listed]) -> tuple[Listed, ...]:
    found = tuple(dict.fromkeys(lists))
    return found if found and len(found) <= MAX_LISTS else (OPEN,)
