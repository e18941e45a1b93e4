"""What changes arguments after they were written down, by any name: then nothing is known, and all branches are open."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_started import COBRA, DAEMON, REEXEC, STARTER, TOOL, chain, graph_of

from tracer.graph import CallGraph

PROGRAMS = ("cmd/start", "cmd/tool")
BRANCHES = """package main

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
STARTING = """package main

import (
	"os"
	"os/exec"
	"slices"
	"sort"
)

type holder struct{ args []string }

type list []string

func (l list) set() { l[0] = "create" }

func mutate(args []string) { args[0] = "create" }

func change(cmd *exec.Cmd) { cmd.Args = append(cmd.Args[:1], "create") }

func start() {
	%s
}

func main() {
	start()
	_ = holder{os.Args}
	list{""}.set()
	mutate([]string{""})
	change(&exec.Cmd{})
	sort.Strings(nil)
	slices.Sort([]string{})
}
"""
COMMAND = 'cmd := exec.Command("/usr/bin/tool", "inner"); %s; cmd.Run()'
LIST = 'args := []string{"inner"}; %s; exec.Command("/usr/bin/tool", args...).Run()'
LITERAL = 'args := []string{"tool", "inner"}; cmd := &exec.Cmd{Path: "/usr/bin/tool", Args: args}; %s; cmd.Run()'
CHANGED = {
    "an element of the field": COMMAND % 'cmd.Args[1] = "create"',
    "the field's list, longer": COMMAND % 'cmd.Args = append(cmd.Args, "create")',
    "the field's address": COMMAND % 'p := &cmd.Args; *p = []string{"tool", "create"}',
    "the field under another name": COMMAND % 'args := cmd.Args; args[1] = "create"',
    "the whole command": COMMAND % '*cmd = exec.Cmd{Path: "/usr/bin/tool", Args: []string{"tool", "create"}}',
    "the field, by a function": COMMAND % "change(cmd)",
    "the field, perhaps": COMMAND % 'if len(os.Environ()) > 5 { cmd.Args = []string{"tool", "create"} }',
    "the field's list, in place": COMMAND % "mutate(cmd.Args[1:])",
    "by a function": LIST % "mutate(args)",
    "by a method": LIST % "list(args).set()",
    "under another name": LIST % 'other := args; other[0] = "create"',
    "what is appended to a part of it": LIST % '_ = append(args[:0], "create")',
    "through a pointer": LIST % 'p := &args[0]; *p = "create"',
    "in a field": LIST % 'h := holder{args}; h.args[0] = "create"',
    "all at once": LIST % "clear(args)",
    "a part of it at once": LIST % "clear(args[:1])",
    "by the library": LIST % "sort.Strings(args)",
    "by a generic function of the library": LIST % "slices.Sort(args)",
    "a part of it": 'args := []string{"inner", "create"}; exec.Command("/usr/bin/tool", args[1:]...).Run()',
    "in a literal, by its name": LITERAL % 'args[1] = "create"',
    "in a literal, by the field": LITERAL % 'cmd.Args[1] = "create"',
}
UNCHANGED = {
    "as it is": (LIST % "_ = args", "inner"),
    "looked at": (LIST % 'println(len(args), args[0], slices.Contains(args, "x"))', "inner"),
    "copied": (LIST % 'other := append([]string{}, args...); other[0] = "create"', "inner"),
    "given anew": (COMMAND % 'cmd.Args = []string{"tool", "create"}', "create"),
    "of another command": (
        COMMAND % 'other := exec.Command("/bin/other"); other.Args = []string{"tool", "create"}; other.Run()',
        "inner",
    ),
}


def reached(graph: CallGraph, start: str, *names: str) -> list[str]:
    return [name for name in names if chain(graph, start, f"tool.{name}") is not None]


def started(folder: Path, code: str) -> list[str]:
    files = {"cmd/tool/main.go": BRANCHES, "cmd/start/main.go": STARTING % code}
    return reached(graph_of(folder, files, *PROGRAMS), "start.start", "create", "inner")


@pytest.mark.parametrize("how", CHANGED)
def test_what_is_changed_is_not_known(tmp_path: Path, how: str) -> None:
    assert "create" in started(tmp_path, CHANGED[how])


@pytest.mark.parametrize("how", UNCHANGED)
def test_what_is_not_changed_is_known(tmp_path: Path, how: str) -> None:
    code, taken = UNCHANGED[how]
    assert started(tmp_path, code) == [taken]


