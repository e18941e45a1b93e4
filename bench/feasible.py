"""Whether chains hand in what they call: python bench/feasible.py TREE PROGRAM COUNT [SECONDS [SEED]]

TREE is a work tree with a commit that Go can build as it stands; PROGRAM a main package's directory in it (``cmd/kubelet``).
Pairs of functions are drawn until COUNT of them have a chain through a parameter: a call of what a parameter holds, a function
or an interface's method, is on its way. Random pairs mostly have no chain, so a pair is drawn around such a call: some steps
on from one of its targets, and some steps back from the call; of every fourth, the steps back mind nothing that must be handed in.
A call is of a package that is drawn first, and none is drawn twice. Steps on end before the standard library, whose functions
are called from everywhere; what the call itself goes to may be one of it. Calls through interfaces of the language and its
library are neither drawn nor taken, as ``error`` and ``io.Writer`` are anybody's. The program is opened once, and what is
found of it stays: a pair may take long because it is the first that leads to a part of it. It is given up after SECONDS (20)
of the processor, but not in the middle of a step. An interrupt ends the drawing; what was told by then is checked.

Each chain told is then read by ``bench/handed``, which knows nothing of tracer: it follows the operand of each dynamic call of the chain
in the SSA form of x/tools to parameters, and from these to what the chain's own call, some frames earlier, hands in. Prints
how many of these hops are handed in so, how many come to a place that may hold anybody's (a field, a result; the parameter of the first
function), how many are of others (mismatches: each with what was handed in; those that tracer tells as possible, not as proven, by themselves), how
many call no parameter's value, and how many were not found there.
"""

from __future__ import annotations

import gc
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts import callgraph as tools
from tracer import trace
from tracer.codes import Rule
from tracer.contexts import Matching, Place
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Local, Site, UnitSummary, Use
from tracer.graph import CallGraph, Crossing, Node, Step
from tracer.investigation.reader import parse
from tracer.model import ProgramName
from tracer.session import Options, Session

Row = dict[str, Any]
CHECKER = Path(__file__).parent / "handed"
_UNMINDED = 0.25
_ON, _BACK, _FAR = (0, 0, 1, 1, 2, 3), (1, 2, 3, 4, 5, 6), 14


class TooLong(Exception):  # noqa: N818  # no error: the pair is given up
    """A search that takes longer than it is worth."""


def parameter(site: Site) -> Local | None:
    """The parameter whose value a dynamic call calls."""
    operand = site.receiver if site.kind is t.CallKind.INTERFACE else site.fun
    var = operand.var if isinstance(operand, Use) else None
    return var if isinstance(var, Local) and var.role == "param" else None


def calls(analysis: Analysis, rng: random.Random) -> Iterator[Site]:
    """Calls of what a parameter holds, a package at a time, each once."""
    packages = [p.path for p in analysis.program.closure() if not p.is_std]
    known: dict[str, list[Site]] = {}
    while packages:
        path = rng.choice(packages)
        if path not in known:
            known[path] = [s for unit in units(analysis, path) for s in unit.sites if is_drawn(analysis, s)]
            rng.shuffle(known[path])
        if known[path]:
            yield known[path].pop()
        else:
            packages.remove(path)


def units(analysis: Analysis, path: str) -> Iterator[UnitSummary]:
    """What runs of a package."""
    package = analysis.program.package(path)
    for file in package.files if package is not None else ():
        for declaration in file.facts.declarations:
            if declaration.kind in ("func", "method", "var") and analysis.counts(unit := file.unit(declaration)):
                yield analysis.unit(unit)


def is_drawn(analysis: Analysis, site: Site) -> bool:
    dynamic = site.kind in (t.CallKind.INTERFACE, t.CallKind.VALUE)
    return dynamic and parameter(site) is not None and not analysis.is_everyday(site)


class Near(CallGraph):
    """A program without the calls into its functions that go through interfaces of the language and its library.

    Those may lead to anything: a search that takes them opens the whole program before the first pair is done.
    """

    def steps_into(self, node: Node) -> list[Step]:
        return self.calls_into(node)


