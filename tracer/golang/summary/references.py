"""Stable paths of types and objects: how a summary that is written down names what is declared elsewhere, and finds it again.

A path is a row of texts, numbers and other rows' numbers. Packages are named by their directory (of the standard library by
``std:`` and import path), objects by package, receiver and name, fields by their struct and number, type parameters by what they
are of. What has no path, a type declared in a function, a field of a struct without a name, raises ``Unwritable``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracer.golang import types as t
from tracer.golang.check.checker import Checker
from tracer.golang.load.package import Package
from tracer.syntax.ast import Direction

Row = tuple[Any, ...]
"""Texts, numbers and tuples of them: what ``marshal`` writes."""
Referable = t.Type | t.Func | t.Var | t.Const | t.Field | t.TypeName | Package


class Unwritable(Exception):  # noqa: N818  # no error: such a unit is summarised anew
    """Something that has no stable path."""


class References:
    """The rows of one package's summaries, with what they mean: made when they are written, resolved when they are read."""

    __slots__ = ("_numbers", "_objects", "checker", "rows")

    def __init__(self, checker: Checker, rows: Sequence[Row] = ()) -> None:
        self.checker = checker
        self.rows = list(rows)
        self._objects: list[Any] = [None] * len(self.rows)
        self._numbers: dict[Referable, int] = {}

    # Writing

    def number(self, what: Referable) -> int:
        """The number of the row that names an object or type. Raises Unwritable."""
        found = self._numbers.get(what)
        if found is None:
            row = self._row(what)
            found = self._numbers[what] = len(self.rows)
            self.rows.append(row)
            self._objects.append(what)
        return found

    def numbers(self, several: Sequence[Referable]) -> tuple[int, ...]:
        """The numbers of some types or objects. Raises Unwritable."""
        return tuple([self.number(one) for one in several])

    def _row(self, what: Referable) -> Row:
        match what:
            case t.Absent():
                return ("absent", what.path, what.name[len(what.path) + 1 :])
            case t.Basic():
                return ("basic", what.name)
            case t.Pointer() | t.Slice():
                return (type(what).__name__, self.number(what.elem))
            case t.Array():
                return ("Array", self.number(what.elem), what.length)
            case t.Map():
                return ("Map", self.number(what.key), self.number(what.elem))
            case t.Chan():
                return ("Chan", what.direction.value, self.number(what.elem))
            case t.Tuple():
                return ("Tuple", self.numbers(what.types))
            case t.Signature():
                return ("Signature", self.numbers(what.params), self.numbers(what.results), what.variadic)
            case t.Interface():
                methods = tuple([(name, self.number(sig)) for name, sig in what.methods])
                home = self.number(what.home) if what.home is not None else -1
                return ("Interface", methods, self.numbers(what.embeds), home)
            case t.Struct() if not what.fields:
                return ("Struct",)
            case t.UnionType():
                return ("Union", self.numbers(what.terms))
            case t.Named():
                plain = not what.targs or what.targs == what.obj.tparams
                return ("Named", self.number(what.obj), () if plain else self.numbers(what.targs))
            case t.TypeParam():
                return self._type_param(what)
            case Package():
                return ("package", what.key)
            case t.TypeName():
                return self._type_name(what)
            case t.Func():
                if what.name.startswith(("init#", "_")) or (what.recv is not None and what.recv.local):
                    raise Unwritable
                receiver = what.recv.name if what.recv is not None else ""
                return ("func", self.number(what.package), receiver, what.name)
            case t.Var() | t.Const():
                if what.package is None or what.name == "_" or self._declared(what.package, what.name) is not what:
                    raise Unwritable
                return ("object", self.number(what.package), what.name)
            case t.Field():
                return self._field(what)
            case _:
                raise Unwritable

    def _declared(self, package: Package, name: str) -> t.Object | None:
        return self.checker.resolver.lookup(package, name)

    def _type_name(self, obj: t.TypeName) -> Row:
        if obj.package is None:
            if t.UNIVERSE.get(obj.name) is not obj:
                raise Unwritable
            return ("universe", obj.name)
        if obj.local or self._declared(obj.package, obj.name) is not obj:
            raise Unwritable
        return ("object", self.number(obj.package), obj.name)

    def _type_param(self, param: t.TypeParam) -> Row:
        owner, _ = self.checker.owners.get(param, (None, 0))
        if isinstance(owner, t.TypeName) and param in owner.tparams:
            return ("of type", self.number(owner), owner.tparams.index(param))
        if isinstance(owner, t.Func) and param in owner.tparams:
            return ("of func", self.number(owner), owner.tparams.index(param))
        method = self.checker.receivers.get(param)
        if method is None:
            raise Unwritable
        return ("of func", self.number(method), method.tparams.index(param))

    def _field(self, f: t.Field) -> Row:
        package = f.file.package if f.file is not None else None
        obj = self._declared(package, f.struct.rpartition(".")[2]) if package is not None and f.struct else None
        under = t.underlying(self.checker.type_of_name(obj)) if isinstance(obj, t.TypeName) else None
        if isinstance(under, t.Struct):
            for i, other in enumerate(under.fields):
                if other is f and isinstance(obj, t.TypeName):
                    return ("field", self.number(obj), i)
        raise Unwritable

    # Reading

    def get(self, number: int) -> Any:
        """What a row names. Raises Unwritable where that is not declared any more."""
        found = self._objects[number]
        if found is None:
            found = self._objects[number] = self._named_by(self.rows[number])
            if found is None:
                raise Unwritable
        return found

    def several(self, numbers: Sequence[int]) -> list[Any]:
        """What some rows name."""
        get = self.get
        return [get(number) for number in numbers]

    def _named_by(self, row: Row) -> Referable | None:
        match row:
            case ("basic", str(name)):
                return _BASICS.get(name)
            case ("absent", str(path), str(name)):
                return t.absent(path, name)
            case ("Pointer", int(elem)):
                return t.pointer(self.get(elem))
            case ("Slice", int(elem)):
                return t.slice_of(self.get(elem))
            case ("Array", int(elem), length):
                return t.array_of(self.get(elem), length)
            case ("Map", int(key), int(elem)):
                return t.map_of(self.get(key), self.get(elem))
            case ("Chan", str(direction), int(elem)):
                return t.chan_of(Direction(direction), self.get(elem))
            case ("Tuple", types):
                return t.tuple_of(self.several(types))
            case ("Signature", params, results, variadic):
                return t.signature(self.several(params), self.several(results), variadic=variadic)
            case ("Interface", methods, embeds, int(home)):
                rows = [(name, self.get(sig)) for name, sig in methods]
                return t.interface(rows, self.several(embeds), self.get(home) if home >= 0 else None)
            case ("Struct",):
                return _NO_FIELDS
            case ("Union", terms):
                return t.union(self.several(terms))
            case ("Named", int(obj), targs):
                made = self.checker.type_of_name(self.get(obj))
                return t.instance(self.get(obj), tuple(self.several(targs))) if targs else made
            case _:
                return self._object_named_by(row)

    def _object_named_by(self, row: Row) -> Referable | None:
        match row:
            case ("package", str(key)):
                return self.checker.program.by_key(key)
            case ("object", int(package), str(name)):
                found = self._declared(self.get(package), name)
                return found if isinstance(found, t.TypeName | t.Var | t.Const) else None
            case ("universe", str(name)):
                found = t.UNIVERSE.get(name)
                return found if isinstance(found, t.TypeName) else None
            case ("func", int(package), "", str(name)):
                found = self._declared(self.get(package), name)
                return found if isinstance(found, t.Func) else None
            case ("func", int(package), str(receiver), str(name)):
                obj = self._declared(self.get(package), receiver)
                return obj.method(name) if isinstance(obj, t.TypeName) else None
            case ("of type", int(obj), int(index)):
                declared: t.TypeName = self.get(obj)
                self.checker.type_of_name(declared)
                return declared.tparams[index]
            case ("of func", int(obj), int(index)):
                func: t.Func = self.get(obj)
                self.checker.signature_of(func)
                return func.tparams[index]
            case ("field", int(obj), int(index)):
                under = t.underlying(self.checker.type_of_name(self.get(obj)))
                return under.fields[index] if isinstance(under, t.Struct) else None
            case _:
                return None


_BASICS = {b.name: b for b in (*t.BASICS.values(), *t.UNTYPED.values(), t.UNKNOWN, t.UNTYPED_NIL, t.UNSAFE_POINTER)}
_NO_FIELDS = t.Struct(())
