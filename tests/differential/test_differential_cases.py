"""The edges of tests/cases against those that x/tools' variable type analysis finds after a compile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from edges import Difference, Edge, differences, reviewed, unreviewed
from oracle import CompileError, Toolchain, compiles, module, too_new
from ours import Ours
from support import analysis, commit

from scripts.callgraph import release

CASES = [p for p in sorted((Path(__file__).parents[1] / "cases").glob("*.go")) if compiles(p)]
REVIEWED = reviewed(Path(__file__).parent / "reviewed.toml")


@pytest.fixture(scope="session")
def cases(tools: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases as the main packages of one module."""
    folder = tmp_path_factory.mktemp("cases")
    usable = {f"{case.stem}/main.go": case.read_text(encoding="utf-8") for case in CASES if not too_new(case)}
    module(folder, usable, "cases", "{}.{}".format(*release()))
    commit(folder)
    return folder


@pytest.fixture(scope="session")
def theirs(tools: Toolchain, cases: Path) -> set[Edge]:
    try:
        return tools.edges(cases, ["./..."], ["cases"])
    except CompileError as e:
        pytest.fail(
            f"{e}\nSay `// go 1.N` or `// does not compile` above the package clause of a case that is to stay so."
        )


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_case(case: Path, cases: Path, theirs: set[Edge]) -> None:
    if reason := too_new(case):
        pytest.skip(reason)
    assert not unreviewed(case.stem, compare(case.stem, cases, theirs), REVIEWED)


def compare(case: str, folder: Path, theirs: set[Edge]) -> list[Difference]:
    found = Ours(analysis(folder, case, whole=True, all_code=True)).edges
    assert found, "an empty graph proves nothing"
    # One run for all cases: what an interface of the standard library holds may come from another case.
    mine = {e for e in theirs if e.file == f"{case}/main.go" and not _foreign(e.callee, case)}
    return differences(found, mine)


def _foreign(callee: str, case: str) -> bool:
    other = re.search(r"\bcases/(\w+)\.", callee)
    return other is not None and other[1] != case


def test_reviewed_cases_exist() -> None:
    assert {entry.case for entry in REVIEWED} <= {c.stem for c in CASES}
