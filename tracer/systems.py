"""The map of a system as records: what its programs send to each other, and what they keep their data in."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.model import EdgeKind, Position


@dataclass(frozen=True, slots=True, order=True)
class Sent:
    """A full method that is sent, or a program that is started (its name empty where nobody can tell it), and the first place that does.

    ``certain`` is whether a call leads there in code that runs; else something that is not known may make one. ``own`` is whether code of
    the program's repository makes it, and not a library's alone.
    """

    method: str
    place: Position
    certain: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Between:
    """All that one program sends to another for one service. ``target`` is empty where none of the programs here answers."""

    source: str
    target: str
    protocol: str
    kind: EdgeKind
    service: str
    sent: tuple[Sent, ...]

    @property
    def certain(self) -> bool:
        """Whether any of it is sent for certain."""
        return any(one.certain for one in self.sent)

    @property
    def own(self) -> bool:
        """Whether the program's own code sends any of it."""
        return any(one.own for one in self.sent)


@dataclass(frozen=True, slots=True, order=True)
class Keeps:
    """That code of a program that runs uses a library for a store or a broker, and the first place where it does."""

    program: str
    store: str
    library: str
    place: Position


@dataclass(frozen=True, slots=True)
class SystemMap:
    """The programs, what is between them, and the stores and brokers at the rim."""

    programs: tuple[str, ...]
    between: tuple[Between, ...]
    keeps: tuple[Keeps, ...]

    def without_libraries(self) -> SystemMap:
        """What the programs' own code sends, and what goes from one program to another."""
        return SystemMap(self.programs, tuple(b for b in self.between if b.target or b.own), self.keeps)
