"""The fixpoint: states connected by edges, along which values are propagated until nothing changes.

What reaches a state is a set of values, kept as the bits of an integer. States are made when they are asked for; what their
edges are is told by the rules that are given (``expand``). Whatever is found later, a new callee of a function value or a new
caller, only adds edges: so the order of questions has no say in an answer, unless a budget cuts a search short.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from tracer.codes import Gap, Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences, OverBudget, Query
from tracer.golang.flow.state import State
from tracer.golang.flow.values import Values, bits
from tracer.golang.load.package import File
from tracer.golang.summary.nodes import Node, Owner, Pos
from tracer.golang.types.containers import is_boxed, is_container

BUDGET = 1500
"""How many functions may be looked at for one dispatch, where a trace asks."""

_I = TypeVar("_I")
Task = Callable[[], None]


class Solver:
    """The states of one program. With ``evidence``, the way of each value is kept.

    A question that has a budget may leave states open: to expand or to follow on when there is more.
    """

    __slots__ = (
        "_boxes",
        "_containers",
        "_dirty",
        "_put_off",
        "_queue",
        "_states",
        "_untold",
        "evidence",
        "expand",
        "tasks",
        "values",
        "xref",
    )

    def __init__(self, xref: CrossReferences, *, evidence: bool) -> None:
        self.xref = xref
        self.evidence = evidence
        self.values = Values()
        self.expand: Callable[[State], None] = _nothing
        self.tasks: deque[Task] = deque()
        self._put_off: dict[State, list[Task]] = {}
        self._states: tuple[dict[Node, State], dict[Node, State]] = ({}, {})
        self._queue: deque[State] = deque()
        self._dirty: deque[State] = deque()
        self._untold: dict[State, list[Task]] = {}
        self._boxes: dict[t.Type, bool] = {}
        self._containers: dict[t.Type, bool] = {}

    # Questions

    @contextmanager
    def asking(self, query: Query) -> Generator[None]:
        """The time of one question; afterwards everything that it led to is solved."""
        before, self.xref.query = self.xref.query, query
        try:
            yield
            self.solve()
        finally:
            self.xref.query = before

    def answer(self, node: Node, query: Query, *, functions: bool) -> tuple[State, Message | None]:
        """A node's state with all that reaches it, and why the search was cut short, if it was."""
        known = self._states[functions].get(node)
        if known is not None and self.is_solved and not known.may_grow:
            return known, known.bound
        with self.asking(query):
            state = self.state(node, functions=functions)
            for before in self._open_before(state):
                self._resume(before)
        if self._open_before(state):
            return state, state.bound or Message(Gap.TOO_MANY_FUNCTIONS, (str(query.budget),))
        return state, state.bound

    @property
    def is_solved(self) -> bool:
        """Whether nothing changes."""
        return not (self._queue or self.tasks or self._dirty)

    def _open_before(self, state: State) -> list[State]:
        """The states that a state's values depend on and that a budget left open."""
        if not self.evidence or not state.may_grow:
            return []
        seen = {state: None}
        queue = [state]
        while queue:
            current = queue.pop()
            for before in (*(source for source, _, _ in current.ins), *current.needs):
                if before.may_grow and before not in seen:
                    seen[before] = None
                    queue.append(before)
        found = [s for s in seen if s in self._put_off or s in self._untold]
        if not found:
            for closed in seen:
                closed.may_grow = False
        return found

    def put_off(self, state: State, task: Task | None = None) -> None:
        """Leaves a state open: what is to be done for it is done when there is more budget, or it is expanded then."""
        self._put_off.setdefault(state, []).extend((task,) if task is not None else ())
        state.mark_open()

    def _resume(self, state: State) -> None:
        if state in self._put_off:
            tasks = self._put_off.pop(state)
            self.tasks.extend(tasks)
            if not tasks:
                self._queue.append(state)
        for tell in self._untold.pop(state, ()):
            tell()

    def solve(self) -> None:
        """Goes on until nothing changes."""
        while self._queue or self.tasks or self._dirty:
            if self._queue:
                self._expand(self._queue.popleft())
            elif self.tasks:
                self.tasks.popleft()()
            else:
                self._propagate(self._dirty.popleft())

    def _expand(self, state: State) -> None:
        try:
            self.expand(state)
        except OverBudget:
            self.put_off(state)

    def _propagate(self, state: State) -> None:
        new = state.mask & ~state.sent
        if not new:
            return
        state.sent |= new
        for out in state.outs:
            if new & ~out.mask:
                out.mask |= new
                self._dirty.append(out)
        for watcher in state.watchers:
            watcher(new)

    # States and edges

    def state(self, node: Node, *, functions: bool) -> State:
        """The state of a node; it is expanded when the question goes on."""
        states = self._states[functions]
        found = states.get(node)
        if found is None:
            found = states[node] = State(node, functions)
            bit = self.values.of(node, functions=functions)
            if bit:
                self.gain(found, bit)
            elif bit is None:
                self._queue.append(found)
        return found

    def gain(self, state: State, mask: int) -> None:
        """Values that begin at a state, or come to it in another form."""
        if mask & ~state.mask:
            state.mask |= mask
            self._dirty.append(state)

    def made(self, state: State, mask: int, file: File | None, pos: Pos) -> None:
        """Values that begin at a state, and where that is written."""
        self.gain(state, mask)
        if self.evidence:
            state.made.append((mask, file, pos))

    def connect(
        self, source: State, state: State, convert: Callable[[int], int] | None, file: File | None, pos: Pos
    ) -> None:
        """An edge from one state to another, on which values may change their form."""
        if self.evidence:
            state.ins.append((source, file, pos))
        if convert is not None:
            source.dependents.append(state)
            state.take_marks(source)
            self.follow(source, lambda mask: self.gain(state, convert(mask)))
            return
        source.outs.append(state)
        state.take_marks(source)
        self.gain(state, source.mask)

    def watch(self, node: Node, state: State, found: Callable[[Owner], object]) -> None:
        """Tells of every function that reaches a node, now and later; ``state`` depends on it."""
        bit = self.values.of(node, functions=True)
        if bit:
            found(self.values.owner(bit.bit_length() - 1))
            return
        watched = self.state(node, functions=True)
        state.need(watched)

        known: set[Owner] = set()

        def tell(mask: int) -> None:
            for value in bits(mask & ~self.values.unknown):
                owner = self.values.owner(value)
                if owner not in known:
                    found(owner)
                    known.add(owner)

        self.follow(watched, self.kept(state, tell))

    def held(self, node: Node, typ: t.Type, state: State, found: Callable[[Node], object]) -> None:
        """Tells of every container of a type that a value of an interface holds, now and later; ``state`` depends on it."""
        watched = self.state(node, functions=False)
        state.need(watched)

        def tell(mask: int) -> None:
            for held in self.values.held_as(mask, typ):
                found(held.node)

        self.follow(watched, self.kept(state, tell))

    def kept(self, state: State, listener: Callable[[_I], object]) -> Callable[[_I], None]:
        """A listener on behalf of a state: what it is told when the budget is used up, it is told again when there is more."""

        def told(item: _I) -> None:
            try:
                listener(item)
            except OverBudget:
                self._untold.setdefault(state, []).append(lambda: told(item))
                state.mark_open()

        return told

    def cut(self, state: State, reason: Message) -> None:
        """Says that not all that reaches a state is looked for, and why."""
        if self.evidence:
            state.mark_bound(reason)

    @staticmethod
    def follow(watched: State, told: Callable[[int], None]) -> None:
        """Tells of the values that reached a state, and of those to come."""
        watched.watchers.append(told)
        told(watched.sent)

    def is_container(self, node: Node) -> bool:
        """Whether a node's values are containers of functions or interfaces."""
        found = self._containers.get(node.type)
        if found is None:
            found = self._containers[node.type] = is_container(node.type)
        return found

    def is_boxed(self, node: Node) -> bool:
        """Whether a value lies in one of an interface here."""
        found = self._boxes.get(node.type)
        if found is None:
            found = self._boxes[node.type] = is_boxed(node.type)
        return found


def _nothing(_state: State) -> None:
    pass
