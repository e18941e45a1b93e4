"""Chains through programs that are started: which come first, and which branches of ``main`` they can take."""

from __future__ import annotations

from pathlib import Path

from support import analysis, repository

from tracer import frontier, trace
from tracer.codes import Note
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


LONG = "".join(f"func l{i}() {{ l{i + 1}() }}\n\n" for i in range(8))
NEARER = """package main

import "os/exec"

// The program whose way is long is started here, the other one some calls on.
func begin() {
	exec.Command("/usr/bin/long").Run()
	g1()
}

func g1() { g2() }

func g2() { exec.Command("/usr/bin/short").Run() }

func main() { begin() }
"""


def test_of_two_programs_the_one_with_the_shorter_way_comes_first(tmp_path: Path) -> None:
    long = f'package main\n\nimport "m/shared"\n\n{LONG}func l8() {{ shared.Target() }}\n\nfunc main() {{ l0() }}\n'
    files = {
        "cmd/own/main.go": NEARER,
        "cmd/long/main.go": long,
        "cmd/short/main.go": OTHER,
        "shared/shared.go": "package shared\n\nfunc Target() {}\n",
    }
    graph = graph_of(tmp_path, files, "cmd/own", "cmd/long", "cmd/short")
    assert names(chain(graph, "begin", "shared.Target")) == ["g1", "g2", "main", "Target"]


# Branches of main

BRANCHES = """package main

import (
	"flag"
	"log"
	"os"
)

func init() {
	if len(os.Args) > 1 && os.Args[1] == "inner" {
		inner()
		os.Exit(0)
	}
}

func inner()  {}
func create() {}
func remove() {}
func list()   {}
func rest()   {}
func never()  {}

func main() {
	if flag.Arg(0) == "list" {
		list()
	}
	verb := os.Args[1]
	if verb == "stop" || !(verb != "halt") {
		never()
		log.Fatal("stopped")
	}
	switch os.Args[1] {
	case "create", "make":
		create()
	case "remove":
		remove()
	default:
		rest()
	}
}
"""
STARTING = """package main

import (
	"flag"
	"os"
	"os/exec"
)

func again(args ...string) { exec.Command("/usr/bin/tool", args...).Run() }

func startPassed() { again("remove", "it") }
func startOther()  { again("create") }

func startInner()  { exec.Command("/usr/bin/tool", "inner").Run() }
func startCreate() { exec.Command("/usr/bin/tool", "create", "--force").Run() }
func startRemove() { exec.Command("/usr/bin/tool", "remove").Run() }
func startNone()   { exec.Command("/usr/bin/tool").Run() }
func startList()   { exec.Command("/usr/bin/tool", "-q", "list").Run() }
func startAny()    { exec.Command("/usr/bin/tool", os.Getenv("HOW")).Run() }
func startMore()   { exec.Command("/usr/bin/tool", append([]string{"create"}, flag.Args()...)...).Run() }
func startListed() { exec.Command("/usr/bin/tool", []string{"remove", "it"}...).Run() }
func startCmd()    { (&exec.Cmd{Path: "/usr/bin/tool", Args: []string{"again", "create"}}).Run() }
func startSet() {
	cmd := exec.Command("/usr/bin/tool", "inner")
	cmd.Args = []string{"again", "create"}
	cmd.Run()
}

func main() {
	startInner()
	startCreate()
	startRemove()
	startNone()
	startList()
	startAny()
	startMore()
	startListed()
	startCmd()
	startSet()
	startPassed()
	startOther()
}
"""
EVERY = ("inner", "create", "remove", "list", "rest", "never")
TAKEN = {
    "startInner": ("inner", "rest"),
    "startCreate": ("create",),
    "startRemove": ("remove",),
    # What looks at an argument that is not there has its reasons.
    "startNone": ("rest",),
    "startList": ("list", "rest"),
    "startAny": EVERY,
    "startMore": ("create", "list"),
    "startListed": ("remove",),
    "startCmd": ("create",),
    "startSet": ("create",),
    # What a function is handed for arguments, by the call that is on the chain.
    "startPassed": ("remove",),
    "startOther": ("create",),
}
"""What is reached by the arguments that are given; that ``init`` ends the program is not asked in ``main``."""


