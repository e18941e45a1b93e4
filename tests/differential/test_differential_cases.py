"""The edges of tests/cases against those that x/tools' variable type analysis finds after a compile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from edges import Difference, Edge, differences, reviewed, unreviewed
from oracle import CompileError, Toolchain, module
from ours import Ours
from support import analysis, commit

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*.go"))
REVIEWED = reviewed(Path(__file__).parent / "reviewed.toml")
OLDEST = (1, 18)
# In the comment above the package clause: the Go version that a case needs, or that no compiler takes it.
_NEEDS = re.compile(r"^// go (\d+)\.(\d+)$", re.MULTILINE)
_BROKEN = re.compile(r"^// does not compile$", re.MULTILINE)
_GENERIC = re.compile(r"^(?:func|type) \w+\[|^func \([^)]*\]\)|\batomic\.Pointer\[", re.MULTILINE)


def needs(text: str) -> tuple[int, int]:
    found = _NEEDS.search(text.split("\npackage ")[0])
    return (int(found[1]), int(found[2])) if found else OLDEST


def why_not(text: str, tools: Toolchain) -> str:
    """Why a case cannot be compared with this toolchain; empty if it can."""
    if _BROKEN.search(text):
        return "it does not compile, and says so"
    if needs(text) > tools.version:
        return f"it needs Go {needs(text)[0]}.{needs(text)[1]}; here is Go {tools.version[0]}.{tools.version[1]}"
    if _GENERIC.search(text) and not tools.shows_instances:
        return "it is generic, and this callgraph leaves out the calls of instances"
    return ""


@pytest.fixture(scope="session")
def cases(tools: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases as the main packages of one module."""
    folder = tmp_path_factory.mktemp("cases")
    texts = {c.stem: c.read_text(encoding="utf-8") for c in CASES}
    usable = {f"{name}/main.go": text for name, text in texts.items() if not why_not(text, tools)}
    module(folder, usable, "cases", f"{tools.version[0]}.{tools.version[1]}")
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
def test_case(case: Path, tools: Toolchain, cases: Path, theirs: set[Edge]) -> None:
    reason = why_not(case.read_text(encoding="utf-8"), tools)
    if reason:
        pytest.skip(f"{case.name}: {reason}")
    assert not unreviewed(case.stem, compare(case.stem, cases, theirs), REVIEWED)


def compare(case: str, folder: Path, theirs: set[Edge]) -> list[Difference]:
    found = Ours(analysis(folder, case, whole=True)).edges
    assert found, "an empty graph proves nothing"
    # One run for all cases: what an interface of the standard library holds may come from another case.
    mine = {e for e in theirs if e.file == f"{case}/main.go" and not _foreign(e.callee, case)}
    return differences(found, mine)


def _foreign(callee: str, case: str) -> bool:
    other = re.search(r"\bcases/(\w+)\.", callee)
    return other is not None and other[1] != case


def test_reviewed_cases_exist() -> None:
    assert {entry.case for entry in REVIEWED} <= {c.stem for c in CASES}
