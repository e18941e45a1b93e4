"""Which concrete types and functions reach a value, asked backwards from a call (variable type analysis).

The rules are those of x/tools' go/callgraph/vta: assignment, argument, result, field, element. Differences: nothing is
computed before it is asked for; elements belong to the variable or field that holds the container, not to its type; a
pointer and what it points to are one place. Fields are one place for all values of their struct.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tracer.golang import types as t
from tracer.golang.checker import CallSite, Checker, Info, Literal, Node, Owner, component
from tracer.golang.packages import File, Package, Unit
from tracer.model import Evidence, Position
from tracer.syntax import ast

MAX_NODES = 800
MAX_UNITS = 300
MAX_NESTING = 5
MAX_WORK = 1500

_METHODS = re.compile(rb"^func \(\s*(?:[\w]+\s+)?\*?\s*(\w+)(?:\[[^\]\n]*\])?\s*\)\s*(\w+)", re.MULTILINE)
# What follows a field's name where it is written: an assignment, an element's, a literal's key, a send, an address.
_WRITE = re.compile(rb"\s*(?:=(?!=)|,|\[|:|<-|\)|\}|$|\n)")
_UNKEYED = re.compile(rb"(?:\[[^\]\n]*\])?\{\s*(?!\}|[A-Za-z_]\w*\s*:(?!=))")
# What follows a selector that is a field's and cannot be a method's: a selection, an index, an assignment, a key.
_FIELD = re.compile(rb"[ \t]*(?:\.|\[|:|=|[!+\-*/]=)")


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """Where a value comes from: a value of a concrete type, or a function."""

    node: Node
    type: t.Type | None = None
    func: Owner | None = None


@dataclass(slots=True)
class Reach:
    """What reaches a node. ``parents`` lead from each node back to the one that was asked about."""

    leaves: list[Leaf] = field(default_factory=list[Leaf])
    parents: dict[Node, tuple[Node, File | None, ast.Pos]] = field(
        default_factory=dict["Node", "tuple[Node, File | None, ast.Pos]"]
    )
    bounded: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A callee of a dynamic call, with the way that the value took."""

    owner: Owner
    rule: str
    via: t.Type | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The callees of a dynamic call; ``bounded`` says why the search was cut short, if it was."""

    targets: tuple[Target, ...]
    bounded: str = ""


_Pred = tuple[Node, "File | None", ast.Pos]


class Flow:
    """The value flow of one program."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.program = checker.program
        self._preds: dict[Node, tuple[list[_Pred], str]] = {}
        self._field_units: dict[t.Field, tuple[list[Info], str]] = {}
        self._callers: dict[t.Func, tuple[list[tuple[Info, CallSite]], str]] = {}
        self._nesting = 0
        self._depth = 0
        self._work = 0
        self._outgoing: dict[Info, dict[object, list[Node]]] = {}
        self._arguments: dict[Info, dict[object, list[tuple[CallSite, int]]]] = {}
        self._dispatches: dict[tuple[CallSite, bool], Dispatch] = {}
        self._busy: set[object] = set()
        self._cut: str = ""
        self._methods: dict[str, list[tuple[File, int, str]]] | None = None
        self._implementers: dict[tuple[t.Type, str], list[t.Func]] = {}

    # Dispatch

    def dispatch(self, info: Info, site: CallSite) -> Dispatch:
        """The callees of an interface call or of a call of a function value."""
        key = (site, True)
        found = self._dispatches.get(key)
        if found is not None:
            return found
        if key in self._busy:
            return Dispatch(())
        self._busy.add(key)
        cut, self._cut = self._cut, ""
        if self._depth == 0:
            self._work = 0
        self._depth += 1
        try:
            found = self._interface(info, site) if site.kind == "interface" else self._value(info, site)
        finally:
            self._busy.discard(key)
            self._depth -= 1
            self._cut = cut or self._cut
        self._dispatches[key] = found
        return found

    def _interface(self, info: Info, site: CallSite) -> Dispatch:
        selection = site.selection
        assert selection is not None
        assert site.recv is not None
        assert isinstance(site.node.fun, ast.Selector)
        if selection.path:
            node: Node = ("f", selection.path[-1].declared)
        else:
            node = ("x", info, site.recv)
        targets, bounded = self.methods_reaching(node, site.node.fun.sel.name, selection.recv)
        return Dispatch(tuple(targets), bounded)

    def methods_reaching(self, node: Node, name: str, iface: t.Type, depth: int = 0) -> tuple[list[Target], str]:
        """The methods ``name`` of the types that reach an interface value."""
        under = t.underlying(iface)
        reach = self.reach(node, functions=False)
        targets: dict[str, Target] = {}
        bounded = reach.bounded
        for leaf in reach.leaves:
            typ = leaf.type
            if typ is None or (isinstance(under, t.Interface) and self._lacks(typ, under)):
                continue
            found = t.select(typ, name, None, self.checker.signature_of)
            if found is None:
                continue
            evidence = self.evidence(reach, leaf)
            if found.func is not None:
                targets.setdefault(found.func.full_name, Target(found.func, "flow", typ, evidence))
            elif found.path and depth < 8:
                inner, cut = self.methods_reaching(("f", found.path[-1].declared), name, found.recv, depth + 1)
                bounded = bounded or cut
                promoted = Evidence(
                    f"{t.describe(typ)} gets {name} from its embedded {found.path[-1].name}",
                    position(found.path[-1].file, found.path[-1].pos),
                )
                for target in inner:
                    merged = Target(target.owner, "flow", target.via, (*evidence, promoted, *target.evidence))
                    targets.setdefault(target.owner.full_name, merged)
        if bounded:
            for func in self.implementers(iface, name):
                note = Evidence(f"{func.full_name} implements the interface in this program", func_position(func))
                targets.setdefault(func.full_name, Target(func, "implements", None, (note,)))
        return list(targets.values()), bounded

    def _lacks(self, typ: t.Type, iface: t.Interface) -> bool:
        return t.missing_method(typ, iface, self.checker.signature_of) is not None

    def _value(self, info: Info, site: CallSite) -> Dispatch:
        reach = self.reach(("x", info, site.node.fun), functions=True)
        targets: dict[str, Target] = {}
        for leaf in reach.leaves:
            if leaf.func is not None:
                target = Target(leaf.func, "value flow", None, self.evidence(reach, leaf))
                targets.setdefault(leaf.func.full_name, target)
        return Dispatch(tuple(targets.values()), reach.bounded)

    def implementers(self, iface: t.Type, name: str) -> list[t.Func]:
        """The declared methods ``name`` of all types of the program that implement an interface (CHA)."""
        key = (iface, name)
        found = self._implementers.get(key)
        if found is None:
            found = self._implementers[key] = self._find_implementers(iface, name)
        return found

    def _find_implementers(self, iface: t.Type, name: str) -> list[t.Func]:
        under = t.underlying(iface)
        out: dict[str, t.Func] = {}
        for func in self.declared_methods(name):
            if func.recv is None or not isinstance(under, t.Interface):
                continue
            typ = t.pointer(self.checker.type_of_name(func.recv))
            if not self._lacks(typ, under):
                out[func.full_name] = func
        return list(out.values())

    def declared_methods(self, name: str) -> list[t.Func]:
        """Every method of this name that the program's packages declare."""
        if self._methods is None:
            self._methods = {}
            for text in (self.program.text, self.program.std_text):
                for file, match, at in text.search(_METHODS):
                    row = (file, at, match.group(1).decode("utf-8", "replace"))
                    self._methods.setdefault(match.group(2).decode("utf-8", "replace"), []).append(row)
        out: list[t.Func] = []
        for file, _, recv in self._methods.get(name, ()):
            obj = file.package.lookup(recv)
            func = file.package.method(obj, name) if isinstance(obj, t.TypeName) else None
            if func is not None:
                out.append(func)
        return out

    # Reachability

    def reach(self, start: Node, *, functions: bool) -> Reach:
        """All leaves from which values flow to a node: types, or with ``functions`` functions."""
        out = Reach()
        if self._nesting >= MAX_NESTING:
            self._cut = self._cut or "the flow goes through too many nested calls"
            out.bounded = self._cut
            return out
        self._nesting += 1
        cut, self._cut = self._cut, ""
        seen: set[Node] = {start}
        queue: deque[Node] = deque([start])
        while queue:
            node = queue.popleft()
            leaf = self._leaf(node, functions=functions)
            if leaf is not None:
                out.leaves.append(leaf)
                continue
            if len(seen) > MAX_NODES:
                self._cut = self._cut or f"more than {MAX_NODES} places flow here"
                break
            for source, file, pos in self.preds(node):
                if source not in seen:
                    seen.add(source)
                    out.parents[source] = (node, file, pos)
                    queue.append(source)
        out.bounded = self._cut
        self._cut = cut or self._cut
        self._nesting -= 1
        return out

    def _leaf(self, node: Node, *, functions: bool) -> Leaf | None:
        if node[0] == "x":
            info, e = node[1], node[2]
            assert isinstance(info, Info)
            if functions:
                owner = self._function_value(info, e)
                return Leaf(node, func=owner) if owner is not None else None
        elif functions:
            return None
        typ = self.type_of(node)
        if typ is t.UNKNOWN or t.is_dynamic(typ) or isinstance(typ, t.Tuple):
            return None
        if typ is t.UNTYPED_NIL:
            return Leaf(node)
        return Leaf(node, t.default_type(typ))

    def _function_value(self, info: Info, e: object) -> Owner | None:
        if isinstance(e, ast.FuncLit):
            return info.literals.get(e)
        if isinstance(e, ast.Ident | ast.Selector | ast.Index):
            used = info.uses.get(e)
            if isinstance(used, t.Func):
                return used
            selection = info.selections.get(e)
            if selection is not None and selection.func is not None:
                return selection.func
        return None

    def type_of(self, node: Node) -> t.Type:
        """The static type of a node."""
        match node:
            case ("x", Info() as info, e):
                return info.types.get(e, t.UNKNOWN)  # pyright: ignore[reportArgumentType]
            case ("xi", Info() as info, e, int(i)):
                return component(info.types.get(e, t.UNKNOWN), i)  # pyright: ignore[reportArgumentType]
            case ("v" | "v0", t.Var() as var):
                return self.checker.type_of_object(var)
            case ("f", t.Field() as f):
                return f.type
            case ("r", t.Func() as func, int(i)):
                return component(t.tuple_of(self.checker.signature_of(func).results), i)
            case ("r", Literal() as literal, int(i)):
                return component(t.tuple_of(literal.signature.results), i)
            case ("e", inner):
                under = t.core(t.deref(self.type_of(inner)))
                return under.elem if isinstance(under, t.Slice | t.Array | t.Map | t.Chan) else t.UNKNOWN
            case ("k", inner):
                under = t.core(t.deref(self.type_of(inner)))
                return under.key if isinstance(under, t.Map) else t.UNKNOWN
            case _:
                return t.UNKNOWN

    def preds(self, node: Node) -> list[_Pred]:
        """The nodes whose values flow directly into ``node``."""
        kept = self._preds.get(node)
        if kept is None:
            if node in self._busy:
                return []
            self._busy.add(node)
            before, self._cut = self._cut, ""
            try:
                found = self._find_preds(node)
            finally:
                self._busy.discard(node)
            kept = self._preds[node] = (found, self._cut)
            self._cut = before
        self._cut = self._cut or kept[1]
        return kept[0]

    def _find_preds(self, node: Node) -> list[_Pred]:
        match node:
            case ("x", Info() as info, e):
                return self._expr_preds(info, e)
            case ("xi", Info() as info, ast.Call() as call, int(i)):
                return self._result_preds(info, call, i)
            case ("v", t.Var() as var):
                return self._var_preds(node, var)
            case ("v0", t.Var() as var):
                return self._passed(var)
            case ("f", t.Field() as f):
                return self._flows(node, self.field_infos(f))
            case ("r", owner, _):
                if isinstance(owner, t.Func):
                    found = self._flows(node, [self.checker.check_func(owner)])
                    # The facts mark with "?" a function that may return more than they tell.
                    if owner.package.is_std and (not found or owner.file.source[: owner.start].endswith(b"?\n")):
                        self._cut = self._cut or f"the facts of {owner.full_name} do not tell what it returns"
                    return found
                return self._flows(node, [owner.info]) if isinstance(owner, Literal) else []
            case ("e", inner):
                return self._element_preds(node, inner)
            case ("k", inner):
                return self._key_preds(node, inner)
            case ("y", inner, int(i)):
                return self._yield_preds(inner, i)
            case _:
                return []

    def _flows(self, node: Node, infos: list[Info]) -> list[_Pred]:
        return [(source, i.file, pos) for i in infos for source, pos in i.flows.get(node, ())]

    def _expr_preds(self, info: Info, e: object) -> list[_Pred]:
        def to(x: ast.Expr) -> list[_Pred]:
            return [(("x", info, x), info.file, x.pos)]

        match e:
            case ast.Ident() | ast.Selector():
                used = info.uses.get(e)
                if isinstance(used, t.Var):
                    return self._reaching(info, e, used)
                selection = info.selections.get(e)
                if selection is not None and selection.field is not None:
                    return [(("f", selection.field.declared), info.file, e.pos)]
                if selection is not None and selection.func is None and isinstance(e, ast.Selector):
                    return self._method_value_preds(info, e, selection)
                return []
            case ast.Call():
                return self._call_preds(info, e)
            case ast.Index() if not isinstance(info.uses.get(e), t.Func):
                return [(("e", ("x", info, e.x)), info.file, e.pos)]
            case ast.Unary(op="<-"):
                return [(("e", ("x", info, e.x)), info.file, e.pos)]
            case ast.Index() | ast.Star() | ast.SliceExpr() | ast.TypeAssert() | ast.Unary():
                return to(e.x)
            case _:
                return []

    def _reaching(self, info: Info, e: ast.Expr, var: t.Var) -> list[_Pred]:
        """The stores that reach one use of a variable, and what a parameter came with."""
        since, until = info.reaching.get(e, (-1, None))
        if var in info.captured or (since < 0 and until is None):
            return [(("v", var), info.file, e.pos)]
        stores = info.flows.get(("v", var), [])[max(since, 0) : until]
        out: list[_Pred] = [(source, info.file, pos) for source, pos in stores]
        if since < 0 and var.role in ("param", "recv"):
            out.append((("v0", var), info.file, e.pos))
        return out

    def _method_value_preds(self, info: Info, e: ast.Selector, selection: t.Selection) -> list[_Pred]:
        """``x.M`` of an interface value, as a function: the methods of what reaches ``x``."""
        node: Node = ("f", selection.path[-1].declared) if selection.path else ("x", info, e.x)
        targets, bounded = self.methods_reaching(node, e.sel.name, selection.recv)
        self._cut = self._cut or bounded
        return [(("fn", target.owner), info.file, e.pos) for target in targets]

    def _call_preds(self, info: Info, e: ast.Call) -> list[_Pred]:
        if e in info.sites:
            return self._result_preds(info, e, 0)
        used = info.uses.get(e.fun)
        if isinstance(used, t.Builtin):
            if used.name == "append" and e.args:
                return [(("x", info, e.args[0]), info.file, e.pos)]
            return []
        return [(("x", info, arg), info.file, arg.pos) for arg in e.args]

    def _result_preds(self, info: Info, call: ast.Call, index: int) -> list[_Pred]:
        site = info.sites.get(call)
        if site is None:
            return []
        return [(("r", owner, index), info.file, call.pos) for owner in self.callees(info, site)]

    def callees(self, info: Info, site: CallSite) -> list[Owner]:
        """What a call may call, static or not."""
        if site.func is not None and site.kind == "static":
            return [site.func]
        if site.literal is not None:
            return [site.literal]
        if site.kind in ("interface", "value"):
            found = self.dispatch(info, site)
            self._cut = self._cut or found.bounded
            return [target.owner for target in found.targets]
        return []

    def _var_preds(self, node: Node, var: t.Var) -> list[_Pred]:
        if var.role == "global":
            return self._flows(node, self._global_infos(var))
        info = self.checker.var_infos.get(var)
        found = self._flows(node, [info]) if info is not None else []
        return found + self._passed(var)

    def _passed(self, var: t.Var) -> list[_Pred]:
        """What a parameter or receiver comes with."""
        found: list[_Pred] = []
        if var.role == "param":
            found += self._argument_preds(var, elements=False)
        elif var.role == "recv" and isinstance(var.owner, t.Func):
            for caller, site in self.callers(var.owner):
                if site.recv is not None and site.selection is not None:
                    path = site.selection.path
                    source: Node = ("f", path[-1].declared) if path else ("x", caller, site.recv)
                    found.append((source, caller.file, site.node.pos))
        return found

    def _argument_preds(self, var: t.Var, *, elements: bool) -> list[_Pred]:
        """What is passed for a parameter; with ``elements`` the single arguments of a variadic one."""
        owner = var.owner
        if isinstance(owner, t.Func):
            sites = self.callers(owner)
            sig = self.checker.signature_of(owner)
        elif isinstance(owner, Literal):
            sites = self.value_callers(("x", owner.info, owner.node))
            sites += [(owner.info, s) for s in owner.info.calls if s.literal is owner]
            sig = owner.signature
        else:
            return []
        variadic = sig.variadic and var.index == len(sig.params) - 1
        out: list[_Pred] = []
        for caller, site in sites:
            args = site.node.args
            skip = (
                1
                if isinstance(owner, t.Func) and owner.recv is not None and site.kind == "static" and site.recv is None
                else 0
            )
            at = var.index + skip
            if len(args) == 1 and isinstance(caller.types.get(args[0]), t.Tuple):
                out.append((("xi", caller, args[0], at), caller.file, site.node.pos))
            elif variadic and not site.node.spread:
                if elements:
                    out += [(("x", caller, arg), caller.file, arg.pos) for arg in args[at:]]
            elif at < len(args) and not (elements and variadic):
                out.append((("x", caller, args[at]), caller.file, args[at].pos))
        return out if not elements or variadic else []

    def _element_preds(self, node: Node, inner: Node) -> list[_Pred]:
        out: list[_Pred] = []
        match inner:
            case ("x", Info() as info, ast.CompositeLit() as lit):
                return [(("x", info, pair.value), info.file, pair.value.pos) for pair in lit.elements]
            case ("x", Info() as info, ast.Call() as call):
                used = info.uses.get(call.fun)
                if isinstance(used, t.Builtin) and used.name == "append":
                    rest = call.args[1:]
                    for arg in rest:
                        source: Node = ("x", info, arg)
                        spread = call.spread and arg is rest[-1]
                        out.append((("e", source) if spread else source, info.file, arg.pos))
            case ("x", Info() as info, ast.Ident() as e) if e in info.reaching:
                place: Node = ("v", info.uses[e])
                out += self._element_writes(("e", place), place)
            case ("v" | "v0", t.Var() as var):
                out += self._element_writes(("e", ("v", var)), ("v", var))
                if var.role == "param":
                    out += self._argument_preds(var, elements=True)
            case _:
                out += self._element_writes(node, inner)
        out += [(("e", source), file, pos) for source, file, pos in self.preds(inner)]
        return out

    def _element_writes(self, node: Node, inner: Node) -> list[_Pred]:
        root = inner
        while root[0] in ("e", "k"):
            root = root[1]  # pyright: ignore[reportAssignmentType]  # an element's second part is a node
        match root:
            case ("v", t.Var() as var):
                info = self.checker.var_infos.get(var)
                infos = self._global_infos(var) if var.role == "global" else [info] if info else []
            case ("f", t.Field() as f):
                infos = self.field_infos(f)
            case _:
                return []
        return self._flows(node, infos)

    def _key_preds(self, node: Node, inner: Node) -> list[_Pred]:
        match inner:
            case ("x", Info() as info, ast.CompositeLit() as lit):
                return [(("x", info, p.key), info.file, p.key.pos) for p in lit.elements if p.key is not None]
            case _:
                out = self._element_writes(node, inner)
                return out + [(("k", source), file, pos) for source, file, pos in self.preds(inner)]

    def _yield_preds(self, inner: Node, index: int) -> list[_Pred]:
        """What a range over a function yields: the arguments with which it calls its parameter."""
        out: list[_Pred] = []
        reach = self.reach(inner, functions=True)
        for leaf in reach.leaves:
            owner = leaf.func
            info = self.checker.check_func(owner) if isinstance(owner, t.Func) else owner.info if owner else None
            params = (
                info.params
                if isinstance(owner, t.Func) and info
                else owner.params
                if isinstance(owner, Literal)
                else []
            )
            if info is None or not params:
                continue
            for site in info.calls:
                if info.uses.get(site.node.fun) is params[0] and index < len(site.node.args):
                    arg = site.node.args[index]
                    out.append((("x", info, arg), info.file, arg.pos))
        return out

    # Who mentions

    def _infos(self, places: Iterable[tuple[File, int]]) -> list[Info]:
        """The units at these places, checked; cut off at ``MAX_UNITS``, or at ``MAX_WORK`` for one dispatch.

        Outside of a dispatch, when callers are asked for themselves, the work is the only bound.
        """
        limit = MAX_UNITS if self._depth else MAX_WORK
        units: dict[Unit, None] = {}
        if self._depth and self._work > MAX_WORK:
            self._cut = self._cut or f"more than {MAX_WORK} functions would have to be looked at"
            return []
        for file, at in places:
            if len(units) >= limit:
                self._cut = self._cut or f"more than {limit} functions mention one name"
                break
            declaration = file.declaration_at(at)
            if declaration is not None and declaration.kind in ("func", "method", "var"):
                units[file.unit(declaration)] = None
        self._work += len(units)
        return [self.checker.check(unit) for unit in units]

    def field_infos(self, f: t.Field) -> list[Info]:
        """The units in which a field may be written."""
        kept = self._field_units.get(f)
        if kept is None:
            cut, self._cut = self._cut, ""
            found = self._infos(self._field_mentions(f))
            kept = self._field_units[f] = (found, self._cut)
            self._cut = cut
        self._cut = self._cut or kept[1]
        return kept[0]

    def _field_mentions(self, f: t.Field) -> Iterator[tuple[File, int]]:
        package = f.file.package if f.file else None
        size = len(f.name.encode())
        for file, at in self._mentions(f.name, package):
            if file.source[at - 1 : at] == b"." or file.source[at + size : at + size + 1] == b":":
                after = _WRITE.match(file.source, at + size)
                if after is not None:
                    yield file, at
        short = f.struct.rsplit(".", 1)[-1]
        if short:
            length = len(short.encode())
            for file, at in self._mentions(short, package):
                if _UNKEYED.match(file.source, at + length):
                    yield file, at

    def _mentions(self, name: str, package: Package | None) -> Iterator[tuple[File, int]]:
        if package is not None and not t.exported(name):
            yield from self.program.text.mentions(name, frozenset(package.files))
            return
        yield from self.program.text.mentions(name)
        if package is not None and package.is_std:
            yield from self.program.text.mentions(name, frozenset(package.files))

    def _global_infos(self, var: t.Var) -> list[Info]:
        def places() -> Iterator[tuple[File, int]]:
            size = len(var.name.encode())
            for file, at in self._mentions(var.name, var.package):
                declared = file is var.file and _line(file, at) == var.pos[0]
                if declared or _WRITE.match(file.source, at + size):
                    yield file, at

        return self._infos(places())

    def callers(self, func: t.Func) -> list[tuple[Info, CallSite]]:
        """The call sites that may call a declared function: static, through an interface, or as a value."""
        kept = self._callers.get(func)
        if kept is None:
            if func in self._busy:
                return []
            self._busy.add(func)
            cut, self._cut = self._cut, ""
            try:
                found = self._find_callers(func)
            finally:
                self._busy.discard(func)
            kept = self._callers[func] = (found, self._cut)
            self._cut = cut
        self._cut = self._cut or kept[1]
        return kept[0]

    def _find_callers(self, func: t.Func) -> list[tuple[Info, CallSite]]:
        infos = self._infos(self._call_mentions(func))
        out: list[tuple[Info, CallSite]] = []
        for info in infos:
            called: set[ast.Expr] = set()
            for site in info.calls:
                if site.func is func:
                    out.append((info, site))
                    called.add(_callee(site.node))
                elif site.kind == "interface" and func.recv is not None and self._may_call(site, func):
                    out.append((info, site))
            for e in self._mentioned_as_value(info, func, called):
                out += self.value_callers(("x", info, e))
        return out

    def _may_call(self, site: CallSite, func: t.Func) -> bool:
        """Whether an interface call can end in a method: by name and signature.

        That the receiver implements the interface is no condition, since a type that embeds it may do so.
        """
        assert site.selection is not None
        if not isinstance(site.node.fun, ast.Selector) or site.node.fun.sel.name != func.name:
            return False
        wanted = site.selection.signature
        return wanted is not None and t.identical(wanted, self.checker.signature_of(func))

    def _call_mentions(self, func: t.Func) -> Iterator[tuple[File, int]]:
        size = len(func.name.encode())
        for file, at in self._mentions(func.name, func.package):
            if func.recv is not None:
                if file.source[at - 1 : at] == b"." and not _FIELD.match(file.source, at + size):
                    yield file, at
            elif file.package is func.package or func.package.path in file.import_paths:
                yield file, at

    def _mentioned_as_value(self, info: Info, func: t.Func, called: set[ast.Expr]) -> list[ast.Expr]:
        out = [e for e, used in info.uses.items() if used is func and e not in called]
        out += [e for e, s in info.selections.items() if s.func is func and e not in called]
        return out

    # Forward: where a function value is called

    def value_callers(self, start: Node, limit: int = 200) -> list[tuple[Info, CallSite]]:
        """The call sites at which a function value is called, followed forwards."""
        if start in self._busy:
            return []
        self._busy.add(start)
        try:
            return self._follow(start, limit)
        finally:
            self._busy.discard(start)

    def _follow(self, start: Node, limit: int) -> list[tuple[Info, CallSite]]:
        out: list[tuple[Info, CallSite]] = []
        seen = {start}
        queue = deque([start])
        while queue:
            if len(seen) > limit:
                self._cut = self._cut or f"a function value goes to more than {limit} places"
                break
            node = queue.popleft()
            nexts: list[Node] = []
            match node:
                case ("x", Info() as info, e):
                    out += [(info, site) for site in info.calls if site.node.fun is e]
                    nexts = self._uses_of(info, e)
                case ("v", t.Var() as var):
                    nexts = self._reads_of_var(var)
                case ("f", t.Field() as f):
                    nexts = self._reads_of_field(f)
                case ("r", t.Func() as func, int(i)):
                    nexts = [("x", c, s.node) if i == 0 else ("xi", c, s.node, i) for c, s in self.callers(func)]
                case _:
                    pass
            for following in nexts:
                if following not in seen:
                    seen.add(following)
                    queue.append(following)
        return out

    def _uses_of(self, info: Info, e: object) -> list[Node]:
        """Where the value of an expression goes next. A container stands for its elements."""
        index = self._outgoing.get(info)
        if index is None:
            index = self._outgoing[info] = _outgoing(info)
        out = list(index.get(e, ()))
        for site, i in self._arguments.setdefault(info, _arguments(info)).get(e, ()):
            out += self._parameters(info, site, i)
        return out

    def _parameters(self, info: Info, site: CallSite, index: int) -> list[Node]:
        out: list[Node] = []
        for owner in self.callees(info, site):
            params = self.checker.check_func(owner).params if isinstance(owner, t.Func) else owner.params
            if params:
                out.append(("v", params[min(index, len(params) - 1)]))
        return out

    def _reads_of_var(self, var: t.Var) -> list[Node]:
        info = self.checker.var_infos.get(var)
        infos = self._infos(self._mentions(var.name, var.package)) if var.role == "global" else [info] if info else []
        return [("x", i, e) for i in infos for e, used in i.uses.items() if used is var]

    def _reads_of_field(self, f: t.Field) -> list[Node]:
        package = f.file.package if f.file else None
        places = ((file, at) for file, at in self._mentions(f.name, package) if file.source[at - 1 : at] == b".")
        return [
            ("x", info, e)
            for info in self._infos(places)
            for e, s in info.selections.items()
            if s.field is not None and s.field.declared is f
        ]

    # Evidence

    def evidence(self, reach: Reach, leaf: Leaf) -> tuple[Evidence, ...]:
        """The way of a value, from where it is made to the call, as positions; calls and names are left out."""
        out: list[Evidence] = []
        node = leaf.node
        while node in reach.parents:
            target, file, pos = reach.parents[node]
            note = _step(target)
            if note and file is not None:
                place = position(file, pos)
                if not out or out[-1].position != place:
                    out.append(Evidence(note, place))
            node = target
        return tuple(out)


