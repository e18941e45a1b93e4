"""A kept answer is told without what makes one: nothing that knows Go is even imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from command import World

TELLING = """
import json, sys
from tracer import cli
assert cli.run(sys.argv[1:]) == 0
print()
print(json.dumps(sorted(sys.modules)))
"""


def told(world: World, *arguments: str) -> tuple[str, set[str]]:
    """What a command prints in a process of its own, and the modules that it took."""
    command = [sys.executable, "-c", TELLING, *arguments, "-i", str(world.investigation), *world.sources]
    environment = {**os.environ, "TRACER_CACHE": str(world.cache), "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    *lines, modules = done.stdout.splitlines()
    return "\n".join(lines), set(json.loads(modules))


@pytest.mark.parametrize("question", ["follow Sync --repo client", "edges --repo server --program cmd/box"])
def test_a_kept_answer_needs_neither_go_nor_a_site(world: World, question: str) -> None:
    first, _ = told(world, *question.split())
    again, modules = told(world, *question.split())
    assert again == first
    rooms = (
        "tracer.golang",
        "tracer.graph",
        "tracer.wire",
        "tracer.answers",
        "tracer.report.render",
        "tracer.syntax.parse",
    )
    # How people spell names is light, and all that is taken of it.
    modules -= {"tracer.golang", "tracer.golang.names"}
    assert not [name for name in modules if name.startswith((*rooms, "tree_sitter", "jinja2", "networkx", "babel"))]
