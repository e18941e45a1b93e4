"""Looks for regular expressions whose time grows faster than their input: python bench/patterns.py

All patterns of the tree are tried: those that modules hold, those that are written where they are used, and samples of those that are
put together there. Their inputs are made of what they look for, repeated. What takes a moment is measured: four times the input may take
at most nine times as long, which is twice a ratio of three. Prints each pattern that takes more, with the input; exits 1 if there is one.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from re import _parser as parser  # pyright: ignore  # what patterns are made of is told nowhere else
from time import process_time
from typing import Any, cast

import tracer

ROOT = Path(tracer.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.stem != "__main__")
FUNCTIONS = ("compile", "match", "search", "sub", "subn", "findall", "finditer", "fullmatch", "split")
ANCHORED = ("match", "fullmatch")
LENGTHS = (800, 5000)
SHORT = 0.003
"""Seconds of the processor below which nothing is measured: a pattern whose time grows as the square of its input's length takes more."""
GROWTH = 9
Found = tuple[str, "re.Pattern[Any]", bool]
"""Where a pattern is, itself, and whether it is asked at one place alone."""

HANDED_ON = ("_UNKEYED", "_FILLED")
"""Patterns that are asked at one place alone, by other names."""

MADE = {
    "golang/callgraph/mentions.py": (rb"&x\b",),
    "golang/flow/outside.py": (rb"//go:linkname x\b",),
    "golang/search/assertions.py": (rb"[\[,]\s*x\b", rb"\bx\b"),
    "golang/similar.py": (rb"^func \(\s*(?:[\w\x80-\xff]+\s+)?\*?\s*x(?:\[[^\]\n]*\])?\s*\)\s*([\w\x80-\xff]+)",),
    "wire/branches.py": (rb"\.(?:Use|Run)\b", rb"\bx\b", rb"\bos\.Args\b"),
    "wire/grpc.py": (rb'"/a\.B/C"',),
}
"""Patterns that functions put together, by samples: one for each place, in their order."""


def _made() -> dict[str, int]:
    """How many patterns each module puts together in its functions."""
    return {
        str(path.relative_to(ROOT)): sum(
            not isinstance(call.args[0], ast.Constant)
            for node in ast.walk(ast.parse(path.read_bytes()))
            if isinstance(node, ast.FunctionDef)
            for call, _ in _calls(node)
        )
        for path in MODULES
    }


def _calls(node: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in FUNCTIONS:
            if isinstance(call.func.value, ast.Name) and call.func.value.id == "re":
                yield call, call.func.attr


def _patterns() -> Iterator[Found]:
    for path in MODULES:
        name = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_bytes())
        module = importlib.import_module(".".join((tracer.__name__, *Path(name).with_suffix("").parts)))
        uses = _uses(tree)
        for variable, value in vars(module).items():
            for pattern in _inside(value):
                yield (
                    f"{name}:{variable}",
                    pattern,
                    variable in HANDED_ON or (variable in uses and uses[variable] <= set(ANCHORED)),
                )
        for call, asked in _calls(tree):
            text = call.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str | bytes) and asked != "compile":
                yield f"{name}:{call.lineno}", re.compile(text.value), asked in ANCHORED
        for text in MADE.get(name, ()):
            yield f"{name}:{text.decode()}", re.compile(text), False


def _uses(tree: ast.Module) -> dict[str, set[str]]:
    """The methods that each variable's value is asked by in a module."""
    uses: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            uses.setdefault(node.value.id, set()).add(node.attr)
    return uses


def _inside(value: Any, depth: int = 3) -> Iterator[re.Pattern[Any]]:
    parts: Iterable[Any] = ()
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | frozenset | set):
        parts = cast("Iterable[Any]", value)
    elif isinstance(value, dict):
        parts = cast("dict[Any, Any]", value).values()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    for part in parts if depth else ():
        yield from _inside(part, depth - 1)


PATTERNS = list(
    {(name.split(":")[0], p.pattern, p.flags): (name, p, anchored) for name, p, anchored in _patterns()}.values()
)


def _units(pattern: re.Pattern[Any]) -> list[str]:
    """What inputs are made of: the runs of literals in a pattern, and a character of each class."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    runs = re.findall(
        r"[A-Za-z0-9:_]{2,}|(?<=\\)[^\w\s]+|[/\"'`*<>=!&|%$#@~,;-]+",
        re.sub(r"\\[wWsSdDbBAZnrtxux]|\[[^\]]*\]|\(\?\w+:|\?P?<\w*>", " ", source),
    )
    chars = dict.fromkeys((" ", "\n", "a", "0", *re.sub(r"\\[wWsSdDbBAZnrt]", "", source)))
    kept = [c for c in chars if c in " \na0" or not c.isalnum()]
    return list(dict.fromkeys((*kept, *(run.strip() for run in runs if run.strip()))))


def _sample(parsed: Any, branch: int) -> str:
    """A text that a parsed pattern is for, with the first of its alternatives, or another ``branch``."""
    out = ""
    for kind, argument in parsed:
        match str(kind):
            case "LITERAL":
                out += chr(argument)
            case "IN":
                out += next((chr(one) for what, one in argument if str(what) == "LITERAL"), "a")
            case "BRANCH":
                out += _sample(argument[1][min(branch, len(argument[1]) - 1)], branch)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                out += _sample(argument[2], branch) * max(1, min(argument[0], 20))
            case "SUBPATTERN":
                out += _sample(argument[3], branch)
            case "ATOMIC_GROUP":
                out += _sample(argument, branch)
            case "NOT_LITERAL" | "ANY":
                out += "a"
            case _:
                pass
    return out


def _inputs(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """A beginning, what is repeated, and an end."""
    units = _units(pattern)
    parsed: Any = parser.parse(pattern.pattern)  # pyright: ignore  # as it is imported
    for branch in range(4):
        sample = _sample(parsed, branch)
        for end in range(2, min(len(sample), 24) + 1):
            yield "", sample[:end], ""
    heads = [u for u in units if len(u) > 1]
    for unit in units:
        yield "", unit, ""
        yield "", unit, "\x01"
        for other in units:
            if other != unit:
                yield "", unit + other, ""
                yield unit, other, ""
    for head in heads[:6]:
        for a in units[:8]:
            for b in units[:8]:
                yield head + a, b, ""
                yield "", head + a + b, ""


def _time(pattern: re.Pattern[Any], text: str | bytes, *, anchored: bool) -> float:
    begin = process_time()
    if anchored:
        pattern.match(text)
        pattern.fullmatch(text)
    else:
        for _ in pattern.finditer(text):
            pass
    return process_time() - begin


def _grows(pattern: re.Pattern[Any], parts: tuple[str, str, str], *, anchored: bool) -> bool:
    def made(length: int) -> str | bytes:
        head, unit, end = parts
        text = head + unit * (length // len(unit)) + end
        return text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")

    for length in LENGTHS:
        # What else the machine does makes some slow: the least of several is the pattern's own.
        if (again := _time(pattern, made(length), anchored=anchored)) > SHORT:
            again = min(again, *(_time(pattern, made(length), anchored=anchored) for _ in range(2)))
            once = min(_time(pattern, made(length // 4), anchored=anchored) for _ in range(5))
            if again > max(SHORT, GROWTH * once):
                return True
    return False


def main() -> None:
    found = {name: count for name, count in _made().items() if count}
    told = {name: len(samples) for name, samples in MADE.items()}
    wrong = [
        f"{name}: {found.get(name, 0)} patterns are made, {told.get(name, 0)} tried"
        for name in found.keys() | told
        if found.get(name) != told.get(name)
    ]
    for name, pattern, anchored in PATTERNS:
        parts = next((parts for parts in _inputs(pattern) if _grows(pattern, parts, anchored=anchored)), None)
        if parts is not None:
            wrong.append(
                f"{name}: {pattern.pattern!r} on {parts[0]!r}, then {parts[1]!r} again and again, then {parts[2]!r}"
            )
    print("\n".join([*wrong, f"{len(PATTERNS)} patterns, {len(wrong)} of them wrong"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
