"""What somebody may have meant by a name that means nothing: what a program declares under names like it, nearest first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from tracer.golang import types as t
from tracer.golang.load.package import File
from tracer.golang.names import last, normal
from tracer.golang.program import Analysis, Declared

_FUNCTION = re.compile(rb"^func (?:\([^)\n]*\)\s*)?([\w\x80-\xff]+)", re.MULTILINE)
_SINGLE = re.compile(rb"^(?:const|type|var) ([\w\x80-\xff]+)", re.MULTILINE)
_GROUP = re.compile(rb"^(?:const|type|var) \((.*?)^\)", re.MULTILINE | re.DOTALL)
_IN_GROUP = re.compile(rb"^\t([\w\x80-\xff]+(?:, [\w\x80-\xff]+)*)", re.MULTILINE)
_METHOD = rb"^func \(\s*(?:[\w\x80-\xff]+\s+)?\*?\s*%s(?:\[[^\]\n]*\])?\s*\)\s*([\w\x80-\xff]+)"
_LIKE = 0.6
"""How much of a name has to be like what was typed (difflib's ratio)."""
_NAMES = 8

Similar = Declared | t.TypeName


def close_names(files: Iterable[File], text: str) -> list[str]:
    """The declared names like the last part of a misspelt one, nearest first."""
    lowered: dict[str, list[str]] = {}
    for name in sorted(set(_names(files))):
        lowered.setdefault(name.lower(), []).append(name)
    close = difflib.get_close_matches(last(normal(text)).lower(), lowered, n=_NAMES, cutoff=_LIKE)
    return [spelt for name in close for spelt in lowered[name]]


def similar(analysis: Analysis, names: Iterable[str]) -> dict[str, Similar]:
    """What a program declares under some names, by full name."""
    return {obj.full_name: obj for name in names for obj in (*analysis.find(name), *analysis.find_types(name))}


def unlikeness(full_name: str, wanted: str) -> tuple[bool, float, float, str]:
    """How unlike a name is to what was typed: its last part but for case, its last part, and as many parts as were typed."""
    parts = re.split(r"[./]", normal(full_name))
    count = len(re.split(r"[./]", wanted))
    name, typed = parts[-1].lower(), last(wanted).lower()
    ratio = difflib.SequenceMatcher(None, ".".join(parts[-count:]).lower(), wanted.lower()).ratio()
    return name != typed, -difflib.SequenceMatcher(None, name, typed).ratio(), -ratio, full_name


def methods_of(analysis: Analysis, typ: t.TypeName) -> list[Declared]:
    """The methods that are declared for a type, in the order of its package's files."""
    if typ.package is None:
        return []
    pattern = re.compile(_METHOD % re.escape(typ.name.encode()), re.MULTILINE)
    names = [m.group(1).decode("utf-8", "replace") for file in typ.package.files for m in pattern.finditer(file.source)]
    return [obj for name in dict.fromkeys(names) for obj in analysis.find(f"{typ.full_name}.{name}")]


def _names(files: Iterable[File]) -> Iterator[str]:
    """The names that files declare, as text."""
    for file in files:
        for pattern in (_FUNCTION, _SINGLE):
            for match in pattern.finditer(file.source):
                yield match.group(1).decode("utf-8", "replace")
        for group in _GROUP.finditer(file.source):
            for match in _IN_GROUP.finditer(group.group(1)):
                yield from match.group(1).decode("utf-8", "replace").split(", ")
