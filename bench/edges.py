"""All edges of some packages beside x/tools, in one run: python bench/edges.py TREE PROGRAM PATTERN [TAGS]

TREE is a work tree with a commit; PROGRAM a main package's directory in it (``cmd/containerd``); PATTERN the packages
whose edges are asked for (``./...``). Prints seconds and peak memory of ``tracer edges`` with an empty cache, and of
``callgraph -algo=vta`` on the program (with whatever Go has compiled before), and the ratios. bench/commands.py tells
which programs are run.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

import psutil
from commands import Command, callgraph, tracer

_EVERY = 0.1
"""Seconds from one look at the memory to the next."""


def timed(command: Command) -> tuple[float, float, int]:
    """Seconds, peak MB of the process and all that it started, and lines of output."""
    before = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        environment = os.environ | command.environment
        process = psutil.Popen(command.words, cwd=command.folder, stdout=out, env=environment)
        peak = 0
        while True:
            try:
                status = process.wait(_EVERY)
                break
            except psutil.TimeoutExpired:
                peak = max(peak, resident(process))
        seconds = time.perf_counter() - before
        if status:
            raise SystemExit(f"{command.words[0]} failed")
        out.seek(0)
        lines = sum(1 for _ in out)
    return seconds, peak / 2**20, lines


def resident(process: psutil.Process) -> int:
    """The bytes that a process and all that it started hold in memory; what they share counts for each of them."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total


def main() -> None:
    tree, program, pattern, *tags = sys.argv[1:]
    theirs = callgraph(tree, program, tags)
    with tempfile.TemporaryDirectory() as folder:
        a, ours, rows = timed(tracer(tree, program, pattern, tags, Path(folder)))
    b, mb, edges = timed(theirs)
    print(f"tracer {a:.1f} s, {ours:.0f} MB, {rows} rows of {pattern}")
    print(f"callgraph {b:.1f} s, {mb:.0f} MB, {edges} edges of the whole program")
    print(f"ratio: {a / b:.2f} of the time, {ours / mb:.2f} of the memory")


if __name__ == "__main__":
    main()