TWO = {"cmd/tool/main.go": BRANCHES, "cmd/start/main.go": STARTING}
PROGRAMS = ("cmd/start", "cmd/tool")


def taken(graph: CallGraph, start: str) -> tuple[str, ...]:
    return tuple(name for name in EVERY if chain(graph, f"start.{start}", f"tool.{name}") is not None)


def test_the_branches_that_the_arguments_allow(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, TWO, *PROGRAMS)
    assert {start: taken(graph, start) for start in TAKEN} == TAKEN


def test_the_arguments_are_told(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, TWO, *PROGRAMS)

    def told(start: str, target: str) -> list[str]:
        found = chain(graph, f"start.{start}", f"tool.{target}")
        assert found is not None
        return [
            sentence(note.message) for note in found[0].notes if note.note in (Note.ARGUMENTS, Note.ARGUMENTS_UNKNOWN)
        ]

    assert told("startCreate", "create") == ['started with: ["create", "--force"]']
    assert told("startMore", "create") == ['started with: ["create", …]']
    assert told("startAny", "create") == ["started with: [*]"]


def test_arguments_that_are_set_leave_all_open(tmp_path: Path) -> None:
    text = BRANCHES.replace("\tif flag.Arg(0)", '\tos.Args = append(os.Args, "x")\n\tif flag.Arg(0)')
    graph = graph_of(tmp_path, TWO | {"cmd/tool/main.go": text}, *PROGRAMS)
    assert taken(graph, "startCreate") == EVERY


COBRA = """package cobra

import "os"

type Command struct {
	Use      string
	Aliases  []string
	Run      func(cmd *Command, args []string)
	RunE     func(cmd *Command, args []string) error
	PersistentPreRun func(cmd *Command, args []string)
	children []*Command
	args     []string
}

func (c *Command) AddCommand(cmds ...*Command) { c.children = append(c.children, cmds...) }

func (c *Command) SetArgs(a []string) { c.args = a }

func (c *Command) Execute() error {
	for _, child := range c.children {
		if len(os.Args) > 1 && child.Use == os.Args[1] {
			return child.execute(os.Args[2:])
		}
	}
	return c.execute(os.Args[1:])
}

func (c *Command) execute(args []string) error {
	if c.PersistentPreRun != nil {
		c.PersistentPreRun(c, args)
	}
	if c.RunE != nil {
		return c.RunE(c, args)
	}
	c.Run(c, args)
	return nil
}
"""
TOOL = """package main

import "github.com/spf13/cobra"

func create()   {}
func features() {}
func base()     {}
func always()   {}

func runFeatures(cmd *cobra.Command, args []string) { features() }

func newCreate() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "create [flags] ID",
		Aliases: []string{"make"},
		RunE: func(cmd *cobra.Command, args []string) error {
			create()
			return nil
		},
		PersistentPreRun: func(cmd *cobra.Command, args []string) { always() },
	}
	return cmd
}

func main() {
	root := &cobra.Command{Use: "tool", Run: func(cmd *cobra.Command, args []string) { base() }}
	root.AddCommand(newCreate(), &cobra.Command{Use: "features", Run: runFeatures})
	root.Execute()
}
"""
STARTER = """package main

import "os/exec"

func startCreate()   { exec.Command("/usr/bin/tool", "--log", "x", "create").Run() }
func startMake()     { exec.Command("/usr/bin/tool", "make").Run() }
func startFeatures() { exec.Command("/usr/bin/tool", "features").Run() }

func main() {
	startCreate()
	startMake()
	startFeatures()
}
"""