class Draw:
    """Pairs of functions with a call of a parameter's value between them."""

    def __init__(self, graph: CallGraph, rng: random.Random) -> None:
        self.graph = graph
        self.rng = rng
        self.matching = Matching(graph)
        self.analysis = graph.analyses[0]

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Each once."""
        asked = set[tuple[Node, Node]]()
        for site in calls(self.analysis, self.rng):
            pair = self._pair(site)
            if pair is not None and pair not in asked:
                asked.add(pair)
                yield pair

    def _pair(self, site: Site) -> tuple[Node, Node] | None:
        """The first and the last function of a way; None where there is none around the call that was drawn."""
        caller = self.graph.node(self.analysis, self.analysis.caller(site))
        found = [step for step in self.graph.at(caller, site) if isinstance(step.by, Target)]
        if not found:
            return None
        way = [self.rng.choice(found)]
        for _ in range(self.rng.choice(_ON)):
            onward = [step for step in self.graph.near_steps(way[-1].target)[0] if self._is_onward(step)]
            if not onward:
                break
            way.append(self.rng.choice(onward))
        end = way[-1].target
        if self.rng.random() < _UNMINDED:
            return self._unminded(caller), end
        place = Place(end)
        for step in reversed(way):
            before = self.matching.before(step, place)
            if not before:
                return None
            place = self.rng.choice(before)
        return self._back(place), end

    def _is_onward(self, step: Step) -> bool:
        return is_call(step) and not self.graph.is_library(step.target)

    def _back(self, place: Place) -> Node:
        """Some calls back, as a chain can come, and more while something must be handed in."""
        least = self.rng.choice(_BACK)
        for length in range(_FAR):
            if length >= least and not place.context:
                break
            before = [
                x for s in self.graph.calls_into(place.node) if is_call(s) for x in self.matching.before(s, place)
            ]
            if not before:
                break
            place = self.rng.choice(before)
        return place.node

    def _unminded(self, node: Node) -> Node:
        for _ in range(self.rng.choice(_BACK)):
            before = [step.source for step in self.graph.calls_into(node) if is_call(step)]
            if not before:
                break
            node = self.rng.choice(before)
        return node


def is_call(step: Step) -> bool:
    """Whether a step is a call inside of the program by a function."""
    return isinstance(step.site, Site) and step.site.caller is not None and not isinstance(step.by, Crossing)


def chain(graph: CallGraph, start: Node, end: Node, seconds: float) -> list[Step] | None:
    """A chain, if there is one with a call of what a parameter holds. Raises TooLong."""
    until = time.process_time() + seconds

    def progress(_name: str, _count: int) -> None:
        if time.process_time() > until:
            raise TooLong

    found = trace.between(graph, start, [[end]], progress).chains
    through = found and any(
        isinstance(s.by, Target) and isinstance(s.site, Site) and parameter(s.site) for s in found[0]
    )
    return found[0] if through else None


def row(step: Step) -> Row:
    """What the checker needs to find a hop: in the library, of which tracer knows no lines, it is found by names."""
    edge, library = step.edge, step.unit.file.package.is_std
    place = edge.site
    return {
        "caller": edge.caller,
        "callee": edge.callee,
        "file": "" if library or place is None else place.path,
        "line": 0 if place is None else place.line,
        "column": 0 if place is None else place.column,
        "dynamic": isinstance(step.by, Target),
        "proven": edge.rule is not Rule.IMPLEMENTS,
    }


def told(tree: str, program: str, seconds: float, seed: int) -> Iterator[list[Row]]:
    """Chains of pairs, one after the other; says on its way how it goes."""
    text = (
        f'title = "feasible"\n\n[repositories.tree]\nurl = "https://example.invalid/tree"\ncommit = "{"0" * 40}"\n'
        f'programs = ["{program}"]\n'
    )
    through = none = late = 0
    with Session(parse(text, "feasible", "feasible"), Options({"tree": tree}, offline=True)) as session:
        graph = Near([session.program(ProgramName("tree", program))])
        draw = Draw(graph, random.Random(seed))
        for number, pair in enumerate(draw.pairs(), 1):
            try:
                found = chain(graph, *pair, seconds)
            except TooLong:
                late += 1
            else:
                through, none = through + (found is not None), none + (found is None)
                if found is not None:
                    yield [row(step) for step in found]
            counts = f"{number} pairs, {through} with such a chain, {none} without, {late} given up"
            print(f"{time.process_time():.0f} s: {counts}", file=sys.stderr)


def main() -> None:
    tree, program, count, *more = sys.argv[1:]
    seconds, seed = float(more[0]) if more else 20.0, int(more[1]) if more[1:] else 1
    # As on the command line: what is found is kept to the end.
    gc.disable()
    chains: list[list[Row]] = []
    with suppress(KeyboardInterrupt):
        chains += itertools.islice(told(tree, program, seconds, seed), int(count))
    go = tools.go()
    if go is None:
        raise SystemExit("there is no go command: python -m scripts.callgraph installs one")
    with tempfile.TemporaryDirectory() as folder:
        checker, listed = Path(folder) / "checker", Path(folder) / "chains.json"
        listed.write_text(json.dumps(chains), encoding="utf-8")
        subprocess.run([str(go), "build", "-o", str(checker), "."], cwd=CHECKER, check=True)
        subprocess.run([str(checker), f"./{program}", str(listed)], cwd=tree, check=True)


if __name__ == "__main__":
    main()
