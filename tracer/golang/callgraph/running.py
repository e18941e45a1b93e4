"""Which code of a program runs: what ``main``, an ``init`` or the initialiser of a variable leads to, over the names that code uses.

Told from the text alone, and always in favour of running: a function runs where code that runs names it, be it to call it or to
hand it on; a method where a value of its type is made and its name is selected. What is not found to run runs in no
case but by ways that no source shows; where there may be such ways (a package that is not among the sources, reflection, C), it is
said to run. A literal runs where what it stands in does.

Asked backwards, from a name to the code that uses it. Each name is decided once, by all that leads to it, so no answer
depends on what was asked before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tracer.golang import types as t
from tracer.golang.callgraph.mentions import Name, declared_at, is_made, uses
from tracer.golang.load.package import File, Package, Unit
from tracer.golang.load.tests import is_run
from tracer.golang.search.candidates import Candidates
from tracer.golang.search.words import words
from tracer.syntax import ast
from tracer.syntax.facts import Declaration

# Names that go by other ways than Go's: to C and to the linker.
_DIRECTIVE = re.compile(rb"^//(?:export|go:linkname) ([\w\x80-\xff]+)", re.MULTILINE)
_ALIAS = re.compile(rb"\s+=")
_TEMPLATES = frozenset(("text/template", "html/template"))
_RPC = frozenset(("net/rpc",))
# What calls methods that no Go text names, with what it takes to be that: imports, and what does not follow. Who counts methods
# calls them by number, but who only compares with none; templates and the names of remote methods may stand elsewhere.
_UNNAMED = (
    ("NumMethod", frozenset[str](), re.compile(rb"\(\)\s*(?:[!=]=|>)")),
    ("MethodByName", frozenset[str](), re.compile(rb'\(\s*"')),
    ("ParseFiles", _TEMPLATES, None),
    ("ParseGlob", _TEMPLATES, None),
    ("ParseFS", _TEMPLATES, None),
    ("Register", _RPC, None),
    ("RegisterName", _RPC, None),
)
_BUILTIN = frozenset(("append", "cap", "complex", "copy", "imag", "len", "make", "max", "min", "new", "real"))


@dataclass(frozen=True, slots=True)
class Method:
    """A method by its receiver's type."""

    package: Package
    receiver: str
    name: str


@dataclass(frozen=True, slots=True)
class Selected:
    """A name behind a selector: any method's, an unexported one's of its package."""

    name: str
    package: Package | None


_Thing = Name | Method | Selected
# What leads to a thing, each as soon as it is found; None for what runs in any case.
_Users = Iterator[_Thing | None]


