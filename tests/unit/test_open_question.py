"""The open question: every wire of an entry with the whole way there, what a bound cuts off, and where it stops."""

from __future__ import annotations

import itertools

import pytest
from fixture import CLIENT_FILES, SERVER_FILES
from support import analysis, repository

from tracer import api, reach
from tracer.codes import Ending
from tracer.graph import CallGraph
from tracer.trace import Search


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    folder = tmp_path_factory.mktemp("reach")
    repository(folder / "client", CLIENT_FILES)
    repository(folder / "server", SERVER_FILES)
    programs = (("client", "cmd/agent"), ("server", "cmd/box"))
    return CallGraph([analysis(folder / name, main, name=name) for name, main in programs])


def asked(graph: CallGraph, entry: str, **options: int) -> Search:
    node = graph.node(*api.lookup(graph.analyses, entry))
    return reach.to_wires(graph, node, lambda _name, _count: None, **options)


def test_the_whole_way_to_a_wire(graph: CallGraph) -> None:
    found = asked(graph, "agent.Sync")
    assert [
        [(s.edge.caller.rpartition(".")[2], s.edge.callee.rpartition(".")[2]) for s in c] for c in found.chains
    ] == [[("Sync", "prepare"), ("prepare", "Open"), ("Open", "Open"), ("Open", "_Box_Open_Handler")]]
    (chain,) = found.chains
    assert chain[0].source.name == "(*example.org/client/cmd/agent.agent).Sync"
    assert all(one.target == other.source for one, other in itertools.pairwise(chain))
    assert found.stops == []


def test_a_bound_that_was_hit_is_told(graph: CallGraph) -> None:
    found = asked(graph, "agent.Sync", limit=1)
    (stop,) = found.stops
    assert (stop.symbol.name, stop.reason, stop.arguments) == (
        "(*example.org/client/cmd/agent.agent).Sync",
        Ending.CUT_OFF,
        ("1",),
    )


def test_an_entry_with_no_wire(graph: CallGraph) -> None:
    assert asked(graph, "service.label").chains == []
