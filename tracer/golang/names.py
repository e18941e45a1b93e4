"""The names of symbols: as records have them, as people type them, and as other tools print them.

A record has the import path (``example.com/m/run.(*T).M``), and numbers a function literal as go/ssa does (``run.build$1``). People
leave out the path, its beginning, and the marks of a receiver; a stack trace has the package's name for that of a main package's
directory, ``[...]`` for type arguments, and ``build.func1.2`` for a literal (runtime.Frame, cmd/compile's closure names).
"""

from __future__ import annotations

import re

from tracer.model import Symbol

_MARKS = re.compile(r"[()*]")
_BRACKETS = re.compile(r"([\[\]])")
_RUNTIME_LITERAL = re.compile(r"\.func(\d+)((?:\.\d+)*)$")


def normal(name: str) -> str:
    """A name without parentheses, stars and type arguments, as people type it."""
    name = _MARKS.sub("", name.strip())
    if "[" not in name:
        return name
    kept: list[str] = []
    opened: list[int] = []
    for part in _BRACKETS.split(name):
        if part == "[":
            opened.append(len(kept))
        if part == "]" and opened:
            del kept[opened.pop() :]
        else:
            kept.append(part)
    return "".join(kept)


def spellings(text: str) -> tuple[str, ...]:
    """What a name that somebody typed may be, normalised, the likelier first: a literal's name in a stack trace is one of go/ssa's."""
    wanted = normal(text)
    told = _RUNTIME_LITERAL.sub(lambda m: f"${m[1]}" + m[2].replace(".", "$"), wanted)
    return (wanted,) if told == wanted else (wanted, told)


def split_literal(name: str) -> tuple[str, str]:
    """The name of the declared function that a literal stands in, and what comes after it (``$1$2``), if it is one."""
    end = len(name)
    while (at := name.rfind("$", 0, end)) >= 0 and name[at + 1 : end].isdecimal():
        end = at
    return name[:end], name[end:]


def called(full_name: str, path: str, package: str) -> str:
    """A record's name with the package's name in Go for its import path, where its folder is called otherwise; empty where it is not.

    All programs are called ``main``, so theirs is their folder's.
    """
    if package in ("", "main", path.rpartition("/")[2]):
        return ""
    return full_name.replace(f"{path}.", f"{package}.", 1)


def fits(symbol: Symbol, wanted: str) -> bool:
    """Whether ``wanted`` (normalised) is a symbol's full name or a suffix of it at a boundary, its package's name in Go included."""
    return matches(symbol.name, wanted) or (bool(symbol.called) and matches(symbol.called, wanted))


def last(name: str) -> str:
    """The last part of a name."""
    return re.split(r"[./]", name)[-1]


def matches(full_name: str, wanted: str) -> bool:
    """Whether ``wanted`` (normalised) is the full name or a suffix of it at a boundary."""
    full = normal(full_name)
    if full == wanted:
        return True
    return full.endswith(wanted) and full[-len(wanted) - 1] in "./"


def means(full_name: str, wanted: str, path: str, package: str) -> bool:
    """The same of what a package declares, whose name in Go may stand for its import ``path``: ``main.run``."""
    if matches(full_name, wanted):
        return True
    inside = normal(full_name).removeprefix(path)
    return inside.startswith(".") and package + inside == wanted
