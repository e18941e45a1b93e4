"""How constants are written in Go: the values of literals (Go spec, "Lexical elements"), and the source of a value.

Every place that shows a value to people writes it with ``as_go``: Go source that, as a constant of the value's type, means
exactly the value.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from tracer.golang import types as t
from tracer.golang.types.constants import (
    MAX_BITS,
    MAX_EXPONENT,
    Complex,
    Value,
    basic,
    encoded,
    float32,
    is_rune,
    kind_of,
    to_bytes,
    to_text,
)
from tracer.syntax import ast

# Reading

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
_SIMPLE = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_HEX_FLOAT = re.compile(r"0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)")
_EXPONENT = re.compile(r"[eE]([+-]?\d+)$")


def value_of(lit: ast.BasicLit) -> Value | None:
    """The value of a basic literal; None for one that no compiler takes."""
    match lit.kind:
        case "STRING":
            return unquote(lit.value)
        case "CHAR":
            return _char(lit.value)
        case "INT":
            return _integer(lit.value)
        case "FLOAT":
            return _float(lit.value)
        case _:
            number = _imaginary(lit.value[:-1])
            return None if number is None else Complex(Fraction(0), number)


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
            out.append(encoded(int(short or long, 16)))
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
        value = int(text, 8) if legacy else int(text, 0)
    except ValueError:
        return None
    return value if value.bit_length() <= MAX_BITS else None


def _float(text: str) -> Fraction | None:
    text = text.replace("_", "")
    found = _HEX_FLOAT.fullmatch(text)
    if found:
        whole, part, exponent = found.groups()
        power = _power(exponent) - 4 * len(part)
        return Fraction(int(whole + part or "0", 16)) * Fraction(2) ** power if abs(power) < MAX_EXPONENT else None
    scale = _EXPONENT.search(text)
    if (scale and abs(_power(scale.group(1))) > MAX_EXPONENT) or len(text) > MAX_EXPONENT:
        return None
    try:
        return Fraction(text)
    except ValueError:
        return None


def _power(digits: str) -> int:
    """An exponent; one of so many digits that no file makes up for it stands for all beyond it."""
    number = digits.lstrip("+-0")
    return (-1 if digits.startswith("-") else 1) * (int(number or "0") if len(number) < 12 else 10**12)


def _imaginary(text: str) -> Fraction | None:
    """The digits before the ``i``: decimal, for backward compatibility, even where it begins with a zero."""
    digits = text.replace("_", "")
    if not digits.isdigit():
        number = _integer(text)
        return _float(text) if number is None else Fraction(number)
    return _float(digits)


# Writing

_SHORT = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 92: "\\\\"}
# A decimal fraction of more digits is written in hexadecimal, where that is exact as well.
_MAX_DIGITS = 100
# As ``fmt`` writes a float: with an exponent outside of these powers of ten.
_PLAIN = range(-4, 21)
_CHUNK = 4000


def as_go(value: Value, typ: t.Type) -> str:
    """A constant of a type as Go source.

    Strings and untyped runes are quoted as ``strconv`` quotes them, integers are decimal. A typed float is the shortest
    decimal that its type rounds to the value; an untyped one its exact decimal, hexadecimal or quotient.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quote(value)
        case Complex():
            part = {"complex64": "float32", "complex128": "float64"}.get(_name(typ), "")
            sign = "-" if value.imag < 0 else "+"
            return f"({_float_text(value.real, part)} {sign} {_float_text(abs(value.imag), part, 'i')})"
        case int() if kind_of(typ) != "float":
            rune = typ is t.UNTYPED["rune"] and is_rune(value)
            return f"'{_escaped(value, 39)}'" if rune else _decimal(value)
        case _:
            text = _float_text(Fraction(value), _name(typ))
            return text + ".0" if re.fullmatch(r"-?\d+", text) else text


def quote(text: str) -> str:
    """A string as a Go literal (strconv.Quote)."""
    return f'"{"".join(_escaped(ord(char), 34) for char in text)}"'


def _escaped(code: int, mark: int) -> str:
    if code in _SHORT:
        return _SHORT[code]
    if code == mark:
        return "\\" + chr(code)
    if 0xDC80 <= code <= 0xDCFF:
        # A byte that is no UTF-8 (constants.to_text).
        return f"\\x{code - 0xDC00:02x}"
    if chr(code).isprintable():
        return chr(code)
    if code < 32 or code == 127:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _name(typ: t.Type) -> str:
    under = basic(typ)
    return under.name if under is not None else ""


def _float_text(value: Fraction, name: str, unit: str = "") -> str:
    """A float of the type of this name; ``unit`` is the ``i`` of an imaginary part."""
    short = _shortest(value, name)
    if short is not None:
        return _positional(*short) + unit
    twos, rest = _split(value.denominator, 2)
    fives, rest = _split(rest, 5)
    if rest == 1:
        scale = max(twos, fives)
        digits = _decimal(abs(value.numerator) * 10**scale // value.denominator)
        kept = digits.rstrip("0")
        if len(kept) <= _MAX_DIGITS:
            return _positional(value < 0, kept, len(digits) - scale) + unit
        if not fives:
            return _hexadecimal(value) + unit
    numerator = _decimal(value.numerator)
    return f"{numerator}{unit or '.0'}/{_decimal(value.denominator)}" if value.denominator != 1 else numerator + unit


def _shortest(value: Fraction, name: str) -> tuple[bool, str, int] | None:
    """The shortest decimal that rounds to a value of float32 or float64."""
    if name == "float64" and abs(value) < 1 << 1024 and Fraction(found := float(value)) == value:
        return _digits(repr(found))
    if name == "float32" and float32(value) == value:
        for precision in range(9):
            text = f"{float(value):.{precision}e}"
            if float32(Fraction(text)) == value:
                return _digits(text)
    return None


def _digits(text: str) -> tuple[bool, str, int]:
    """Sign, digits, and how many of them stand before the point."""
    sign, digits, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int)
    written = "".join(map(str, digits))
    return bool(sign), written.rstrip("0"), len(written) + exponent


def _positional(negative: bool, digits: str, point: int) -> str:
    """A decimal with its point, or with an exponent where it is very large or small (fmt, ``%v``)."""
    sign = "-" if negative else ""
    if not digits:
        return "0"
    if point - 1 not in _PLAIN:
        fraction = "." + digits[1:] if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{point - 1:+03d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    whole, part = digits[:point].ljust(point, "0"), digits[point:]
    return f"{sign}{whole}.{part}" if part else sign + whole


def _hexadecimal(value: Fraction) -> str:
    """A binary fraction, as ``strconv`` formats a float with ``x``."""
    mantissa, zeros = _split(abs(value.numerator), 2)[::-1]
    bits = mantissa.bit_length() - 1
    exponent = bits + zeros - (value.denominator.bit_length() - 1)
    part = (mantissa - (1 << bits)) << (-bits % 4)
    digits = f".{part:0{-(-bits // 4)}x}" if part else ""
    return f"{'-' if value < 0 else ''}0x1{digits}p{exponent:+03d}"


def _split(number: int, factor: int) -> tuple[int, int]:
    """How often a number can be divided by a factor, and what is left."""
    count = 0
    while number and number % factor == 0:
        number //= factor
        count += 1
    return count, number


def _decimal(number: int) -> str:
    """An integer in decimal, however large: Python itself writes no more than 4,300 digits."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    chunks: list[str] = []
    while number.bit_length() > 3 * _CHUNK:
        number, rest = divmod(number, 10**_CHUNK)
        chunks.append(f"{rest:0{_CHUNK}d}")
    return "".join((sign, str(number), *reversed(chunks)))
