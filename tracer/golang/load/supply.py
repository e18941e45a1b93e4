"""Where the source of a module comes from that does not stand in the program's own tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tracer.codes import Lack, Message
from tracer.golang.load.versions import Version
from tracer.source.trees import Tree


@dataclass(frozen=True, slots=True)
class Root:
    """Where a module stands. ``is_local``: there may be other modules below it, whose packages are not its own."""

    tree: Tree
    directory: str
    is_local: bool


class Supply(Protocol):
    """Gives modules by path and version. Both raise SourceError for one that is here and may not be used."""

    def module(self, wanted: Version) -> Root | None:
        """The source of a module; None where it cannot be had."""
        ...

    def requirements(self, wanted: Version) -> bytes | None:
        """Its go.mod; None where it cannot be had."""
        ...

    def why(self, wanted: Version) -> Message:
        """Why a module cannot be had."""
        ...


class _NoSupply:
    def module(self, wanted: Version) -> Root | None:  # noqa: ARG002
        return None

    def requirements(self, wanted: Version) -> bytes | None:  # noqa: ARG002
        return None

    def why(self, wanted: Version) -> Message:  # noqa: ARG002
        return Message(Lack.NOT_HERE)


NO_SUPPLY: Supply = _NoSupply()
