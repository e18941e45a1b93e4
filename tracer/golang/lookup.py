"""What a name that somebody typed means in some programs: one rule for all that names are asked for.

Of several symbols that a name fits, these are left, by the first of these that leaves any out: the one that is called just so;
those that ``preferred`` names mean, which are an investigation's; those whose code runs and is no test's; those that were
written for the repository, which are neither taken from elsewhere nor generated.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from tracer.errors import Remedy, ResolutionError
from tracer.golang import types as t
from tracer.golang.callgraph.mentions import Name
from tracer.golang.names import matches, normal
from tracer.golang.program import Analysis, Declared
from tracer.golang.similar import Similar, close_names, methods_of, similar, unlikeness
from tracer.golang.summary.nodes import Initializer, Literal
from tracer.model import Meant

_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.$", re.MULTILINE)
_MOST = 20
_CLOSE = 8
_FEW = 3


class Why(Enum):
    """Why one of several symbols is meant."""

    ALONE = "the only one of this name"
    EXACT = "the one that is called just so"
    PREFERRED = "the one that the investigation's chains name"
    USED = "the only one whose code runs and is no test"
    OWN = "the only one of those that run which was written for this repository"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name means, in every program that links it; ``others`` are the symbols that it would fit as well."""

    found: list[tuple[Analysis, Declared]]
    why: Why
    others: list[tuple[Analysis, Declared]]

    def told(self, text: str) -> Meant:
        """The same as a record, of what was typed."""
        every = [obj.full_name for _, obj in (*self.found, *self.others)]
        others = {obj.full_name: remedy(a, obj, text, every) for a, obj in self.others}
        rows = tuple((others[name].new, others[name].about) for name in sorted(others))
        analysis, obj = self.found[0]
        return Meant(text, analysis.symbol(obj).short, self.why.value, rows)


def lookup(analyses: Sequence[Analysis], text: str, preferred: Collection[str] = ()) -> tuple[Analysis, Declared]:
    """The one declared object that ``text`` means, in the first program that has it.

    Raises ResolutionError for what means nothing or too much.
    """
    return lookup_all(analyses, text, preferred)[0]


def lookup_all(
    analyses: Sequence[Analysis], text: str, preferred: Collection[str] = ()
) -> list[tuple[Analysis, Declared]]:
    """The same in every program that it is linked into."""
    return meaning(analyses, text, preferred).found


def meaning(
    analyses: Sequence[Analysis], text: str, preferred: Collection[str] = (), *, of_values: bool = False
) -> Meaning:
    """The same, with why it is meant and what else might have been; ``of_values`` where no function is."""
    if not normal(text):
        raise ResolutionError("an empty name means nothing", hint="name a function, method, constant or variable")
    every = [(a, obj) for a in analyses for obj in a.find(text)]
    if of_values and every:
        values = [(a, obj) for a, obj in every if isinstance(obj, t.Const | t.Var)]
        values = values or [(a, field) for a in analyses for field in a.find_fields(text)]
        if not values:
            name = every[0][1].full_name
            raise ResolutionError(f"{name} is a function", hint="name a constant, a variable or a field")
        every = values
    every = every or [(a, field) for a in analyses for field in a.find_fields(text)]
    if not every:
        raise _nothing(analyses, text)
    found, why = _narrowed(every, text, preferred)
    names = {obj.full_name for _, obj in found}
    if len(names) > 1:
        raise _ambiguous(analyses, text, found)
    return Meaning(found, why, [(a, obj) for a, obj in every if obj.full_name not in names])


def in_order(found: Sequence[tuple[Analysis, Declared]], text: str, preferred: Collection[str] = ()) -> list[Declared]:
    """What a name fits, that which it is taken to mean first."""
    left, _ = _narrowed(found, text, preferred)
    return list({obj.full_name: obj for _, obj in (*left, *found)}.values())


def _narrowed(
    every: Sequence[tuple[Analysis, Declared]], text: str, preferred: Collection[str]
) -> tuple[list[tuple[Analysis, Declared]], Why]:
    found, why = list(every), Why.ALONE
    for reason in (Why.EXACT, Why.PREFERRED, Why.USED, Why.OWN):
        if len({obj.full_name for _, obj in found}) == 1:
            break
        left = _left(found, reason, text, preferred)
        if left and len(left) < len(found):
            found, why = left, reason
    return found, why


def _left(
    found: Sequence[tuple[Analysis, Declared]], reason: Why, text: str, preferred: Collection[str]
) -> list[tuple[Analysis, Declared]]:
    if reason is Why.EXACT:
        names = {obj.full_name for _, obj in found if normal(obj.full_name) == normal(text)}
    elif reason is Why.PREFERRED:
        wanted = [normal(name) for name in preferred]
        names = {o.full_name for _, o in found if any(matches(o.full_name, one) for one in wanted)}
    elif reason is Why.USED:
        names = {obj.full_name for a, obj in found if is_used(a, obj)}
    else:
        names = {obj.full_name for _, obj in found if is_own(obj)}
    return [(a, obj) for a, obj in found if obj.full_name in names]


