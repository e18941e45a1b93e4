"""The types that a constraint lists, and core types (Go spec, "Core types"; go/types' typeset.go)."""

from __future__ import annotations

from collections.abc import Callable

from tracer.golang.types.identity import identical
from tracer.golang.types.model import Interface, Type, TypeParam, UnionType
from tracer.golang.types.under import underlying
from tracer.golang.types.universe import UNKNOWN


def core(t: Type) -> Type:
    """The core type: the underlying type, for a type parameter that of its constraint's first term."""
    for _ in range(20):
        if isinstance(t, TypeParam):
            t = t.constraint
        elif isinstance(t, UnionType) and t.terms:
            t = t.terms[0]
        elif isinstance(under := underlying(t), Interface):
            terms = [e for e in under.embeds if _is_term(e)]
            if not terms:
                return under
            t = terms[0]
        else:
            return under
    return UNKNOWN


def _is_term(t: Type) -> bool:
    """Whether an embedded element narrows the type set to listed types."""
    pending, seen = [t], {t}
    for at in pending:
        under = underlying(at)
        if isinstance(at, UnionType) or not isinstance(under, Interface):
            return True
        new = [embed for embed in under.embeds if embed not in seen]
        seen.update(new)
        pending += new
    return False


def terms_of(t: Type) -> list[Type]:
    """The types that a constraint lists, each once; none for one that lists no types."""
    return _terms_of(t, {})


def _terms_of(t: Type, known: dict[Type, list[Type]]) -> list[Type]:
    """The same. Constraints share their parts: what is ``known`` of each is told once; one that holds itself lists none."""
    found = known.get(t)
    if found is None:
        known[t] = []
        found = known[t] = _listed(t, lambda part: _terms_of(part, known))
    return found


def _listed(t: Type, terms: Callable[[Type], list[Type]]) -> list[Type]:
    if isinstance(t, UnionType):
        return list(dict.fromkeys(x for term in t.terms for x in terms(term)))
    under = underlying(t)
    if not isinstance(under, Interface):
        return [t]
    for embed in under.embeds:
        found = terms(embed)
        if found:
            return found
    return []


def single_core(t: Type) -> Type | None:
    """The one underlying type of all types of a constraint, if there is one (Go spec, "Core types")."""
    found = [x if isinstance(x, TypeParam) else underlying(x) for x in terms_of(t)]
    return found[0] if found and all(x is found[0] or identical(x, found[0]) for x in found) else None