class Running:
    """What runs of one program.

    Without ``types``, every method of a type that is made does. With them, which know what is made at most, such a method's name must be
    selected as well by code that runs.
    """

    def __init__(self, candidates: Candidates, types: Running | None = None) -> None:
        self._candidates = candidates
        self._types = types
        self._decided: dict[_Thing, bool] = {}
        self._units: dict[Unit, bool] = {}
        self._aliases: dict[Name, bool] = {}
        self._directives: dict[Package, frozenset[str]] = {}

    def uses(self, name: Name) -> bool:
        """Whether code that runs uses a package's name; of a type, makes values of it."""
        return self._runs(name)

    def unit(self, unit: Unit) -> bool:
        """Whether a function runs, or the initialisers of variables give a value to one that code uses or call something."""
        found = self._units.get(unit)
        if found is None:
            found = self._units[unit] = self._decide(unit.file, unit.declaration)
        return found

    def _decide(self, file: File, d: Declaration) -> bool:
        if file.package.is_std or file.is_given_up:
            return True
        if d.kind == "var":
            return any(self._initialises(file, d))
        thing = self._declared(file.package, d)
        return thing is None or self._runs(thing)

    def _initialises(self, file: File, d: Declaration) -> Iterator[bool]:
        for spec in file.specs(d):
            if isinstance(spec, ast.ValueSpec):
                yield any(map(_calls, spec.values))
        yield from (self._runs(Name(file.package, name)) for name in d.names if name != "_")

    def is_alias(self, name: Name) -> bool:
        """Whether a type has other names, under which values are made."""
        found = self._aliases.get(name)
        if found is None:
            found = self._aliases[name] = _is_alias(name)
        return found

    # Backwards, to what runs in any case

    def _runs(self, start: _Thing) -> bool:
        """Whether a thing leads to what runs in any case: Tarjan's search for strongly connected components.

        What is visited and not decided yet leads to what the path holds; so all of it runs when the path arrives.
        """
        found = self._decided.get(start)
        if found is not None:
            return found
        index, low, visited = {start: 0}, {start: 0}, [start]
        path = [(start, self._users(start))]
        while path:
            thing, users = path[-1]
            for user in users:
                runs = True if user is None else self._decided.get(user)
                if runs:
                    self._decided.update(dict.fromkeys(visited, True))
                    return True
                assert user is not None
                if runs is None and user not in index:
                    index[user] = low[user] = len(index)
                    visited.append(user)
                    path.append((user, self._users(user)))
                    break
                if runs is None:
                    low[thing] = min(low[thing], index[user])
            else:
                path.pop()
                if low[thing] == index[thing]:
                    self._decided[thing] = False
                    while (other := visited.pop()) != thing:
                        self._decided[other] = False
                elif path:
                    above = path[-1][0]
                    low[above] = min(low[above], low[thing])
        return False

    def _users(self, thing: _Thing) -> _Users:
        match thing:
            case Name():
                return self._users_of_name(thing)
            case Method():
                return self._users_of_method(thing)
            case Selected():
                return self._selecting(thing)

    def _users_of_name(self, name: Name) -> _Users:
        package = name.package
        if self._is_entry(package) and t.exported(name.name):
            yield None
        if self._is_of_tests and not name.is_type and self._is_run(name):
            yield None
        if not name.is_type and not package.is_std and name.name in self._directed(package):
            yield None
        for file, d, at in uses(self._candidates, name):
            if name.is_type and not file.is_given_up and not is_made(file, d, at, name.name):
                continue
            match d.kind:
                case "func" | "method":
                    yield from self._named(file, d)
                case "type":
                    yield from (Name(file.package, n, is_type=True) for n in declared_at(file, d, at))
                case _:
                    yield from _stored(file, d, at, name.is_type)

    def _users_of_method(self, method: Method) -> _Users:
        made = Name(method.package, method.receiver, is_type=True)
        if self._types is None:
            yield None if self.is_alias(made) else made
            return
        if not self._types.is_alias(made) and not self._types.uses(made):
            return
        if t.exported(method.name) and (self._is_entry(method.package) or self._is_called_unseen(method.name)):
            yield None
        yield Selected(method.name, None if t.exported(method.name) else method.package)

    def _selecting(self, thing: Selected) -> _Users:
        for file, at in self._candidates.selections(thing.name, thing.package):
            d = file.declaration_at(at)
            if d is None:
                continue
            if d.kind in ("func", "method"):
                yield from self._named(file, d)
            elif d.kind == "var":
                yield from _stored(file, d, at)

    # What no text shows

    def _is_called_unseen(self, name: str) -> bool:
        """Whether an exported method may be called by what is not among the program's own sources, or by reflection."""
        return self._calls_any or any(True for _ in self._candidates.words.library.mentions(name))

    @cached_property
    def _calls_any(self) -> bool:
        """Whether methods of any name may be called."""
        assert self._types is not None
        program = self._candidates.resolver.program
        for package in program.closure():
            for file in () if package.is_std else package.files:
                if any(path != "C" and program.package(path, package) is None for path in file.import_paths):
                    return True
        return any(map(self._types.unit, self._reflecting()))

    def _reflecting(self) -> Iterator[Unit]:
        """The functions that call methods which they do not name."""
        for name, imports, harmless in _UNNAMED:
            # A package's function is no method's name behind a value.
            own = self._candidates.words.own
            places = own.mentions(name) if imports else self._candidates.selections(name, None)
            for file, at in places:
                d = file.declaration_at(at)
                if (
                    d is None
                    or d.kind not in ("func", "method", "var")
                    or (imports and not imports & file.import_paths)
                ):
                    continue
                if harmless is None or not harmless.match(file.source, at + len(name)):
                    yield file.unit(d)

    def _is_entry(self, package: Package) -> bool:
        """Whether others may call what a package exports: one of a library, of which no program is here."""
        if self._is_of_tests or self._main.name == "main" or package.is_std:
            return False
        return not package.is_elsewhere and "internal" not in package.directory.split("/")

    @cached_property
    def _main(self) -> Package:
        return self._candidates.resolver.program.closure()[0]

    @property
    def _is_of_tests(self) -> bool:
        return self._candidates.resolver.program.name.is_tests

    @staticmethod
    def _is_run(name: Name) -> bool:
        """Whether what runs tests calls a function."""
        found = name.package.declaration(name.name)
        return found is not None and is_run(*found)

    def _directed(self, package: Package) -> frozenset[str]:
        """The functions of a package that C or the linker knows by name."""
        found = self._directives.get(package)
        if found is None:
            sources = (f.source for f in package.files if b"\n//export " in f.source or b"//go:linkname" in f.source)
            names = (m.group(1).decode("utf-8", "replace") for source in sources for m in _DIRECTIVE.finditer(source))
            found = self._directives[package] = frozenset(names)
        return found

    def _declared(self, package: Package, d: Declaration) -> Name | Method | None:
        """A function as what is to be decided of it; None for one that runs in any case."""
        name = d.names[0]
        if d.kind == "method":
            return Method(package, d.receiver, name)
        begins = name == "main" and package.name == "main" and not self._is_of_tests
        return None if name == "init" or begins else Name(package, name)

    def _named(self, file: File, d: Declaration) -> _Users:
        """The function in which something stands; one without a name never runs. What a file does that is given up may run in any case."""
        if file.is_given_up:
            yield None
        elif d.names[0] != "_":
            yield self._declared(file.package, d)


