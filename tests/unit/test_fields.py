"""Fields on a chain: who reads one, and a constant that a default structure holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import made
from support import analysis, repository

from tracer import frontier, trace
from tracer.golang.lookup import lookup_all
from tracer.graph import CallGraph

MAIN = """package main

const DefaultImage = "example.org/box:1"

const Suffix = ":2"

const Direct = "direct"

var fallback = "fallback"

type Images struct {
	Image string
	Pinned map[string]string
	Other string
	Unread string
}

type Settings struct {
	Images
	Name string
}

func defaults() *Settings {
	other := "example.org/other" + Suffix
	s := &Settings{Images: Images{Image: DefaultImage, Pinned: map[string]string{"box": DefaultImage}, Other: Direct}}
	s.Name = fallback
	s.Other = other
	s.Unread = "unread"
	return s
}

type service struct{ settings *Settings }

func (s *service) start() { s.pull(s.settings.Image) }

func (s *service) pull(string) {}

func (s *service) later() func() string {
	return func() string { return s.settings.Name }
}

func (s *service) both() string {
	if s.settings.Other != "" {
		return s.settings.Other
	}
	return direct()
}

func direct() string { return Direct }

func (s *service) set(image string) { s.settings.Image = image }

func main() {
	s := &service{settings: defaults()}
	s.set("x")
	s.start()
	s.later()()
	s.both()
}
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    folder = tmp_path_factory.mktemp("fields")
    repository(folder, {"go.mod": "module m\n\ngo 1.24\n", "main.go": MAIN})
    return CallGraph([analysis(folder)])


def chain(graph: CallGraph, start: str, target: str) -> list[tuple[str, str]] | None:
    """What each hop of a chain comes to, and its rule."""
    (begin,) = (graph.node(*found) for found in lookup_all(graph.analyses, f"m.{start}"))
    ends = [graph.node(*found) for found in lookup_all(graph.analyses, target)]
    found = frontier.between(graph, begin, [ends], lambda _name, _count: None)
    if not found.chains:
        return None
    return [(hop.target.name.rpartition("m.")[2], hop.edge.rule.value) for hop in trace.hops(graph, found.chains[0])]


def test_a_field_is_a_target(graph: CallGraph) -> None:
    assert chain(graph, "main", "Images.Image") == [("service).start", "method"), ("Images.Image", "name")]
    assert chain(graph, "service.later$1", "m.Settings.Name") == [("Settings.Name", "name")]
    # What stores in it does not read it.
    assert chain(graph, "service.set", "Images.Image") is None
    assert chain(graph, "main", "Images.Unread") is None


def test_a_constant_is_reached_by_who_reads_the_field_that_holds_it(graph: CallGraph) -> None:
    held = [("Images.Image", "name"), ("DefaultImage", "stored")]
    assert chain(graph, "service.start", "DefaultImage") == held
    assert chain(graph, "service.later$1", "m.fallback") == [("Settings.Name", "name"), ("fallback", "stored")]
    assert chain(graph, "service.set", "DefaultImage") is None


def test_a_chain_without_a_field_comes_first(graph: CallGraph) -> None:
    assert chain(graph, "service.both", "m.Direct") == [("direct", "function"), ("Direct", "name")]


def test_what_calls_a_field_is_what_reads_it(tmp_path: Path) -> None:
    files = {"go.mod": "module m\n\ngo 1.24\n", "main.go": MAIN}
    text = 'title = "m"\n[repositories.demo]\nurl = "https://example.org/m"\ncommit = "{demo}"\nprograms = ["."]\n'
    world = made(tmp_path, {"demo": files}, text)
    shown = world.run("follow", "service.start", "--repo", "demo", "--to", "Images.Image").stdout
    assert "read" in shown
    assert "main.Images.Image" in shown or "m.Images.Image" in shown
    assert "(*m.service).start" in world.run("callers", "Images.Image", "--repo", "demo").stdout
    # No kind of answer stumbles over a place that is no function.
    site = tmp_path / "site"
    world.run("follow", "service.start", "--repo", "demo", "--to", "DefaultImage", "--html", str(site))
    assert "stored in this field" in (site / "index.html").read_text(encoding="utf-8")
    for form in ("json", "markdown", "mermaid", "dot", "graphml", "codetour", "sarif"):
        world.run("follow", "service.start", "--repo", "demo", "--to", "DefaultImage", "--export", f"{form}=-")
    assert "calls nothing" in world.run("explain", "Images.Image", "x", "--repo", "demo", expect=2).stderr
