"""Programs that start programs: ``exec.Command`` with a path that the flow tells, and what runs a literal ``exec.Cmd{Path: …}``.

The join key is the program's file name: the last part of the path given, and what ``go build`` calls a main package
(``go help build``: the last element of its import path, without a version). A program may start itself.

A program begins with the ``init`` functions of its packages, then comes ``main`` (Go spec, "Program initialization"); of
the former those of the main package are told, where programs look at what they were started as.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tracer.codes import Note, Rule
from tracer.golang import types as t
from tracer.golang.flow.dispatch import Target
from tracer.golang.flow.evidence import func_position
from tracer.golang.load.package import File
from tracer.golang.load.program import Program
from tracer.golang.load.tests import NAMES, is_run
from tracer.golang.program import Analysis
from tracer.golang.strings import SELF, origins, texts
from tracer.golang.summary.nodes import CallValue, Composite, Expression, FieldUse, Node, Owner, Site, Use
from tracer.model import EdgeKind, Evidence
from tracer.syntax.facts import Declaration
from tracer.wire.arguments import OPEN, Arguments, Listed, joined, listed, single
from tracer.wire.changed import ARGS, COMMAND, is_arguments, is_command_field
from tracer.wire.commands import Change, Commands
from tracer.wire.held import is_held
from tracer.wire.model import Handler, Side, Stub
from tracer.wire.reading import Where, argument_texts, calling, places, units_at

# Function -> the index of the program's path among its arguments.
_STARTING = {"os/exec.Command": 0, "os/exec.CommandContext": 1, "os.StartProcess": 0, "syscall.Exec": 0}
# What starts the program of a command that is no result of the above (package os/exec, type Cmd).
_RUNNING = frozenset(f"(*{COMMAND}).{name}" for name in ("Run", "Start", "Output", "CombinedOutput"))
# Those that take all arguments as one list, the program's own name the first.
_LISTING = frozenset(("os.StartProcess", "syscall.Exec"))
_PREFIX = "exec "
_ITSELF = f"{_PREFIX}{SELF} of "


def _may_start(file: File) -> bool:
    return not {"os/exec", "os", "syscall"}.isdisjoint(file.import_paths)


_CALLS = calling(("Command", "CommandContext", "StartProcess", "Exec"), _may_start)
_LITERALS = Where(re.compile(rb"\bCmd\s*\{"), (b"Cmd",), _may_start)
STARTING = (_CALLS, _LITERALS)
"""Where programs are started that are written as calls or as literals."""
_RUNS = calling(("Run", "Start", "Output", "CombinedOutput"), before=rb"\.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Started:
    """The programs that a call starts, as far as they are told; ``unnamed`` is whether there may be others."""

    stubs: list[Stub]
    unnamed: bool


_NOTHING = _Started([], False)


@dataclass(slots=True, eq=False)
class Process:
    """The programs that one program starts, and the program that it is itself."""

    analysis: Analysis
    name: str = "exec"
    kind: EdgeKind = EdgeKind.EXEC
    rule: Rule = Rule.PROGRAM_PATH
    is_answered: bool = False
    _sites: list[Site] | None = None
    _started: dict[Site, _Started] = field(default_factory=dict[Site, "_Started"])
    _literals: list[Composite] | None = None
    _changed: Commands = field(init=False)
    _given: dict[tuple[Site, bool], Arguments] = field(default_factory=dict["tuple[Site, bool]", Arguments])
    _held: dict[Site, bool] = field(default_factory=dict[Site, bool])
    _run: dict[Site, list[Composite]] = field(default_factory=dict[Site, "list[Composite]"])
    _beginning: list[Handler] | None = None

    def __post_init__(self) -> None:
        self._changed = Commands(self.analysis)

    def sites(self) -> list[Site]:
        """All calls that start a program, whatever its name."""
        if self._sites is None:
            found = [(place, _CALLS) for place in places(self.analysis, _CALLS)]
            found += [(place, _RUNS) for place in places(self.analysis, _RUNS)] if self._commands() else []
            units = dict.fromkeys(unit for place, where in found for unit in units_at(self.analysis, [place], where))
            self._sites = [site for unit in units for site in unit.sites if self.sends(site)]
        return self._sites

    def sends(self, site: Site) -> bool:
        """Whether a call starts a program."""
        return site.func is not None and (site.func.full_name in _STARTING or bool(self._run_by(site)))

    def calls(self, site: Site) -> list[Stub]:
        """The programs that a call starts, by patterns of their names: ``exec shim-*``, or itself by its own."""
        return self._starts(site).stubs

    def is_unnamed(self, site: Site) -> bool:
        """Whether the path of the program that a call starts is not known, or may be another than those that are."""
        return self._starts(site).unnamed

    def _starts(self, site: Site) -> _Started:
        if not self.sends(site):
            return _NOTHING
        found = self._started.get(site)
        if found is None:
            paths = self._paths(site)
            names = {posixpath.basename(path) for path in paths if path != SELF}
            # A pattern without a letter of its own would fit every program.
            told = sorted(name for name in names if re.search(r"\w", name))
            stubs = [_PREFIX + name for name in told] + ([_ITSELF + self.analysis.name] if SELF in paths else [])
            unnamed = not stubs or len(told) < len(names)
            found = self._started[site] = _Started([Stub(site, method) for method in stubs], unnamed)
        return found

    def _paths(self, site: Site) -> frozenset[str]:
        """The texts that the path of the program may be which a call starts."""
        assert site.func is not None
        at = _STARTING.get(site.func.full_name)
        if at is not None:
            return argument_texts(self.analysis, site, at)
        return frozenset[str]().union(*map(self._path_of, self._run_by(site)))

    def _path_of(self, command: Node, of: tuple[Node, ...] = ()) -> frozenset[str]:
        """The texts that the path of a command may be, a literal or what a call makes; of a copy those of the commands ``of`` which it is."""
        if isinstance(command, CallValue) and command.site.func is not None:
            return argument_texts(self.analysis, command.site, _STARTING[command.site.func.full_name])
        assert isinstance(command, Composite)
        path = _named(command).get("Path")
        if isinstance(path, FieldUse) and is_command_field(path.field, "Path") and path.x is not None:
            made, inside = self._changed.made(path.x), (*of, command)
            if made is None:
                return frozenset(("*",))
            return frozenset[str]().union(*(self._path_of(one, inside) for one in made if one not in inside))
        return texts(self.analysis, path) if path is not None else frozenset(("*",))

    def arguments(self, site: Site, *, keep: bool = False) -> Arguments:
        """What a call that starts a program gives it; with ``keep`` the parameters of the function around stand for what they hold."""
        found = self._given.get((site, keep))
        if found is None:
            found = self._given[site, keep] = Arguments(self._lists(site, site.caller if keep else None))
        return found

    def holds(self, site: Site) -> bool:
        """Whether the program that a call starts never comes to its first instruction."""
        found = self._held.get(site)
        if found is None:
            found = self._held[site] = is_held(self.analysis, site)
        return found

    def _lists(self, site: Site, keep: Owner | None) -> tuple[Listed, ...]:
        assert site.func is not None
        name, args, analysis = site.func.full_name, site.args, self.analysis
        at = _STARTING.get(name)
        if at is None:
            literals = self._run_by(site)
            if any(self._changed.changes(literal) for literal in literals) or self._changed.is_overwritten(site.unit):
                return (OPEN,)
            return tuple(dict.fromkeys(one for literal in literals for one in self._of_literal(literal, keep)))
        if name in _LISTING:
            return listed(analysis, args[at + 1], keep) if at + 1 < len(args) else (OPEN,)
        changes = self._changed.changes(site.value)
        if changes or self._changed.is_overwritten(site.unit):
            return self._changed_to(site, changes, keep)
        begins = single(analysis, args[at], keep)
        if not site.spread:
            return (begins.then(joined(single(analysis, e, keep) for e in args[at + 1 :])),)
        rest = listed(analysis, args[-1], keep) if len(args) == at + 2 else (OPEN,)
        return tuple(begins.then(one) for one in rest)

    def _changed_to(self, site: Site, changes: Sequence[Change], keep: Owner | None) -> tuple[Listed, ...]:
        """The arguments of a command after the one change that is known of it: its maker gives it others."""
        only = changes[0] if len(changes) == 1 else None
        if only is None or only.value is None or only.commands != frozenset((site.value,)):
            return (OPEN,)
        if only.within is not site.caller or only.pos < site.pos or self._changed.is_overwritten(site.unit):
            return (OPEN,)
        return listed(self.analysis, only.value, keep)

    def _of_literal(self, literal: Composite, keep: Owner | None) -> tuple[Listed, ...]:
        """The arguments of a command that is written down; without any it has its own name alone (package os/exec, type Cmd)."""
        named = _named(literal)
        if ARGS not in named:
            return (single(self.analysis, named.get("Path")),)
        return listed(self.analysis, named[ARGS], keep)

    # Commands that are written down as literals

    def _commands(self) -> list[Composite]:
        """The literals of commands in the program."""
        if self._literals is None:
            units = units_at(self.analysis, places(self.analysis, _LITERALS), _LITERALS)
            self._literals = [
                e for unit in units for e in unit.expressions if isinstance(e, Composite) and _is_command(e)
            ]
        return self._literals

    def _run_by(self, site: Site) -> list[Composite]:
        """The literals of commands that a call may run."""
        if site.func is None or site.func.full_name not in _RUNNING or site.receiver is None or not self._commands():
            return []
        found = self._run.get(site)
        if found is None:
            whence = origins(self.analysis, site.receiver)
            literals = [node for node in whence if isinstance(node, Composite) and _is_command(node)]
            found = self._run[site] = [literal for literal in literals if not self._is_copy(literal)]
        return found

    def _is_copy(self, literal: Composite, of: tuple[Composite, ...] = ()) -> bool:
        """Whether a literal has program and arguments of a command that calls make, which are told where they make it."""
        named = _named(literal)
        path, args = named.get("Path"), named.get(ARGS)
        if not isinstance(path, FieldUse) or not isinstance(args, FieldUse) or self._changed.changes(literal):
            return False
        same = isinstance(path.x, Use) and isinstance(args.x, Use) and path.x.var is args.x.var
        if not same or not is_command_field(path.field, "Path") or not is_arguments(args.field) or path.x is None:
            return False
        made = self._changed.made(path.x)
        inside = (*of, literal)
        return bool(made) and all(
            isinstance(one, CallValue) or one in inside or (isinstance(one, Composite) and self._is_copy(one, inside))
            for one in made or ()
        )

    def stubs(self, method: str) -> list[Stub]:
        """The calls that may start the program named by ``exec NAME``."""
        own = any(handler.method == method for handler in self.every_handler())
        told = (stub for site in self.sites() for stub in self.calls(site))
        return [s for s in told if _fits(s.method, method) or (own and s.method.startswith(_ITSELF))]

    def handlers(self, method: str) -> list[Handler]:
        """This program's beginning, if its file name fits what is started or it starts itself."""
        return list(self.every_handler()) if may_answer(self.analysis.program, method) else []

    def every_handler(self) -> list[Handler]:
        """This program's ``main``, of tests all that ``go test`` runs, and the ``init`` functions beside it."""
        if self._beginning is None:
            name = _built_as(self.analysis.program)
            self._beginning = list(self._begins(name)) if name is not None else []
        return self._beginning

    def _begins(self, built_as: str) -> Iterator[Handler]:
        program = self.analysis.program
        is_first = is_run if program.name.is_tests else _is_main
        for begins in (is_first, _is_init):
            for file in (file for package in program.mains() for file in package.files):
                for declaration in file.facts.declarations:
                    if begins(file, declaration):
                        func = self.analysis.unit(file.unit(declaration)).func
                        assert func is not None
                        yield Handler(self.analysis, _PREFIX + built_as, func, func_position(func))

    def handled(self, owner: Owner) -> list[Handler]:
        """The program that a function is the beginning of."""
        named = ("init", *(NAMES if self.analysis.program.name.is_tests else ("main",)))
        if not isinstance(owner, t.Func) or not owner.name.startswith(named):
            return []
        return [handler for handler in self.every_handler() if handler.owner.full_name == owner.full_name]

    def implementations(self, _: Handler, /) -> tuple[Target, ...]:
        """None: ``main`` is called by no value."""
        return ()

    def serves(self, handler: Handler) -> bool:
        """A program is always there to be started."""
        return handler.analysis is self.analysis

    def may_serve(self, _: Handler, /) -> bool:
        """Nothing has to be registered for a program."""
        return False

    def served(self, _owner: Owner, _site: Site, /) -> None:
        """The calls of ``main`` are calls like others."""

    def unregistered(self, _: Owner, /) -> None:
        """Nothing has to be registered for a program."""

    def notes(self, stub: Stub, handler: Handler) -> tuple[Evidence, Evidence]:
        """What there is to say of the call, and of the program that is started."""
        started = handler.analysis.name
        if stub.method.startswith(_ITSELF):
            return Evidence(Note.STARTS_ITSELF), Evidence(Note.SAME_PROGRAM, (started,))
        name = handler.method.removeprefix(_PREFIX)
        return (
            Evidence(Note.STARTS_PROGRAM, (stub.method.removeprefix(_PREFIX),)),
            Evidence(Note.FILE_NAME, (started, name)),
        )

    def between(self, _stub: Stub, _side: Side, /) -> tuple[Evidence, ...]:
        """Nothing stands between."""
        return ()