def is_used(analysis: Analysis, obj: Declared) -> bool:
    """Whether something's code runs in a program, or code that runs names it, and it is no test's."""
    place = analysis.symbol(obj).position
    if place is not None and place.path.endswith("_test.go"):
        return False
    match obj:
        case t.Func() | Literal():
            return analysis.counts(analysis.unit_of(obj).unit)
        case t.Const() | t.Var():
            return obj.package is None or analysis.running.uses(Name(obj.package, obj.name))
        case _:
            return True


def is_own(obj: Similar) -> bool:
    """Whether something was written for the repository: neither taken from elsewhere nor generated.

    What is generated says so (``go help generate``).
    """
    if isinstance(obj, Initializer):
        return not obj.package.is_elsewhere
    file = obj.unit.file if isinstance(obj, Literal) else obj.file
    return file is not None and not file.package.is_elsewhere and not _GENERATED.search(file.source)


def _ambiguous(analyses: Sequence[Analysis], text: str, found: Iterable[tuple[Analysis, Declared]]) -> ResolutionError:
    unique = {obj.full_name: (a, obj) for a, obj in reversed(list(found))}
    ordered = [unique[name] for name in sorted(unique, key=lambda name: (not is_own(unique[name][1]), name))]
    names = list(unique)
    remedies = tuple(remedy(a, obj, text, names) for a, obj in ordered[:_MOST])
    more = f"; the first {_MOST} are" if len(ordered) > _MOST else ""
    where = ", ".join(a.name for a in analyses)
    return ResolutionError(
        f"{text!r} is ambiguous in {where}, it can be one of {len(ordered)}{more}:", remedies=remedies
    )


def _where(analyses: Sequence[Analysis]) -> str:
    return ", ".join(a.name for a in analyses) if len(analyses) <= _FEW else f"{len(analyses)} programs"


def _nothing(analyses: Sequence[Analysis], text: str) -> ResolutionError:
    where = _where(analyses)
    types = {obj.full_name: (a, obj) for a in reversed(analyses) for obj in a.find_types(text)}
    if not types:
        files = dict.fromkeys(file for a in analyses for file in a.text.files)
        return nothing_called(text, where, nearest(analyses, text, close_names(files, text)))
    methods = {m.full_name: (a, m) for a, typ in types.values() for m in methods_of(a, typ)}
    known = "; its methods:" if methods and len(types) == 1 else "; methods of such:" if methods else ""
    shown = tuple(remedy(a, obj, text, list(methods)) for a, obj in list(methods.values())[:_MOST])
    hint = "" if methods else "name a function, method, constant or variable"
    return ResolutionError(f"{text!r} is a type in {where}{known}", hint=hint, remedies=shown)


def nothing_called(text: str, where: str, close: tuple[Remedy, ...]) -> ResolutionError:
    """That a name means nothing, and what is like it."""
    hint = "" if close else "check the name, --repo and --program"
    return ResolutionError(
        f"nothing is called {text!r} in {where}{'; like it are:' if close else ''}", hint=hint, remedies=close
    )


def nearest(analyses: Sequence[Analysis], text: str, names: Sequence[str]) -> tuple[Remedy, ...]:
    """What programs declare under names that are like one that means nothing, nearest first, as what to ask instead."""
    unique: dict[str, tuple[Analysis, Similar]] = {}
    for analysis in analyses:
        for full_name, obj in similar(analysis, names).items():
            unique.setdefault(full_name, (analysis, obj))
    wanted = normal(text)
    # Of what is as near, the repository's own comes first.
    exact = {name: found for name, found in unique.items() if not unlikeness(name, wanted)[0]}
    unique = exact or unique
    order = sorted(unique, key=lambda name: (*unlikeness(name, wanted)[:3], not is_own(unique[name][1]), name))
    return tuple(remedy(*unique[name], text, order) for name in order[:_CLOSE])


def remedy(analysis: Analysis, obj: Similar, text: str, among: Collection[str]) -> Remedy:
    """The same command about a symbol, told from others that were meant by the text."""
    symbol = analysis.symbol(obj)
    at = "" if symbol.position is None else f"  {symbol.position.path}:{symbol.position.line}"
    kind = "closure" if isinstance(obj, Literal) else "func" if isinstance(obj, Initializer) else symbol.kind
    return Remedy(text, typed(obj.full_name, among), about=f"{kind}{at}")


def typed(full_name: str, among: Collection[str]) -> str:
    """What to type for a symbol, as short as it can be told from others: with its receiver's type, or else its package."""
    full = normal(full_name)
    for at in reversed([m.end() for m in re.finditer(r"[./]", full)][:-1]):
        short = full[at:]
        if sum(matches(name, short) for name in among) <= 1:
            return short
    return full
