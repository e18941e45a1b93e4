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
    to tell the way of a value; ``needs`` are states whose values decide which edges there are. ``dependents`` are the states that
    it is among ``needs`` of, or whose values come from here in another form.

    ``may_grow`` is whether a state that this one depends on may be open; where it is not set, none is. ``bound`` is why not all
    is looked for that reaches one of them, if so.
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
    dependents: list[State] = field(default_factory=list["State"])
    may_grow: bool = False
    bound: Message | None = None

    def need(self, other: State) -> None:
        """Depends on another state's values from now on."""
        self.needs.append(other)
        other.dependents.append(self)
        self.take_marks(other)

    def take_marks(self, other: State) -> None:
        """Has what depends on this state marked as one is that it depends on."""
        if other.may_grow:
            self.mark_open()
        if other.bound is not None:
            self.mark_bound(other.bound)

    def mark_open(self) -> None:
        """Marks this state, and all that depend on it, as such that may grow."""
        waiting = [] if self.may_grow else [self]
        while waiting:
            state = waiting.pop()
            if not state.may_grow:
                state.may_grow = True
                waiting += state.outs
                waiting += state.dependents

    def mark_bound(self, reason: Message) -> None:
        """Marks this state, and all that depend on it, as bound; of several reasons the first by name is told."""
        waiting = [self]
        while waiting:
            state = waiting.pop()
            if state.bound is None or _name(reason) < _name(state.bound):
                state.bound = reason
                waiting += state.outs
                waiting += state.dependents


def _name(reason: Message) -> tuple[str, ...]:
    return reason.code, *map(str, reason.arguments)


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