def _outgoing(info: Info) -> dict[object, list[Node]]:
    """Expression -> the places and expressions of the same unit that take its value."""
    out: dict[object, list[Node]] = {}
    for target, sources in info.flows.items():
        while target[0] == "e":
            target = target[1]  # noqa: PLW2901  # pyright: ignore[reportAssignmentType]  # a node holds a node
        for source, _ in sources:
            while source[0] in ("e", "k"):
                source = source[1]  # noqa: PLW2901  # pyright: ignore[reportAssignmentType]
            if source[0] == "x":
                out.setdefault(source[2], []).append(target)
    for e in info.types:
        node: Node = ("x", info, e)
        match e:
            case ast.CompositeLit():
                for pair in e.elements:
                    out.setdefault(pair.value, []).append(node)
            case ast.Index() | ast.TypeAssert():
                out.setdefault(e.x, []).append(node)
            case ast.Call() if e not in info.sites:
                for arg in e.args:
                    out.setdefault(arg, []).append(node)
            case _:
                pass
    return out


def _arguments(info: Info) -> dict[object, list[tuple[CallSite, int]]]:
    out: dict[object, list[tuple[CallSite, int]]] = {}
    for site in info.calls:
        for i, arg in enumerate(site.node.args):
            out.setdefault(arg, []).append((site, i))
    return out


