"""Programs that start programs: ``exec.Command`` with a path that the flow tells.

The join key is the program's file name: the last part of the path given, and what ``go build`` calls a main package
(``go help build``: the last element of its import path, without a version). A program may start itself.

A program begins with the ``init`` functions of its packages, then comes ``main`` (Go spec, "Program initialization"); of
the former those of the main package are told, where programs look at what they were started as.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tracer.codes import Note, Rule
from tracer.golang import types as t
from tracer.golang.check.info import CallSite, Info, Owner
from tracer.golang.flow.solver import Target
from tracer.golang.load.packages import Package
from tracer.golang.program import Analysis
from tracer.golang.strings import SELF, texts
from tracer.model import EdgeKind, Evidence, Position
from tracer.wire.model import Handler, Stub

# Function -> the index of the program's path among its arguments.
_STARTING = {"os/exec.Command": 0, "os/exec.CommandContext": 1, "os.StartProcess": 0, "syscall.Exec": 0}
_CALLS = re.compile(rb"\b(?:Command|CommandContext|StartProcess|Exec)\(")
_PREFIX = "exec "
_ITSELF = f"{_PREFIX}{SELF} of "


@dataclass(eq=False)
class Process:
    """The programs that one program starts, and the program that it is itself."""

    analysis: Analysis
    name: str = "exec"
    kind: EdgeKind = EdgeKind.EXEC
    rule: Rule = Rule.PROGRAM_PATH
    _calls: dict[CallSite, list[Stub]] = field(default_factory=dict[CallSite, "list[Stub]"])
    _every: list[Stub] | None = None
    _beginning: list[Handler] | None = None

    def calls(self, info: Info, site: CallSite) -> list[Stub]:
        """The programs that a call starts, by patterns of their names: ``exec shim-*``, or itself by its own."""
        if site.func is None or site.func.full_name not in _STARTING:
            return []
        found = self._calls.get(site)
        if found is None:
            at = _STARTING[site.func.full_name]
            paths = texts(self.analysis, info, site.node.args[at]) if len(site.node.args) > at else frozenset[str]()
            names = {posixpath.basename(path) for path in paths if path != SELF}
            # A pattern without a letter of its own would fit every program.
            told = [_PREFIX + name for name in sorted(names) if re.search(r"\w", name)]
            told += [_ITSELF + self.analysis.name] if SELF in paths else []
            found = self._calls[site] = [Stub(info, site, method) for method in told]
        return found

    def stubs(self, method: str) -> list[Stub]:
        """The calls that may start the program named by ``exec NAME``."""
        own = any(handler.method == method for handler in self.every_handler())
        return [s for s in self.every_stub() if _fits(s.method, method) or (own and s.method.startswith(_ITSELF))]

    def every_stub(self) -> Iterator[Stub]:
        """All calls that start a program whose name the flow tells."""
        if self._every is None:
            units: dict[Info, None] = {}
            for file, _, at in self.analysis.program.text.search(_CALLS):
                if {"os/exec", "os", "syscall"}.isdisjoint(file.import_paths):
                    continue
                declaration = file.declaration_at(at)
                if declaration is not None and declaration.kind in ("func", "method", "var"):
                    units[self.analysis.checker.check(file.unit(declaration))] = None
            self._every = [stub for info in units for site in info.calls for stub in self.calls(info, site)]
        yield from self._every

    def handlers(self, method: str) -> list[Handler]:
        """This program's beginning, if its file name fits what is started or it starts itself."""
        itself = method == _ITSELF + self.analysis.name
        return [handler for handler in self.every_handler() if itself or _fits(method, handler.method)]

    def every_handler(self) -> Iterator[Handler]:
        """This program's ``main``, and the ``init`` functions beside it."""
        if self._beginning is None:
            path = self.analysis.program.layout.import_path(self.analysis.program.directory)
            package = self.analysis.program.package(path) if path is not None else None
            self._beginning = list(self._begins(path, package)) if path is not None and package is not None else []
        yield from self._beginning

    def _begins(self, path: str, package: Package) -> Iterator[Handler]:
        for name in ("main", "init"):
            for file in package.files:
                for declaration in file.facts.declarations:
                    if declaration.kind == "func" and declaration.names[0] == name:
                        info = self.analysis.checker.check(file.unit(declaration))
                        assert info.func is not None
                        yield Handler(self.analysis, _PREFIX + _file_name(path), info.func, info, None, info.func.pos)

    def handled(self, owner: Owner) -> list[Handler]:
        """The program that a function is the beginning of."""
        if not isinstance(owner, t.Func) or not owner.name.startswith(("main", "init")):
            return []
        return [handler for handler in self.every_handler() if handler.owner.full_name == owner.full_name]

    def serves(self, handler: Handler) -> bool:
        """A program is always there to be started."""
        return handler.analysis is self.analysis

    def implementations(self, handler: Handler) -> list[tuple[CallSite, Target]]:  # noqa: ARG002  # as others have it
        """None: ``main`` is called by no value."""
        return []

    def calls_implementation(self, info: Info, site: CallSite) -> bool:  # noqa: ARG002  # as others have it
        """Never: the calls of ``main`` are calls like others."""
        return False

    def notes(
        self, stub: Stub, handler: Handler, site: Position, described: Position | None
    ) -> tuple[Evidence, Evidence]:
        """What the call shows, and what the program that is started."""
        started = handler.analysis.name
        if stub.method.startswith(_ITSELF):
            return Evidence(Note.STARTS_ITSELF, (), site), Evidence(Note.SAME_PROGRAM, (started,), described)
        name = handler.method.removeprefix(_PREFIX)
        return (
            Evidence(Note.STARTS_PROGRAM, (stub.method.removeprefix(_PREFIX),), site),
            Evidence(Note.FILE_NAME, (started, name), described),
        )

    def between(self, _sent: Stub, _client: bool, /) -> list[Evidence]:
        """Nothing stands between."""
        return []


def _fits(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern)


def _file_name(import_path: str) -> str:
    parts = import_path.split("/")
    if len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]):
        parts.pop()
    return parts[-1]
