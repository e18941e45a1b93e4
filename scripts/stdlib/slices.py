"""A function's body with only what has a say in where values of interfaces and functions go (a program slice).

What stays: calls of what comes from outside, calls of functions that act on such values, what is stored in fields, package
variables and elements, and what is returned. Everything else is gone or stands as the zero value of its type, and ``if``,
``switch`` and ``select`` are blocks: the analysis reads no conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from scripts.stdlib.source import Source
from scripts.stdlib.written import UNTOLD, Written
from tracer.golang import types as t
from tracer.golang.check.info import Info
from tracer.golang.check.operand import Mode
from tracer.golang.load.package import Package
from tracer.syntax import ast

_PLAIN_CALLS = ("panic", "append", "new", "make", "recover", "copy", "clear")
_UNUSED = "_ = func() {}"
_WORD = re.compile(r"[A-Za-z_]\w*")


class Slicer:
    """Writes the statements of one unit; ``unsafe`` is whether some value in them came out of package unsafe."""

    def __init__(self, source: Source, info: Info, importing: Callable[[Package], str | None]) -> None:
        self.source = source
        self.info = info
        self.written = Written(info.file.package, importing)
        self.typ, self.named, self.zero, self.signature = (
            self.written.typ,
            self.written.named,
            self.written.zero,
            self.written.signature,
        )
        self.unsafe = False
        self._results: list[tuple[t.Type, ...]] = []
        self._said: list[set[str]] = []
        self._vars = {
            used.name for used in info.uses.values() if isinstance(used, t.Var) and used.role is not t.Role.GLOBAL
        }

    # Bodies

    def body(self, block: ast.Block, sig: t.Signature) -> str:
        """The statements of a function, in one line."""
        self._results.append(sig.results)
        self._said.append(set())
        out = _joined(self.stmts(block.stmts))
        self._results.pop()
        self._said.pop()
        # Literals are called by their numbers: one that is gone counts only where others are left.
        return (
            out
            if "func(" in out.replace(_UNUSED, "")
            else re.sub(rf"(?:; )?{re.escape(_UNUSED)}(?=;|$)", "", out).removeprefix("; ")
        )

    def keeps(self, typ: t.Type) -> bool:
        return self.source.interesting(typ)

    def holds(self, typ: t.Type) -> bool:
        """Whether a variable of a type stays: one that is of interest, or whose type has no name to write a zero value with."""
        return self.keeps(typ) or (not isinstance(typ, t.Tuple) and typ is not t.UNKNOWN and self.named(typ) is None)

    def stmts(self, stmts: Iterable[ast.Stmt]) -> list[str]:
        out: list[str] = []
        seen: set[str] = set()
        for stmt in stmts:
            simple = isinstance(stmt, ast.ExprStmt | ast.Return | ast.Assign)
            for text in self.stmt(stmt):
                # What mentions no variable says the same wherever it stands; blocks have looked at their own.
                free = simple and not self._vars.intersection(_WORD.findall(text))
                known = self._said[-1] if free else seen
                if not _is_plain(text):
                    seen.clear()
                elif text in known and "func(" not in text:
                    continue
                known.add(text)
                out.append(text)
        return out

    def stmt(self, stmt: ast.Stmt | None) -> list[str]:
        match stmt:
            case None:
                return []
            case ast.Block():
                return _block(self.stmts(stmt.stmts))
            case ast.ExprStmt():
                return self.effects(stmt.x)
            case ast.Assign():
                return self._assign(stmt)
            case ast.Send():
                channel = t.core(self.type(stmt.channel))
                elem = channel.elem if isinstance(channel, t.Chan) else self.type(stmt.value)
                if self.keeps(elem):
                    return [f"{self.value(stmt.channel)} <- {self.value(stmt.value, elem)}"]
                return [*self.effects(stmt.channel), *self.effects(stmt.value)]
            case ast.Go() | ast.Defer():
                word = "go" if isinstance(stmt, ast.Go) else "defer"
                found = self.effects(stmt.call)
                own = isinstance(stmt.call, ast.Call) and len(found) == 1 and self._acts(stmt.call)
                return [f"{word} {found[0]}"] if own else found
            case ast.Return():
                return self._return(stmt)
            case ast.If():
                inside = [*self.stmt(stmt.init), *self.effects(stmt.cond)]
                return _block([*inside, *_block(self.stmts(stmt.then.stmts)), *self.stmt(stmt.other)])
            case ast.For():
                inner = [*self.effects(stmt.cond), *_block(self.stmts(stmt.body.stmts)), *self.stmt(stmt.post)]
                loop = [f"for {{ {_joined(inner)} }}"] if inner else []
                return _block([*self.stmt(stmt.init), *loop])
            case ast.Range():
                return self._range(stmt)
            case ast.Switch():
                return self._switch(stmt)
            case ast.TypeSwitch():
                return self._type_switch(stmt)
            case ast.Select():
                out = [_block([*self.stmt(c.comm), *self.stmts(c.body)]) for c in stmt.cases]
                return [s for block in out for s in block]
            case ast.DeclStmt():
                return [s for spec in stmt.specs for s in self._declared(spec)]

    def variable(self, spec: ast.ValueSpec, names: tuple[str, ...]) -> str:
        """Package variables, with their initial values as far as these have a say; "" where a type cannot be written."""
        self._said.append(set())
        listed = ", ".join(names)
        declared = f" {self.typ(spec.type)}" if spec.type is not None else ""
        values: list[str] = []
        for value in spec.values:
            typ = self.type(value)
            if (
                spec.type is None
                or self.keeps(self.declared_type(spec.type))
                or isinstance(typ, t.Tuple)
                or self._has_effect(value)
            ):
                values.append(self.value(value))
        if UNTOLD in values:
            return ""
        return f"var {listed}{declared}" + (f" = {', '.join(values)}" if values else "")

    # Statements

    def _assign(self, stmt: ast.Assign) -> list[str]:
        if stmt.op not in ("=", ":="):
            return [s for e in (*stmt.lhs, *stmt.rhs) for s in self.effects(e)]
        paired = len(stmt.lhs) == len(stmt.rhs)
        kept = [self._is_kept(e) for e in stmt.lhs]
        if not any(kept):
            return [s for e in (*stmt.lhs, *stmt.rhs) for s in self.effects(e)]
        if paired:
            left = [self._target(e) for e, keep in zip(stmt.lhs, kept, strict=True) if keep]
            right = [
                self.value(e, self.info.types.get(stmt.lhs[i]))
                for i, (e, keep) in enumerate(zip(stmt.rhs, kept, strict=True))
                if keep
            ]
            rest = [e for e, keep in zip(stmt.rhs, kept, strict=True) if not keep]
            out = [f"{', '.join(left)} {stmt.op} {', '.join(right)}"]
        else:
            left = [self._target(e) if keep else "_" for e, keep in zip(stmt.lhs, kept, strict=True)]
            rest = []
            out = [f"{', '.join(left)} {stmt.op} {self.value(stmt.rhs[0])}"]
        dropped = [e for e, keep in zip(stmt.lhs, kept, strict=True) if not keep and not isinstance(e, ast.Ident)]
        return [*(s for e in (*dropped, *rest) for s in self.effects(e)), *out]

    def _is_kept(self, e: ast.Expr) -> bool:
        """Whether what is assigned to is of interest."""
        if isinstance(e, ast.Ident) and e.name == "_":
            return False
        typ = self.info.types.get(e)
        if typ is None:
            used = self.info.uses.get(e)
            typ = used.type if isinstance(used, t.Var) else t.UNKNOWN
        if isinstance(e, ast.Ident):
            return self.holds(typ)
        if isinstance(e, ast.Index) and isinstance(t.core(self.type(e.x)), t.Map) and e.indices:
            return self.keeps(typ) or self.keeps(self.type(e.x))
        return self.keeps(typ)

    def _target(self, e: ast.Expr) -> str:
        return e.name if isinstance(e, ast.Ident) else self.structure(e)

    def _return(self, stmt: ast.Return) -> list[str]:
        results = self._results[-1]
        telling = [self.keeps(typ) for typ in results]
        if not any(telling):
            return [s for e in stmt.results for s in self.effects(e)]
        if not stmt.results:
            return []
        if len(stmt.results) == 1 and len(results) > 1:
            return [f"return {self.value(stmt.results[0])}"]
        before: list[str] = []
        values: list[str] = []
        for e, typ, keep in zip(stmt.results, results, telling, strict=False):
            if not keep:
                before += self.effects(e)
            values.append(self.value(e, typ) if keep else self.zero(typ, typ))
        return [*before, f"return {', '.join(values)}"]

    def _range(self, stmt: ast.Range) -> list[str]:
        typ = t.core(t.deref(self.type(stmt.x)))
        if isinstance(typ, t.Signature):
            names = [self._name_of(e) for e in stmt.lhs]
            body = _joined(self.stmts(stmt.body.stmts))
            op = ":=" if stmt.define else "="
            return [
                f"for {', '.join(names)} {op} range {self.value(stmt.x)} {{ {body} }}"
                if names
                else f"for range {self.value(stmt.x)} {{ {body} }}"
            ]
        kept = [self._is_kept(e) for e in stmt.lhs]
        body = self.stmts(stmt.body.stmts)
        if not any(kept):
            loop = [f"for {{ {_joined(body)} }}"] if body else []
            return [*self.effects(stmt.x), *loop]
        names = [self._target(e) if keep else "_" for e, keep in zip(stmt.lhs, kept, strict=True)]
        op = ":=" if stmt.define else "="
        return [f"for {', '.join(names)} {op} range {self.value(stmt.x)} {{ {_joined(body)} }}"]

    def _name_of(self, e: ast.Expr) -> str:
        return e.name if isinstance(e, ast.Ident) else self.structure(e)

    def _switch(self, stmt: ast.Switch) -> list[str]:
        out = [*self.stmt(stmt.init), *self.effects(stmt.tag)]
        for case in stmt.cases:
            out += [s for e in case.exprs for s in self.effects(e)]
        for case in stmt.cases:
            out += _block(self.stmts(case.body))
        return _block(out)

    def _type_switch(self, stmt: ast.TypeSwitch) -> list[str]:
        cases: list[str] = []
        blocks: list[str] = []
        for case in stmt.cases:
            body = _joined(self.stmts(case.body))
            if not body:
                continue
            if stmt.bind is None or not re.search(rf"(?<![\w.]){stmt.bind.name}\b", body):
                blocks += _block([body])
                continue
            head = f"case {', '.join(self.typ(e) for e in case.exprs)}" if case.exprs else "default"
            cases.append(f"{head}: {body}")
        out = self.stmt(stmt.init)
        if cases and stmt.bind is not None:
            out.append(f"switch {stmt.bind.name} := {self.value(stmt.x)}.(type) {{ {'; '.join(cases)} }}")
        else:
            out += self.effects(stmt.x)
        return _block([*out, *blocks])

    def _declared(self, spec: ast.TypeSpec | ast.ValueSpec) -> list[str]:
        if isinstance(spec, ast.TypeSpec):
            return [f"type {spec.name} {'= ' if spec.alias else ''}{self.typ(spec.type)}"]
        if spec.kind == "const":
            return []
        paired = len(spec.values) == len(spec.names)
        out: list[str] = []
        declared = f" {self.typ(spec.type)}" if spec.type is not None else ""
        if spec.values and not paired:
            return [f"var {', '.join(n.name for n in spec.names)}{declared} = {self.value(spec.values[0])}"]
        for i, name in enumerate(spec.names):
            value = spec.values[i] if spec.values else None
            typ = self._spec_type(spec, value)
            if not self.holds(typ) or name.name == "_":
                out += self.effects(value)
                continue
            made = f" = {self.value(value, typ)}" if value is not None else ""
            out.append(f"var {name.name}{declared}{made}")
        return out

    def _spec_type(self, spec: ast.ValueSpec, value: ast.Expr | None) -> t.Type:
        if spec.type is not None:
            return self.declared_type(spec.type)
        return self.type(value) if value is not None else t.UNKNOWN

    def declared_type(self, e: ast.Expr) -> t.Type:
        """The type that an expression denotes; of a local variable's, by looking for a variable that has it."""
        for flows in self.info.flows:
            if flows[0] == "v" and isinstance(flows[1], t.Var) and flows[1].pos == e.pos:
                return flows[1].type
        match e:
            case ast.Ident() | ast.Selector() | ast.Star() | ast.ArrayType() | ast.MapType() | ast.ChanType():
                return self._resolved(e)
            case ast.FuncType() | ast.InterfaceType():
                return t.EMPTY_INTERFACE
            case _:
                return self._resolved(e)

    def _resolved(self, e: ast.Expr) -> t.Type:
        # The types of local variables are those of their uses.
        scope = self.source.checker.scope(self.info.file)
        func = self.info.func
        for param in func.tparams if func is not None else ():
            scope.names[param.name] = t.TypeName(param.name, None, None, None, type=param)
        return self.source.checker.declarations.types.type_of(e, scope)

    # What is done besides what a value is

    def effects(self, e: ast.Expr | None) -> list[str]:
        """The statements that are left of an expression whose value nobody wants."""
        match e:
            case None | ast.Ident() | ast.BasicLit() | ast.Bad():
                return []
            case ast.FuncLit():
                return [_UNUSED]
            case ast.Call():
                if self._acts(e):
                    return [self.structure(e)]
                inner = [e.fun.x] if isinstance(e.fun, ast.Selector) else []
                return [s for x in (*inner, *e.args) for s in self.effects(x)]
            case ast.CompositeLit():
                if self._stores(e):
                    return [f"_ = {self.structure(e)}"]
                return [s for pair in e.elements for s in self.effects(pair.value)]
            case ast.Selector() | ast.TypeAssert() | ast.Star() | ast.Unary():
                return self.effects(e.x)
            case ast.Index() | ast.SliceExpr():
                return [s for x in (e.x, *e.indices) for s in self.effects(x)]
            case ast.Binary():
                return [*self.effects(e.x), *self.effects(e.y)]
            case _:
                return []

    def _acts(self, e: ast.Call) -> bool:
        site = self.info.sites.get(e)
        if site is None:
            used = self.info.uses.get(e.fun)
            if isinstance(used, t.Builtin):
                if used.name == "panic":
                    return not isinstance(t.default_type(self.type(e.args[0])), t.Basic)
                return used.name == "copy" and self.keeps(self.type(e.args[0]))
            return self._converts(e)
        if site.kind is t.CallKind.STATIC and site.func is not None:
            return self.source.acts(site.func)
        if site.kind is t.CallKind.LITERAL and isinstance(e.fun, ast.FuncLit):
            return bool(self._literal_body(e.fun))
        return True

    def _converts(self, e: ast.Call) -> bool:
        """Whether a conversion hands on the fields of a struct."""
        if len(e.args) != 1:
            return False
        into, of = t.deref(self.type(e)), t.deref(self.type(e.args[0]))
        return into is not of and isinstance(t.underlying(into), t.Struct) and isinstance(t.underlying(of), t.Struct)

    def _stores(self, e: ast.CompositeLit) -> bool:
        under = t.core(t.deref(self.type(e)))
        if isinstance(under, t.Struct):
            return any(self._element_kept(e, i, under) for i in range(len(e.elements)))
        if not self.keeps(self.type(e)):
            return any(map(self._has_effect, (pair.value for pair in e.elements)))
        return any(isinstance(x := pair.value, ast.CompositeLit) and self._stores(x) for pair in e.elements)

    def _element_kept(self, e: ast.CompositeLit, index: int, struct: t.Struct) -> bool:
        pair = e.elements[index]
        field = self._field(pair, index, struct)
        if field is None:
            return False
        return self.keeps(field.type) or self._has_effect(pair.value)

    def _has_effect(self, e: ast.Expr) -> bool:
        if isinstance(e, ast.Unary) and isinstance(e.x, ast.CompositeLit):
            e = e.x
        if isinstance(e, ast.CompositeLit):
            return self._stores(e)
        return any(text != _UNUSED for text in self.effects(e))

    @staticmethod
    def _field(pair: ast.KeyValue, index: int, struct: t.Struct) -> t.Field | None:
        if pair.key is None:
            return struct.fields[index] if index < len(struct.fields) else None
        name = pair.key.name if isinstance(pair.key, ast.Ident) else ""
        return next((f for f in struct.fields if f.name == name), None)

    # Values

    def type(self, e: ast.Expr) -> t.Type:
        return self.info.types.get(e, t.UNKNOWN)

    def value(self, e: ast.Expr, target: t.Type | None = None) -> str:
        """An expression whose value goes to a place of type ``target``, if that is known."""
        operand = self.info.operands.get(e)
        if operand is None:
            used = self.info.uses.get(e)
            if (
                isinstance(e, ast.Ident)
                and isinstance(used, t.Var)
                and (used.role is not t.Role.LOCAL or self.holds(used.type))
            ):
                return e.name
            return self.structure(e)
        if operand.mode is Mode.NIL:
            return "nil"
        typ = operand.type
        if isinstance(e, ast.FuncLit) or self.holds(typ) or isinstance(typ, t.Tuple):
            return self.structure(e)
        if isinstance(e, ast.Call) and self._acts(e):
            return self.structure(e)
        if isinstance(e, ast.CompositeLit) and self._stores(e):
            return self.structure(e)
        if isinstance(e, ast.Unary) and e.op == "&" and isinstance(e.x, ast.CompositeLit):
            return self.structure(e)
        if isinstance(e, ast.Ident):
            used = self.info.uses.get(e)
            if (isinstance(used, t.Var) and used.role is not t.Role.LOCAL) or (
                isinstance(used, t.Const) and used.package
            ):
                return e.name
        if isinstance(e, ast.Selector) and isinstance(self.info.uses.get(e.x), t.PkgName):
            return self.structure(e)
        if isinstance(e, ast.CompositeLit) and e.type is not None and target is not None and t.is_dynamic(target):
            return f"{self.typ(e.type)}{{}}"
        inner = self.effects(e)
        if inner and isinstance(e, ast.Selector | ast.Star | ast.Index | ast.TypeAssert | ast.SliceExpr):
            return self.structure(e)
        return self.zero(typ, target)

    def structure(self, e: ast.Expr) -> str:
        """An expression as it is written, with what has no say in values left out."""
        match e:
            case ast.Ident():
                used = self.info.uses.get(e)
                if isinstance(used, t.Var) and used.role is t.Role.LOCAL and not self.holds(used.type):
                    return self.zero(used.type, None)
                return e.name
            case ast.BasicLit():
                return '""' if e.kind == "STRING" else e.value
            case ast.Selector():
                return self._selector(e)
            case ast.Call():
                return self._call(e)
            case ast.CompositeLit():
                return self._composite(e)
            case ast.FuncLit():
                return f"{self.signature(e.type)} {{ {self._literal_body(e)} }}"
            case ast.Index():
                if isinstance(self.info.uses.get(e), t.Func):
                    return f"{self.structure(e.x)}[{', '.join(map(self.typ, e.indices))}]"
                under = t.core(t.deref(self.type(e.x)))
                key = under.key if isinstance(under, t.Map) else t.BASICS["int"]
                return f"{self._operand(e.x)}[{self.value(e.indices[0], key)}]"
            case ast.SliceExpr():
                return f"{self._operand(e.x)}[:]"
            case ast.TypeAssert():
                return f"{self._operand(e.x)}.({self.typ(e.type)})"
            case ast.Star():
                return f"*{self._operand(e.x)}"
            case ast.Unary():
                return f"{e.op}{self._operand(e.x)}" if e.op in ("&", "<-") else self.zero(self.type(e), None)
            case ast.Binary():
                return self.zero(self.type(e), None)
            case _:
                return self.typ(e)

    def _operand(self, e: ast.Expr) -> str:
        text = self.structure(e)
        return f"({text})" if text[0] in "*&<" or text.startswith("func") else text

    def _base(self, e: ast.Expr) -> str:
        """What a field or method is selected from: of what has no say, a pointer to its type."""
        if e not in self.info.operands:
            text = self.typ(e)
            return f"({text})" if text.startswith("*") else text
        typ = self.type(e)
        if self.keeps(typ) or (isinstance(e, ast.Ident) and not self._is_dropped(e)) or self.effects(e):
            return self._operand(e)
        if isinstance(e, ast.Selector) and isinstance(self.info.uses.get(e.x), t.PkgName):
            return self._operand(e)
        if isinstance(typ, t.Named | t.Pointer) and not isinstance(t.underlying(t.deref(typ)), t.Interface):
            shown = self.named(t.deref(typ))
            if shown is not None and not isinstance(t.underlying(typ) if isinstance(typ, t.Named) else None, t.Pointer):
                return f"(*{shown})(nil)"
        return self._operand(e)

    def _is_dropped(self, e: ast.Ident) -> bool:
        used = self.info.uses.get(e)
        return isinstance(used, t.Var) and used.role is t.Role.LOCAL and not self.holds(used.type)

    def _selector(self, e: ast.Selector) -> str:
        if isinstance(self.info.uses.get(e.x), t.PkgName) and isinstance(e.x, ast.Ident):
            return f"{e.x.name}.{e.sel.name}"
        return f"{self._base(e.x)}.{e.sel.name}"

    def _call(self, e: ast.Call) -> str:
        site = self.info.sites.get(e)
        fun = self.info.operands.get(e.fun)
        if site is None:
            used = self.info.uses.get(e.fun)
            if isinstance(used, t.Builtin):
                return self._builtin(e, used.name)
            # A conversion; one from package unsafe hides what it gives.
            arg = self.type(e.args[0]) if e.args else t.UNKNOWN
            if arg is t.BASICS.get("unsafe.Pointer") or t.describe(arg) == "unsafe.Pointer":
                self.unsafe = self.unsafe or self.keeps(self.type(e))
            inner = self.value(e.args[0], self.type(e) if not t.is_untyped(arg) else None) if e.args else "nil"
            text = self.typ(e.fun)
            return (
                f"({text})({inner})" if text[0] in "*[<(" or text.startswith(("func", "chan")) else f"{text}({inner})"
            )
        sig = t.core(fun.type) if fun is not None else t.UNKNOWN
        args: list[str] = []
        for i, arg in enumerate(e.args):
            wanted = t.parameter(sig, i, spread=e.spread) if isinstance(sig, t.Signature) else None
            if wanted is not None and (wanted is t.UNKNOWN or t.has_type_params(wanted) or self._is_generic(site.func)):
                wanted = None
            args.append(self._passed(arg, wanted))
        spread = "..." if e.spread else ""
        return f"{self.structure(e.fun)}({', '.join(args)}{spread})"

    @staticmethod
    def _is_generic(func: t.Func | None) -> bool:
        return func is not None and bool(func.tparams)

    def _passed(self, e: ast.Expr, wanted: t.Type | None) -> str:
        return self.value(e, wanted)

    def _builtin(self, e: ast.Call, name: str) -> str:
        if name in ("new", "make"):
            typ = self.typ(e.args[0]) if e.args[0] not in self.info.operands else None
            if typ is None:
                return f"new({self.value(e.args[0])})"
            return f"new({typ})" if name == "new" else f"make({typ}, 0)"
        if name not in _PLAIN_CALLS:
            return self.zero(self.type(e), None)
        spread = "..." if e.spread else ""
        return f"{name}({', '.join(map(self.value, e.args))}{spread})"

    def _composite(self, e: ast.CompositeLit) -> str:
        typ = self.type(e)
        under = t.core(t.deref(typ))
        head = self.typ(e.type) if e.type is not None else ""
        rows: list[str] = []
        if isinstance(under, t.Struct):
            for i, pair in enumerate(e.elements):
                field = self._field(pair, i, under)
                if field is not None and self._element_kept(e, i, under):
                    rows.append(f"{field.name}: {self.value(pair.value, field.type)}")
        else:
            elem = under.elem if isinstance(under, t.Slice | t.Array | t.Map) else None
            for pair in e.elements:
                if isinstance(under, t.Map) and pair.key is not None:
                    rows.append(f"{self.value(pair.key, under.key)}: {self.value(pair.value, elem)}")
                elif elem is not None and (self.keeps(elem) or self._has_effect(pair.value)):
                    rows.append(self.value(pair.value, elem))
        return f"{head}{{{', '.join(dict.fromkeys(rows))}}}"

    def _literal_body(self, e: ast.FuncLit) -> str:
        literal = self.info.literals.get(e)
        sig = literal.signature if literal is not None else t.signature((), ())
        return self.body(e.body, sig)


def _is_plain(text: str) -> bool:
    """Whether a statement neither declares nor stores in a variable, so that it may stand in any block."""
    return (
        text == _UNUSED
        or text.startswith(("return ", "{ "))
        or (" = " not in text and " := " not in text and not text.startswith(("var ", "type ", "for ", "switch ")))
    )


def _block(stmts: list[str]) -> list[str]:
    if all(map(_is_plain, stmts)):
        return stmts
    return [f"{{ {_joined(stmts)} }}"]


def _joined(stmts: list[str]) -> str:
    return "; ".join(stmts)
