"""What is known of a node so far, and what depends on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tracer.codes import Message
from tracer.golang.load.package import File
from tracer.golang.summary.nodes import Node, Pos

_T = TypeVar("_T")

Emit = Callable[[Node, File | None, Pos], object]
"""Told of a node whose value flows somewhere, and where in the code that is written."""


@dataclass(slots=True, eq=False)
class State:
    """A node in one of the two questions: which types reach it, or which ``functions``.

    ``mask`` are the values that reach it, ``sent`` those already propagated. ``ins`` and ``made`` (values that begin here) are kept
    to tell the way of a value; ``needs`` are states whose values decide which edges there are.
    """

    node: Node | None
    functions: bool
    mask: int = 0
    sent: int = 0
    outs: list[State] = field(default_factory=list["State"])
    watchers: list[Callable[[int], None]] = field(default_factory=list[Callable[[int], None]])
    ins: list[tuple[State, File | None, Pos]] = field(default_factory=list["tuple[State, File | None, Pos]"])
    made: list[tuple[int, File | None, Pos]] = field(default_factory=list["tuple[int, File | None, Pos]"])
    needs: list[State] = field(default_factory=list["State"])
    cut: Message | None = None


class Growing(Generic[_T]):
    """A set that may grow; who listens is told of every member, those that are there and those to come.

    ``anchor`` stands for it among the states: what decides its members is in ``anchor.needs``.
    """

    __slots__ = ("_listeners", "anchor", "items")

    def __init__(self, anchor: State | None = None) -> None:
        self.anchor = State(None, functions=True) if anchor is None else anchor
        self.items: dict[_T, None] = {}
        self._listeners: list[Callable[[_T], object]] = []

    def add(self, item: _T) -> bool:
        if item in self.items:
            return False
        self.items[item] = None
        for listener in list(self._listeners):
            listener(item)
        return True

    def listen(self, listener: Callable[[_T], object]) -> None:
        self._listeners.append(listener)
        for item in list(self.items):
            listener(item)