def test_commands_of_cobra(tmp_path: Path) -> None:
    files = {"vendor/github.com/spf13/cobra/cobra.go": COBRA, "cmd/tool/main.go": TOOL, "cmd/start/main.go": STARTER}
    graph = graph_of(tmp_path / "a", files, *PROGRAMS)

    def reached(of: CallGraph, start: str) -> list[str]:
        every = ("create", "features", "base", "always")
        return [name for name in every if chain(of, f"start.{start}", f"tool.{name}") is not None]

    # The root runs without a name; what comes before a command's own, for those below it as well.
    assert reached(graph, "startCreate") == reached(graph, "startMake") == ["create", "base", "always"]
    assert reached(graph, "startFeatures") == ["features", "base", "always"]
    other = TOOL.replace("\troot.Execute()", '\troot.SetArgs([]string{"create"})\n\troot.Execute()')
    graph = graph_of(tmp_path / "b", files | {"cmd/tool/main.go": other}, *PROGRAMS)
    assert reached(graph, "startFeatures") == ["create", "features", "base", "always"]


CLI = """package cli

import "os"

type Context struct{}

type Command struct {
	Name   string
	Action any
}

type App struct{ Commands []Command }

func (a *App) Run(args []string) error {
	for _, c := range a.Commands {
		if len(args) > 1 && c.Name == args[1] {
			return HandleAction(c.Action, &Context{})
		}
	}
	os.Exit(1)
	return nil
}

func HandleAction(action any, ctx *Context) error {
	if a, ok := action.(func(*Context) error); ok {
		return a(ctx)
	}
	return nil
}
"""
RUNTIME = """package main

import (
	"os"

	"github.com/urfave/cli"
)

func create()   {}
func features() {}

var createCommand = cli.Command{
	Name: "create",
	Action: func(ctx *cli.Context) error {
		create()
		return nil
	},
}

func runFeatures(ctx *cli.Context) error {
	features()
	return nil
}

func main() {
	app := &cli.App{}
	app.Commands = []cli.Command{createCommand, {Name: "features", Action: runFeatures}}
	app.Run(os.Args)
}
"""


def test_commands_of_cli(tmp_path: Path) -> None:
    files = {"vendor/github.com/urfave/cli/cli.go": CLI, "cmd/tool/main.go": RUNTIME, "cmd/start/main.go": STARTER}
    graph = graph_of(tmp_path / "a", files, *PROGRAMS)

    def reached(of: CallGraph, start: str) -> list[str]:
        return [name for name in ("create", "features") if chain(of, f"start.{start}", f"tool.{name}") is not None]

    assert reached(graph, "startCreate") == ["create"]
    assert reached(graph, "startFeatures") == ["features"]
    other = RUNTIME.replace("app.Run(os.Args)", 'app.Run([]string{"tool", "create"})')
    graph = graph_of(tmp_path / "b", files | {"cmd/tool/main.go": other}, *PROGRAMS)
    assert reached(graph, "startFeatures") == ["create", "features"]


REEXEC = """package reexec

import (
	"os"
	"os/exec"
)

var registered = map[string]func(){}

func Register(name string, f func()) { registered[name] = f }

func Init() bool {
	f, ok := registered[os.Args[0]]
	if ok {
		f()
		return true
	}
	return false
}

func Command(args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = args
	return cmd
}
"""
DAEMON = """package main

import (
	"os/exec"

	"github.com/moby/sys/reexec"
)

func init() {
	reexec.Register("demo-untar", untar)
	reexec.Register("demo-mount", func() { mount() })
}

func untar() {}
func mount() {}
func serve() {}

func startUntar() { reexec.Command("demo-untar", "/").Run() }
func startPlain() { exec.Command("/proc/self/exe").Run() }

func main() {
	if reexec.Init() {
		return
	}
	serve()
	startUntar()
	startPlain()
}
"""


def test_functions_that_are_registered_to_run_in_place_of_main(tmp_path: Path) -> None:
    files = {"vendor/github.com/moby/sys/reexec/reexec.go": REEXEC, "cmd/daemon/main.go": DAEMON}
    graph = graph_of(tmp_path, files, "cmd/daemon")

    def reached(start: str) -> list[str]:
        return [
            name
            for name in ("untar", "mount", "serve")
            if chain(graph, f"daemon.{start}", f"daemon.{name}") is not None
        ]

    assert reached("startUntar") == ["untar"]
    # By what name it is called then is not known.
    assert reached("startPlain") == ["untar", "mount", "serve"]
