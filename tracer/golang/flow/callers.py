"""Who calls a function: at static calls, through interfaces, and where it is a value."""

from __future__ import annotations

from collections.abc import Callable

from tracer.codes import Gap, Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences
from tracer.golang.callgraph.hierarchy import ClassHierarchy
from tracer.golang.flow.forward import Forward
from tracer.golang.flow.outside import Leak, handed, is_linked, missing_packages, unread
from tracer.golang.flow.reflected import Reflected
from tracer.golang.flow.solver import Solver
from tracer.golang.flow.state import Growing, State
from tracer.golang.flow.values import Unknown
from tracer.golang.search.candidates import Candidates
from tracer.golang.summary.nodes import FunctionUse, Literal, MethodUse, Owner, Site


class Callers:
    """The callers of one program's functions, by what was looked at."""

    __slots__ = ("_callers", "_missing", "candidates", "forward", "hierarchy", "reflected", "solver", "xref")

    def __init__(self, solver: Solver, candidates: Candidates, hierarchy: ClassHierarchy, forward: Forward) -> None:
        self.solver = solver
        self.xref: CrossReferences = solver.xref
        self.candidates = candidates
        self.hierarchy = hierarchy
        self.forward = forward
        self._callers: dict[t.Func, Growing[Site]] = {}
        self.reflected = Reflected(solver, candidates, hierarchy)
        self._missing: list[str] | None = None

    def of_owner(self, owner: Owner, state: State, found: Callable[[Site], None]) -> None:
        """Tells of the calls of a function or literal, now and later; ``state`` depends on them."""
        if isinstance(owner, Literal):
            for site in owner.unit.sites:
                if site.literal is owner:
                    found(site)
            if owner.value is None:
                return
            calls = self.forward.calls_of_value(owner.value)
        else:
            calls = self.of_func(owner)
        state.need(calls.anchor)
        calls.listen(self.solver.kept(state, found))

    def unknown(self, owner: Owner, typ: t.Type, state: State, found: Callable[[Unknown], None]) -> None:
        """Tells what a parameter of a function comes with, of type ``typ``, where who calls it is not known."""
        self.leaks(owner, state, lambda leak: found(handed(owner, leak, typ)))
        reason = self.called_from_outside(owner) if isinstance(owner, t.Func) else None
        if reason is not None:
            found(Unknown(reason, None))

    def leaks(self, owner: Owner, state: State, found: Callable[[Leak], object]) -> None:
        """Tells where a function is handed to what is not among the sources, or to reflection; ``state`` depends on it."""
        if isinstance(owner, t.Func):
            self.xref.look_at(self.candidates.users_of_func, owner)
        for value in [owner.value] if isinstance(owner, Literal) else self.values_of(owner):
            if value is not None:
                leaks = self.forward.leaks(value)
                state.need(leaks.anchor)
                leaks.listen(lambda leak: found(leak) if not leak.typed else None)
        if isinstance(owner, t.Func):
            self.reflected.calls(owner, state, found)

    def called_from_outside(self, func: t.Func) -> Message | None:
        """Why code that is not among the sources, or could not be read, may call a declared function, be it a value somewhere or not.

        Raises OverBudget.
        """
        if func.package.is_std:
            return None
        if is_linked(func):
            return Message(Gap.LINKED, (func.full_name,))
        failed = self.xref.look_at(self.candidates.users_of_func, func)
        if failed is not None:
            return unread(failed)
        if func.recv is None or not t.exported(func.name):
            return None
        missing = self._missing_package()
        if missing is None or func.recv not in self.hierarchy.runtime_types:
            return None
        return Message(Gap.METHOD_CALLED, (missing, func.full_name))

    def set_from_outside(self, f: t.Field) -> Message | None:
        """Why code that is not among the sources may set a field: any package may have a value of the library's types."""
        if f.package is None or not f.package.is_std or not t.exported(f.name):
            return None
        missing = self._missing_package()
        return Message(Gap.FIELD_SET, (missing, f"{f.struct}.{f.name}")) if missing is not None else None

    def _missing_package(self) -> str | None:
        """A package that is not among the sources, if there is one."""
        if self._missing is None:
            self._missing = missing_packages(self.candidates.resolver.program)
        return self._missing[0] if self._missing else None

    def of_func(self, func: t.Func) -> Growing[Site]:
        """The call sites that may call a declared function. Raises OverBudget."""
        found = self._callers.get(func)
        if found is None:
            self.xref.look_at(self.candidates.users_of_func, func)
            found = self._callers[func] = Growing[Site]()
            for site in self.xref.static_calls.get(func, ()):
                found.add(site)
            if func.recv is not None:
                for site in self.xref.interface_calls.get(func.name, ()):
                    if self._may_be(site.selection, func):
                        found.add(site)
            for value in self.values_of(func):
                calls = self.forward.calls_of_value(value)
                found.anchor.need(calls.anchor)
                calls.listen(found.add)
        return found

    def values_of(self, func: t.Func) -> list[FunctionUse | MethodUse]:
        """Where a function, or an interface's method that can be this one, is a value; of the units looked at."""
        out: list[FunctionUse | MethodUse] = [*self.xref.values.get(func, ())]
        if func.recv is not None:
            out += [e for e in self.xref.interface_values.get(func.name, ()) if self._may_be(e.selection, func)]
        return out

    def _may_be(self, selection: t.Selection | None, func: t.Func) -> bool:
        """Whether an interface's method can be this one: by its signature.

        That the receiver implements the interface is no condition, since a type that embeds it may do so. What stands for a
        type parameter implements its constraint.
        """
        wanted = selection.signature if selection is not None else None
        own = self.hierarchy.signature_of(func)
        if wanted is None or not t.identical(wanted, own):
            return False
        pairs = zip((*own.params, *own.results), (*wanted.params, *wanted.results), strict=True)
        return all(self._may_stand_for(typ, param) for param, typ in pairs if isinstance(param, t.TypeParam))

    def _may_stand_for(self, typ: t.Type, param: t.TypeParam) -> bool:
        constraint = t.underlying(param.constraint)
        if not isinstance(constraint, t.Interface) or t.is_unknown(typ) or t.has_type_params(typ):
            return True
        return self.hierarchy.implements(typ, constraint)
