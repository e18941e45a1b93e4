"""All edges of some packages beside x/tools, in one run: python bench/edges.py TREE PROGRAM PATTERN [TAGS]

TREE is a work tree with a commit; PROGRAM a main package's directory in it (``cmd/containerd``); PATTERN the packages
whose edges are asked for (``./...``). Prints seconds and peak memory of ``tracer edges`` with an empty cache, and of
``callgraph -algo=vta`` on the program (with whatever Go has compiled before), and the ratios. ``TRACER_CALLGRAPH`` and
``TRACER_GO`` name the programs where they are not on PATH.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil

_EVERY = 0.1
"""Seconds from one look at the memory to the next."""


def timed(command: list[str], folder: str, environment: dict[str, str]) -> tuple[float, float, int]:
    """Seconds, peak MB of the process and all that it started, and lines of output."""
    before = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = psutil.Popen(command, cwd=folder, stdout=out, env=os.environ | environment)
        peak = 0
        while True:
            try:
                status = process.wait(_EVERY)
                break
            except psutil.TimeoutExpired:
                peak = max(peak, resident(process))
        seconds = time.perf_counter() - before
        if status:
            raise SystemExit(f"{command[0]} failed")
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
    found = os.environ.get("TRACER_CALLGRAPH") or shutil.which("callgraph")
    if found is None:
        raise SystemExit(
            "x/tools' callgraph is not installed (Debian: golang-golang-x-tools); TRACER_CALLGRAPH names one"
        )
    go = os.environ.get("TRACER_GO") or shutil.which("go") or "go"
    with tempfile.TemporaryDirectory() as folder:
        investigation = Path(folder) / "edges.toml"
        listed = f"tags = {tags!r}\n" if tags else ""
        investigation.write_text(
            f'title = "edges"\n\n[repositories.tree]\nurl = "https://example.invalid/tree"\ncommit = "{"0" * 40}"\n'
            f'programs = ["{program}"]\n{listed}'.replace("'", '"')
        )
        ours = [
            sys.executable,
            "-m",
            "tracer",
            "edges",
            "-i",
            str(investigation),
            "--repo",
            "tree",
            "--program",
            program,
        ]
        ours += ["--source", f"tree={tree}", "--package", pattern, "--format", "jsonl"]
        a, mb, rows = timed(ours, str(Path.cwd()), {"TRACER_CACHE": folder})
    flags = f"-mod=vendor -tags={','.join(tags)}" if (Path(tree) / "vendor").is_dir() else f"-tags={','.join(tags)}"
    path = os.pathsep.join((str(Path(go).parent), os.environ.get("PATH", os.defpath)))
    environment = {"GOFLAGS": flags, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "PATH": path}
    if (Path(tree) / "go.work").is_file():
        environment["GOFLAGS"] = flags.replace("-mod=vendor ", "")
    b, theirs, edges = timed([found, "-algo=vta", f"./{program}"], tree, environment)
    print(f"tracer {a:.1f} s, {mb:.0f} MB, {rows} rows of {pattern}")
    print(f"callgraph {b:.1f} s, {theirs:.0f} MB, {edges} edges of the whole program")
    print(f"ratio: {a / b:.2f} of the time, {mb / theirs:.2f} of the memory")


if __name__ == "__main__":
    main()
