"""What code of a program asks of the arguments that it was started with, before it makes a call.

Conditions on ``os.Args`` around a call, and on ``flag.Arg``; the name of a command that a library of commands runs (its
``Use`` or ``Name``); the name under which a function is registered with package reexec, which calls it in place of ``main``. What is
not told by these leaves a branch open, and so does everything that may change what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.check.info import Info
from tracer.golang.details import Details
from tracer.golang.flow.dispatch import Target
from tracer.golang.load.package import File, Package
from tracer.golang.program import Analysis
from tracer.golang.strings import MAX_NODES, origins
from tracer.golang.summary.nodes import (
    AddressOf,
    Closure,
    Composite,
    Constant,
    Expression,
    FieldNode,
    FunctionUse,
    Global,
    Literal,
    MethodUse,
    Node,
    Owner,
    Site,
    UnitSummary,
    Use,
    root_of,
)
from tracer.syntax import ast
from tracer.syntax.guards import where
from tracer.wire.arguments import Asked
from tracer.wire.changed import is_changed
from tracer.wire.reading import Where, calling, places, units_at

_NOTHING: frozenset[Asked] = frozenset()
# What is longer than a line that somebody writes counts as setting them.
_SETS_ARGUMENTS = re.compile(
    rb"\bos\.Args(?:\[[^\]\n]{300}|(?:\[[^\]\n]{0,299}\])?\s*(?:,[^\n=]{300}|(?:,[^\n=]{0,299})?=[^=]))|&os\.Args"
)
_SETS_POSITIONAL = re.compile(rb"\bflag\.CommandLine(?:\.(?:Parse|Init)\(|\s*=[^=])")
_NAMED = Where(re.compile(rb"\bos\.Args\b"), (b"os.Args",), lambda file: not file.package.is_std)
_LOOKS = re.compile(rb"\bos\.Args\b|\bflag\.Arg\(|\breexec\.Init\(")
_JUMPS = re.compile(rb"\b(?:fallthrough|goto)\b")
_LEAVING = frozenset(("os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"))
_REEXEC = frozenset(
    (
        "github.com/containers/storage/pkg/reexec",
        "github.com/docker/docker/pkg/reexec",
        "github.com/moby/moby/pkg/reexec",
        "github.com/moby/sys/reexec",
        "go.podman.io/storage/pkg/reexec",
    )
)


@dataclass(frozen=True, slots=True)
class _Library:
    """A library of commands: ``names`` are the fields of its type Command that hold names, ``runs`` those that hold what is run.

    ``begins`` are the methods with which a program begins, of the type ``at``; where that is a command itself, those that
    it begins with have no name among the arguments. Where the text ``opens`` stands in a program, commands are chosen
    otherwise as well.
    """

    names: tuple[str, ...]
    runs: frozenset[str]
    begins: frozenset[str]
    at: str
    opens: re.Pattern[bytes]


_CLI = _Library(
    ("Name", "ShortName", "Aliases"),
    frozenset(("Action", "Before", "After")),
    frozenset(("Run", "RunContext")),
    "App",
    re.compile(rb"\bDefaultCommand\b|\bRunAsSubcommand\("),
)
_LIBRARIES: Mapping[str, _Library] = {
    "github.com/spf13/cobra": _Library(
        ("Use", "Aliases"),
        frozenset(("PreRun", "PreRunE", "Run", "RunE", "PostRun", "PostRunE")),
        frozenset(("Execute", "ExecuteC", "ExecuteContext", "ExecuteContextC")),
        "Command",
        re.compile(rb"\.SetArgs\(|\bEnable(?:PrefixMatching|CaseInsensitive)\b"),
    ),
    "github.com/urfave/cli": _CLI,
    "github.com/urfave/cli/v2": _CLI,
    "github.com/urfave/cli/v3": _Library(
        ("Name", "Aliases"),
        frozenset(("Action", "Before", "After")),
        frozenset(("Run",)),
        "Command",
        re.compile(rb"\b(?:DefaultCommand|PrefixMatchCommands|ReadArgsFromStdin|SuggestCommandFunc)\b"),
    ),
}


@dataclass(slots=True, eq=False)
class Branches:
    """The branches of one program, by what they ask."""

    analysis: Analysis
    _around: dict[Site, frozenset[Asked]] = field(default_factory=dict[Site, "frozenset[Asked]"])
    _named: dict[tuple[str, Owner], frozenset[Asked]] = field(
        default_factory=dict["tuple[str, Owner]", "frozenset[Asked]"]
    )
    _open: dict[str, bool] = field(default_factory=dict[str, bool])
    _beginning: dict[str, frozenset[Composite] | None] = field(default_factory=dict[str, "frozenset[Composite] | None"])
    _given: dict[str, frozenset[str] | None] = field(default_factory=dict[str, "frozenset[str] | None"])
    _registered: dict[str, list[Site]] = field(default_factory=dict[str, "list[Site]"])
    _fixed: bool | None = None

    def asked(self, site: Site, target: Owner | None, by: object) -> frozenset[Asked]:
        """What must be so of the arguments for a call to be made, and to come to what it calls."""
        asked = self._conditions(site)
        path = site.unit.file.package.path
        if isinstance(by, Target) and target is not None and (path in _LIBRARIES or path in _REEXEC):
            found = self._named.get((path, target))
            if found is None:
                made = self._of_registered if path in _REEXEC else self._of_command
                found = self._named[path, target] = made(path, target)
            asked |= found
        return asked if asked and self._are_fixed() else _NOTHING

    def _are_fixed(self) -> bool:
        """Whether nothing sets the arguments, by their name or another."""
        if self._fixed is None:
            told = next(iter(self.analysis.text.search(_SETS_ARGUMENTS)), None)
            self._fixed = told is None and not any(map(self._sets, self._naming_arguments()))
        return self._fixed

    def _naming_arguments(self) -> Iterator[Use]:
        for unit in units_at(self.analysis, places(self.analysis, _NAMED), _NAMED):
            for e in unit.expressions:
                if isinstance(e, Use) and _are_arguments(e):
                    yield e

    def _sets(self, e: Use) -> bool:
        return is_changed(self.analysis, e, within=_may_set)

    def _are_positional_fixed(self) -> bool:
        return next(iter(self.analysis.text.search(_SETS_POSITIONAL)), None) is None

    # Conditions around a call

    def _conditions(self, site: Site) -> frozenset[Asked]:
        found = self._around.get(site)
        if found is None:
            found = self._around[site] = frozenset(self._find_conditions(site))
        return found

    def _find_conditions(self, site: Site) -> Iterator[Asked]:
        unit = site.unit
        declaration = unit.unit.declaration
        text = unit.file.source[declaration.start : declaration.end]
        if unit.file.package.is_std or not _LOOKS.search(text) or _JUMPS.search(text):
            return
        details = self.analysis.details(unit)
        body = self._body(details, site)
        if body is None:
            return
        for guard in where(body, site.pos, lambda block: _leaves(details.info, block)):
            yield from self._facts(details.info, guard.condition, holds=guard.holds)

    def _body(self, details: Details, site: Site) -> ast.Block | None:
        """The body of what makes a call."""
        match site.caller:
            case t.Func():
                return self.analysis.checker.declaration(site.caller).body
            case Literal(name=name):
                written = (lit.node.body for lit in details.info.literals.values() if lit.name == name)
                return next(written, None)
            case _:
                return None

    def _facts(self, info: Info, e: ast.Expr, *, holds: bool) -> Iterator[Asked]:
        """What a condition says of the arguments where it holds, or does not."""
        match e:
            case ast.Unary(op="!"):
                yield from self._facts(info, e.x, holds=not holds)
            case ast.Binary(op="&&" | "||") if (e.op == "&&") is holds:
                yield from self._facts(info, e.x, holds=holds)
                yield from self._facts(info, e.y, holds=holds)
            case ast.Binary(op="||") if holds:
                # One of several texts of one argument.
                sides = [frozenset(self._facts(info, side, holds=True)) for side in (e.x, e.y)]
                if all(len(side) == 1 for side in sides):
                    (x,), (y,) = sides
                    if x.index == y.index and x.holds and y.holds:
                        yield Asked(x.index, x.texts | y.texts)
            case ast.Binary(op="==" | "!="):
                yield from self._compared(info, e, holds=holds is (e.op == "=="))
            case ast.Call():
                site = info.sites.get(e)
                func = site.func if site is not None else None
                if func is not None and func.name == "Init" and func.package.path in _REEXEC:
                    yield from self._of_init(func.package.path, holds=holds)
            case _:
                pass

    def _compared(self, info: Info, e: ast.Binary, *, holds: bool) -> Iterator[Asked]:
        for argument, other in ((e.x, e.y), (e.y, e.x)):
            text = info.text(other)
            if text is None:
                continue
            index = _argument(info, argument)
            if index is not None:
                yield Asked(index, frozenset((text,)), holds)
            elif holds and _is_positional(info, argument) and self._are_positional_fixed():
                yield Asked(None, frozenset((text,)))

    # Commands of a library

    def _is_open(self, path: str) -> bool:
        """Whether a program chooses commands of a library otherwise than by its arguments."""
        found = self._open.get(path)
        if found is None:

            def outside(file: File) -> bool:
                return file.package.path != path

            library = _LIBRARIES[path]
            told = next(iter(self.analysis.text.search(library.opens, outside)), None) is not None
            found = self._open[path] = told or not self._begins_with_arguments(path, library)
        return found

    def _begins_with_arguments(self, path: str, library: _Library) -> bool:
        """Whether the arguments of every call that begins with a command are the program's, if it takes any."""
        for site in self._calls(path, library.begins):
            if site.func is not None and site.func.recv is not None and site.func.recv.name != library.at:
                return False
            texts = [arg for arg in site.args if arg is not None and isinstance(t.underlying(arg.type), t.Slice)]
            if not all(isinstance(arg, Use) and _are_arguments(arg) for arg in texts):
                return False
        return True

    def _calls(self, path: str, methods: frozenset[str], *, unknown: bool = False) -> list[Site]:
        """The calls of a library's methods, in other code; with ``unknown`` also those that may be such for all that is known."""
        place = calling(sorted(methods), lambda file: path in file.import_paths, before=rb"\.")
        return [
            site
            for unit in units_at(self.analysis, places(self.analysis, place), place)
            for site in unit.sites
            if (site.func is not None and site.func.name in methods and site.func.package.path == path)
            or (unknown and site.kind is t.CallKind.UNKNOWN and site.name in methods)
        ]

    def _of_command(self, path: str, target: Owner) -> frozenset[Asked]:
        """The names of the commands that run a function; nothing where it may be run without."""
        library = _LIBRARIES[path]
        literals = self._literals_with(path, target, library)
        if not literals or self._is_open(path):
            return _NOTHING
        names, given = [_names(literal, library) for literal in literals], self._names_given(path, library)
        if given is None or not all(names) or not all(self._is_below(path, literal, library) for literal in literals):
            return _NOTHING
        return frozenset((Asked(None, given.union(*names)),))

    def _names_given(self, path: str, library: _Library) -> frozenset[str] | None:
        """The names that commands are given after they were made, any of them; None where not all are known."""
        if path not in self._given:
            names = tuple(name.encode() for name in library.names)
            named = Where(re.compile(rb"\.(?:%s)\b" % b"|".join(names)), names)
            units = units_at(self.analysis, places(self.analysis, _of_users(named, path)), named)
            found: list[frozenset[str]] = []
            for unit in units:
                literals = {value for e in unit.expressions if isinstance(e, Composite) for value in e.values}
                for target, sources in unit.stores.items():
                    root = root_of(target)
                    if isinstance(root, FieldNode) and _is_named(root, path, library):
                        found += [_words(source) for source, _ in sources if source not in literals]
            self._given[path] = frozenset[str]().union(*found) if all(found) else None
        return self._given[path]

    def _literals_with(self, path: str, target: Owner, library: _Library) -> list[Composite]:
        """The literals of commands that run a function, if it is used as a value nowhere else."""
        found: list[Composite] = []
        for unit in self._using(target):
            commands = [e for e in unit.expressions if isinstance(e, Composite) and _is_command(e, path)]
            for use in unit.expressions:
                if not _is_use(use, target):
                    continue
                holding = [
                    command
                    for command in commands
                    for name, value in zip(command.fields or (), command.values, strict=False)
                    if value is use and name in library.runs
                ]
                if not holding:
                    return []
                found += holding
        return found

    def _using(self, target: Owner) -> list[UnitSummary]:
        if isinstance(target, Literal):
            return [target.unit]
        name = target.name.encode()
        place = Where(re.compile(rb"\b%s\b" % re.escape(name)), (name,))
        return units_at(self.analysis, places(self.analysis, place), place)

    def _is_below(self, path: str, literal: Composite, library: _Library) -> bool:
        """Whether a command is one of another, and not what a program begins with."""
        if library.at != "Command":
            return True
        if path not in self._beginning:
            sites = self._calls(path, library.begins, unknown=True)
            is_told = bool(sites) and all(site.func is not None for site in sites)
            self._beginning[path] = self._commands_of(site.recv for site in sites) if is_told else None
        begins = self._beginning[path]
        return begins is not None and literal not in begins

    def _commands_of(self, given: Iterator[Expression | None]) -> frozenset[Composite] | None:
        """The literals that values come from; None where not all are known."""
        out: set[Composite] = set()
        for e in given:
            found = origins(self.analysis, e) if e is not None else []
            if not found or len(found) >= MAX_NODES:
                return None
            flow = self.analysis.flow_in(found[0].unit) if isinstance(found[0], Expression) else self.analysis.flow
            if not all(isinstance(node, Composite) or flow.sources(node) for node in found):
                return None
            out.update(node for node in found if isinstance(node, Composite))
        return frozenset(out)

    # Package reexec

    def _registrations(self, path: str) -> list[Site]:
        found = self._registered.get(path)
        if found is None:
            found = self._registered[path] = self._calls(path, frozenset(("Register",)))
        return found

    def _of_registered(self, path: str, target: Owner) -> frozenset[Asked]:
        """The names under which a function is registered, which are the program's own then."""
        names: set[str] = set()
        for site in self._registrations(path):
            given = site.args[1] if len(site.args) == 2 else None
            if given is None or _function(given) is None:
                return _NOTHING
            if _function(given) is target:
                if not isinstance(site.args[0], Constant):
                    return _NOTHING
                names.add(str(site.args[0].value))
        return frozenset((Asked(0, frozenset(names)),)) if names else _NOTHING

    def _of_init(self, path: str, *, holds: bool) -> Iterator[Asked]:
        """What the answer of ``reexec.Init`` says: whether a function is registered under the program's own name."""
        sites = self._registrations(path)
        names = [site.args[0] for site in sites if site.args]
        if holds and all(isinstance(name, Constant) for name in names):
            yield Asked(0, frozenset(str(name.value) for name in names if isinstance(name, Constant)))
        if not holds:
            # Those that are registered for certain: before main, whatever else.
            sure = [s.args[0] for s in sites if s.args and _is_init(s.caller)]
            texts = frozenset(str(name.value) for name in sure if isinstance(name, Constant))
            if texts:
                yield Asked(0, texts, holds=False)


