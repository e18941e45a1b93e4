"""Programs that are run: which call executed which function.

Every function calls ``trace.Enter`` first, on a line of its own, so a line stands for a function; in the build that is
run, ``Enter`` reports that line, the line of the call that led there, and the line at which the function that calls begins.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from edges import Edge
from generator import MAINS
from oracle import Toolchain, module

_QUIET = """//go:build !run

package trace

func Enter() {}
func Catch() { recover() }
func Use(any) {}
"""

_LOUD = """//go:build run

package trace

import (
	"runtime"
	"strings"
	"sync"
	"time"
)

// So many calls a function of Run may make.
const limit = 3000

type pair struct{ callee, caller runtime.Frame }

var (
	lock    sync.Mutex
	seen    = map[[2]uintptr]bool{}
	stacks  = map[[64]uintptr]bool{}
	entered int
)

// tell reports the lines at which the functions begin that were called one by another, the innermost first: down to where
// the machine called one, which it does with what was deferred when there is a panic.
func tell(pcs []uintptr) {
	frames := runtime.CallersFrames(pcs)
	print("STACK")
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if frame.Func == nil || strings.HasPrefix(frame.Function, "runtime.") {
			break
		}
		if file, begins := frame.Func.FileLine(frame.Func.Entry()); file == frame.File {
			print(" ", file, ":", begins)
		}
	}
	println()
}

// Enter reports its caller and that one's, with the line at which this begins; wrappers are no frames.
func Enter() {
	var pcs [64]uintptr
	n := runtime.Callers(2, pcs[:])
	lock.Lock()
	defer lock.Unlock()
	if entered++; entered > limit {
		panic("enough")
	}
	if !stacks[pcs] {
		stacks[pcs] = true
		tell(pcs[:n])
	}
	key := [2]uintptr{pcs[0], pcs[1]}
	if seen[key] {
		return
	}
	seen[key] = true
	frames := runtime.CallersFrames(pcs[:n])
	callee, _ := frames.Next()
	caller, _ := frames.Next()
	begins := 0
	if caller.Func != nil {
		_, begins = caller.Func.FileLine(caller.Func.Entry())
	}
	println("EDGE", callee.File, callee.Line, caller.File, caller.Line, begins)
}

func Catch() { recover() }
func Use(any) {}

func run(f func()) {
	defer Catch()
	lock.Lock()
	entered = 0
	lock.Unlock()
	f()
}

// Run runs functions one by one; what panics in one does not keep the next from running.
func Run(functions ...func()) {
	for _, f := range functions {
		run(f)
	}
	time.Sleep(time.Millisecond)
}
"""


SECONDS = 5


class Step(NamedTuple):
    """A call that was executed, in one file: its line, that at which the function that calls begins, that of ``Enter`` in the one called.

    The first two are 0 where no function of the file calls.
    """

    file: str
    call: int
    begins: int
    entry: int


def batch(folder: Path, programs: Mapping[str, str]) -> None:
    """A module ``gen`` with a package for each program, and a main package that runs the one it is told to."""
    mains = {n: ", ".join(f"{n}.Main{i}" for i in range(MAINS)) for n in programs}
    cases = "".join(f'\tcase "{n}":\n\t\ttrace.Run({called})\n' for n, called in mains.items())
    imports = "".join(f'\t"gen/{n}"\n' for n in programs)
    main = f'//go:build run\n\npackage main\n\nimport (\n\t"gen/trace"\n\t"os"\n{imports})\n\n'
    main += f"func main() {{\n\tswitch os.Args[1] {{\n{cases}\t}}\n}}\n"
    files = {f"{n}/main.go": text for n, text in programs.items()}
    support = {"trace/quiet.go": _QUIET, "trace/loud.go": _LOUD, "main.go": main}
    module(folder, files | support, "gen", "1.18")


def executed(tools: Toolchain, folder: Path, programs: Mapping[str, str]) -> set[Step]:
    """Builds a batch and runs each of its programs."""
    _build(tools, folder)
    out: set[Step] = set()
    for name in programs:
        for line in _reported(["./run.exe", name], folder):
            if line.startswith("EDGE "):
                _, callee, entry, caller, call, begins = (*line.split(" "), "", "", "")[:6]
                inside = caller == callee and begins.isdigit()
                file = Path(callee).relative_to(folder).as_posix()
                out.add(Step(file, int(call), int(begins), int(entry)) if inside else Step(file, 0, 0, int(entry)))
    return out


def stacks(tools: Toolchain, folder: Path, programs: Mapping[str, str]) -> dict[str, set[tuple[int, ...]]]:
    """Builds a batch, runs each of its programs, and gives the calls that each was in: the lines at which the functions of its file begin.

    The innermost is the first.
    """
    _build(tools, folder)
    out: dict[str, set[tuple[int, ...]]] = {}
    for name in programs:
        found = out.setdefault(name, set())
        own = str(folder / name / "main.go")
        for line in _reported(["./run.exe", name], folder):
            if line.startswith("STACK "):
                frames = (frame.rpartition(":") for frame in line.split(" ")[1:])
                found.add(tuple(int(begins) for file, _, begins in frames if file == own and begins.isdigit()))
    return out


def _build(tools: Toolchain, folder: Path) -> None:
    tools.run([str(tools.go), "build", "-tags=run", "-gcflags=gen/...=-l", "-o=run.exe", "."], folder)


def _reported(command: list[str], folder: Path) -> list[str]:
    """What a program says, until it ends or has had its time: some wait for ever."""
    try:
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=SECONDS)
        said = done.stderr
    except subprocess.TimeoutExpired as e:
        said = e.stderr or b""
    return said.decode("utf-8", "replace").splitlines()


def unexplained(
    steps: set[Step], edges: set[Edge], calls: Mapping[str, Mapping[int, set[tuple[int, int]]]]
) -> list[Step]:
    """The executed steps for which no edge stands: from the function that ran, be it a literal, to the one that it called.

    ``calls`` gives for each file and line the places of the calls that the compiler may count to that line, and under 0
    those of what is deferred, which is called from any line. What ``go`` starts is called from nowhere: for a line
    without a call, any edge to the function will do.
    """
    entry = {(e.file, e.line): e.caller for e in edges if e.callee == "gen/trace.Enter"}
    targets: dict[tuple[str, str, int, int], set[str]] = {}
    everything: set[str] = set()
    for edge in edges:
        targets.setdefault((edge.caller, *edge.site), set()).add(edge.callee)
        everything.add(edge.callee)
    missing: list[Step] = []
    for step in sorted(steps):
        name = entry.get((step.file, step.entry))
        first = min((line for file, line in entry if file == step.file and line > step.begins), default=0)
        caller = entry.get((step.file, first), "")
        places = calls[step.file].get(step.call, set()) if step.call else set()
        deferred = calls[step.file][0]
        found = (
            set().union(*(targets.get((caller, step.file, *p), set()) for p in places | deferred))
            if places
            else everything
        )
        if name is None or (name not in found and not (not places and _is_start(name))):
            missing.append(step)
    return missing


def _is_start(name: str) -> bool:
    return name.rsplit(".", 1)[-1].startswith(("Main", "init"))
