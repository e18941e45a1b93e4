"""Constant values, exactly (Go spec, "Constants"; go/constant): booleans, strings, integers, rationals, complex.

Arithmetic is on Python's unbounded integers and on fractions, so no value is rounded before a type asks for it.
Values beyond any real program's (``1 << 1000000000``) are not computed: they are no ``Constant``.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from tracer.golang import types as t
from tracer.syntax import ast


@dataclass(frozen=True, slots=True)
class Complex:
    real: Fraction
    imag: Fraction


Value = bool | str | int | Fraction | Complex
_Number = int | Fraction | Complex

MAX_BITS = 1 << 14
MAX_EXPONENT = 5000
MAX_STRING = 1 << 20
_MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class Constant:
    """A value and its type, which may be untyped. Strings that are no UTF-8 hold their bytes as surrogates."""

    value: Value
    type: t.Type


# Literals

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
_SIMPLE = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _rune(code: int) -> bytes:
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return chr(code).encode()


def unquote(literal: str) -> str:
    """The text of a string literal (Go spec, "String literals")."""
    if literal.startswith("`"):
        return literal[1:-1].replace("\r", "")
    text = literal[1:-1]
    if "\\" not in text:
        return text
    out: list[bytes] = []
    at = 0
    for found in _ESCAPE.finditer(text):
        out.append(to_bytes(text[at : found.start()]))
        at = found.end()
        byte, short, long, octal, simple = found.groups()
        if byte or octal:
            out.append(bytes([int(byte, 16) if byte else int(octal, 8) & 255]))
        elif short or long:
            out.append(_rune(int(short or long, 16)))
        else:
            out.append(bytes([_SIMPLE[simple]]) if simple in _SIMPLE else simple.encode("utf-8", "replace"))
    out.append(to_bytes(text[at:]))
    return to_text(b"".join(out))


def _char(literal: str) -> int | None:
    text = literal[1:-1]
    found = _ESCAPE.fullmatch(text)
    if found is None:
        return ord(text) if len(text) == 1 else None
    byte, short, long, octal, simple = found.groups()
    code = byte or short or long
    if code:
        return int(code, 16)
    return int(octal, 8) if octal else _SIMPLE.get(simple, ord(simple))


def _integer(text: str) -> int | None:
    text = text.replace("_", "")
    legacy = len(text) > 1 and text[0] == "0" and text.isdigit()
    try:
        return int(text, 8) if legacy else int(text, 0)
    except ValueError:
        return None


_HEX_FLOAT = re.compile(r"0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)")
_EXPONENT = re.compile(r"[eE]([+-]?\d+)$")


def _float(text: str) -> Fraction | None:
    text = text.replace("_", "")
    found = _HEX_FLOAT.fullmatch(text)
    if found:
        whole, part, exponent = found.groups()
        power = int(exponent) - 4 * len(part)
        return Fraction(int(whole + part or "0", 16)) * Fraction(2) ** power if abs(power) < MAX_EXPONENT else None
    scale = _EXPONENT.search(text)
    if (scale and abs(int(scale.group(1))) > MAX_EXPONENT) or len(text) > MAX_EXPONENT:
        return None
    try:
        return Fraction(text)
    except ValueError:
        return None


def literal(lit: ast.BasicLit) -> Constant | None:
    """The value of a basic literal."""
    value: Value | None
    match lit.kind:
        case "STRING":
            return Constant(unquote(lit.value), t.UNTYPED["string"])
        case "CHAR":
            value, kind = _char(lit.value), "rune"
        case "INT":
            value, kind = _integer(lit.value) if len(lit.value) < MAX_EXPONENT else None, "int"
        case "FLOAT":
            value, kind = _float(lit.value), "float"
        case _:
            text = lit.value[:-1]
            number = int(text.replace("_", "")) if text.replace("_", "").isdigit() else _integer(text) or _float(text)
            value, kind = (None if number is None else Complex(Fraction(0), Fraction(number))), "complex"
    return None if value is None else Constant(value, t.UNTYPED[kind])


# Types of constants

_RANK = {"untyped int": 0, "untyped rune": 1, "untyped float": 2, "untyped complex": 3}
_BITS = {"8": 8, "16": 16, "32": 32, "64": 64, "": 64, "ptr": 64}


def basic(typ: t.Type) -> t.Basic | None:
    """The predeclared type below a type, if a constant can have it."""
    under = t.underlying(typ)
    return under if isinstance(under, t.Basic) and under is not t.UNKNOWN and under is not t.UNTYPED_NIL else None


def kind_of(typ: t.Type) -> str:
    """bool, string, int, float, complex, or "" for a type that no constant has."""
    under = basic(typ)
    if under is None:
        return ""
    name = under.name.removeprefix("untyped ")
    if name == "rune" or name.startswith(("int", "uint")):
        return "int"
    for kind in ("float", "complex", "string", "bool"):
        if name.startswith(kind):
            return kind
    return ""


def wider(a: t.Type, b: t.Type) -> t.Type:
    """The type of an operation on two untyped constants of different kinds."""
    if isinstance(a, t.Basic) and isinstance(b, t.Basic) and a.name in _RANK and b.name in _RANK:
        return a if _RANK[a.name] >= _RANK[b.name] else b
    return a


def _float32(value: Fraction) -> Fraction | None:
    try:
        return Fraction(struct.unpack("<f", struct.pack("<f", float(value)))[0])
    except (OverflowError, ValueError):
        return None


def _rounded(value: Fraction, name: str) -> Fraction | None:
    if name in ("float32", "complex64"):
        return _float32(value)
    if name in ("float64", "complex128"):
        try:
            return Fraction(float(value))
        except OverflowError:
            return None
    return value


def _real(value: Value) -> Fraction | None:
    if isinstance(value, Complex):
        return value.real if value.imag == 0 else None
    return Fraction(value) if isinstance(value, int | Fraction) else None


def represent(value: Value, typ: t.Type) -> Value | None:
    """A value as one of a type (Go spec, "Representability"); None where it is not representable."""
    under = basic(typ)
    if under is None:
        return None
    kind = kind_of(under)
    if kind in ("bool", "string"):
        return value if isinstance(value, bool if kind == "bool" else str) else None
    if isinstance(value, bool | str):
        return None
    if kind == "complex":
        value = value if isinstance(value, Complex) else Complex(Fraction(value), Fraction(0))
        real, imag = _rounded(value.real, under.name), _rounded(value.imag, under.name)
        return None if real is None or imag is None else Complex(real, imag)
    real = _real(value)
    if real is None:
        return None
    if kind == "float":
        return _rounded(real, under.name)
    if real.denominator != 1:
        return None
    return real.numerator if under.untyped or _fits(real.numerator, under.name) else None


def _fits(value: int, name: str) -> bool:
    unsigned = name.startswith("uint")
    bits = _BITS.get(name.removeprefix("uint" if unsigned else "int"), 64)
    return 0 <= value < 1 << bits if unsigned else -(1 << bits - 1) <= value < 1 << bits - 1


def convert(x: Constant, typ: t.Type) -> Constant | None:
    """The conversion ``T(x)`` of a constant (Go spec, "Conversions")."""
    if kind_of(typ) == "string" and isinstance(x.value, int) and not isinstance(x.value, bool):
        code = x.value if 0 <= x.value <= 0x10FFFF else 0xFFFD
        return Constant(_rune(code).decode(), typ)
    value = represent(x.value, typ)
    return None if value is None else Constant(value, typ)


# Operations


def unary(op: str, x: Constant) -> Constant | None:
    value = x.value
    match op:
        case "!" if isinstance(value, bool):
            return Constant(not value, x.type)
        case "+" if not isinstance(value, bool | str):
            return x
        case "-" if isinstance(value, Complex):
            return Constant(Complex(-value.real, -value.imag), x.type)
        case "-" if isinstance(value, int | Fraction) and not isinstance(value, bool):
            return Constant(-value, x.type)
        case "^" if isinstance(value, int) and not isinstance(value, bool):
            under = basic(x.type)
            if under is not None and under.name.startswith("uint"):
                bits = _BITS.get(under.name.removeprefix("uint"), 64)
                return Constant(value ^ ((1 << bits) - 1), x.type)
            return Constant(~value, x.type)
        case _:
            return None


def shift(op: str, x: Constant, y: Constant) -> Constant | None:
    """``x << y``; an untyped operand becomes an integer (Go spec, "Constant expressions")."""
    value, count = represent(x.value, t.UNTYPED["int"]), represent(y.value, t.UNTYPED["int"])
    if not isinstance(value, int) or not isinstance(count, int) or not 0 <= count <= MAX_BITS:
        return None
    typ = t.UNTYPED["int"] if basic(x.type) is x.type and x.type in _FLOATING else x.type
    return _bounded(value << count if op == "<<" else value >> count, typ)


_FLOATING = (t.UNTYPED["float"], t.UNTYPED["complex"])


def _bounded(value: Value, typ: t.Type) -> Constant | None:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        return None
    if isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        return None
    if isinstance(value, str) and len(value) > MAX_STRING:
        return None
    under = basic(typ)
    if under is not None and not under.untyped:
        kept = represent(value, typ)
        return None if kept is None else Constant(kept, typ)
    return Constant(value, typ)


def binary(op: str, x: Constant, y: Constant) -> Constant | None:
    """An operation on two constants, the untyped one converted to the other's type."""
    if op in ("<<", ">>"):
        return shift(op, x, y)
    typ = _common(x.type, y.type)
    left, right = represent(x.value, typ), represent(y.value, typ)
    if left is None or right is None:
        return None
    if op in _COMPARE:
        return _compared(op, left, right)
    if op in ("&&", "||") and isinstance(left, bool) and isinstance(right, bool):
        return Constant(left and right if op == "&&" else left or right, typ)
    value = _arithmetic(op, left, right)
    return None if value is None else _bounded(value, typ)


