"""What is known of an expression (go/types' operand, mode and TypeAndValue): its mode, its type and, of a constant, its value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tracer.golang import types as t
from tracer.golang.types.constants import Value


class Mode(Enum):
    """What an expression denotes. A ``VARIABLE`` is addressable; a ``COMMA_OK`` may give two values."""

    INVALID = "invalid"
    NO_VALUE = "no value"
    BUILTIN = "builtin"
    TYPE = "type"
    CONSTANT = "constant"
    VARIABLE = "variable"
    MAP_INDEX = "map index"
    VALUE = "value"
    NIL = "nil"
    COMMA_OK = "comma ok"


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """``value`` is that of a constant, as its type represents it; None where it could not be computed."""

    mode: Mode
    type: t.Type
    value: Value | None = None


# Types are met again in the same package; a whole program's would be kept for nothing.
_KEPT = 1 << 12


class _OfMode(dict[t.Type, Operand]):
    """The operands of one mode that have no value: one for each type that was met lately."""

    __slots__ = ("_mode",)

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self._mode = mode

    def __missing__(self, typ: t.Type) -> Operand:
        if len(self) >= _KEPT:
            self.clear()
        found = self[typ] = Operand(self._mode, typ)
        return found


TYPES = _OfMode(Mode.TYPE)
CONSTANTS = _OfMode(Mode.CONSTANT)
VARIABLES = _OfMode(Mode.VARIABLE)
MAP_INDICES = _OfMode(Mode.MAP_INDEX)
VALUES = _OfMode(Mode.VALUE)
COMMA_OKS = _OfMode(Mode.COMMA_OK)
INVALID = Operand(Mode.INVALID, t.UNKNOWN)
NO_VALUE = Operand(Mode.NO_VALUE, t.tuple_of(()))
BUILTIN = Operand(Mode.BUILTIN, t.UNKNOWN)
NIL = Operand(Mode.NIL, t.UNTYPED_NIL)


def constant(typ: t.Type, value: Value | None) -> Operand:
    return CONSTANTS[typ] if value is None else Operand(Mode.CONSTANT, typ, value)
