"""The value flow of one program, asked backwards from a call (variable type analysis) and forwards from a value."""

from __future__ import annotations

from tracer.codes import Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences, OverBudget, Query, Stored
from tracer.golang.callgraph.defuse import DefUse
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.callgraph.instances import Instances
from tracer.golang.flow.aliases import Aliases
from tracer.golang.flow.backward import Backward
from tracer.golang.flow.callers import Callers
from tracer.golang.flow.dispatch import Dispatch, Dispatcher
from tracer.golang.flow.forward import Forward
from tracer.golang.flow.handed import Handed
from tracer.golang.flow.outside import Leak
from tracer.golang.flow.reflecting import Giving, givings
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import Growing
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import FieldNode, Global, Node, Owner, Site, UnitSummary, root_of


class Flow:
    """The value flow of one program.

    With ``budget``, a question looks at no more functions than that, and the way of each value is kept. Without, every
    question is answered in full, and no way is told: for asking about whole packages.
    """

    __slots__ = (
        "_givings",
        "_sources",
        "aliases",
        "backward",
        "callers_of",
        "candidates",
        "dispatcher",
        "forward",
        "handed",
        "solver",
        "xref",
    )

    def __init__(
        self,
        xref: CrossReferences,
        candidates: Candidates,
        hierarchy: ClassHierarchy,
        instances: Instances,
        budget: int | None,
    ) -> None:
        self.xref = xref
        self.candidates = candidates
        self.solver = Solver(xref, evidence=budget is not None)
        self.forward = Forward(self.solver, candidates, hierarchy)
        self.callers_of = Callers(self.solver, candidates, hierarchy, self.forward)
        self.aliases = Aliases(self.solver, candidates, hierarchy, self.forward, self.callers_of)
        self.backward = Backward(
            self.solver, candidates, hierarchy, instances, self.forward, self.callers_of, self.aliases
        )
        self.solver.expand = self.backward.expand
        self.forward.calls_of = self.callers_of.of_owner
        self.forward.predecessors = self.backward.predecessors
        self.aliases.is_plain = self.backward.reflection.is_plain
        self.dispatcher = Dispatcher(self.solver, hierarchy, self.backward, budget)
        self.handed = Handed(self.solver, hierarchy, self.dispatcher)
        self._givings: list[Giving] | None = None
        self._sources: dict[Node, Growing[Node]] = {}

    def dispatch(self, site: Site) -> Dispatch:
        """The callees of an interface call or of a call of a function value."""
        return self.dispatcher.dispatch(site)

    def methods_reaching(self, node: Node, name: str, iface: t.Type) -> Dispatch:
        """The methods ``name`` of the types that reach an interface value."""
        return self.dispatcher.methods_reaching(node, name, iface)

    def callees(self, site: Site) -> list[Owner]:
        """What a call may call, static or not."""
        if site.func is not None and site.kind is t.CallKind.STATIC:
            return [site.func]
        if site.literal is not None:
            return [site.literal]
        if site.kind in (t.CallKind.INTERFACE, t.CallKind.VALUE):
            return [target.owner for target in self.dispatch(site).targets]
        return []

    def unknown_callers(self, owner: Owner) -> tuple[list[Leak], Message | None]:
        """Where a function is handed to what may call it, and why other code that is not among the sources may."""
        found = Growing[Leak]()
        with self.solver.asking(self.dispatcher.query()):
            try:
                if isinstance(owner, t.Func):
                    self.callers_of.of_func(owner)
                self.callers_of.leaks(owner, found.anchor, found.add)
                reason = self.callers_of.called_from_outside(owner) if isinstance(owner, t.Func) else None
            except OverBudget:
                return [], None
        return list(found.items), reason

    def reflected(self, func: t.Func) -> tuple[list[tuple[Site, Site]], Message | None]:
        """The calls by which a package may call a method by reflection, each with the call that gives it a value that has it.

        And why there may be more, if a bound was hit.
        """
        if func.recv is None or not t.exported(func.name):
            return [], None
        if self._givings is None:
            self._givings = list(
                givings(self.solver, self.candidates, self.dispatcher.hierarchy, self.dispatcher.query())
            )
        calls = [(x.call, x.site) for x in self._givings if func.recv in x.types]
        return calls, next((x.bounded for x in self._givings if x.bounded is not None), None) if not calls else None

    def callers(self, owner: Owner) -> list[Site]:
        """The call sites that may call a function: by its name, through an interface, as a value; of a literal, where it stands."""
        if isinstance(owner, t.Func):
            with self.solver.asking(Query()):
                calls = self.callers_of.of_func(owner)
            return list(calls.items)
        there = [site for site in owner.unit.sites if site.literal is owner]
        if owner.value is None:
            return there
        with self.solver.asking(self.dispatcher.query()):
            calls = self.forward.calls_of_value(owner.value)
        return list(dict.fromkeys((*there, *calls.items)))

    def sources(self, node: Node) -> list[Node]:
        """The nodes whose values flow directly into a node, whatever its type."""
        found = self._sources.get(node)
        with self.solver.asking(self.dispatcher.query()):
            if found is None:
                told = Growing[Node]()
                try:
                    self.backward.predecessors(node, told.anchor, lambda source, _file, _pos: told.add(source))
                except OverBudget:
                    return []
                found = self._sources[node] = told
        return list(found.items)

    def following(self, node: Node) -> list[Node]:
        """The nodes that a node's value goes to next, whatever its type; an expression may stand for the container it is in."""
        return self.following_if_known(node) or []

    def following_if_known(self, node: Node) -> list[Node] | None:
        """The same; None where a bound was hit."""
        with self.solver.asking(self.dispatcher.query()):
            try:
                found = self.forward.following(node)
            except OverBudget:
                return None
        return list(found.items)

    def stores(self, node: Node) -> list[Stored]:
        """All that is stored in a field or package variable, or as an element of it."""
        root = root_of(node)
        with self.solver.asking(Query()):
            if isinstance(root, FieldNode):
                self.xref.look_at(self.candidates.writers_of_field, root.field)
            elif isinstance(root, Global):
                self.xref.look_at(self.candidates.writers_of_global, root.var)
        nodes = self.xref.nodes
        same = [nodes.moved(node, like) for like in nodes.fields_like(root)] if isinstance(root, FieldNode) else []
        return [stored for x in (node, *same) for stored in self.xref.stored.get(x, ())]

    def storing(self, node: FieldNode) -> list[UnitSummary]:
        """The units that store something in a field or a part of it."""
        with self.solver.asking(Query()):
            self.xref.look_at(self.candidates.writers_of_field, node.field)
        units = (self.xref.unit(unit) for unit in self.candidates.writers_of_field(node.field) if self.xref.runs(unit))
        return [unit for unit in units if any(root_of(target) is node for target in unit.stores)]

    def is_stored_in(self, node: Node) -> bool:
        """Whether something is stored in an element of a field or package variable, be it of interest or not."""
        element = self.xref.nodes.element(node)
        return bool(self.stores(element)) or element in self.xref.stored_parts.get(node, ())

    def uses_of(self, unit: UnitSummary) -> DefUse:
        """How the expressions of a unit are used."""
        return self.xref.uses_in(unit)