def _common(a: t.Type, b: t.Type) -> t.Type:
    if isinstance(a, t.Basic) and a.untyped:
        return wider(a, b) if isinstance(b, t.Basic) and b.untyped else b
    return a


_COMPARE = frozenset(("==", "!=", "<", "<=", ">", ">="))


def _compared(op: str, x: Value, y: Value) -> Constant | None:
    untyped = t.UNTYPED["bool"]
    if op in ("==", "!="):
        return Constant((x == y) == (op == "=="), untyped)
    if isinstance(x, str) and isinstance(y, str):
        a, b = to_bytes(x), to_bytes(y)
        less, same = a < b, a == b
    elif isinstance(x, int | Fraction) and isinstance(y, int | Fraction):
        less, same = x < y, x == y
    else:
        return None
    return Constant({"<": less, "<=": less or same, ">": not less and not same, ">=": not less}[op], untyped)


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


# Sizes (go/types' gcsizes for a 64-bit machine)


def size_of(typ: t.Type, depth: int = 0) -> tuple[int, int] | None:
    """Size and alignment of a type in bytes, where pointers have eight."""
    under = t.underlying(typ)
    if depth > _MAX_DEPTH:
        return None
    match under:
        case t.Basic():
            return _basic_size(under)
        case t.Slice():
            return 24, 8
        case t.Interface():
            return 16, 8
        case t.Pointer() | t.Map() | t.Chan() | t.Signature():
            return 8, 8
        case t.Array():
            elem = size_of(under.elem, depth + 1)
            return None if elem is None or under.length is None else (elem[0] * under.length, elem[1])
        case t.Struct():
            return _struct_size(under, depth)
        case _:
            return None