def _leaves(info: Info, block: ast.Block) -> bool:
    """Whether nothing comes after a block in its function."""
    match block.stmts[-1] if block.stmts else None:
        case ast.Return():
            return True
        case ast.ExprStmt(x=ast.Call() as call):
            site = info.sites.get(call)
            return site is not None and site.func is not None and site.func.full_name in _LEAVING
        case _:
            return False


def _argument(info: Info, e: ast.Expr) -> int | None:
    """The index of the program's argument that an expression is."""
    e = _meaning(info, e)
    if not isinstance(e, ast.Index) or len(e.indices) != 1:
        return None
    of, index = info.uses.get(e.x), info.constant(e.indices[0])
    return index if isinstance(of, t.Var) and of.full_name == "os.Args" and isinstance(index, int) else None


def _is_positional(info: Info, e: ast.Expr) -> bool:
    """Whether an expression is an argument that is no flag (package flag, Arg)."""
    e = _meaning(info, e)
    site = info.sites.get(e)
    return site is not None and site.func is not None and site.func.full_name == "flag.Arg"


def _meaning(info: Info, e: ast.Expr) -> ast.Expr:
    """What a local variable is that is set once."""
    var = info.uses.get(e) if isinstance(e, ast.Ident) else None
    if not isinstance(var, t.Var) or var.role is not t.Role.LOCAL or var in info.captured or var in info.addressed:
        return e
    stored = info.flows.get(("v", var), [])
    node = stored[0][0] if len(stored) == 1 else ()
    return node[2] if node and node[0] == "x" else e


