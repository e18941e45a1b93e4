"""Chains through programs that are started: which come first, and which branches of ``main`` they can take."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer import frontier, trace
from tracer.golang.lookup import lookup
from tracer.graph import CallGraph
from tracer.model import Hop
from tracer.sentences import sentence

ORDER = """package main

import "os/exec"

func far() { far1() }

func far1() { far2() }

func far2() { target() }

func target() {}

// The nearest way is by a program, the second by another, the third by calls alone.
func both() {
	again()
	other()
	far()
}

func programs() {
	again()
	other()
}

func again() { exec.Command("/proc/self/exe").Run() }

func other() { exec.Command("/usr/bin/other").Run() }

func main() {
	both()
	programs()
	target()
}
"""
OTHER = """package main

import "m/shared"

func main() { shared.Target() }
"""


def graph_of(folder: Path, files: dict[str, str], *programs: str) -> CallGraph:
    repository(folder, {"go.mod": "module m\n\ngo 1.24\n", **files})
    return CallGraph([analysis(folder, program, name="demo") for program in programs])


def chain(graph: CallGraph, start: str, *targets: str) -> list[Hop] | None:
    """The hops of a chain, or None."""
    begin = graph.node(*lookup(graph.analyses, start))
    ends = [graph.node(a, obj) for name in targets for a in graph.analyses for obj in a.find(name)]
    assert ends
    found = frontier.between(graph, begin, [ends], lambda _name, _count: None)
    return list(trace.hops(graph, found.chains[0])) if found.chains else None


def names(hops: list[Hop] | None) -> list[str] | None:
    return None if hops is None else [hop.target.short.rpartition(".")[2] for hop in hops]


def test_a_chain_without_a_process_start_comes_first(tmp_path: Path) -> None:
    shared = {"shared/shared.go": "package shared\n\nfunc Target() {}\n"}
    text = ORDER.replace("target()", "shared.Target()").replace("func shared.Target() {}\n\n", "")
    text = text.replace('import "os/exec"', 'import (\n\t"m/shared"\n\t"os/exec"\n)')
    files = {"cmd/own/main.go": text, "cmd/other/main.go": OTHER, **shared}
    graph = graph_of(tmp_path, files, "cmd/own", "cmd/other")
    target = "m/shared.Target"
    assert names(chain(graph, "own.both", target)) == ["far", "far1", "far2", "Target"]
    # Then by another program, and by itself last.
    assert names(chain(graph, "own.programs", target)) == ["other", "main", "Target"]
    assert names(chain(graph, "own.again", target)) == ["main", "Target"]