def _basic_size(typ: t.Basic) -> tuple[int, int] | None:
    name = typ.name
    if name in ("bool", "int8", "uint8"):
        return 1, 1
    if name == "string":
        return 16, 8
    if name.startswith("complex"):
        bits = int(name[7:])
        return bits // 8, bits // 16
    if typ.untyped or typ is t.UNKNOWN:
        return None
    digits = re.sub(r"\D", "", name)
    size = int(digits) // 8 if digits else 8
    return size, size


def _struct_size(typ: t.Struct, depth: int) -> tuple[int, int] | None:
    offset, alignment, last = 0, 1, 1
    for f in typ.fields:
        found = size_of(f.type, depth + 1)
        if found is None:
            return None
        last, align = found
        offset = _aligned(offset, align) + last
        alignment = max(alignment, align)
    # A trailing field of size zero is padded, so that its address stays inside.
    offset += 1 if typ.fields and last == 0 and offset else 0
    return _aligned(offset, alignment), alignment


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment


def _offset_of(args: Sequence[ast.Expr], names: Names) -> Constant | None:
    """``unsafe.Offsetof`` of a field that the struct itself declares."""
    e = args[0]
    under = t.underlying(t.deref(names.type_of(e.x))) if isinstance(e, ast.Selector) else None
    if not isinstance(e, ast.Selector) or not isinstance(under, t.Struct):
        return None
    offset = 0
    for f in under.fields:
        found = size_of(f.type)
        if found is None:
            return None
        offset = _aligned(offset, found[1])
        if f.name == e.sel.name:
            return Constant(offset, t.BASICS["uintptr"])
        offset += found[0]
    return None


