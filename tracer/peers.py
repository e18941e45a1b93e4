"""The programs of a question that are opened when a wire is reached that they may stand at, or a name is asked for that they have."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence

from tracer.golang.load.program import Program
from tracer.golang.names import last, spellings
from tracer.golang.program import Analysis
from tracer.model import ProgramName
from tracer.wire.registry import DIALECTS
from tracer.wire.sight import Sight


class Peers:
    """All programs of a question in their order, those that are open included; ``linked`` gives the packages of one, ``opened`` opens it."""

    def __init__(
        self,
        names: Sequence[ProgramName],
        linked: Callable[[ProgramName], Program],
        opened: Callable[[ProgramName], Analysis],
    ) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._places = {str(name): place for place, name in enumerate(self._names)}
        self._link = linked
        self._open = opened

    @functools.cached_property
    def _sight(self) -> Sight:
        return Sight({name: self._link(name) for name in self._names}, DIALECTS)

    def answering(self, wire: str, method: str) -> Iterator[Analysis]:
        """Those that may answer a method over a wire."""
        return self._opened(self._sight.answering(wire, method))

    def sending(self, wire: str, method: str) -> Iterator[Analysis]:
        """Those that may send it."""
        return self._opened(self._sight.sending(wire, method))

    def having(self, name: str) -> Iterator[Analysis]:
        """Those in whose own text a name stands; where it stands in none, all: it may be the library's."""
        found = self._sight.naming(last(text).partition("$")[0] for text in spellings(name))
        return self._opened(found or self._names)

    def place(self, program: str) -> int:
        """Where a program stands among all."""
        return self._places.get(program, len(self._places))

    def _opened(self, names: Iterable[ProgramName]) -> Iterator[Analysis]:
        return map(self._open, names)
