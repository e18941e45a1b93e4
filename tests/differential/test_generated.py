"""Random programs: every call that is executed is an edge of ours, and all but few of our edges are x/tools'."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from random import Random

import pytest
from generated import Problem, check
from generator import program
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import Toolchain
from reduce import reduced, shows

BATCH = 20
EXAMPLES = int(os.environ.get("TRACER_TEST_PROGRAMS", "100")) // BATCH
SECONDS_TO_REDUCE = 60.0
# Of our edges, so many may be none of x/tools': what a parameter comes with is followed without regard to the order of
# assignments to one variable. One in about 15,000 was seen.
MOST = 0.001


def programs_of(seed: int) -> dict[str, str]:
    """Programs by the name of their package."""
    # One draw a batch: a choice of hypothesis' own for each of the thousands made would leave no room for 20 programs.
    return {f"p{i}": program(Random(f"{seed} {i}").randrange, f"p{i}") for i in range(BATCH)}


def test_generated_programs(tools: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> None:
    numbers = itertools.count()
    folder = tmp_path_factory.mktemp("generated")

    # Shrinking is our own: it leaves out lines of the program, which is faster than other choices are.
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**64))
    def every(seed: int) -> None:
        programs = programs_of(seed)
        here = folder / str(next(numbers))
        here.mkdir()
        found = check(tools, here, programs)
        assert found.counts["executed"] > BATCH, "programs that do nothing prove nothing"
        if found.problems:
            pytest.fail(report(tools, folder / "reduced", programs, found.problems))

    every()


def report(tools: Toolchain, folder: Path, programs: dict[str, str], problems: list[Problem]) -> str:
    """The problems, and one of their programs as small as it gets."""
    first = min(problems, key=lambda p: len(programs[p.program]))
    small = reduced(programs[first.program], shows(tools, folder, first.kind), SECONDS_TO_REDUCE)
    (folder.parent / "small.go").write_text(small, encoding="utf-8")
    return "\n".join([*map(str, problems), f"{first.program} ({first.kind}), made smaller:", small])