# Expressions


class Names(Protocol):
    """What the names of a constant expression mean where it stands."""

    def constant(self, e: ast.Ident | ast.Selector) -> Constant | None: ...

    def type(self, e: ast.Expr) -> t.Type | None:
        """The type that an expression denotes, or None if it denotes none."""

    def type_of(self, e: ast.Expr) -> t.Type: ...

    def builtin(self, e: ast.Expr) -> str: ...


def evaluate(e: ast.Expr, names: Names) -> Constant | None:
    """The value of a constant expression; None if it is none."""
    match e:
        case ast.BasicLit():
            return literal(e)
        case ast.Ident() | ast.Selector():
            return names.constant(e)
        case ast.Unary():
            x = evaluate(e.x, names)
            return unary(e.op, x) if x is not None else None
        case ast.Binary():
            return _evaluate_chain(e, names)
        case ast.Call():
            return _evaluate_call(e, names)
        case _:
            return None


def _evaluate_chain(e: ast.Binary, names: Names) -> Constant | None:
    """``a + b + c …`` leans to the left: its left edge is followed without recursion."""
    chain: list[ast.Binary] = []
    at: ast.Expr = e
    while isinstance(at, ast.Binary):
        chain.append(at)
        at = at.x
    value = evaluate(at, names)
    for node in reversed(chain):
        if value is None:
            return None
        right = evaluate(node.y, names)
        value = binary(node.op, value, right) if right is not None else None
    return value


def _evaluate_call(e: ast.Call, names: Names) -> Constant | None:
    name = names.builtin(e.fun)
    if name:
        call = _BUILTINS.get(name)
        return call(e.args, names) if call is not None and e.args else None
    typ = names.type(e.fun) if len(e.args) == 1 else None
    if typ is None or not kind_of(typ):
        return None
    x = evaluate(e.args[0], names)
    return convert(x, typ) if x is not None else None


def _length(args: Sequence[ast.Expr], names: Names) -> Constant | None:
    """``len`` of a constant string, or of an array that is not computed (Go spec, "Length and capacity")."""
    x = evaluate(args[0], names)
    if x is not None:
        return Constant(len(to_bytes(x.value)), t.BASICS["int"]) if isinstance(x.value, str) else None
    if not still(args[0]):
        return None
    under = t.underlying(t.deref(names.type_of(args[0])))
    return Constant(under.length, t.BASICS["int"]) if isinstance(under, t.Array) and under.length is not None else None