def _stored(file: File, d: Declaration, at: int, is_type: bool = False) -> _Users:
    """The variables or constants that get what stands at an offset; None where it is used as soon as the program starts."""
    if d.kind == "var" and any(_calls(value, at if is_type else None) for value in _values_at(file, d, at)):
        yield None
    yield from (Name(file.package, name) for name in declared_at(file, d, at) if name != "_")


def _values_at(file: File, d: Declaration, at: int) -> Iterable[ast.Expr]:
    found: Iterable[ast.Expr] = ()
    for spec in file.specs(d):
        if isinstance(spec, ast.ValueSpec) and spec.pos <= at:
            found = spec.values
    return found


def _is_alias(name: Name) -> bool:
    """Whether a type is declared as another one, or nowhere: then values are made under names that are not looked for."""
    found = name.package.declaration(name.name)
    if found is None:
        return True
    file, d = found
    at = next((at for at in words(file.source, name.name.encode(), d.start) if at < d.end), d.start)
    return bool(_ALIAS.match(file.source, at + len(name.name.encode())))


def _calls(e: ast.Expr | None, typ: int | None = None) -> bool:
    """Whether an expression calls a function when it is computed: not where only the body of a literal does.

    What is called that stands at the offset ``typ`` is a type; other conversions to declared types seem to be calls.
    """
    match e:
        case ast.Call(fun=fun, args=args) if _is_plain(fun, typ):
            return any(_calls(arg, typ) for arg in args)
        case ast.Call():
            return True
        case ast.CompositeLit(elements=elements):
            return any(_calls(x.key, typ) or _calls(x.value, typ) for x in elements)
        case ast.Selector(x=x) | ast.TypeAssert(x=x) | ast.Star(x=x) | ast.Unary(x=x):
            return _calls(x, typ)
        case ast.Index(x=x, indices=indices) | ast.SliceExpr(x=x, indices=indices):
            return _calls(x, typ) or any(_calls(i, typ) for i in indices)
        case ast.Binary(x=x, y=y):
            return _calls(x, typ) or _calls(y, typ)
        case _:
            return False


def _is_plain(fun: ast.Expr, typ: int | None) -> bool:
    """Whether what stands before arguments is a type, or a built-in function that calls nothing."""
    match fun:
        case ast.Ident(name=name, pos=pos):
            return name in _BUILTIN or pos == typ
        case ast.Selector(sel=sel):
            return sel.pos == typ
        case ast.Index(x=x):
            return _is_plain(x, typ)
        case ast.ArrayType() | ast.MapType() | ast.ChanType() | ast.Star() | ast.FuncType():
            return True
        case _:
            return False
