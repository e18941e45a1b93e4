"""Sizes and alignments of types (go/types' gcsizes for a 64-bit machine)."""

from __future__ import annotations

import re

from tracer.golang import types as t

_MAX_DEPTH = 200


_Size = tuple[int, int] | None


def size_of(typ: t.Type) -> _Size:
    """Size and alignment of a type in bytes, where pointers have eight."""
    return _size_of(typ, {}, 0)


def _size_of(typ: t.Type, known: dict[t.Type, _Size], depth: int) -> _Size:
    """The same. Types share their parts: what is ``known`` of each is found once; one that holds itself has no size."""
    under = t.underlying(typ)
    if under not in known:
        known[under] = None
        known[under] = _found(under, known, depth + 1) if depth <= _MAX_DEPTH else None
    return known[under]


def _found(under: t.Type, known: dict[t.Type, _Size], depth: int) -> _Size:
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
            elem = _size_of(under.elem, known, depth)
            return None if elem is None or under.length is None else (elem[0] * under.length, elem[1])
        case t.Struct():
            return _struct_size(under, known, depth)
        case _:
            return None


def _basic_size(typ: t.Basic) -> _Size:
    name = typ.name
    if name in ("bool", "int8", "uint8"):
        return 1, 1
    if name == "string":
        return 16, 8
    if name.startswith("complex"):
        bits = int(name[7:])
        return bits // 8, bits // 16
    if typ.untyped or t.is_unknown(typ):
        return None
    digits = re.sub(r"\D", "", name)
    size = int(digits) // 8 if digits else 8
    return size, size


def _struct_size(typ: t.Struct, known: dict[t.Type, _Size], depth: int) -> _Size:
    offset, alignment, last = 0, 1, 1
    for f in typ.fields:
        found = _size_of(f.type, known, depth)
        if found is None:
            return None
        last, align = found
        offset = _aligned(offset, align) + last
        alignment = max(alignment, align)
    # A trailing field of size zero is padded, so that its address stays inside.
    offset += 1 if typ.fields and last == 0 and offset else 0
    return _aligned(offset, alignment), alignment


def offset_of(typ: t.Type, path: tuple[t.Field, ...]) -> int | None:
    """Where a field lies in a struct, by way of embedded ones."""
    offset = 0
    for wanted in path:
        under = t.underlying(typ)
        found = _offset_in(under, wanted) if isinstance(under, t.Struct) else None
        if found is None:
            return None
        offset += found
        typ = wanted.type
    return offset


def _offset_in(typ: t.Struct, wanted: t.Field) -> int | None:
    offset = 0
    for f in typ.fields:
        found = size_of(f.type)
        if found is None:
            return None
        offset = _aligned(offset, found[1])
        if f is wanted:
            return offset
        offset += found[0]
    return None


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment
