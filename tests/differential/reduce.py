"""Makes a program that shows a problem smaller: leaves out lines and blocks as long as the problem stays."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from execution import batch
from generated import check
from generator import MAINS
from oracle import CompileError, Toolchain

Shows = Callable[[Sequence[str]], list[bool]]
AT_ONCE = 30


def shows(tools: Toolchain, folder: Path, kind: str) -> Shows:
    """Which of some programs compile and have a problem of a kind."""

    def ask(texts: Sequence[str]) -> list[bool]:
        shutil.rmtree(folder, ignore_errors=True)
        named = {f"p{i}": re.sub(r"^package \w+", f"package p{i}", t, flags=re.MULTILINE) for i, t in enumerate(texts)}
        named = {n: t for n, t in named.items() if all(f"func Main{i}(" in t for i in range(MAINS))}
        # An error of one kind may keep go from looking for the others.
        while named and (broken := _broken(tools, folder, named)):
            named = {n: t for n, t in named.items() if n not in broken}
        shutil.rmtree(folder, ignore_errors=True)
        bad = {p.program for p in check(tools, folder, named).problems if p.kind == kind} if named else set()
        return [f"p{i}" in bad for i in range(len(texts))]

    return ask


def _broken(tools: Toolchain, folder: Path, named: dict[str, str]) -> set[str]:
    shutil.rmtree(folder, ignore_errors=True)
    batch(folder, named)
    try:
        tools.run([str(tools.go), "build", *(f"./{n}" for n in named)], folder)
    except CompileError as e:
        broken = set(re.findall(r"^(?:# gen/)?(p\d+)(?:/main.go:|$)", e.full, re.MULTILINE))
        if not broken:
            raise
        return broken
    return set()


def reduced(text: str, ask: Shows, seconds: float) -> str:
    """The smallest version that was found in the time given."""
    end = time.monotonic() + seconds
    lines = text.splitlines()
    smaller = True
    while smaller and time.monotonic() < end:
        smaller = False
        waiting = sorted(set(_removals(lines)), key=lambda r: -len(r))
        for start in range(0, len(waiting), AT_ONCE):
            group = waiting[start : start + AT_ONCE]
            texts = ["\n".join(x for i, x in enumerate(lines) if i not in r) + "\n" for r in group]
            found = [r for r, ok in zip(group, ask(texts), strict=True) if ok]
            if found:
                lines = _together(lines, found, ask)
                smaller = True
                break
            if time.monotonic() > end:
                break
    return "\n".join(lines) + "\n"


def _together(lines: list[str], found: list[frozenset[int]], ask: Shows) -> list[str]:
    """All the removals at once if that works, or half of them, or the largest."""
    sizes = [n for n in (len(found), len(found) // 2, len(found) // 4) if n > 1]
    tries = [frozenset().union(*found[:n]) for n in sizes] + [found[0]]
    texts = ["\n".join(x for i, x in enumerate(lines) if i not in r) + "\n" for r in tries]
    ok = [*ask(texts)[:-1], True]
    return texts[ok.index(True)].splitlines()


def _removals(lines: list[str]) -> Iterator[frozenset[int]]:
    """Sets of lines that can be left out: up to three lines in a row, blocks, and the frames of blocks."""
    for i in range(len(lines)):
        depth = 0
        for j in range(i, len(lines)):
            bare = re.sub(r'"[^"]*"', "", lines[j])
            depth += bare.count("{") - bare.count("}")
            if depth < 0:
                break
            if depth == 0:
                yield frozenset(range(i, j + 1))
                if j > i and lines[i].endswith("{"):
                    yield frozenset((i, j))
                if j - i >= 2:
                    break
