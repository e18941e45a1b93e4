"""The type arguments that a program gives for type parameters: a value of such a type is of one of them, stored or not.

``var zero T`` holds a value that nothing stored, and so does a field or an element of that type.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.golang import types as t
from tracer.golang.checker import Checker
from tracer.golang.index import Index
from tracer.golang.mentions import Mentions


class Instances:
    """The instances of one program's generic functions and types. Those of the library's own are not told by its facts."""

    def __init__(self, checker: Checker, mentions: Mentions, index: Index) -> None:
        self.checker = checker
        self.mentions = mentions
        self.index = index
        self._known: dict[t.TypeParam, tuple[t.Type, ...]] = {}

    def arguments(self, param: t.TypeParam) -> tuple[t.Type, ...]:
        """The types that stand for a type parameter in some instance; interfaces are none, since they hold other types.

        Told of parameters whose constraints have methods: of others nothing is called. Raises OverBudget.
        """
        found = self._known.get(param)
        if found is None:
            self._known[param] = ()
            try:
                found = tuple(dict.fromkeys(self._arguments(param)))
            except BaseException:
                del self._known[param]
                raise
            self._known[param] = found
        return found

    def _arguments(self, param: t.TypeParam) -> Iterator[t.Type]:
        owner = self.checker.owners.get(param)
        constraint = t.underlying(param.constraint)
        if owner is None or not isinstance(constraint, t.Interface) or not t.methods_of(constraint):
            return
        obj, position = owner
        assert obj.package is not None
        if obj.package.is_std:
            return
        if isinstance(obj, t.Func):
            self.index.look_at(self.mentions.users_of_func, obj)
            written = list(self.checker.arguments.get(param, ()))
        else:
            self._resolve(obj)
            written = [targs[position] for targs in obj.instances if position < len(targs)]
        for typ in written:
            yield from self._concrete(typ)

    def _resolve(self, obj: t.TypeName) -> None:
        """Comes to all that the name of a generic type stands in."""
        self.index.look_at(self.mentions.users_of_type, obj)
        for declared in self.mentions.types_with(obj):
            t.underlying(self.checker.type_of_name(declared))

    def _concrete(self, typ: t.Type) -> Iterator[t.Type]:
        if isinstance(typ, t.TypeParam):
            yield from self.arguments(typ)
        elif t.has_type_params(typ):
            inner = list(_params(typ))
            if len(inner) == 1:
                for argument in self.arguments(inner[0]):
                    yield t.substitute(typ, {inner[0]: argument})
        elif not t.is_interface(typ) and typ is not t.UNKNOWN:
            yield typ


def _params(typ: t.Type) -> dict[t.TypeParam, None]:
    """The type parameters of a pointer, or of an instance of a generic type."""
    match typ:
        case t.TypeParam():
            return {typ: None}
        case t.Pointer():
            return _params(typ.elem)
        case t.Named():
            return {param: None for targ in typ.targs for param in _params(targ)}
        case _:
            return {}
