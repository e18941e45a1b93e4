"""Constant values, exactly (Go spec, "Constants"; go/constant): booleans, strings, integers, rationals, complex.

Arithmetic is on Python's unbounded integers and on fractions, so no value is rounded before a type asks for it. What
cannot be computed is None, and what is computed of that: operands that do not fit, values beyond any real program's.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tracer.golang import types as t


@dataclass(frozen=True, slots=True)
class Complex:
    real: Fraction
    imag: Fraction


# Strings that are no UTF-8 hold their bytes as surrogates.
Value = bool | str | int | Fraction | Complex

# go/types' own bounds on integers and on what they are shifted by.
MAX_BITS = 512
MAX_SHIFT = 1023 - 1 + 52
# Beyond these no float is exact.
MAX_FLOAT_BITS = 1 << 14
MAX_EXPONENT = 5000
MAX_STRING = 1 << 20


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def is_rune(code: int) -> bool:
    """Whether a number is a code point that UTF-8 can hold."""
    return 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF


def encoded(code: int) -> bytes:
    """A rune in UTF-8; what is no code point becomes U+FFFD."""
    return chr(code if is_rune(code) else 0xFFFD).encode()


# Types of constants

_RANK = {"untyped int": 0, "untyped rune": 1, "untyped float": 2, "untyped complex": 3}


def basic(typ: t.Type) -> t.Basic | None:
    """The predeclared type below a type, if a constant can have it."""
    under = t.underlying(typ)
    return under if isinstance(under, t.Basic) and not t.is_unknown(under) and under is not t.UNTYPED_NIL else None


def _kind(name: str) -> str:
    name = name.removeprefix("untyped ")
    if name == "rune" or name.startswith(("int", "uint")):
        return "int"
    return next((kind for kind in ("float", "complex", "string", "bool") if name.startswith(kind)), "")


def _range(typ: t.Basic) -> tuple[int, int]:
    """The least and the greatest integer of a type, where an int and a pointer have 64 bits."""
    if typ.untyped:
        return -(1 << MAX_BITS) + 1, (1 << MAX_BITS) - 1
    width = typ.name.removeprefix("uint").removeprefix("int")
    bits = int(width) if width.isdigit() else 64
    return (0, (1 << bits) - 1) if typ.name.startswith("uint") else (-(1 << bits - 1), (1 << bits - 1) - 1)


_KINDS = {typ: _kind(typ.name) for typ in (*t.BASICS.values(), *t.UNTYPED.values())}
_RANGES = {typ: _range(typ) for typ, kind in _KINDS.items() if kind == "int"}


def kind_of(typ: t.Type) -> str:
    """bool, string, int, float, complex, or "" for a type that no constant has."""
    under = t.underlying(typ)
    return _KINDS.get(under, "") if isinstance(under, t.Basic) else ""


def wider(a: t.Type, b: t.Type) -> t.Type:
    """The type of an operation on two untyped constants of different kinds."""
    if isinstance(a, t.Basic) and isinstance(b, t.Basic) and a.name in _RANK and b.name in _RANK:
        return a if _RANK[a.name] >= _RANK[b.name] else b
    return a


# Representation


def float32(value: Fraction) -> Fraction | None:
    """The nearest float32, of two the even one; None beyond the largest."""
    if not value:
        return value
    size = abs(value)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if size < Fraction(2) ** exponent:
        exponent -= 1
    step = Fraction(2) ** max(exponent - 23, -149)
    found = round(value / step) * step
    return found if abs(found) < 1 << 128 else None


def _rounded(value: Fraction, name: str) -> Fraction | None:
    if name in ("float32", "complex64"):
        return float32(value)
    if name in ("float64", "complex128"):
        try:
            return Fraction(float(value))
        except OverflowError:
            return None
    return value


def real_part(value: Value | None) -> Fraction | None:
    """The value of a number that has no imaginary part."""
    if isinstance(value, Complex):
        return value.real if value.imag == 0 else None
    return Fraction(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


def represent(value: Value | None, typ: t.Type) -> Value | None:
    """A value as one of a type (Go spec, "Representability"); None where it is not representable."""
    under = t.underlying(typ)
    if value is None or not isinstance(under, t.Basic):
        return None
    kind = _KINDS.get(under)
    if isinstance(value, bool | str):
        return value if kind == ("bool" if isinstance(value, bool) else "string") else None
    if kind == "int":
        return _as_integer(value, under)
    if kind == "complex":
        value = value if isinstance(value, Complex) else Complex(Fraction(value), Fraction(0))
        real, imag = _rounded(value.real, under.name), _rounded(value.imag, under.name)
        return None if real is None or imag is None else Complex(real, imag)
    real = real_part(value) if kind == "float" else None
    return _rounded(real, under.name) if real is not None else None


def _as_integer(value: int | Fraction | Complex, typ: t.Basic) -> int | None:
    if not isinstance(value, int):
        real = real_part(value)
        if real is None or real.denominator != 1:
            return None
        value = real.numerator
    lowest, highest = _RANGES[typ]
    return value if lowest <= value <= highest else None


def convert(value: Value | None, typ: t.Type) -> Value | None:
    """The conversion ``T(x)`` of a constant (Go spec, "Conversions")."""
    if isinstance(value, int) and not isinstance(value, bool) and kind_of(typ) == "string":
        return encoded(value).decode()
    return represent(value, typ)


# Operations


def unary(op: str, value: Value | None, typ: t.Type) -> Value | None:
    """An operation on a constant of a type."""
    match op:
        case "!" if isinstance(value, bool):
            return not value
        case "+" if not isinstance(value, bool | str):
            return value
        case "-" if isinstance(value, Complex):
            return Complex(-value.real, -value.imag)
        case "-" if isinstance(value, int | Fraction) and not isinstance(value, bool):
            return _bounded(-value, typ)
        case "^" if isinstance(value, int) and not isinstance(value, bool):
            under = basic(typ)
            lowest, highest = _RANGES.get(under, (-1, 0)) if under is not None else (-1, 0)
            return ~value if lowest else value ^ highest
        case _:
            return None


def shift(op: str, x: Value | None, y: Value | None, typ: t.Type) -> Value | None:
    """``x << y`` for an ``x`` of an integer type; an untyped one becomes an integer (Go spec, "Constant expressions")."""
    value, count = represent(x, typ), represent(y, t.UNTYPED["int"])
    if not isinstance(value, int) or not isinstance(count, int) or not 0 <= count <= MAX_SHIFT:
        return None
    return _bounded(value << count if op == "<<" else value >> count, typ)


def binary(op: str, x: Value | None, y: Value | None, typ: t.Type) -> Value | None:
    """An operation on two constants of a type, or untyped ones that get it; of a comparison, its truth."""
    left, right = represent(x, typ), represent(y, typ)
    if left is None or right is None:
        return None
    if op in _COMPARE:
        return _compared(op, left, right)
    if isinstance(left, bool) or isinstance(right, bool):
        both = isinstance(left, bool) and isinstance(right, bool) and op in ("&&", "||")
        return (left and right if op == "&&" else left or right) if both else None
    value = _arithmetic(op, left, right)
    return None if value is None else _bounded(value, typ)


def _bounded(value: Value, typ: t.Type) -> Value | None:
    if (
        isinstance(value, Fraction)
        and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_FLOAT_BITS
    ):
        return None
    if isinstance(value, str) and len(value) > MAX_STRING:
        return None
    return represent(value, typ)


_COMPARE = frozenset(("==", "!=", "<", "<=", ">", ">="))


def _compared(op: str, x: Value, y: Value) -> bool | None:
    if op in ("==", "!="):
        return (x == y) == (op == "==")
    if isinstance(x, str) and isinstance(y, str):
        a, b = to_bytes(x), to_bytes(y)
        less, same = a < b, a == b
    elif isinstance(x, int | Fraction) and isinstance(y, int | Fraction):
        less, same = x < y, x == y
    else:
        return None
    return {"<": less, "<=": less or same, ">": not less and not same, ">=": not less}[op]


def _arithmetic(op: str, x: Value, y: Value) -> Value | None:
    if isinstance(x, str) and isinstance(y, str):
        if op != "+" or len(x) + len(y) > MAX_STRING:
            return None
        return to_text(to_bytes(x) + to_bytes(y))
    if isinstance(x, bool | str) or isinstance(y, bool | str):
        return None
    if isinstance(x, int) and isinstance(y, int):
        return _of_integers(op, x, y)
    if isinstance(x, Complex) or isinstance(y, Complex):
        return _of_complex(op, x, y) if isinstance(x, Complex) and isinstance(y, Complex) else None
    match op:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "/" if y != 0:
            return x / Fraction(y)
        case _:
            return None


def _of_integers(op: str, x: int, y: int) -> int | None:
    """Division truncates toward zero, the remainder has the dividend's sign (Go spec, "Integer operators")."""
    match op:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "/" if y:
            return abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        case "%" if y:
            return abs(x) % abs(y) * (-1 if x < 0 else 1)
        case "&":
            return x & y
        case "|":
            return x | y
        case "^":
            return x ^ y
        case "&^":
            return x & ~y
        case _:
            return None


def _of_complex(op: str, x: Complex, y: Complex) -> Complex | None:
    match op:
        case "+":
            return Complex(x.real + y.real, x.imag + y.imag)
        case "-":
            return Complex(x.real - y.real, x.imag - y.imag)
        case "*":
            return Complex(x.real * y.real - x.imag * y.imag, x.real * y.imag + x.imag * y.real)
        case "/":
            size = y.real * y.real + y.imag * y.imag
            if size == 0:
                return None
            real = (x.real * y.real + x.imag * y.imag) / size
            return Complex(real, (x.imag * y.real - x.real * y.imag) / size)
        case _:
            return None
