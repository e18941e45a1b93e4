"""Random programs: every call that is executed is an edge of ours, and all but few of our edges are x/tools'."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from generated import Problem, check
from generator import program
from oracle import Toolchain
from reduce import reduced, shows

BATCH = 20
BATCHES = int(os.environ.get("TRACER_TEST_PROGRAMS", "100")) // BATCH
FIRST = int(os.environ.get("TRACER_TEST_SEED", "0"))
SECONDS_TO_REDUCE = 60.0
# Of our edges, so many may be none of x/tools', in programs without generic code and with it: x/tools sees the order of
# assignments to one variable, and has a copy of a generic function for each list of type arguments. In 240 programs, 6 of
# 25,376 and 1,136 of 24,525 were none.
MOST = {False: 0.001, True: 0.06}


def programs_of(seed: int) -> dict[str, str]:
    """Programs by the name of their package."""
    return {f"p{i}": program(Random(f"{seed} {i}").randrange, f"p{i}") for i in range(BATCH)}


def test_generated_programs(tools: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("generated")
    edges: Counter[bool] = Counter()
    more: dict[bool, list[str]] = {False: [], True: []}
    for seed in range(FIRST, FIRST + BATCHES):
        programs = programs_of(seed)
        here = folder / str(seed)
        here.mkdir()
        found = check(tools, here, programs)
        assert found.counts["executed"] > BATCH, "programs that do nothing prove nothing"
        if found.problems:
            pytest.fail(report(tools, folder / "reduced", programs, found.problems))
        edges.update(found.edges)
        for generic, rows in found.more.items():
            more[generic] += rows
    for generic, most in MOST.items():
        assert len(more[generic]) <= most * edges[generic], "\n".join([f"of {edges[generic]}:", *more[generic]])


def report(tools: Toolchain, folder: Path, programs: dict[str, str], problems: list[Problem]) -> str:
    """The problems, and one of their programs as small as it gets."""
    first = min(problems, key=lambda p: len(programs[p.program]))
    small = reduced(programs[first.program], shows(tools, folder, first.kind), SECONDS_TO_REDUCE)
    (folder.parent / "small.go").write_text(small, encoding="utf-8")
    return "\n".join([*map(str, problems), f"{first.program} ({first.kind}), made smaller:", small])
