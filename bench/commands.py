"""The two commands that are measured side by side: ``tracer edges``, and x/tools' ``callgraph`` on the same program.

The callgraph is that of ``scripts.callgraph``; ``TRACER_CALLGRAPH`` and ``TRACER_GO`` name others, ``TRACER_ALGO`` another
algorithm than vta (bench/pointer.py makes a callgraph that has ``pointer``). All code counts, as with vta, but where
``TRACER_READING`` is ``runs``.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import callgraph as tools

ALGORITHM = os.environ.get("TRACER_ALGO", "vta")
READING = os.environ.get("TRACER_READING", "all")


@dataclass(frozen=True)
class Command:
    """What is run, in which folder, and what is in its environment besides."""

    words: tuple[str, ...]
    folder: str
    environment: dict[str, str]


def tracer(tree: str, program: str, pattern: str, tags: list[str], scratch: Path) -> Command:
    """``tracer edges`` as JSON lines, with an empty cache in ``scratch``: of all code, or of what runs."""
    investigation = scratch / "edges.toml"
    listed = ", ".join(f'"{tag}"' for tag in tags)
    investigation.write_text(
        f'title = "edges"\n\n[repositories.tree]\nurl = "https://example.invalid/tree"\ncommit = "{"0" * 40}"\n'
        f'programs = ["{program}"]\ntags = [{listed}]\n',
        encoding="utf-8",
    )
    asked = ("--repo", "tree", "--program", program, "--source", f"tree={tree}", "--package", pattern)
    counted = () if READING == "runs" else ("--all-code",)
    words = (sys.executable, "-m", "tracer", "edges", *counted, "-i", str(investigation), *asked)
    return Command(words, str(Path.cwd()), {"TRACER_CACHE": str(scratch / "cache")})


def callgraph(tree: str, program: str, tags: list[str], template: str = "") -> Command:
    """``callgraph`` on the whole program, an edge a line in a ``template`` of Go's or as it likes."""
    found, go = tools.callgraph(), tools.go()
    if found is None or go is None:
        raise SystemExit(
            "x/tools' callgraph is not installed: python -m scripts.callgraph does it; TRACER_CALLGRAPH names another"
        )
    vendored = (Path(tree) / "vendor").is_dir() and not (Path(tree) / "go.work").is_file()
    path = os.pathsep.join((str(go.parent), os.environ.get("PATH", os.defpath)))
    environment = {
        "GOFLAGS": f"{'-mod=vendor ' if vendored else ''}-tags={','.join(tags)}",
        "CGO_ENABLED": "1" if "cgo" in tags else "0",
        "GOTOOLCHAIN": "local",
        "PATH": path,
    }
    words = (str(found), f"-algo={ALGORITHM}", *([f"-format={template}"] if template else []), f"./{program}")
    return Command(words, tree, environment)