def _step(target: Node) -> str:
    match target:
        case ("f", t.Field() as f):
            return f"stored in the field {f.struct.rsplit('/', 1)[-1]}.{f.name}".replace("field .", "field ")
        case ("v" | "v0", t.Var() as var) if var.role == "param":
            owner = var.owner.full_name if isinstance(var.owner, t.Func | Literal) else ""
            return f"passed as {var.name or 'an argument'} to {owner.rsplit('/', 1)[-1]}"
        case ("v", t.Var() as var) if var.role == "global":
            return f"assigned to the variable {var.name}"
        case ("r", owner, int()) if isinstance(owner, t.Func | Literal):
            return f"returned by {owner.full_name.rsplit('/', 1)[-1]}"
        case ("e", ("f", t.Field() as f)):
            return f"stored as an element of the field {f.name}"
        case ("e", ("v" | "v0", t.Var() as var)):
            return f"stored as an element of {var.name}"
        case _:
            return ""


def position(file: File | None, pos: ast.Pos) -> Position | None:
    """A place in a file as a position; None for the standard library, whose source is in no repository."""
    if file is None or file.package.is_std:
        return None
    return Position(file.package.program.repository, file.path, *pos)


def func_position(func: t.Func) -> Position | None:
    return position(func.file, func.pos)


def _callee(call: ast.Call) -> ast.Expr:
    fun = call.fun
    while isinstance(fun, ast.Index):
        fun = fun.x
    return fun


def _line(file: File, at: int) -> int:
    return file.source.count(b"\n", 0, at) + 1