def _is_command(literal: Composite, path: str) -> bool:
    # An element of a list of pointers may be written without its type (Go spec, "Composite literals").
    named = t.deref(literal.type)
    return isinstance(named, t.Named) and named.obj.full_name == f"{path}.Command"


def _function(e: Expression | None) -> Owner | None:
    """The function that an expression is."""
    match e.x if isinstance(e, AddressOf) else e:
        case FunctionUse(func=func):
            return func
        case Closure(literal=literal):
            return literal
        case MethodUse(selection=selection):
            return selection.func
        case _:
            return None


def _is_use(e: Expression, target: Owner) -> bool:
    return isinstance(e, FunctionUse | Closure | MethodUse) and _function(e) is target


def _names(command: Composite, library: _Library) -> frozenset[str]:
    """The names of a command; empty where they are not all known."""
    out: set[str] = set()
    for name, value in zip(command.fields or (), command.values, strict=False):
        if name not in library.names:
            continue
        listed = value.values if isinstance(value, Composite) else (value,)
        for one in listed:
            words = str(one.value).split() if isinstance(one, Constant) else []
            if not words:
                return frozenset()
            out.add(words[0])
    return frozenset(out)


def _words(given: Node | None) -> frozenset[str]:
    """The name that a command is given; empty where it is not known."""
    words = str(given.value).split() if isinstance(given, Constant) else []
    return frozenset(words[:1])


def _is_named(node: FieldNode, path: str, library: _Library) -> bool:
    """Whether a field holds names of commands."""
    return node.field.struct == f"{path}.Command" and node.field.name in library.names


def _of_users(where: Where, path: str) -> Where:
    """A text in the files that import a package."""
    return Where(where.pattern, where.texts, lambda file: path in file.import_paths)


def _are_arguments(e: Use) -> bool:
    """Whether an expression is the variable that holds the program's arguments."""
    return isinstance(e.var, Global) and e.var.var.full_name == "os.Args"


def _may_set(package: Package | None) -> bool:
    """Whether a package's code may set the arguments that it is given; the library and those of commands only read theirs."""
    return package is not None and not package.is_std and package.path not in _LIBRARIES and package.path not in _REEXEC


def _is_init(caller: Owner | None) -> bool:
    """Whether code runs before ``main`` (Go spec, "Package initialization")."""
    return isinstance(caller, t.Func) and caller.recv is None and caller.name.partition("#")[0] == "init"
