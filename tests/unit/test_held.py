"""Processes that never come to run their program, and commands that are copies of others: what a chain may start."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_started import chain, graph_of

from tracer.graph import CallGraph

HOLDING = """package main

import (
	"os"
	"syscall"
)

func work() {}

func space() int {
	child, err := os.StartProcess("/proc/self/exe", []string{"space"}, &os.ProcAttr{
		Sys: &syscall.SysProcAttr{
			Cloneflags: syscall.CLONE_NEWUSER,
			Ptrace:     true,
			Pdeathsig:  syscall.SIGKILL,
		},
	})
	if err != nil {
		return 0
	}
	return child.Pid
}

func free(pid int) {}

func main() {
	free(space())
	work()
}
"""


def runs(folder: Path, *edits: tuple[str, str]) -> bool:
    text = HOLDING
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return chain(graph_of(folder, {"cmd/one/main.go": text}, "cmd/one"), "one.space", "one.work") is not None


def test_a_process_that_is_held_runs_nothing(tmp_path: Path) -> None:
    assert not runs(tmp_path)


@pytest.mark.parametrize(
    "edit",
    [
        ("Ptrace:     true", "Ptrace:     false"),
        ("\t\t\tPtrace:     true,\n", ""),
        ("Ptrace:     true", "Ptrace:     os.Getpid() > 1"),
        # Its tracer's end lets it go on.
        ("\t\t\tPdeathsig:  syscall.SIGKILL,\n", ""),
        ("syscall.SIGKILL", "syscall.SIGTERM"),
        ("func free(pid int) {}", "func free(pid int) { syscall.PtraceCont(pid, 0) }"),
        ("func free(pid int) {}", "func free(pid int) { f := syscall.PtraceDetach; f(pid) }"),
        ("func free(pid int) {}", "func free(pid int) { syscall.Syscall(syscall.SYS_PTRACE, 7, uintptr(pid), 0) }"),
        # What is not among the sources may let it go on.
        ('\t"os"\n', '\t_ "example.org/missing"\n\t"os"\n'),
    ],
)
def test_one_that_may_be_let_go_does(tmp_path: Path, edit: tuple[str, str]) -> None:
    assert runs(tmp_path, edit)


TOOL = """package main

import "os"

func create() {}
func inner()  {}

func main() {
	switch os.Args[1] {
	case "create":
		create()
	case "inner":
		inner()
	}
}
"""
COPYING = """package main

import "os/exec"

type process struct{ cmd *exec.Cmd }

func (p *process) start() error {
	if p.cmd.Start() == nil {
		return nil
	}
	p.cmd = clone(p.cmd)
	return p.cmd.Start()
}

func clone(c *exec.Cmd) *exec.Cmd { return &exec.Cmd{Path: c.Path, Args: c.Args, Dir: c.Dir} }

func begin() { (&process{cmd: exec.Command("/usr/bin/tool", "inner")}).start() }

func main() { begin() }
"""


def copied(folder: Path, text: str) -> CallGraph:
    return graph_of(folder, {"cmd/tool/main.go": TOOL, "cmd/start/main.go": text}, "cmd/start", "cmd/tool")


def unnamed(graph: CallGraph) -> list[str]:
    """The calls that start a program whose name is not known."""
    analysis = graph.analyses[0]
    (process,) = (wire for wire in graph.wires[analysis.name] if wire.name == "exec")
    return [analysis.code(site) for site in process.sites() if process.is_unnamed(site)]


def test_a_copy_of_a_command_is_told_where_that_is_made(tmp_path: Path) -> None:
    graph = copied(tmp_path, COPYING)
    assert unnamed(graph) == []
    assert chain(graph, "start.begin", "tool.inner") is not None
    assert chain(graph, "start.begin", "tool.create") is None


@pytest.mark.parametrize(
    ("literal", "created"),
    [
        ('{Path: c.Path, Args: []string{c.Path, "create"}}', True),
        ('{Path: c.Path, Args: []string{c.Path, "other"}}', False),
        ("{Path: path(), Args: c.Args}", True),
        ("{Path: c.Path, Args: other.Args}", True),
    ],
)
def test_a_command_that_is_none_is_a_start_of_its_own(tmp_path: Path, literal: str, created: bool) -> None:
    text = COPYING.replace("{Path: c.Path, Args: c.Args, Dir: c.Dir}", literal)
    text += '\nfunc path() string { return "/usr/bin/tool" }\n\nvar other = exec.Cmd{Path: "/x", Args: []string{"", "create"}}\n'
    graph = copied(tmp_path, text)
    assert unnamed(graph) == []
    assert (chain(graph, "start.process.start", "tool.create") is not None) is created
