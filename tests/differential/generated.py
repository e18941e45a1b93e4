"""A batch of generated programs, checked: what runs is in our edges, static calls are x/tools', and what we have besides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edges import Edge, by_site, differences
from execution import batch, executed, unexplained
from oracle import Toolchain
from ours import Ours, call_lines
from support import analysis, commit

Calls = dict[str, dict[int, set[tuple[int, int]]]]


@dataclass
class Problem:
    """Something wrong with one program."""

    program: str
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.program}: {self.what}"


@dataclass
class Checked:
    """What a batch comes to: our edges that were compared and those that x/tools has not, in programs with generic code or without."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    edges: Counter[bool] = field(default_factory=Counter)
    more: dict[bool, list[str]] = field(default_factory=lambda: {False: [], True: []})


def check(tools: Toolchain, folder: Path, programs: Mapping[str, str]) -> Checked:
    """Everything that can be said about a batch of programs."""
    batch(folder, programs)
    commit(folder)
    out = Checked()
    steps = executed(tools, folder, programs)
    theirs = tools.edges(folder, [f"./{name}" for name in programs], [f"gen/{name}" for name in programs])
    for name, text in programs.items():
        file = f"{name}/main.go"
        ours = Ours(analysis(folder, name, whole=True, all_code=True), [f"gen/{name}"])
        calls = {file: call_lines(text.encode())}
        ran = {s for s in steps if s.file == file}
        out.counts += Counter(executed=len(ran), ours=len(ours.edges), sites=len(by_site(ours.edges)))
        _dynamic(out, name, ran, ours.edges, calls)
        mine = {e for e in theirs if e.file == file and e.callee.startswith(_names(name))}
        out.counts += Counter(theirs=len(mine))
        _compared(out, name, "[T " in text, ours, mine)
    return out


def _names(name: str) -> tuple[str, ...]:
    return f"gen/{name}.", f"(gen/{name}.", f"(*gen/{name}.", "gen/trace."


def _dynamic(out: Checked, name: str, ran: set, edges: set[Edge], calls: Calls) -> None:
    entry = {e.line: e.caller for e in edges if e.callee == "gen/trace.Enter"}
    for step in unexplained(ran, edges, calls):
        what = f"line {step.call} ran {entry.get(step.entry, f'the function at line {step.entry}')}, which is no edge of ours"
        out.problems.append(Problem(name, "missed", what))


def _compared(out: Checked, name: str, generic: bool, ours: Ours, theirs: set[Edge]) -> None:
    for failure in ours.unresolved:
        out.counts[f"unresolved: {failure.reason.name}"] += 1
    # A function literal that nothing mentions is not in go/ssa's program; every other function calls trace.Enter.
    known = {e.caller for e in theirs}
    compared = [e for e in ours.edges if e.caller in known]
    out.edges[generic] += len(compared)
    for difference in differences(compared, theirs):
        edge = difference.edge
        dead = edge.callee.startswith(_names(name)[:3]) and edge.callee not in known
        if difference.side == "ours" and dead:
            continue
        out.counts[f"only {difference.side}"] += 1
        static = ours.kinds.get(difference.edge.site) not in ("interface", "value")
        if static:
            out.problems.append(Problem(name, "static", str(difference)))
        elif difference.side == "ours":
            out.more[generic].append(f"{name}: {difference}")
