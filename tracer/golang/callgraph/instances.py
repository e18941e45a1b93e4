"""The type arguments that a program gives for type parameters: a value of such a type is of one of them, stored or not.

``var zero T`` holds a value that nothing stored, and so does a field or an element of that type.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences
from tracer.golang.check.checker import Checker
from tracer.golang.search.candidates import Candidates

MAX_ARGUMENTS = 1000
"""How many arguments are made of others: without end only in code that no compiler takes (an instantiation cycle)."""


class Instances:
    """The instances of one program's generic functions and types. Those of the library's own are not told by its facts."""

    __slots__ = ("_known", "candidates", "checker", "xref")

    def __init__(self, checker: Checker, candidates: Candidates, xref: CrossReferences) -> None:
        self.checker = checker
        self.candidates = candidates
        self.xref = xref
        self._known: dict[t.TypeParam, tuple[t.Type, ...]] = {}

    def arguments(self, param: t.TypeParam) -> tuple[t.Type, ...]:
        """The types that stand for a type parameter in some instance; interfaces are none, since they hold other types.

        Told of parameters whose constraints have methods: of others nothing is called. Raises OverBudget.
        """
        found = self._known.get(param)
        if found is None:
            found = self._known[param] = tuple(dict.fromkeys(self._arguments(param)))
        return found

    def _arguments(self, param: t.TypeParam) -> Iterator[t.Type]:
        # An argument may be made of a type parameter that is in scope there: what stands for that one is put into it.
        waiting: list[tuple[t.TypeParam, t.Type]] = [(param, param)]
        seen = set(waiting)
        for inner, outer in waiting:
            for typ in self._written(inner):
                made = t.substitute(outer, {inner: typ})
                params = _params(typ)
                if not params and not t.has_type_params(typ) and not t.is_interface(made) and not t.is_unknown(typ):
                    yield made
                following = [(p, made) for p in params] if len(params) == 1 and len(seen) < MAX_ARGUMENTS else []
                waiting += [item for item in following if item not in seen]
                seen.update(following)

    def _written(self, param: t.TypeParam) -> list[t.Type]:
        """What is written for a type parameter, or inferred."""
        owner = self.checker.owners.get(param)
        constraint = t.underlying(param.constraint)
        if owner is None or not isinstance(constraint, t.Interface) or not t.methods_of(constraint):
            return []
        obj, position = owner
        if obj.package is None or obj.package.is_std:
            return []
        if isinstance(obj, t.Func):
            self.xref.look_at(self.candidates.users_of_func, obj)
            return list(self.xref.arguments.get(param, ()))
        self._resolve(obj)
        return [targs[position] for targs in obj.instances if position < len(targs)]

    def _resolve(self, obj: t.TypeName) -> None:
        """Comes to all that the name of a generic type stands in."""
        self.xref.look_at(self.candidates.users_of_type, obj)
        for declared in self.candidates.types_with(obj):
            t.underlying(self.checker.type_of_name(declared))


def _params(typ: t.Type) -> dict[t.TypeParam, None]:
    """The type parameters of a pointer, or of an instance of a generic type."""
    # Types share their parts: each is looked at once.
    seen: dict[t.Type, None] = {typ: None}
    pending = [typ]
    while pending:
        at = pending.pop()
        parts = (at.elem,) if isinstance(at, t.Pointer) else at.targs if isinstance(at, t.Named) else ()
        new = dict.fromkeys(part for part in parts if part not in seen)
        seen.update(new)
        pending += new
    return {at: None for at in seen if isinstance(at, t.TypeParam)}
