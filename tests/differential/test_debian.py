"""Programs of Debian's Go packages: our edges against x/tools' for the calls of the programs' own packages."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from edges import Difference, Edge, by_site, differences, package, reviewed, unreviewed
from oracle import Toolchain
from ours import Ours
from support import analysis, commit

GOPATH = Path("/usr/share/gocode")
REVIEWED = reviewed(Path(__file__).parent / "reviewed.toml")
SHOWN = 40


@dataclass(frozen=True)
class Bounds:
    """The least that is accepted, of 1: how much of theirs is ours, and how much of ours is theirs."""

    interface_recall: float
    interface_precision: float
    value_recall: float
    value_precision: float


# Program, the packages whose calls are compared, and what was measured, rounded down.
PROGRAMS = {
    "toml": ("github.com/pelletier/go-toml/cmd/tomll", ["github.com/pelletier/go-toml"], Bounds(0, 0, 1, 1)),
    "ginkgo": ("github.com/onsi/ginkgo/ginkgo", ["github.com/onsi/ginkgo"], Bounds(1, 1, 1, 0.93)),
    "etcd": (
        "go.etcd.io/etcd",
        ["go.etcd.io/etcd/lease", "go.etcd.io/etcd/raft", "go.etcd.io/etcd/etcdserver/api/v3rpc"],
        Bounds(0.993, 0.92, 1, 1),
    ),
}
OFF = {"GO111MODULE": "off", "GOPATH": str(GOPATH)}


def sources(tools: Toolchain, program: str, folder: Path) -> list[str]:
    """Copies the packages that a program is built from into a repository; their import paths."""
    listed = tools.run([str(tools.go), "list", "-deps", "-f={{.ImportPath}}\t{{.Dir}}", program], GOPATH, **OFF)
    paths: list[str] = []
    for path, directory in (row.split("\t") for row in listed.splitlines()):
        if Path(directory).is_relative_to(GOPATH):
            target = folder / Path(directory).relative_to(GOPATH)
            target.mkdir(parents=True, exist_ok=True)
            for file in Path(directory).glob("*.go"):
                shutil.copyfile(file, target / file.name)
            paths.append(path)
    commit(folder)
    return paths


@pytest.mark.parametrize("case", PROGRAMS)
def test_program(case: str, tools: Toolchain, tmp_path: Path) -> None:
    program, prefixes, bounds = PROGRAMS[case]
    if not (GOPATH / "src" / program).is_dir():
        pytest.skip(f"{program} is in no installed Debian package")
    paths = [p for p in sources(tools, program, tmp_path) if any((p + "/").startswith(x + "/") for x in prefixes)]
    theirs = tools.edges(GOPATH, [program], prefixes, **OFF)
    ours = Ours(analysis(tmp_path, f"src/{program}", name="debian", whole=True), paths)
    # A function that nothing mentions is not in go/ssa's program. What the standard library has ready behind an
    # interface differs between the release that our facts were made of and Debian's.
    built = {e.caller for e in theirs}
    dynamic = {s for s, k in ours.kinds.items() if k in ("interface", "value")}
    left = {e for e in ours.edges if e.caller in built and not (e.site in dynamic and is_standard(e.callee))}
    theirs = {e for e in theirs if not (e.site in dynamic and is_standard(e.callee))}
    found = differences(left, theirs)
    static = [d for d in found if kind(ours, d.edge) == "static"]
    assert not unreviewed(case, static, [r for r in REVIEWED if r.case == case]), "\n".join(map(str, static[:SHOWN]))
    scores = {k: score(ours, left, theirs, k) for k in ("interface", "value")}
    numbers = Bounds(*scores["interface"], *scores["value"])
    print(case, counts(ours, theirs), numbers)
    worst = [d for d in found if kind(ours, d.edge) != "static"]
    told = "\n".join([f"{case}: {numbers}, wanted {bounds}", *listed(worst)])
    assert all(got >= least for got, least in zip(vars(numbers).values(), vars(bounds).values(), strict=True)), told


def is_standard(name: str) -> bool:
    return "." not in package(name).split("/")[0]


def kind(ours: Ours, edge: Edge) -> str:
    found = ours.kinds.get(edge.site, "static")
    return found if found in ("interface", "value") else "static"


def score(ours: Ours, left: Iterable[Edge], theirs: Iterable[Edge], which: str) -> tuple[float, float]:
    """Recall and precision at the calls of a kind for which x/tools has any callee."""
    wanted = {s: c for s, c in by_site(theirs).items() if ours.kinds.get(s) == which}
    had = by_site(left)
    both = sum(len(c & had.get(s, set())) for s, c in wanted.items())
    all_wanted = sum(map(len, wanted.values()))
    all_had = sum(len(had.get(s, set())) for s in wanted)
    return both / max(1, all_wanted), both / max(1, all_had)


def counts(ours: Ours, theirs: set[Edge]) -> dict[str, int]:
    out: dict[str, int] = {}
    for site in by_site(theirs):
        which = ours.kinds.get(site, "unseen")
        out[which] = out.get(which, 0) + 1
    return out


def listed(found: list[Difference]) -> list[str]:
    """Differences by call, the calls with most of them last."""
    sites: dict[tuple[str, int, int], list[Difference]] = {}
    for difference in found:
        sites.setdefault(difference.edge.site, []).append(difference)
    rows = sorted(sites.items(), key=lambda row: len(row[1]))[-SHOWN:]
    return [
        f"{file}:{line}:{column}: "
        + ", ".join(f"{'+' if d.side == 'ours' else '-'}{d.edge.callee}" for d in each[:4])
        + (f" and {len(each) - 4} more" if len(each) > 4 else "")
        for (file, line, column), each in rows
    ]


def test_own_packages() -> None:
    assert all(package(f"{p}.main") for p, _, _ in PROGRAMS.values())
