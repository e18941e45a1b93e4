"""The abstract values of the flow: what may reach a node, and sets of them.

In one question that are types, as in variable type analysis; in the other functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracer.codes import Message
from tracer.golang import types as t
from tracer.golang.load.package import Package
from tracer.golang.summary.nodes import (
    Closure,
    Expression,
    FieldUse,
    Function,
    FunctionUse,
    Literal,
    Node,
    Owner,
    Use,
)
from tracer.golang.types.containers import is_container


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not known: why, and the static type of the value; None where nothing that the program makes may be meant.

    For a gap in a library's facts, ``package`` is where the value is made, if it can only be made there.
    """

    reason: Message
    type: t.Type | None
    package: Package | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A container that became a value of an interface: its elements are found again where the value is asserted."""

    node: Node
    type: t.Type

    @property
    def is_nameless(self) -> bool:
        """Whether it is made where it stands, or comes out of a call, and no variable is named."""
        return isinstance(self.node, Expression) and not isinstance(self.node, Use | FieldUse)


@dataclass(frozen=True, slots=True)
class Boxed:
    """A function in a value of an interface, with the dynamic type that it has there."""

    owner: Owner
    type: t.Type


@dataclass(frozen=True, slots=True)
class Instanced:
    """A value in generic code, with the type that it has there in the instance by which it came in."""

    value: t.Type | Owner | Boxed
    type: t.Type


Value = t.Type | Owner | Unknown | Held | Boxed | Instanced


class Values:
    """The values that were met, each with a bit; a set of values is an integer. ``unknown`` are the bits of what is not known."""

    __slots__ = ("_as", "_bits", "_boxed", "_held", "_instanced", "_type_bits", "known", "unknown")

    def __init__(self) -> None:
        self.known: list[Value] = []
        self.unknown = 0
        self._bits: dict[Value, int] = {}
        self._boxed: dict[Owner, int] = {}
        self._instanced: dict[Value, int] = {}
        self._type_bits: dict[t.Type, int | None] = {}
        # The containers in values of interfaces by their types, and which of these come out as another.
        self._held: dict[t.Type, int] = {}
        self._as: dict[tuple[t.Type, bool], dict[t.Type, bool]] = {}

    def bit(self, value: Value) -> int:
        """The bit of a value."""
        found = self._bits.get(value)
        if found is None:
            found = self._bits[value] = 1 << len(self.known)
            self.known.append(value)
            if isinstance(value, Unknown):
                self.unknown |= found
            elif isinstance(value, Boxed):
                self._boxed[value.owner] = self._boxed.get(value.owner, 0) | found
            elif isinstance(value, Instanced):
                self._instanced[value.value] = self._instanced.get(value.value, 0) | found
            elif isinstance(value, Held):
                self._held[value.type] = self._held.get(value.type, 0) | found
        return found

    def held_as(self, mask: int, typ: t.Type, *, receiver: bool = False) -> list[Held]:
        """The containers of ``mask`` that come out of an interface as values of a type, or as what a method of that is called on.

        What a type with type parameters stands for may be any.
        """
        known = self._as.setdefault((typ, receiver), {})
        generic = t.has_type_params(typ) if len(known) < len(self._held) else False
        wanted = 0
        for held, held_bits in self._held.items():
            fits = known.get(held)
            if fits is None:
                fits = generic or t.identical(held, typ) or (receiver and t.identical(t.deref(held), typ))
                known[held] = fits
            if fits:
                wanted |= held_bits
        return [value for i in bits(mask & wanted) if isinstance(value := self.known[i], Held)]

    def held(self, mask: int) -> list[Held]:
        """All containers of ``mask``."""
        return [value for i in bits(mask & ~self.unknown) if isinstance(value := self.known[i], Held)]

    def of(self, node: Node, *, functions: bool) -> int | None:
        """The bit of what a node is by itself; 0 for nothing that could be called; None if its predecessors tell."""
        typ = node.type
        if functions:
            match node:
                case FunctionUse() | Function():
                    return self.bit(node.func)
                case Closure():
                    return self.bit(node.literal)
                case _:
                    pass
            if t.is_unknown(typ) or t.is_dynamic(typ) or isinstance(t.core(typ), t.Signature | t.Tuple):
                return None
            return 0
        if typ not in self._type_bits:
            self._type_bits[typ] = self._type_bit(typ)
        bit = self._type_bits[typ]
        return self.bit(Held(node, typ)) if bit and is_container(typ) else bit

    def _type_bit(self, typ: t.Type) -> int | None:
        if t.is_unknown(typ) or t.is_dynamic(typ) or isinstance(typ, t.Tuple):
            return None
        return 0 if typ is t.UNTYPED_NIL else self.bit(t.default_type(typ))

    def kin(self, bit: int) -> int:
        """The bits of the same value, as it is, in values of interfaces and in generic code."""
        value = self.bare(bit.bit_length() - 1)
        bit |= self.bit(value) | self._instanced.get(value, 0)
        if isinstance(value, t.Func | Literal):
            for i in bits(self._boxed.get(value, 0)):
                bit |= 1 << i | self._instanced.get(self.known[i], 0)
        return bit

    def bare(self, index: int) -> Value:
        """A value as it is where no type parameter stands for its type."""
        value = self.known[index]
        return value.value if isinstance(value, Instanced) else value

    def entering(self, mask: int, typ: t.Type) -> int:
        """Values as they are in generic code that they come into with a type. Containers and unknowns take no type along."""
        out = 0
        for i in bits(mask):
            value = self.known[i]
            taken = isinstance(value, Unknown | Held | Instanced)
            out |= 1 << i if taken else self.bit(Instanced(value, typ))
        return out

    def leaving(self, mask: int, typ: t.Type | None) -> int:
        """The values of generic code that come out of it, where that can be told those of an instance where they have a type."""
        out = 0
        for i in bits(mask):
            value = self.known[i]
            if not isinstance(value, Instanced):
                out |= 1 << i
            elif typ is None or t.identical(value.type, typ):
                out |= self.bit(value.value)
        return out

    def boxed(self, mask: int, typ: t.Type) -> int:
        """Functions as they are in a value of an interface whose dynamic type is ``typ``."""
        out = 0
        for i in bits(mask):
            value = self.bare(i)
            out |= self.bit(Boxed(value, typ)) if isinstance(value, t.Func | Literal) else 1 << i
        return out

    def unboxed(self, mask: int, typ: t.Type) -> int:
        """The functions that a value of an interface gives where it is asserted to be of type ``typ``."""
        out = 0
        for i in bits(mask):
            value = self.bare(i)
            if not isinstance(value, Boxed):
                out |= 1 << i
            elif t.identical(value.type, typ):
                out |= self.bit(value.owner)
        return out

    def outside(self, mask: int) -> int:
        """What comes out of what is not known: as little is known of it, for the same reasons."""
        out = 0
        for value in self.unknown_in(mask):
            out |= self.bit(Unknown(value.reason, None))
        return out

    def unknown_in(self, mask: int) -> list[Unknown]:
        return [value for i in bits(mask & self.unknown) if isinstance(value := self.known[i], Unknown)]

    def owner(self, index: int) -> Owner:
        """The function that a value of the second question is."""
        owner = self.bare(index)
        owner = owner.owner if isinstance(owner, Boxed) else owner
        assert isinstance(owner, t.Func | Literal)
        return owner

    def type_of(self, index: int) -> t.Type | None:
        """The type that a value of the first question is; None for what is not known."""
        found = self.bare(index)
        return found.type if isinstance(found, Held) else found if isinstance(found, t.Type) else None


def first_reason(unknown: Iterable[Unknown]) -> Message | None:
    """The reason that is told of several things that are not known: the order in which they were met has no say in it."""
    return min((x.reason for x in unknown), key=lambda reason: (reason.code, *map(str, reason.arguments)), default=None)


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
