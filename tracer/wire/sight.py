"""What programs may send and answer, told from their text alone, before anything of them is analysed.

Told in favour of both: a program that is not told to answer a method answers it in no case. So one that is not
on the way of any chain need not be opened for "nobody answers" to be true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tracer.golang.load.package import File, Package
from tracer.golang.load.program import Program
from tracer.golang.search.words import words
from tracer.model import ProgramName
from tracer.syntax.facts import Declaration
from tracer.wire import process
from tracer.wire.reading import Where
from tracer.wire.service import Dialect


@dataclass(slots=True, eq=False)
class Sight:
    """The text of some programs, searched once for all of them; ``dialects`` are the protocols of services, by name."""

    programs: Mapping[ProgramName, Program]
    dialects: Mapping[str, Dialect]
    _linked: dict[ProgramName, frozenset[Package]] = field(init=False)
    _every: list[Package] = field(init=False)
    _holding: dict[Where, list[File]] = field(default_factory=dict[Where, "list[File]"])
    _naming: dict[tuple[str, Package | None], list[tuple[File, int]]] = field(
        default_factory=dict[tuple[str, "Package | None"], "list[tuple[File, int]]"]
    )

    def __post_init__(self) -> None:
        own = {name: [p for p in program.closure() if not p.is_std] for name, program in self.programs.items()}
        self._linked = {name: frozenset(packages) for name, packages in own.items()}
        self._every = list(dict.fromkeys(p for packages in own.values() for p in packages))

    def answering(self, wire: str, method: str) -> list[ProgramName]:
        """The programs that may answer a method over a wire (``Wire.name``)."""
        if wire not in self.dialects:
            return [name for name, program in self.programs.items() if process.may_answer(program, method)]
        service = method.rpartition("/")[0].removeprefix("/")
        where = self.dialects[wire].describing(service)
        registering = [place for file in self._files(where) for place in _registering(file, where)]
        return [name for name, linked in self._linked.items() if self._registers(linked, registering)]

    def sending(self, wire: str, method: str) -> list[ProgramName]:
        """The programs that may send a method over a wire."""
        places = [self.dialects[wire].sending(method)] if wire in self.dialects else process.STARTING
        holding = {file.package for where in places for file in self._files(where)}
        return [name for name, linked in self._linked.items() if not linked.isdisjoint(holding)]

    def naming(self, names: Iterable[str]) -> list[ProgramName]:
        """The programs in whose own text one of some names stands."""
        holding = {file.package for name in names for file, _ in self._places(name)}
        return [name for name, linked in self._linked.items() if not linked.isdisjoint(holding)]

    def _files(self, where: Where) -> list[File]:
        """The files that hold a text, and what stands beside it."""
        found = self._holding.get(where)
        if found is None:
            if where.beside:
                files: Iterable[File] = self._files(replace(where, beside=b""))
                found = [file for file in files if where.beside in file.source]
            else:
                files = (file for package in self._every for file in package.files if where.may_be_in(file))
                found = [file for file in files if where.pattern.search(file.source)]
            self._holding[where] = found
        return found

    def _registers(self, linked: frozenset[Package], registering: Iterable[_Registering]) -> bool:
        """Whether a program has one of some declarations, and names what it declares where that leads to it."""
        return any(
            one.file.package in linked and (not one.name or any(self._named(linked, one))) for one in registering
        )

    def _named(self, linked: frozenset[Package], one: _Registering) -> Iterator[bool]:
        for other, at in self._places(one.name, one.file.package if one.own.kind != "method" else None):
            if other.package in linked:
                inside = other is one.file and one.own.start <= at < one.own.end
                yield other is not one.file or (
                    one.by_same_file and not inside and other.declaration_at(at) is not None
                )

    def _places(self, name: str, of: Package | None = None) -> list[tuple[File, int]]:
        """Where a name stands as a whole word; with ``of`` where it may be one that this package declares: there, or where it is imported."""
        if (name, of) not in self._naming:
            files = (file for package in self._every for file in package.files)
            if of is not None:
                files = (f for f in files if f.package is of or any(path == of.path for _, path in f.imported))
            self._naming[name, of] = [(f, at) for f in files for at in words(f.source, name.encode(), f.begin)]
        return self._naming[name, of]


@dataclass(frozen=True, slots=True, eq=False)
class _Registering:
    """A declaration by which something may be registered for a service.

    ``name`` has to be used elsewhere for that, where ``by_same_file`` it may be in the same file; without one it runs in any case.
    """

    file: File
    own: Declaration
    name: str
    by_same_file: bool = True


def _registering(file: File, where: Where) -> Iterator[_Registering]:
    """The declarations of a file by which something may be registered for a service that it describes."""
    described: dict[Declaration, None] = {}
    for match in where.pattern.finditer(file.source):
        found = file.declaration_at(match.start())
        if found is not None and where.beside in file.source[found.start : found.end]:
            described[found] = None
    for declaration in described:
        if declaration.kind != "var":
            # What describes is what registers.
            yield _Registering(file, declaration, _name(declaration))
            continue
        for name in declaration.names:
            yield _Registering(file, declaration, name, by_same_file=False)
            for at in words(file.source, name.encode(), file.begin):
                user = file.declaration_at(at)
                # A stub takes the description of a stream from there, and registers nothing.
                streams = file.source.startswith(b".Streams[", at + len(name.encode()))
                if user is not None and user != declaration and not streams:
                    yield _Registering(file, user, _name(user))


def _name(declaration: Declaration) -> str:
    """The name that something has to use for the code of a declaration to run; none where it runs by itself."""
    name = declaration.names[0] if len(declaration.names) == 1 else ""
    return "" if declaration.kind == "var" or name in ("main", "init", "_") else name