HANDED = """package main

import "os/exec"

func run(verb string) { exec.Command("/usr/bin/tool", verb).Run() }

func again(args ...string) { more(append([]string{"tool"}, args...)) }

func more(args []string) { (&exec.Cmd{Path: "/usr/bin/tool", Args: args}).Run() }

func startCreate() { run("create") }
func startInner()  { again("inner") }
func startOther()  { again("create") }
func startValue()  { f := again; f("inner") }

func main() {
	startCreate()
	startInner()
	startOther()
	startValue()
	run("inner")
}
"""


def test_arguments_are_those_of_the_call_on_the_chain(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, {"cmd/tool/main.go": BRANCHES, "cmd/start/main.go": HANDED}, *PROGRAMS)

    def taken(start: str) -> list[str]:
        return reached(graph, f"start.{start}", "create", "inner")

    assert taken("startCreate") == ["create"]
    assert taken("startInner") == ["inner"]
    assert taken("startOther") == ["create"]
    # By a function value nothing is known of what is handed in.
    assert taken("startValue") == ["create", "inner"]
    found = chain(graph, "start.startInner", "tool.inner")
    assert found is not None
    assert [str(note.arguments[0]) for note in found[2].notes if note.arguments][:1] == ['["inner"]']


# The program's own arguments


@pytest.mark.parametrize(
    "code",
    [
        'args := os.Args; args[1] = "create"',
        'args := append(os.Args[:1], "create"); println(args)',
        "slices.Reverse(os.Args)",
        "set(os.Args[1:])",
    ],
)
def test_arguments_that_are_set_by_another_name(tmp_path: Path, code: str) -> None:
    tool = BRANCHES.replace('import "os"', 'import (\n\t"os"\n\t"slices"\n)')
    tool = tool.replace("\tswitch", f"\t{code}\n\tswitch")
    tool += '\nfunc set(args []string) { args[0] = "create" }\n\nvar _ = slices.Sort[[]string]\n'
    files = {"cmd/tool/main.go": tool, "cmd/start/main.go": STARTING % (LIST % "_ = args")}
    assert reached(graph_of(tmp_path, files, *PROGRAMS), "start.start", "create", "inner") == ["create", "inner"]


OTHER = """package other

type Keeper struct{ args []string }

func Set(args []string)   { put(args[1:]) }
func put(args []string)   { args[0] = "create" }
func Look(args []string)  { println(len(args), args[0]) }
func Keep(args []string)  { k := &Keeper{}; k.args = args; k.set() }
func (k *Keeper) set()    { k.args[0] = "create" }

type Sweeper struct{ left []string }

func Sweep(args []string)   { s := &Sweeper{}; s.left = args; s.sweep() }
func (s *Sweeper) sweep()   { clear(s.left) }
"""


@pytest.mark.parametrize(
    ("code", "taken"),
    [
        ("other.Set(os.Args)", ["create", "inner"]),
        ("other.Keep(os.Args)", ["create", "inner"]),
        ("other.Sweep(os.Args)", ["create", "inner"]),
        ("other.Look(os.Args)", ["inner"]),
    ],
)
def test_arguments_that_another_package_sets(tmp_path: Path, code: str, taken: list[str]) -> None:
    tool = BRANCHES.replace('import "os"', 'import (\n\t"os"\n\n\t"m/other"\n)')
    files = {
        "other/other.go": OTHER,
        "cmd/tool/main.go": tool.replace("\tswitch", f"\t{code}\n\tswitch"),
        "cmd/start/main.go": STARTING % (LIST % "_ = args"),
    }
    assert reached(graph_of(tmp_path, files, *PROGRAMS), "start.start", "create", "inner") == taken