def may_answer(program: Program, method: str) -> bool:
    """Whether a program is what ``exec NAME`` starts, by its file name, or starts itself."""
    name = _built_as(program)
    return method == f"{_ITSELF}{program.name}" or (name is not None and _fits(method, _PREFIX + name))


def _built_as(program: Program) -> str | None:
    """The file name of a program: what ``go build`` calls a main package, and ``go test`` the tests of one; a library has none."""
    path = None if program.name.library is not None else program.layout.import_path(program.name.folder)
    if path is None:
        return None
    return f"{_file_name(path)}.test" if program.name.is_tests else _file_name(path)


def _is_main(_: File, declaration: Declaration) -> bool:
    return declaration.kind == "func" and declaration.names[0] == "main"


def _is_init(_: File, declaration: Declaration) -> bool:
    return declaration.kind == "func" and declaration.names[0] == "init"


def _named(literal: Composite) -> Mapping[str, Expression | None]:
    """What the fields are given that a literal names."""
    return dict(zip(literal.fields or (), literal.values, strict=False))


def _is_command(literal: Composite) -> bool:
    """Whether a literal is of a command, and not inside of package os/exec."""
    named = literal.type
    return isinstance(named, t.Named) and named.obj.full_name == COMMAND and not literal.unit.file.package.is_std


def _fits(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern)


def _file_name(import_path: str) -> str:
    parts = import_path.split("/")
    if len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]):
        parts.pop()
    return parts[-1]