def still(e: ast.Expr) -> bool:
    """Whether an expression neither calls nor receives; literals of arrays count as still."""
    while isinstance(e, ast.Selector | ast.Index | ast.Star):
        if isinstance(e, ast.Index) and not all(still(i) for i in e.indices):
            return False
        e = e.x
    return isinstance(e, ast.Ident | ast.BasicLit) or (
        isinstance(e, ast.CompositeLit) and all(still(pair.value) for pair in e.elements)
    )


def _measure(part: int) -> Callable[[Sequence[ast.Expr], Names], Constant | None]:
    def measure(args: Sequence[ast.Expr], names: Names) -> Constant | None:
        found = size_of(t.default_type(names.type_of(args[0])))
        return Constant(found[part], t.BASICS["uintptr"]) if found is not None else None

    return measure


def _extreme(op: str) -> Callable[[Sequence[ast.Expr], Names], Constant | None]:
    def extreme(args: Sequence[ast.Expr], names: Names) -> Constant | None:
        best: Constant | None = None
        for arg in args:
            x = evaluate(arg, names)
            if x is None:
                return None
            if best is None:
                best = x
                continue
            smaller = binary(op, x, best)
            typ = _common(best.type, x.type)
            kept = represent((x if smaller is not None and smaller.value else best).value, typ)
            best = None if kept is None else Constant(kept, typ)
            if best is None:
                return None
        return best

    return extreme


_PART = {"untyped int", "untyped rune", "untyped float", "untyped complex"}


def _component(imaginary: bool) -> Callable[[Sequence[ast.Expr], Names], Constant | None]:
    def component(args: Sequence[ast.Expr], names: Names) -> Constant | None:
        x = evaluate(args[0], names)
        value = represent(x.value, t.UNTYPED["complex"]) if x is not None else None
        if x is None or not isinstance(value, Complex):
            return None
        under = basic(x.type)
        name = under.name if under else ""
        typ = t.UNTYPED["float"] if name in _PART else t.BASICS["float32" if name == "complex64" else "float64"]
        return Constant(value.imag if imaginary else value.real, typ)

    return component


def _complex(args: Sequence[ast.Expr], names: Names) -> Constant | None:
    if len(args) != 2:
        return None
    x, y = evaluate(args[0], names), evaluate(args[1], names)
    if x is None or y is None:
        return None
    real, imag = _real(x.value), _real(y.value)
    under = basic(_common(x.type, y.type))
    if real is None or imag is None or under is None:
        return None
    typ = t.UNTYPED["complex"] if under.untyped else t.BASICS["complex64" if under.name == "float32" else "complex128"]
    return Constant(Complex(real, imag), typ)


_BUILTINS: dict[str, Callable[[Sequence[ast.Expr], Names], Constant | None]] = {
    "cap": _length,
    "complex": _complex,
    "imag": _component(True),
    "len": _length,
    "max": _extreme(">"),
    "min": _extreme("<"),
    "real": _component(False),
    "unsafe.Alignof": _measure(1),
    "unsafe.Offsetof": _offset_of,
    "unsafe.Sizeof": _measure(0),
}


def exact(value: Value) -> str:
    """A value as go/constant's ExactString writes it; strings in Python's repr are not meant for people."""
    match value:
        case bool():
            return "true" if value else "false"
        case Complex():
            return f"({exact(_whole(value.real))} + {exact(_whole(value.imag))}i)"
        case Fraction():
            return exact(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
        case str():
            return quote(value)
        case _:
            return str(value)


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


_QUOTED = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 34: '\\"', 92: "\\\\"}


def quote(text: str) -> str:
    """A string as a Go literal (strconv.Quote)."""
    out: list[str] = []
    for char in text:
        code = ord(char)
        if code in _QUOTED:
            out.append(_QUOTED[code])
        elif 0xDC80 <= code <= 0xDCFF:
            out.append(f"\\x{code - 0xDC00:02x}")
        elif char.isprintable():
            out.append(char)
        elif code < 32 or code == 127:
            out.append(f"\\x{code:02x}")
        else:
            out.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return f'"{"".join(out)}"'
