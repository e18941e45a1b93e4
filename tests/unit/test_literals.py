"""How values are read from Go source and written as it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tracer.golang import types as t
from tracer.golang.types.constants import Complex, Value, float32
from tracer.golang.types.literals import as_go, unquote, value_of
from tracer.syntax import ast

FLOATS = [
    "0.25",
    "1.0",
    "-3.5",
    "0.0001",
    "1e-05",
    "100000000000000000000.0",
    "1e+21",
    "1.5e+300",
    "3.14159265358979323846264338327950288419716939937510582097494459",
    "0x1p-1074",
    "0x1.fffffffffffffp+1023",
    "1e+1000",
    "1e-1000",
    "1.0/3",
    "-2.0/7",
]


def read(kind: ast.LiteralKind, text: str) -> Value | None:
    return value_of(ast.BasicLit(kind, text, 0))


@pytest.mark.parametrize("text", FLOATS)
def test_untyped_floats_are_exact(text: str) -> None:
    over, _, under = text.removeprefix("-").partition("/")
    value = read("FLOAT", over)
    assert isinstance(value, Fraction)
    value = value / int(under or "1") * (-1 if text.startswith("-") else 1)
    assert as_go(value, t.UNTYPED["float"]) == text


@pytest.mark.parametrize(
    ("typ", "value", "text"),
    [
        ("float64", Fraction(0.1), "0.1"),
        ("float64", Fraction(5e-324), "5e-324"),
        ("float64", Fraction(2), "2.0"),
        ("float64", Fraction(1, 3), "1.0/3"),
        ("float32", float32(Fraction("0.1")), "0.1"),
        ("float32", float32(Fraction("16777217")), "16777216.0"),
        ("float32", Fraction(2) ** -149, "1e-45"),
        ("complex64", Complex(Fraction(float32(Fraction("0.1")) or 0), Fraction(0)), "(0.1 + 0i)"),
        ("complex128", Complex(Fraction(-1), Fraction(-0.1)), "(-1 - 0.1i)"),
        ("int32", 97, "97"),
        ("uint64", (1 << 64) - 1, "18446744073709551615"),
    ],
)
def test_typed_numbers(typ: str, value: Value, text: str) -> None:
    assert as_go(value, t.BASICS[typ]) == text


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("complex", Complex(Fraction(1), Fraction(2)), "(1 + 2i)"),
        ("complex", Complex(Fraction(1, 3), Fraction(-2, 3)), "(1.0/3 - 2i/3)"),
        ("bool", True, "true"),
        ("bool", False, "false"),
        ("int", -1, "-1"),
        ("int", 1 << 511, str(1 << 511)),
        ("rune", ord("a"), "'a'"),
        ("rune", ord("'"), r"'\''"),
        ("rune", ord('"'), "'\"'"),
        ("rune", 0, r"'\x00'"),
        ("rune", 0x1F600, "'😀'"),
        ("rune", -1, "-1"),
        ("rune", 0xD800, "55296"),
        ("rune", 0x110000, "1114112"),
        ("string", "", '""'),
        ("string", 'say "hi"\n', r'"say \"hi\"\n"'),
        (
            "string",
            "it's \\ \t\x00\x7f\u00ad\u2028\U000e0001",
            r'"it' + r"'s \\ \t\x00\x7f\u00ad\u2028\U000e0001" + '"',
        ),
        ("string", "ä\ufffd\udcff", '"ä\ufffd\\xff"'),
    ],
)
def test_untyped_values(kind: str, value: Value, text: str) -> None:
    assert as_go(value, t.UNTYPED[kind]) == text
    if kind == "string":
        assert unquote(text) == value


def test_more_digits_than_python_writes() -> None:
    digits = "1" * 4801
    large = (10**4801 - 1) // 9
    assert read("FLOAT", as_go(Fraction(large), t.UNTYPED["float"])) == large
    assert as_go(Fraction(-large, 7), t.UNTYPED["float"]) == f"-{digits}.0/7"
    assert as_go(Fraction(10) ** 4900, t.UNTYPED["float"]) == "1e+4900"


def test_bounds_on_literals() -> None:
    assert read("INT", str(1 << 512)) is None
    assert read("INT", "9" * 4500) is None
    assert read("IMAG", "9" * 4500 + "i") is None
    assert read("INT", str((1 << 512) - 1)) == (1 << 512) - 1


def test_the_nearest_float32() -> None:
    half = Fraction(1) + Fraction(1, 1 << 24)
    assert float32(half) == 1
    # Rounded to float64 first, it would be the even neighbour's.
    assert float32(half + Fraction(1, 1 << 80)) == 1 + Fraction(1, 1 << 23)
    assert float32(Fraction(1, 1 << 150)) == 0
    assert float32(Fraction(2) ** 128 - Fraction(2) ** 103) is None