def test_a_flag_set_that_is_given_others(tmp_path: Path) -> None:
    tool = """package main

import "flag"

func create() {}

func main() {
	flag.CommandLine.Parse([]string{"create"})
	if flag.Arg(0) == "create" {
		create()
	}
}
"""
    files = {"cmd/tool/main.go": tool, "cmd/start/main.go": STARTING % (LIST % "_ = args")}
    assert reached(graph_of(tmp_path / "a", files, *PROGRAMS), "start.start", "create") == ["create"]
    files["cmd/tool/main.go"] = tool.replace('CommandLine.Parse([]string{"create"})', "Parse()")
    assert reached(graph_of(tmp_path / "b", files, *PROGRAMS), "start.start", "create") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # What is executed is not known: it may be any.
        ("root.Execute()", "roots.(*cobra.Command).Execute()"),
        # A command has another name than it was made with.
        ("\treturn cmd\n", '\tcmd.Use = "features"\n\treturn cmd\n'),
        ("\treturn cmd\n", "\tcmd.Use = os.Args[0]\n\treturn cmd\n"),
    ],
)
def test_a_command_by_another_name(tmp_path: Path, old: str, new: str) -> None:
    tool = TOOL.replace(old, new).replace(
        'import "github.com/spf13/cobra"', 'import (\n\t"os"\n\n\t"example.org/no"\n\t"github.com/spf13/cobra"\n)'
    )
    tool += "\nvar roots = no.Roots()\n\nvar _ = os.Args\n"
    files = {"vendor/github.com/spf13/cobra/cobra.go": COBRA, "cmd/tool/main.go": tool, "cmd/start/main.go": STARTER}
    graph = graph_of(tmp_path, files, *PROGRAMS)
    assert reached(graph, "start.startFeatures", "create") == ["create"]


CLI_V3 = """package cli

import "context"

type Command struct {
	Name     string
	Commands []*Command
	Action   func(context.Context, *Command) error
}

func (c *Command) Run(ctx context.Context, args []string) error {
	for _, sub := range c.Commands {
		if len(args) > 1 && sub.Name == args[1] {
			return sub.Run(ctx, args[1:])
		}
	}
	return c.Action(ctx, c)
}
"""
RUNTIME_V3 = """package main

import (
	"context"
	"os"

	"github.com/urfave/cli/v3"
)

func create()   {}
func features() {}
func base()     {}

var createCommand = &cli.Command{
	Name: "create",
	Action: func(ctx context.Context, c *cli.Command) error {
		create()
		return nil
	},
}

func runFeatures(ctx context.Context, c *cli.Command) error {
	features()
	return nil
}

func main() {
	app := &cli.Command{Action: func(context.Context, *cli.Command) error { base(); return nil }}
	app.Name = "tool"
	app.Commands = []*cli.Command{createCommand, {Name: "features", Action: runFeatures}}
	app.Run(context.Background(), os.Args)
}
"""


def test_commands_of_cli_that_are_programs(tmp_path: Path) -> None:
    files = {"vendor/github.com/urfave/cli/v3/cli.go": CLI_V3, "cmd/tool/main.go": RUNTIME_V3}
    graph = graph_of(tmp_path / "a", files | {"cmd/start/main.go": STARTER}, *PROGRAMS)
    every = ("create", "features", "base")
    assert reached(graph, "start.startCreate", *every) == ["create", "base"]
    assert reached(graph, "start.startFeatures", *every) == ["features", "base"]
    other = RUNTIME_V3.replace("\tapp.Run", '\tapp.DefaultCommand = "create"\n\tapp.Run')
    files["cmd/tool/main.go"] = other
    files["vendor/github.com/urfave/cli/v3/cli.go"] = CLI_V3.replace("\tName ", "\tDefaultCommand string\n\tName ")
    graph = graph_of(tmp_path / "b", files | {"cmd/start/main.go": STARTER}, *PROGRAMS)
    assert reached(graph, "start.startFeatures", *every) == list(every)


def test_a_program_that_starts_itself_by_a_function_of_the_library(tmp_path: Path) -> None:
    """Which name it is called by is what the call on the chain hands in, not all that is ever handed in."""
    daemon = DAEMON.replace(
        "func startPlain", 'func startMount() { reexec.Command("demo-mount").Run() }\n\nfunc startPlain'
    ).replace("\tstartPlain()\n}", "\tstartPlain()\n\tstartMount()\n}")
    files = {"vendor/github.com/moby/sys/reexec/reexec.go": REEXEC, "cmd/daemon/main.go": daemon}
    graph = graph_of(tmp_path, files, "cmd/daemon")

    def taken(start: str) -> list[str]:
        every = ("untar", "mount", "serve")
        return [name for name in every if chain(graph, f"daemon.{start}", f"daemon.{name}") is not None]

    assert taken("startUntar") == ["untar"]
    assert taken("startMount") == ["mount"]
    assert taken("startPlain") == ["untar", "mount", "serve"]
