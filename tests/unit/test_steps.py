"""A step keeps what it was made of: nothing is resolved again to tell of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES
from tests.support import analysis, repository
from tracer import api
from tracer.golang.flow.dispatch import Target
from tracer.golang.flow.flow import Flow
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Read, Site
from tracer.graph import CallGraph, Crossing
from tracer.investigation.reader import load

_SITES = 7


def counted(patch: pytest.MonkeyPatch, cls: type, name: str) -> Counter[Site]:
    """How often a method is asked for each call site, from now on."""
    asked: Counter[Site] = Counter()
    answer = getattr(cls, name)

    def count(self: object, site: Site, *more: object) -> object:
        asked[site] += 1
        return answer(self, site, *more)

    patch.setattr(cls, name, count)
    return asked


def test_a_trace_resolves_each_call_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static = counted(monkeypatch, Analysis, "resolve")
    dynamic = counted(monkeypatch, Analysis, "dispatch_edges")
    flow = counted(monkeypatch, Flow, "dispatch")
    repositories = {"client": CLIENT_FILES, "server": SERVER_FILES}
    shas = {name: repository(tmp_path / name, files) for name, files in repositories.items()}
    (tmp_path / "label.toml").write_text(INVESTIGATION.format(**shas), encoding="utf-8")
    options = api.Options({name: str(tmp_path / name) for name in shas}, True, tmp_path / "cache")
    with api.Session(load(str(tmp_path / "label.toml")), options) as session:
        trace = api.follow(session, "Sync", "client")
    assert [len(chain) for chain in trace.chains] == [8]
    # Numbers alone: a call site prints the whole program.
    resolved, dispatched = list((static + dynamic).values()), list(flow.values())
    assert resolved == [1] * _SITES
    assert dispatched == [1] * 3


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    folder = tmp_path_factory.mktemp("programs")
    for name, files in (("client", CLIENT_FILES), ("server", SERVER_FILES)):
        repository(folder / name, files)
    return CallGraph(
        [analysis(folder / "client", "cmd/agent", name="client"), analysis(folder / "server", "cmd/box", name="server")]
    )


def test_what_a_step_is_made_of(graph: CallGraph) -> None:
    def only(name: str, kind: str) -> tuple[object, object]:
        node = graph.node(*api.lookup(graph.analyses, name))
        (step,) = [s for s in graph.steps(node) if s.edge.kind.value == kind]
        again = graph.alternatives(step)
        assert len(again) == 1
        assert again[0] is step
        return step.site, step.by

    site, by = only("agent.prepare", "interface")
    assert isinstance(site, Site)
    assert isinstance(by, Target)
    assert by.owner.full_name == "(example.org/client/cmd/agent.counted).Open"
    site, by = only("boxClient.Open", "rpc")
    assert isinstance(by, Crossing)
    assert by.stub.site is site
    assert by.handler.method == "/demo.v1.Box/Open"
    site, by = only("agent.Sync", "call")
    assert isinstance(site, Site)
    assert by is None
    site, by = only("service.label", "read")
    assert isinstance(site, Read)
    assert by is None
