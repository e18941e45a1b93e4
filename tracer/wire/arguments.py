"""What a process start gives the program as arguments, and what code of a program asks of them.

Arguments count as in ``os.Args``: the first is the program's own name. Their texts are patterns, as in ``strings``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
    Owner,
    Same,
    Site,
    Use,
    reaching,
)
from tracer.wire.changed import is_changed, is_part

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
    """Arguments in their order, each by the texts that it may be; where there may be ``more``, these are not known.

    A parameter stands for the argument, or all those, that it holds.
    """

    known: tuple[frozenset[str] | Local, ...] = ()
    more: bool = False

    @property
    def parameters(self) -> tuple[Local, ...]:
        """The parameters that stand for arguments."""
        return tuple(one for one in self.known if isinstance(one, Local))

    def then(self, other: Listed) -> Listed:
        """These, and others after them."""
        return self if self.more else Listed((*self.known, *other.known), other.more)

    def allows(self, asked: Asked) -> bool:
        """Whether what is asked may be so."""
        known, more = self._told()
        if asked.index is None:
            return more or any(_may_be(one, asked.texts) for one in known[1:])
        if asked.index >= len(known):
            return more or not asked.holds
        one = known[asked.index]
        return _may_be(one, asked.texts) if asked.holds else not (one and one <= asked.texts)

    def _told(self) -> tuple[list[frozenset[str]], bool]:
        """What is known of the arguments up to the first parameter that is a list, and whether there may be more."""
        known: list[frozenset[str]] = []
        for one in self.known:
            if not isinstance(one, Local):
                known.append(one)
            elif _is_text(one):
                known.append(_ANYTHING)
            else:
                return known, True
        return known, self.more


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
    texts = [_ANYTHING if isinstance(part, Local) else part for part in one.known]
    parts = [" or ".join(sorted(map(written, part))) for part in texts[1:]]
    return "[" + ", ".join([*parts, *(["…"] if one.more else [])]) + "]"


def _may_be(patterns: frozenset[str], wanted: frozenset[str]) -> bool:
    return not patterns or any(
        fnmatchcase(text, p) or posixpath.basename(p) == text for p in patterns for text in wanted
    )


def _is_text(var: Local) -> bool:
    return isinstance(t.underlying(var.type), t.Basic)


def single(analysis: Analysis, e: Expression | None, keep: Owner | None = None) -> Listed:
    """One argument. The path of the running program may be any; a parameter of the function ``keep`` is told as that."""
    if isinstance(e, Use) and isinstance(e.var, Local) and e.var.role == "param" and e.var.owner is keep is not None:
        whence = [source for source, _ in reaching(e, e.var)]
        if _is_text(e.var) and len(whence) == 1 and isinstance(whence[0], Entry):
            return Listed((e.var,))
    found = texts(analysis, e) if e is not None else _ANYTHING
    return Listed((_ANYTHING if SELF in found or not found else found,))


def listed(analysis: Analysis, node: Node | None, keep: Owner | None = None) -> tuple[Listed, ...]:
    """The lists that the value of a slice of texts may be; a parameter of the function ``keep`` is told as that."""
    return _Lists(analysis).of(node, keep, 0)


@dataclass(slots=True)
class _Lists:
    """The lists of one question. What many calls hand on is asked once: ``known`` by node, function to keep, and depth."""

    analysis: Analysis
    known: dict[tuple[Node, Owner | None, int], tuple[Listed, ...]] = field(
        default_factory=dict[tuple[Node, "Owner | None", int], tuple[Listed, ...]]
    )

    def of(self, node: Node | None, keep: Owner | None, depth: int) -> tuple[Listed, ...]:
        """The lists that a node's value may be, ``depth`` steps away from what was asked."""
        if node is None or depth > _MAX_DEPTH:
            return (OPEN,)
        key = node, keep, depth
        if key not in self.known:
            self.known[key] = self._found(node, keep, depth)
        return self.known[key]

    def _found(self, node: Node, keep: Owner | None, depth: int) -> tuple[Listed, ...]:
        match node:
            case Expression() if is_part(self.analysis, node):
                return (OPEN,)
            case Composite() | Append() | Local() | Entry() if is_changed(self.analysis, node):
                return (OPEN,)
            case Composite(fields=None) if not any(key is not None for key in node.keys):
                return (joined(single(self.analysis, value, keep) for value in node.values),)
            case Append(args=(first, *rest)):
                begins = self.of(first, keep, depth + 1)
                if node.spread:
                    ends = self.of(rest[-1], keep, depth + 1)
                    return bounded([a.then(b) for a in begins for b in ends])
                end = joined(single(self.analysis, e, keep) for e in rest)
                return bounded([a.then(end) for a in begins])
            case Same(x=inner) | Convert(args=(inner,)):
                return self.of(inner, keep, depth + 1)
            case Use(var=Local() as var):
                if is_changed(self.analysis, var):
                    return (OPEN,)
                stores = [source for source, _ in reaching(node, var) if source is not node]
                return bounded([one for source in stores for one in self.of(source, keep, depth + 1)])
            case Entry(var=var) if var.role == "param" and var.owner is keep is not None:
                return (Listed((var,)),)
            case Entry(var=var) | (Local() as var) if var.role == "param" and isinstance(var.owner, t.Func):
                return self._handed(var, var.owner, depth)
            case _:
                return (OPEN,)

    def _handed(self, var: Local, func: t.Func, depth: int) -> tuple[Listed, ...]:
        """What the calls of a function by its name hand in, if it is called so alone."""
        sites = self.analysis.callers(func)
        if not sites or len(sites) > MAX_LISTS or any(site.func is not func for site in sites):
            return (OPEN,)
        if self.analysis.unknown_callers(func):
            return (OPEN,)
        return bounded([one for site in sites for one in self.passed(site, var, func, None, depth)])

    def passed(self, site: Site, var: Local, func: t.Func, keep: Owner | None, depth: int) -> tuple[Listed, ...]:
        """What a call hands in by a parameter that is a text or a list of texts."""
        signature = self.analysis.checker.signature_of(func)
        at = var.index + site.first
        if len(site.args) == 1 and site.args[0] is not None and isinstance(site.args[0].type, t.Tuple):
            return (OPEN,) if not _is_text(var) else (Listed((_ANYTHING,)),)
        if signature.variadic and var.index == len(signature.params) - 1 and not site.spread:
            return (joined(single(self.analysis, e, keep) for e in site.args[at:]),)
        if _is_text(var):
            return (single(self.analysis, site.args[at] if at < len(site.args) else None, keep),)
        return self.of(site.args[at], keep, depth + 1) if at < len(site.args) else (OPEN,)


def handed_in(analysis: Analysis, site: Site, func: t.Func, lists: Iterable[Listed]) -> tuple[Listed, ...]:
    """Lists of a function, with what a call of it hands in for its parameters; those of the caller stand for what they hold."""
    known = _Lists(analysis)
    out: list[Listed] = []
    for one in lists:
        found: tuple[Listed, ...] = (Listed(),)
        for part in one.known:
            ways: tuple[Listed, ...] = (Listed((part,)),)
            if isinstance(part, Local) and part.owner is func:
                ways = known.passed(site, part, func, site.caller, 0)
            # Of each parameter in all its ways there would soon be too many to make.
            found = bounded([begin.then(way) for begin in found for way in ways])
        out += [begin.then(Listed((), one.more)) for begin in found]
    return bounded(out)


def joined(parts: Iterable[Listed]) -> Listed:
    """Arguments one after the other."""
    out = Listed()
    for part in parts:
        out = out.then(part)
    return out


def bounded(lists: Sequence[Listed]) -> tuple[Listed, ...]:
    """Each list once; nothing is known of too many, or of none."""
    found = tuple(dict.fromkeys(lists))
    return found if found and len(found) <= MAX_LISTS else (OPEN,)
