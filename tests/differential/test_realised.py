"""Random programs that are run: a chain is told for all that were in a call of one another, and runs are in most that are told."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

from edges import plain
from execution import batch, stacks
from generator import program
from oracle import Toolchain
from ours import Ours
from support import analysis, commit

from tracer import trace
from tracer.graph import CallGraph

PROGRAMS = int(os.environ.get("TRACER_TEST_REALISED", "4"))
FIRST = int(os.environ.get("TRACER_TEST_SEED", "0"))
# Programs choose by numbers which branch they take: not each chain can be seen in a run.
LEAST = 0.2

Pairs = set[tuple[str, str]]


def test_chains_are_realised(tools: Toolchain, tmp_path: Path) -> None:
    programs = {f"p{i}": program(Random(f"{FIRST} chain {i}").randrange, f"p{i}") for i in range(PROGRAMS)}
    batch(tmp_path, programs)
    commit(tmp_path)
    told, realised, untold = 0, 0, list[str]()
    for name, ran in stacks(tools, tmp_path, programs).items():
        graph = CallGraph([analysis(tmp_path, name, whole=True, all_code=True)])
        ours = Ours(graph.analyses[0], [f"gen/{name}"])
        seen, chains = _seen(ours, f"{name}/main.go", ran), _told(graph, f"gen/{name}")
        entered = {one for pair in seen for one in pair}
        chains = {pair for pair in chains if pair[0] in entered and pair[1] in entered}
        told += len(chains)
        realised += len(chains & seen)
        untold += [f"{name}: {a} was in a call of {b}" for a, b in sorted(seen - chains)]
    print(f"{told} chains between functions that ran, {realised} of them realised, {len(untold)} realised and not told")
    assert not untold, "\n".join(untold)
    assert realised >= LEAST * told > 0


def _seen(ours: Ours, file: str, ran: set[tuple[int, ...]]) -> Pairs:
    """Which function was in a call of which other."""
    entry = {e.line: e.caller for e in ours.edges if e.file == file and e.callee == "gen/trace.Enter"}

    def named(begins: int) -> str:
        return entry[min(line for line in entry if line > begins)]

    out: Pairs = set()
    for stack in ran:
        names = [named(begins) for begins in stack]
        out |= {(caller, callee) for i, callee in enumerate(names) for caller in names[i + 1 :]}
    return out


def _told(graph: CallGraph, path: str) -> Pairs:
    """Between which functions of a package a chain is told."""
    (program,) = graph.analyses
    package = program.program.package(path)
    assert package is not None
    out: Pairs = set()
    for file in package.files:
        for declaration in file.facts.declarations:
            if declaration.kind not in ("func", "method", "var"):
                continue
            unit = program.unit(file.unit(declaration))
            for owner in (*unit.literals, *([unit.func] if unit.func is not None else [])):
                end = graph.node(program, owner)
                found = trace.from_entries(graph, end, lambda _: True, lambda *_: None, limit=10_000, most=10_000)
                assert not found.stops
                out |= {(plain(chain[0].source.name), plain(end.name)) for chain in found.chains}
                if trace.between(graph, end, [[end]], lambda *_: None).chains:
                    out.add((plain(end.name), plain(end.name)))
    return out
