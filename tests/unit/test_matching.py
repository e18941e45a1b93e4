"""What type parameters stand for where a type is another, and types that are one but for the names of theirs."""

from __future__ import annotations

import pytest

from tracer.golang import types as t
from tracer.golang.types.matching import is_renamed, match

K, V, OTHER = (t.TypeParam(name, t.EMPTY_INTERFACE) for name in ("K", "V", "K"))
INT, TEXT = t.BASICS["int"], t.BASICS["string"]


def func(*params: t.Type) -> t.Signature:
    return t.signature(params, (), variadic=False)


@pytest.mark.parametrize(
    ("pattern", "typ", "bound"),
    [
        (K, INT, {K: INT}),
        (t.map_of(K, t.slice_of(V)), t.map_of(TEXT, t.slice_of(INT)), {K: TEXT, V: INT}),
        (func(K, V), func(INT, INT), {K: INT, V: INT}),
        (func(K, K), func(INT, INT), {K: INT}),
        (func(K, K), func(INT, TEXT), None),
        (t.slice_of(K), INT, None),
        (t.pointer(K), t.slice_of(INT), None),
        # What is not known, or has type parameters itself, tells nothing and excludes nothing.
        (func(K, V), func(t.UNKNOWN, t.slice_of(OTHER)), {}),
        (t.slice_of(K), t.UNKNOWN, {}),
        (INT, INT, {}),
        (INT, TEXT, None),
    ],
)
def test_match(pattern: t.Type, typ: t.Type, bound: dict[t.TypeParam, t.Type] | None) -> None:
    assert match(pattern, typ) == bound


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (K, OTHER, True),
        (func(t.slice_of(K)), func(t.slice_of(OTHER)), True),
        (t.map_of(K, V), t.map_of(OTHER, INT), False),
        (t.map_of(K, INT), t.map_of(OTHER, INT), True),
        (K, t.slice_of(OTHER), False),
        (K, INT, False),
        (t.array_of(K, 2), t.array_of(OTHER, 3), False),
        (func(K), func(K, K), False),
    ],
)
def test_renamed(a: t.Type, b: t.Type, same: bool) -> None:
    assert is_renamed(a, b) is same
    assert is_renamed(b, a) is same
