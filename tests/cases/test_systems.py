"""Small systems in shapes that are common in Go, each with questions and the answers that tracer must give.

A file of ``systems`` holds TOML, then the system's files as golang.org/x/tools' txtar has them. ``programs`` are its main packages;
each ``[[ask]]`` is a command, its ``exit`` code, the ``hops`` of ``follow`` (the ends of their names, without receiver marks), and the
patterns that the text ``says``, or on which it is ``silent``.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from command import made

SYSTEMS = sorted((Path(__file__).parent / "systems").glob("*.txtar"))
_INVESTIGATION = """title = "case"
[repositories.case]
url = "https://example.org/case"
commit = "{{case}}"
programs = {programs}
"""
_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)
_MARKS = re.compile(r"[()*]")


def unpacked(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What is asked of a system, and its files; a module's without a ``go.mod`` is ``demo``."""
    head, *parts = _FILE.split(text)
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    if not any(path.endswith("go.mod") for path in files):
        files["go.mod"] = "module demo\n\ngo 1.24\n"
    return tomllib.loads(head), files


@pytest.mark.parametrize("path", SYSTEMS, ids=lambda path: path.stem)
def test_answers(path: Path, tmp_path: Path) -> None:
    case, files = unpacked(path.read_text(encoding="utf-8"))
    world = made(tmp_path, {"case": files}, _INVESTIGATION.format(programs=json.dumps(case["programs"])))
    for question in case["ask"]:
        run = [*question["run"], "--repo", "case", "--offline"]
        done = world.run(*run, expect=question["exit"])
        text = done.stdout + done.stderr
        for pattern in question.get("says", ()):
            assert re.search(pattern, text), (question["run"], pattern, text)
        for pattern in question.get("silent", ()):
            assert not re.search(pattern, text), (question["run"], pattern, text)
        if "hops" in question:
            told = json.loads(world.run(*run, "--json", expect=question["exit"]).stdout)
            hops = [_MARKS.sub("", hop["to"]["name"]) for hop in told["hops"]]
            fits = [hop.endswith(wanted) for hop, wanted in zip(hops, question["hops"], strict=False)]
            assert len(hops) == len(question["hops"]), (question["run"], hops)
            assert all(fits), (question["run"], hops)
