"""Small random Go programs that compile: interfaces, embedding, closures, containers, registries, generics.

A program is one package without imports but ``trace``, whose ``Enter`` every function calls first. What runs is
``Main0``, ``Main1``, …; everything is built so that most of its calls are executed. All choices come from one function
that gives a number below its argument, so a seed decides them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Choose = Callable[[int], int]
Item = TypeVar("Item")
MAX_DEPTH = 3
# How many functions of a program are run. One that panics does not keep the next from running.
MAINS = 8
# What can be left out of programs.
FEATURES = (
    "generics",
    "method expressions of interfaces",
    "stores through pointers to variables",
    "unnamed structs",
    "embedded interfaces",
    "named function types",
)


@dataclass(frozen=True)
class Sig:
    params: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    variadic: bool = False

    def of(self, names: Sequence[str] | None = None) -> str:
        """Parameters and results as Go writes them."""
        shown = list(self.params)
        if self.variadic:
            shown[-1] = "..." + shown[-1].removeprefix("[]")
        if names is not None:
            shown = [f"{n} {p}" for n, p in zip(names, shown, strict=True)]
        results = ", ".join(self.results)
        return f"({', '.join(shown)})" + (f" ({results})" if len(self.results) > 1 else f" {results}".rstrip())

    @property
    def type(self) -> str:
        return "func" + self.of()


@dataclass
class Struct:
    name: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)
    own: dict[str, bool] = field(default_factory=dict)  # method name -> whether its receiver is a pointer


Scope = list[tuple[str, str]]


class Program:
    """One program while it is written."""

    def __init__(self, choose: Choose, package: str, without: Collection[str] = ()) -> None:
        assert set(without) <= set(FEATURES), without
        self.choose = choose
        self.package = package
        self.without = without
        self.generics = self.has("generics") and self.chance(50)
        self.lines: list[str] = []
        self.indent = 0
        self.count = 0
        self.ifaces: dict[str, list[str]] = {}
        self.methods: dict[str, Sig] = {}
        self.structs: dict[str, Struct] = {}
        self.funcs: dict[str, Sig] = {}
        self.named: dict[str, Sig] = {}
        self.globals: Scope = []

    # Choices

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.choose(len(items))]

    def has(self, feature: str) -> bool:
        return feature not in self.without

    def chance(self, percent: int) -> bool:
        return self.choose(100) < percent

    def between(self, low: int, high: int) -> int:
        return low + self.choose(high - low + 1)

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # Text

    def put(self, line: str) -> None:
        self.lines.append("\t" * self.indent + line)

    def open(self, line: str) -> None:
        self.put(line)
        self.indent += 1

    def close(self, line: str = "}") -> None:
        self.indent -= 1
        self.put(line)

    # Types

    def method_set(self, typ: str) -> set[str]:
        """The methods that values of a type have (Go spec, "Method sets"), addressable or not."""
        if typ in self.ifaces:
            return set(self.ifaces[typ])
        if typ in self.named:
            return {"A"}
        struct = self.structs.get(typ.removeprefix("*"))
        if struct is None:
            return set()
        pointer = typ.startswith("*")
        out = {name for name, by_pointer in struct.own.items() if pointer or not by_pointer}
        for inner in struct.embedded:
            as_pointer = pointer and inner in self.structs
            # What the struct itself declares hides what it would get, with either receiver.
            out |= self.method_set("*" + inner if as_pointer else inner) - set(struct.own)
        return out

    def implements(self, typ: str, iface: str) -> bool:
        return iface == "any" or set(self.ifaces[iface]) <= self.method_set(typ)

    def is_iface(self, typ: str) -> bool:
        return typ == "any" or typ in self.ifaces

    def assignable(self, source: str, target: str) -> bool:
        if source == target:
            return True
        if self.is_iface(target):
            return self.implements(source, target)
        if target in self.named:
            return source == self.named[target].type
        return source in self.named and self.named[source].type == target

    def sig_of(self, typ: str) -> Sig | None:
        """The signature of a function type that programs use; None for other types."""
        if typ in self.named:
            return self.named[typ]
        return next((s for s in self.signatures() if s.type == typ), None)

    def signatures(self) -> list[Sig]:
        first = next(iter(self.ifaces))
        return [
            Sig(),
            Sig((first,)),
            Sig((), (first,)),
            Sig((first,), (first,)),
            Sig(("func()",)),
            Sig((), ("func()",)),
        ]

    def simple(self) -> str:
        """A type whose values can be called or dispatched on."""
        kinds = [*self.ifaces, *self.ifaces, "any", "func()", *(s.type for s in self.signatures()), *self.named]
        return self.pick(kinds + ["*" + s for s in self.structs] + list(self.structs))

    def type(self) -> str:
        inner = self.simple()
        forms = ["{}"] * 6 + ["[]{}", "[]{}", "map[string]{}", "chan {}", "[2]{}", "[][]{}", "map[string][]{}"]
        if self.has("stores through pointers to variables"):
            forms.append("*{}")
        form = self.pick(forms)
        return inner if form == "*{}" and not self.is_iface(inner) else form.format(inner)

    # Expressions

    def paths(self, scope: Scope) -> Iterator[tuple[str, str]]:
        """Variables, and the fields of those that are structs."""
        for text, typ in [*scope, *self.globals]:
            yield text, typ
            struct = self.structs.get(typ.removeprefix("*"))
            if struct is None:
                continue
            for name, of in self.all_fields(struct):
                yield f"{text}.{name}", of
                # A pointer in a field may be nil.
                inner = self.structs.get(of)
                if inner is not None:
                    yield from ((f"{text}.{name}.{n}", o) for n, o in inner.fields)

    def all_fields(self, struct: Struct) -> list[tuple[str, str]]:
        """Own fields, embedded ones by their name, and what the embedded ones promote."""
        out = list(struct.fields)
        for inner in struct.embedded:
            out.append((inner.removeprefix("*"), inner))
            nested = self.structs.get(inner.removeprefix("*"))
            if nested is not None:
                out += nested.fields
        return out

    def expr(self, typ: str, scope: Scope, depth: int = 0) -> str:
        """An expression that can be assigned to a type."""
        known = [text for text, of in self.paths(scope) if self.assignable(of, typ)]
        if known and self.chance(55 if depth < MAX_DEPTH else 90):
            return self.pick(known[-12:])
        if depth < MAX_DEPTH and self.chance(20):
            called = self.call_giving(typ, scope, depth)
            if called:
                return called
        return self.make(typ, scope, depth)

    def call_giving(self, typ: str, scope: Scope, depth: int) -> str:
        """A call whose only result can be assigned to a type; empty if there is none."""
        ways: list[Callable[[], str]] = []
        for name, sig in self.funcs.items():
            if len(sig.results) == 1 and self.assignable(sig.results[0], typ):
                ways.append(lambda n=name, s=sig: f"{n}({self.args(s, scope, depth + 1)})")
        for text, of in self.paths(scope):
            sig = self.sig_of(of)
            if sig is not None and len(sig.results) == 1 and self.assignable(sig.results[0], typ):
                ways.append(lambda t=text, s=sig: f"{t}({self.args(s, scope, depth + 1)})")
            for name in sorted(self.callable_methods(text, of)):
                method = self.methods[name]
                if len(method.results) == 1 and self.assignable(method.results[0], typ):
                    ways.append(lambda t=text, n=name, s=method: f"{t}.{n}({self.args(s, scope, depth + 1)})")
        if self.generics:
            ways.append(lambda: f"same[{typ}]({self.expr(typ, scope, depth + 1)})")
        return self.pick(ways[-12:])() if ways else ""

    def callable_methods(self, text: str, typ: str) -> set[str]:
        """The methods that can be called on a variable: those of its address too."""
        return self.method_set("*" + typ if typ in self.structs else typ) if text else set()

    def args(self, sig: Sig, scope: Scope, depth: int) -> str:
        given = [self.expr(p, scope, depth) for p in sig.params]
        if sig.variadic:
            elem = sig.params[-1].removeprefix("[]")
            many = [self.expr(elem, scope, depth) for _ in range(self.between(1, 2))]
            given[-1:] = [given[-1] + "..."] if self.chance(30) else many
        return ", ".join(given)

    def make(self, typ: str, scope: Scope, depth: int) -> str:
        """A new value of a type."""
        if typ == "any":
            return self.make(self.pick([*["*" + s for s in self.structs], *self.structs]), scope, depth)
        if typ in self.ifaces:
            makers = [t for s in self.structs for t in (s, "*" + s) if self.implements(t, typ)]
            if depth >= MAX_DEPTH:
                # The first struct has every method of its own and embeds nothing, so this comes to an end.
                return "&S0{}"
            if self.chance(20):
                return f"{typ}({self.expr(self.pick(makers), scope, depth + 1)})"
            makers += [n for n in self.named if self.implements(n, typ)]
            return self.make(self.pick(makers), scope, depth)
        if typ in self.structs:
            return self.literal(typ, scope, depth)
        if typ.startswith("*") and typ[1:] in self.structs:
            return "&" + self.literal(typ[1:], scope, depth)
        if typ in self.named:
            return f"{typ}({self.make(self.named[typ].type, scope, depth)})"
        sig = self.sig_of(typ)
        if sig is not None:
            return self.function(sig, scope, depth)
        return self.container(typ, scope, depth)

    def literal(self, name: str, scope: Scope, depth: int) -> str:
        struct = self.structs[name]
        members = [(e.removeprefix("*"), e) for e in struct.embedded] + struct.fields
        if depth >= MAX_DEPTH:
            # Embedded values are always there, so that promoted calls find them.
            members = members[: len(struct.embedded)]
        given = [(n, self.expr(t, scope, depth + 1)) for n, t in members]
        if given and len(given) == len(struct.embedded) + len(struct.fields) and self.chance(25):
            return f"{name}{{{', '.join(v for _, v in given)}}}"
        return f"{name}{{{', '.join(f'{n}: {v}' for n, v in given)}}}"

    def function(self, sig: Sig, scope: Scope, depth: int) -> str:
        """A function's name, a method value, or a literal."""
        names = [n for n, s in self.funcs.items() if s.type == sig.type]
        bound = [
            f"{text}.{name}"
            for text, of in self.paths(scope)
            for name in sorted(self.callable_methods(text, of))
            if self.methods[name].type == sig.type
        ]
        ways = names[-4:] + bound[-6:]
        if ways and (depth >= MAX_DEPTH or self.chance(60)):
            return self.pick(ways)
        return self.closure(sig, scope, depth)

    def closure(self, sig: Sig, scope: Scope, depth: int) -> str:
        """A function literal as text; its lines are written by a writer of their own."""
        names = [self.fresh("p") for _ in sig.params]
        outer, self.lines = self.lines, []
        self.indent += 1
        self.body(sig, [*scope, *zip(names, sig.params, strict=True)], depth + 1, 1)
        self.indent -= 1
        inner, self.lines = self.lines, outer
        return "\n".join([f"func{sig.of(names)} {{", *inner, "\t" * self.indent + "}"])

    def container(self, typ: str, scope: Scope, depth: int) -> str:
        if typ.startswith("*box["):
            return f"&{typ[1:]}{{v: {self.expr(typ[5:-1], scope, depth + 1)}}}"
        if typ.startswith("*"):
            return f"func() {typ} {{ var x {typ[1:]} = {self.expr(typ[1:], scope, depth + 1)}; return &x }}()"
        if typ.startswith("chan "):
            return f"make({typ}, 8)"
        if typ.startswith("map["):
            return f'{typ}{{"a": {self.element(typ, scope, depth)}}}'
        size = 2 if typ.startswith("[2]") else self.between(1, 2)
        return f"{typ}{{{', '.join(self.element(typ, scope, depth) for _ in range(size))}}}"

    def element(self, typ: str, scope: Scope, depth: int) -> str:
        elem = elem_of(typ)
        made = self.expr(elem, scope, depth + 1)
        # The type of an element's literal may be left out.
        for form, short in ((f"{elem}{{", "{"), (f"&{elem[1:]}{{", "{")):
            if made.startswith(form) and self.chance(50) and (elem in self.structs or elem[1:] in self.structs):
                return short + made[len(form) :]
        return made

    # Statements

    def body(self, sig: Sig, scope: Scope, depth: int, statements: int) -> None:
        self.put("trace.Enter()")
        scope = list(scope)
        for _ in range(statements):
            self.statement(scope, depth)
        if sig.results:
            self.put("return " + ", ".join(self.expr(r, scope, depth + 1) for r in sig.results))

    def block(self, scope: Scope, depth: int) -> None:
        inner = list(scope)
        for _ in range(self.between(1, 2)):
            self.statement(inner, depth + 1)

    def statement(self, scope: Scope, depth: int) -> None:
        ways = [self.declare, self.assign, self.use, self.use, self.use, self.store]
        if depth < MAX_DEPTH:
            ways += [self.each, self.switch, self.asserted, self.twice, self.later, self.send, self.method_value]
            ways += [self.several, self.captured, self.copied]
            if self.has("stores through pointers to variables"):
                ways.append(self.through_pointer)
            if self.generics:
                ways += [self.generic, self.generic]
        self.pick(ways)(scope, depth)

    def let(self, scope: Scope, typ: str, value: str, *, stated: bool = False) -> str:
        name = self.fresh("v")
        self.put(f"var {name} {typ} = {value}" if stated else f"{name} := {value}")
        self.put(f"trace.Use({name})")
        scope.append((name, typ))
        return name

    def declare(self, scope: Scope, depth: int) -> None:
        typ = self.type()
        self.let(scope, typ, self.expr(typ, scope, depth), stated=True)

    def assign(self, scope: Scope, depth: int) -> None:
        targets = [(t, of) for t, of in self.paths(scope) if not t.startswith("r.")]
        if targets:
            text, typ = self.pick(targets[-16:])
            self.put(f"{text} = {self.expr(typ, scope, depth)}")

    def store(self, scope: Scope, depth: int) -> None:
        """Into a container: an element, an appended one, one that is sent."""
        found = [(t, of) for t, of in self.paths(scope) if is_container(of)]
        if not found:
            return
        text, typ = self.pick(found[-8:])
        value = self.expr(elem_of(typ), scope, depth + 1)
        if typ.startswith("[]"):
            many = f"append({text}, {value})"
            self.put(f"{text} = {many if self.chance(70) else f'append({text}, {text}...)'}")
        elif typ.startswith("map["):
            self.open(f"if {text} != nil {{")
            self.put(f'{text}["b"] = {value}')
            self.close()
        elif typ.startswith("[2]"):
            self.put(f"{text}[1] = {value}")
        elif typ.startswith("*"):
            self.open(f"if {text} != nil {{")
            self.put(f"*{text} = {value}")
            self.close()

    def use(self, scope: Scope, depth: int) -> None:
        """Calls something, if it is not nil."""
        found = [(t, of) for t, of in self.paths(scope) if self.is_callable(of)]
        if self.funcs and (not found or self.chance(25)):
            name = self.pick(list(self.funcs))
            self.put(f"{name}({self.args(self.funcs[name], scope, depth + 1)})")
        elif found:
            self.call(*self.pick(found[-16:]), scope, depth)

    def is_callable(self, typ: str) -> bool:
        return self.sig_of(typ) is not None or bool(self.callable_methods("x", typ))

    def call(self, text: str, typ: str, scope: Scope, depth: int, prefix: str = "") -> None:
        guard = typ not in self.structs
        if guard:
            self.open(f"if {text} != nil {{")
        methods = sorted(self.callable_methods(text, typ))
        if methods and (self.sig_of(typ) is None or self.chance(50)):
            name = self.pick(methods)
            self.put(prefix + self.method_call(text, typ, name, scope, depth))
        else:
            sig = self.sig_of(typ)
            assert sig is not None
            self.put(f"{prefix}{text}({self.args(sig, scope, depth + 1)})")
        if guard:
            self.close()

    def expressible(self, typ: str, name: str) -> bool:
        """Whether ``T.M`` can be written."""
        dynamic = self.is_iface(typ) and not self.has("method expressions of interfaces")
        return name in self.method_set(typ) and not dynamic

    def method_call(self, text: str, typ: str, name: str, scope: Scope, depth: int) -> str:
        sig = self.methods[name]
        if self.expressible(typ, name) and self.chance(15):
            # A method expression, as I.A(x), T.A(x) or (*T).A(x).
            rest = self.args(sig, scope, depth + 1)
            return f"({typ}).{name}({text}{', ' + rest if rest else ''})"
        return f"{text}.{name}({self.args(sig, scope, depth + 1)})"

    def each(self, scope: Scope, depth: int) -> None:
        found = [(t, of) for t, of in self.paths(scope) if is_container(of) and of[0] in "[m"]
        if not found:
            return
        text, typ = self.pick(found[-8:])
        name = self.fresh("v")
        self.open(f"for _, {name} := range {text} {{")
        self.put(f"trace.Use({name})")
        elem = elem_of(typ)
        inner = [*scope, (name, elem)]
        if self.is_callable(elem):
            self.call(name, elem, inner, depth)
        else:
            self.block(inner, depth)
        self.close()

    def switch(self, scope: Scope, depth: int) -> None:
        found = [(t, of) for t, of in self.paths(scope) if self.is_iface(of)]
        if not found:
            return
        text, typ = self.pick(found[-8:])
        name = self.fresh("v")
        kinds = [k for s in self.structs for k in (s, "*" + s)] + [*self.ifaces, *self.named]
        possible = [k for k in kinds if self.is_iface(k) or self.implements(k, typ)]
        self.open(f"switch {name} := {text}.(type) {{")
        for kind in dict.fromkeys(self.pick(possible) for _ in range(self.between(1, 3))):
            self.indent -= 1
            self.open(f"case {kind}:")
            self.put(f"trace.Use({name})")
            inner = [*scope, (name, kind)]
            if self.is_callable(kind):
                self.call(name, kind, inner, depth)
            self.block(inner, depth)
        if self.chance(50):
            self.indent -= 1
            self.open("default:")
            self.put(f"trace.Use({name})")
            self.block([*scope, (name, typ)], depth)
        self.close()

    def asserted(self, scope: Scope, depth: int) -> None:
        found = [(t, of) for t, of in self.paths(scope) if self.is_iface(of)]
        if not found:
            return
        text, typ = self.pick(found[-8:])
        kinds = [k for s in self.structs for k in (s, "*" + s) if self.implements(k, typ)] + list(self.ifaces)
        kind = self.pick(kinds)
        name = self.fresh("v")
        self.open(f"if {name}, ok := {text}.({kind}); ok {{")
        self.put(f"trace.Use({name})")
        inner = [*scope, (name, kind)]
        # What only pointers have as methods cannot be called on what an interface holds.
        if self.is_callable(kind):
            self.call(name, kind, inner, depth)
        self.block(inner, depth)
        self.close()

    def twice(self, scope: Scope, depth: int) -> None:
        """Both branches run, one after the other, so what one stores the other may see."""
        i = self.fresh("i")
        self.open(f"for {i} := 0; {i} < 3; {i}++ {{")
        self.open(f"if {i} == 1 {{")
        self.block(scope, depth)
        self.close()
        if self.chance(60):
            self.lines.pop()
            self.open("} else {")
            self.block(scope, depth)
            self.close()
        self.block(scope, depth + 1)
        self.close()

    def later(self, scope: Scope, depth: int) -> None:
        word = self.pick(["defer ", "defer ", "go "])
        if self.chance(50):
            sig = Sig() if self.chance(60) else self.pick(self.signatures())
            self.put(f"{word}{self.closure(sig, scope, depth)}({self.args(sig, scope, depth + 1)})")
            return
        found = [(t, of) for t, of in self.paths(scope) if self.is_callable(of)]
        if found:
            text, typ = self.pick(found[-8:])
            self.call(text, typ, scope, depth, word)

    def send(self, scope: Scope, depth: int) -> None:
        elem = self.simple()
        name = self.let(scope, f"chan {elem}", f"make(chan {elem}, 8)")
        self.put(f"{name} <- {self.expr(elem, scope, depth + 1)}")
        got = self.fresh("v")
        if self.chance(50):
            self.open("select {")
            self.indent -= 1
            self.open(f"case {got} := <-{name}:")
            self.put(f"trace.Use({got})")
            self.block([*scope, (got, elem)], depth)
            self.close("default:")
            self.put("}")
        else:
            self.put(f"{got} := <-{name}")
            self.put(f"trace.Use({got})")
            scope.append((got, elem))
            if self.is_callable(elem):
                self.call(got, elem, scope, depth)

    def method_value(self, scope: Scope, depth: int) -> None:
        found = [(t, of) for t, of in self.paths(scope) if self.callable_methods(t, of)]
        if not found:
            return
        text, typ = self.pick(found[-12:])
        name = self.pick(sorted(self.callable_methods(text, typ)))
        sig = self.methods[name]
        value = self.fresh("v")
        guard = typ not in self.structs
        if guard:
            self.open(f"if {text} != nil {{")
        if self.expressible(typ, name) and self.chance(30):
            first = self.expr(typ, scope, depth + 1)
            rest = self.args(sig, scope, depth + 1)
            self.put(f"{value} := ({typ}).{name}")
            self.put(f"{value}({first}{', ' + rest if rest else ''})")
        else:
            self.put(f"{value} := {text}.{name}")
            self.put(f"{value}({self.args(sig, scope, depth + 1)})")
        if guard:
            self.close()

    def several(self, scope: Scope, depth: int) -> None:
        """Two results at once, a swap, or two values."""
        pairs = [(n, s) for n, s in self.funcs.items() if len(s.results) == 2]
        if pairs and self.chance(60):
            name, sig = self.pick(pairs)
            a, b = self.fresh("v"), self.fresh("v")
            self.put(f"{a}, {b} := {name}({self.args(sig, scope, depth + 1)})")
            self.put(f"trace.Use({a})")
            self.put(f"trace.Use({b})")
            scope += [(a, sig.results[0]), (b, sig.results[1])]
            return
        typ = self.simple()
        a = self.let(scope, typ, self.expr(typ, scope, depth), stated=True)
        b = self.let(scope, typ, self.expr(typ, scope, depth), stated=True)
        self.put(f"{a}, {b} = {b}, {a}")
        if self.is_callable(typ):
            self.call(a, typ, scope, depth)

    def through_pointer(self, scope: Scope, depth: int) -> None:
        typ = self.pick([*self.ifaces, "func()", *self.named])
        inner = self.let(scope, typ, self.expr(typ, scope, depth), stated=True)
        pointer = self.let([], f"*{typ}", f"&{inner}")
        self.put(f"*{pointer} = {self.expr(typ, scope, depth)}")
        self.call(inner if self.chance(50) else f"(*{pointer})", typ, scope, depth)

    def captured(self, scope: Scope, depth: int) -> None:
        """A variable that a closure stores in."""
        typ = self.pick([*self.ifaces, "func()", *self.named])
        inner = self.let(scope, typ, self.expr(typ, scope, depth), stated=True)
        value = self.fresh("v")
        self.open(f"{value} := func() {{")
        self.put("trace.Enter()")
        if self.chance(50):
            self.call(inner, typ, scope, depth)
        self.put(f"{inner} = {self.expr(typ, scope, depth + 1)}")
        self.close()
        self.put(f"{value}()")
        self.call(inner, typ, scope, depth)
        scope.append((value, "func()"))

    def copied(self, scope: Scope, depth: int) -> None:
        """A struct behind a pointer, copied; or one of a type that has no name."""
        found = [(t, of) for t, of in scope if of.startswith("*") and of[1:] in self.structs]
        if found and self.chance(60):
            text, typ = self.pick(found)
            name = self.let(scope, typ[1:], f"*{text}")
            for member, of in self.structs[typ[1:]].fields:
                if self.is_callable(of):
                    self.call(f"{name}.{member}", of, scope, depth)
            return
        if not self.has("unnamed structs"):
            return
        typ = self.simple()
        name = self.fresh("v")
        self.put(f"{name} := struct{{ x {typ} }}{{{self.expr(typ, scope, depth + 1)}}}")
        if self.is_callable(typ):
            self.call(f"{name}.x", typ, scope, depth)
        self.put(f"trace.Use({name})")

    def generic(self, scope: Scope, depth: int) -> None:
        first = next(iter(self.ifaces))
        typ = self.pick([*self.ifaces, *("*" + s for s in self.structs)])
        match self.choose(4):
            case 0:
                name = self.let(scope, f"*box[{typ}]", f"&box[{typ}]{{}}")
                self.put(f"{name}.set({self.expr(typ, scope, depth + 1)})")
                got = self.let(scope, typ, f"{name}.get()")
                self.call(got, typ, scope, depth) if self.is_callable(typ) else None
            case 1:
                makers = [t for s in self.structs for t in (s, "*" + s) if self.implements(t, first)]
                self.put(f"act({self.expr(self.pick([first, *makers]), scope, depth + 1)})")
            case 2:
                value = self.expr(typ, scope, depth + 1)
                got = self.let(scope, typ, f"same[{typ}]({value})")
                self.call(got, typ, scope, depth) if self.is_callable(typ) else None
            case _:
                call = self.closure(Sig((typ,)), scope, depth)
                self.put(f"each([]{typ}{{{self.expr(typ, scope, depth + 1)}}}, {call})")

    # Declarations

    def write(self) -> str:
        self.declare_types()
        self.put(f"package {self.package}")
        self.put('import "gen/trace"')
        self.write_types()
        self.write_globals()
        for _ in range(self.between(2, 4)):
            self.write_function()
        self.write_methods()
        self.write_mains()
        return "\n".join(self.lines) + "\n"

    def declare_types(self) -> None:
        names = [f"I{i}" for i in range(self.between(1, 3))]
        self.ifaces = {n: ["A"] for n in names}
        first, last = names[0], names[-1]
        pool = {
            "B": Sig((self.pick([first, last, "any"]),)),
            "C": Sig((), (self.pick([first, last]),)),
            "D": Sig(("func()",)),
            "E": Sig((), ("func()",)),
            "F": Sig((f"[]{last}",), (), variadic=True),
        }
        self.methods = {"A": Sig()} | {n: pool[n] for n in sorted({self.pick(list(pool)) for _ in range(3)})}
        for name in names[1:]:
            self.ifaces[name] = (
                sorted({"A", self.pick(list(self.methods))}) if self.chance(70) else [self.pick(list(self.methods))]
            )
        if self.has("named function types") and self.chance(50):
            self.named = {"Fn": Sig() if self.chance(50) else Sig((first,))}
        for i in range(self.between(2, 4)):
            self.declare_struct(f"S{i}")
        for struct in self.structs.values():
            if self.chance(50):
                struct.fields.append((self.fresh("f"), self.pick([*self.ifaces, *("*" + s for s in self.structs)])))

    def declare_struct(self, name: str) -> None:
        struct = Struct(name)
        first = not self.structs
        if not first and self.chance(50):
            base = self.pick(list(self.structs))
            struct.embedded.append(self.pick([base, "*" + base]))
        elif not first and self.has("embedded interfaces") and self.chance(50):
            struct.embedded.append(self.pick(list(self.ifaces)))
        for method in self.methods:
            if first or self.chance(60):
                struct.own[method] = self.chance(50)
        # Before its name is known: a struct cannot hold itself.
        for _ in range(self.between(0, 2)):
            struct.fields.append((self.fresh("f"), self.type()))
        self.structs[name] = struct

    def write_types(self) -> None:
        for name, methods in self.ifaces.items():
            self.open(f"type {name} interface {{")
            for method in methods:
                self.put(method + self.methods[method].of())
            self.close()
        for struct in self.structs.values():
            self.open(f"type {struct.name} struct {{")
            for inner in struct.embedded:
                self.put(inner)
            for name, typ in struct.fields:
                self.put(f"{name} {typ}")
            self.close()
        for name, sig in self.named.items():
            self.put(f"type {name} {sig.type}")
            self.open(f"func (r {name}) A() {{")
            self.put("trace.Enter()")
            args = ", ".join("nil" for _ in sig.params)
            self.put(f"r({args})")
            self.close()
        if self.generics:
            self.write_generics()

    def write_generics(self) -> None:
        first = next(iter(self.ifaces))
        self.lines += [
            "type box[T any] struct {",
            "\tv T",
            "}",
            "func (b *box[T]) set(v T) {",
            "\ttrace.Enter()",
            "\tb.v = v",
            "}",
            "func (b *box[T]) get() T {",
            "\ttrace.Enter()",
            "\treturn b.v",
            "}",
            "func same[T any](v T) T {",
            "\ttrace.Enter()",
            "\treturn v",
            "}",
            f"func act[T {first}](v T) {{",
            "\ttrace.Enter()",
            "\tv.A()",
            "}",
            "func each[T any](all []T, f func(T)) {",
            "\ttrace.Enter()",
            "\tfor _, x := range all {",
            "\t\tf(x)",
            "\t}",
            "}",
        ]

    def write_globals(self) -> None:
        for _ in range(self.between(1, 3)):
            typ = self.type()
            name = self.fresh("g")
            self.put(f"var {name} {typ}{self.initial(typ)}")
            self.globals.append((name, typ))

    def initial(self, typ: str) -> str:
        """How a package variable starts: not nil where that would end the program, and without a call."""
        if typ.startswith("map["):
            return f" = {typ}{{}}"
        if typ.startswith("chan "):
            return f" = make({typ}, 8)"
        if typ.startswith("*S"):
            return f" = &{typ[1:]}{{}}"
        return " = &S0{}" if typ in self.ifaces and self.chance(50) else ""

    def write_function(self) -> None:
        params = tuple(self.simple() for _ in range(self.between(0, 2)))
        results = tuple(self.simple() for _ in range(self.between(0, 2)))
        sig = self.pick([Sig(params, results), Sig(params, results), *self.signatures()])
        name = self.fresh("f")
        names = [self.fresh("p") for _ in sig.params]
        self.open(f"func {name}{sig.of(names)} {{")
        self.body(sig, list(zip(names, sig.params, strict=True)), 0, self.between(1, 3))
        self.close()
        self.funcs[name] = sig

    def write_methods(self) -> None:
        for struct in self.structs.values():
            for method, by_pointer in struct.own.items():
                sig = self.methods[method]
                names = [self.fresh("p") for _ in sig.params]
                self.open(f"func (r {'*' if by_pointer else ''}{struct.name}) {method}{sig.of(names)} {{")
                receiver = ("r", ("*" if by_pointer else "") + struct.name)
                self.body(sig, [receiver, *zip(names, sig.params, strict=True)], 1, self.between(0, 2))
                self.close()

    def write_mains(self) -> None:
        if self.chance(40):
            self.open("func init() {")
            self.put("defer trace.Catch()")
            self.body(Sig(), [], 1, 2)
            self.close()
        for i in range(MAINS):
            self.open(f"func Main{i}() {{")
            self.body(Sig(), [], 0, self.between(2, 4))
            self.close()


def is_container(typ: str) -> bool:
    return typ.startswith(("[]", "[2]", "map[", "*I", "*any"))


def elem_of(typ: str) -> str:
    for prefix in ("[]", "[2]", "map[string]", "chan ", "*"):
        if typ.startswith(prefix):
            return typ[len(prefix) :]
    raise AssertionError(typ)


def program(choose: Choose, package: str, without: Collection[str] = ()) -> str:
    """The text of one program; ``without`` names features that it shall not have."""
    return Program(choose, package, without).write()
