"""Which functions of a program could use a name: found as text, decided by types afterwards.

Each function here gives a superset of what it is named after, since a name may mean many things; whoever asks checks the
units and looks at what the name means there. Nothing is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from tracer.golang import types as t
from tracer.golang.check.resolver import Resolver
from tracer.golang.load.package import File, Package, Unit
from tracer.golang.search.assertions import Assertions
from tracer.golang.search.qualifiers import Qualifiers
from tracer.golang.search.unnamed import Braces, Unnamed, has_struct, holders, is_in_comment, spec_at
from tracer.golang.search.words import Words
from tracer.syntax import ast

# What stands before a method's name on its line.
_METHOD = re.compile(rb"func \(\s*(?:[\w\x80-\xff]+\s+)?\*?\s*([\w\x80-\xff]+)(?:\[[^\]\n]*\])?\s*\)\s*")
# What follows a name where it is written: an assignment, an element's, a literal's key, a send.
_WRITE = re.compile(rb"[\s)]*(?:=(?!=)|,|\[|:|<-)")
# What either of that and the next begins with.
_WRITTEN = frozenset(b" \t\n\v\f\r)=,[:<}")
# What may follow where its address is taken, and what is before a variable then.
_END = re.compile(rb"\s*(?:\)|\}|$|\n)")
_ADDRESS = re.compile(rb"&[\s(]*(?:[\w\x80-\xff]+\s*\.\s*)?$")
_UNKEYED = re.compile(rb"(?:\[[^\]\n]*\])?\{\s*(?!\}|[A-Za-z_]\w*\s*:(?!=))")
_FILLED = re.compile(rb"(?:\[[^\]\n]*\])?\{\s*(?!\})")
# What follows a literal's key.
_KEY = re.compile(rb"\s*:(?!=)")
# What is around a type's name in a conversion.
_CONVERTING = re.compile(rb"\s*+(?:\[[^\]\n]*\]\s*+)?\(")
_POINTER = re.compile(rb"\(\s*\*\s*(?:\w+\s*\.\s*)?$")
_CONVERTING_POINTER = re.compile(rb"\s*+(?:\[[^\]\n]*\]\s*+)?\)\s*\(")
_LOCAL_TYPE = re.compile(rb"\btype\b")
# What is before a method's name as a text.
_BY_NAME = re.compile(rb'\bMethodByName\(\s*"$')
# What follows a selector that is a field's and cannot be a method's: a selection, an index, an assignment, a key.
_FIELD = re.compile(rb"[ \t]*(?:\.|\[|:|=|[!+\-*/]=)")
# What makes a value of package reflect.
_VALUE = re.compile(rb"\bValueOf\b")
# Brackets, commas, comments and literals.
_TOKEN = re.compile(rb"""[(\[{]|[)\]}]|,|//|/\*|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|`[^`]*`""")
# Arguments with none of them, as most are.
_PLAIN_ARGUMENTS = re.compile(rb"""\(([^()\[\]{}"'`/]*)\)""")
# How far the arguments of a call are counted, and how far back an address is looked for.
_MAX_ARGUMENTS = 1000
_NEAR = 100

Place = tuple[File, int]
_Arity = tuple[int, bool]
_Name = tuple[str, Package]
_Holder = tuple[str, Package | None]
"""The name of what has values of a type, of a package; a field's or method's of any."""


class Candidates:
    """The mentions of names in one program."""

    __slots__ = (
        "_asserted",
        "_held",
        "_method_users",
        "_twins_of",
        "_unnamed",
        "_unnamed_in_library",
        "qualifiers",
        "resolver",
        "words",
    )

    def __init__(self, resolver: Resolver, *, indexed: bool = False) -> None:
        self.resolver = resolver
        self.words = Words(resolver.program, indexed=indexed)
        self.qualifiers = Qualifiers(resolver.program)
        self._asserted = Assertions(self.words.own)
        self._unnamed = Unnamed(self.words.own)
        self._unnamed_in_library = Unnamed(self.words.library)
        self._twins_of: dict[tuple[ast.TypeSpec | None, Package | None, tuple[str, ...]], list[_Name]] = {}
        self._held: dict[_Holder, tuple[list[Place], dict[_Holder, None]]] = {}
        self._method_users: dict[tuple[str, _Arity, Package | None], list[Unit]] = {}

    def writers_of_field(self, f: t.Field) -> list[Unit]:
        """The units in which a field may be written, literals of its struct included."""
        return _units(self._field_writes(f))

    def writers_of_global(self, var: t.Var) -> list[Unit]:
        """The units in which a package variable may be written, its declaration included."""
        return _units(self._global_writes(var))

    def readers_of_field(self, f: t.Field) -> list[Unit]:
        """The units in which a field may be selected."""
        return _units(self._field_reads(f))

    def readers_of_global(self, var: t.Var) -> list[Unit]:
        """The units that may name a package variable."""
        return _units(self._named(var.name, var.package))

    def users_of_type(self, obj: t.TypeName) -> list[Unit]:
        """The units that may name a declared type."""
        return _units(self._named(obj.name, obj.package))

    def types_with(self, obj: t.TypeName) -> Iterator[t.TypeName]:
        """The package-level types in whose declarations a declared type may stand."""
        for file, at in self._named(obj.name, obj.package):
            d = file.declaration_at(at)
            for name in d.names if d is not None and d.kind == "type" else ():
                found = self.resolver.lookup(file.package, name)
                if isinstance(found, t.TypeName):
                    yield found

    def assertions_of(self, typ: t.Type) -> list[Unit]:
        """The units that may assert a value of an interface to be of a type."""
        return self._asserted.of(typ)

    def users_by_reflection(self, func: t.Func) -> list[Unit]:
        """The units that may call a method of ``reflect.Value`` on one that they make themselves."""
        places = self.words.own.mentions(func.name, lambda file: any(path == "reflect" for _, path in file.imported))
        uses = self._method_uses(func.name, _arity(func), places)
        return _units((file, at) for file, at in uses if _makes_value(file, at))

    def users_of_builtin(self, name: str) -> list[Unit]:
        """The units that may call a built-in function."""
        return _units(self.words.own.mentions(name))

    def users_of_func(self, func: t.Func) -> list[Unit]:
        """The units that may call a function or use it as a value; for a method, through an interface as well."""
        if func.recv is None:
            return _units(self._named(func.name, func.package))
        # All methods of a name and a number of parameters have the same users: it is all that the text tells.
        arity = _arity(func)
        key = (func.name, arity, None if t.exported(func.name) and not func.package.is_std else func.package)
        found = self._method_users.get(key)
        if found is None:
            places = self._of(func.name, func.package)
            if key[2] is None:
                # The library calls what it is given: sort.Sort its argument's Len.
                places = [*places, *self.words.library.mentions(func.name)]
            found = self._method_users[key] = _units(self._method_uses(func.name, arity, places))
        return found

    def declared_methods(self, name: str) -> Iterator[t.Func]:
        """Every method of this name that the program's packages declare."""
        for text in (self.words.own, self.words.library):
            for file, at in text.mentions(name):
                line = file.source.rfind(b"\n", 0, at) + 1
                receiver = _METHOD.fullmatch(file.source, line, at)
                if receiver is None:
                    continue
                obj = self.resolver.lookup(file.package, receiver.group(1).decode("utf-8", "replace"))
                func = obj.method(name) if isinstance(obj, t.TypeName) else None
                if func is not None:
                    yield func

    def selections(self, name: str, package: Package | None) -> Iterator[Place]:
        """Where a method's name may be selected, or reflection be asked for it; with ``package`` in that one alone.

        In texts too: templates call methods (``{{.Name}}``).
        """
        wanted = None if package is None else frozenset(package.files).__contains__
        size = len(name.encode())
        for file, at in self.words.own.mentions(name, wanted):
            source = file.source
            if source[at - 1 : at] == b'"':
                if _BY_NAME.search(source, max(at - _NEAR, 0), at):
                    yield file, at
            elif not _FIELD.match(source, at + size) and self.qualifiers.is_selected(file, at):
                if not is_in_comment(source, at):
                    yield file, at

    def _of(self, name: str, package: Package | None, wanted: Callable[[File], bool] | None = None) -> Iterator[Place]:
        """Where a name stands that ``package`` declares: unexported ones are found in it only, others in files that are wanted."""
        if package is not None and not t.exported(name):
            wanted = frozenset(package.files).__contains__
        if package is None or not package.is_std or t.exported(name):
            yield from self.words.own.mentions(name, wanted)
        if package is not None and package.is_std:
            yield from self.words.library.mentions(name, wanted)

    def _named(self, name: str, package: Package | None) -> Iterator[Place]:
        """Where a name may be a package's."""
        if package is None:
            return self._of(name, None)
        found = self._of(name, package, lambda file: self.qualifiers.may_name(file, package))
        return ((file, at) for file, at in found if self.qualifiers.names(file, at, package))

    def _in_reach(self, f: t.Field) -> Iterator[Place]:
        """Where a field's name stands in code that may have a value of its struct."""
        package = f.package
        if package is None:
            return self._of(f.name, None)
        return self._of(f.name, package, lambda file: self.qualifiers.reaches(file.package, package))

    def _field_reads(self, f: t.Field) -> Iterator[Place]:
        """Where a field is selected, or a value of its struct may be converted to another type with such a field."""
        for file, at in self._in_reach(f):
            if self.qualifiers.is_selected(file, at):
                yield file, at
        names = _siblings(f)
        twins = self._twins(f, names)
        yield from self._shared(f, twins)
        yield from self._assigned(f, names, apart=f.within is None or bool(twins))

    def _twins(self, f: t.Field, names: Sequence[str]) -> list[_Name]:
        """The struct types with the same fields as the one that holds a field, but for its own declaration."""
        if f.name not in names:
            return []
        own = spec_at(f.file, f.pos) if f.file is not None else None
        # All exported fields of a struct have the same twins.
        key = (own, None if t.exported(f.name) else f.package, tuple(names))
        found = self._twins_of.get(key)
        if found is None:
            declared = [
                (spec, file) for spec, file in self._types_mentioning(f, names) if spec is not own and not spec.alias
            ]
            found = [(spec.name, file.package) for spec, file in declared if _field_names(spec) == names]
            self._twins_of[key] = found
        return found

    def _types_mentioning(self, f: t.Field, names: Iterable[str]) -> Iterator[tuple[ast.TypeSpec, File]]:
        """The declared types that mention the names of all fields of a field's struct."""
        seen = set[tuple[File, int]]()
        for file, at in self._of(f.name, f.package):
            d = file.declaration_at(at)
            if d is None or d.kind != "type" or (file, d.start) in seen:
                continue
            seen.add((file, d.start))
            if all(name.encode() in file.source[d.start : d.end] for name in names):
                for spec in file.specs(d):
                    if isinstance(spec, ast.TypeSpec):
                        yield spec, file

    def _assigned(self, f: t.Field, names: Sequence[str], *, apart: bool) -> Iterator[Place]:
        """Where struct types without a name are written that are the same as a field's, and with ``apart`` what has values of them.

        Those are assigned to places of a declared type as they are, and the other way round (Go spec, "Assignability").
        """
        waiting: list[Place] = []
        if f.name in names:
            of_library = f.package is not None and f.package.is_std
            if not of_library or t.exported(f.name):
                waiting += self._unnamed.of(names)
            if of_library:
                waiting += self._unnamed_in_library.of(names)
            if f.package is not None and not t.exported(f.name):
                waiting = [(file, at) for file, at in waiting if file.package is f.package]
        yield from waiting
        following = _held_by(waiting) if apart else {}
        keys = list(following)
        for key in keys:
            places, more = self._having(key)
            yield from places
            keys += [x for x in more if x not in following]
            following |= more

    def _having(self, key: _Holder) -> tuple[list[Place], dict[_Holder, None]]:
        """Where what has values of a type is named, once for each unit, and what has such values by that: the same for all that ask."""
        found = self._held.get(key)
        if found is None:
            size = len(key[0].encode())
            places = [(file, at) for file, at in self._named(*key) if not is_in_comment(file.source, at)]
            if key[1] is None:
                places = [(file, at) for file, at in places if self._is_member(file, at, at + size)]
            found = self._held[key] = (_once(places), _held_by(places))
        return found

    def _is_member(self, file: File, at: int, end: int) -> bool:
        """Whether a name between two offsets may be a field's or a method's: it is selected, or a literal's key."""
        return _KEY.match(file.source, end) is not None or self.qualifiers.is_selected(file, at)

    def _shared(self, f: t.Field, twins: Sequence[_Name]) -> Iterator[Place]:
        """Where a value of a field's declared struct is converted to a twin, or the other way round: pointers to it share the field."""
        if f.file is None:
            return
        own = [(f.struct.rpartition(".")[2], f.file.package)] if twins else []
        for twin in (*twins, *own):
            yield from self._conversions(*twin)

    def _conversions(self, name: str, package: Package) -> Iterator[Place]:
        """Where a value may be converted to a declared type, or a pointer to a pointer to it."""
        size = len(name.encode())
        for file, at in self._named(name, package):
            if _converts(file.source, at, at + size):
                yield file, at

    def _field_writes(self, f: t.Field) -> Iterator[Place]:
        size = len(f.name.encode())
        for file, at in self._in_reach(f):
            end = at + size
            if end < len(file.source) and file.source[end] not in _WRITTEN:
                continue
            if _WRITE.match(file.source, end) or _END.match(file.source, end) or _compared(file.source, at, end):
                if file.source[end : end + 1] == b":" or self.qualifiers.is_selected(file, at):
                    yield file, at
        yield from self._unkeyed(f)

    def _unkeyed(self, f: t.Field) -> Iterator[Place]:
        """Where a struct may be written whose fields are not named: in a literal, by a conversion from another one."""
        for (name, package), literal in self._literals(f):
            size = len(name.encode())
            for file, at in self._named(name, package):
                line = file.source.rfind(b"\n", 0, at) + 1
                written = literal.match(file.source, at + size) or _LOCAL_TYPE.search(file.source, line, at)
                if written or _converts(file.source, at, at + size):
                    yield file, at
        names = _siblings(f)
        twins = self._twins(f, names)
        yield from self._shared(f, twins)
        yield from self._assigned(f, names, apart=f.within is None or bool(twins))

    def _literals(self, f: t.Field) -> Iterator[tuple[_Name, re.Pattern[bytes]]]:
        """The names behind which literals of a field's struct stand, with what follows there: those of its type and of its containers.

        Inside of a container's literal the type is left out (Go spec, "Composite literals"). A type without a name is written in
        the literal, or in a container's declaration.
        """
        names = dict[_Name, re.Pattern[bytes]]()
        if f.within is not None:
            fields = f.within.names
            found = self._types_mentioning(f, fields)
            names |= {(spec.name, file.package): _FILLED for spec, file in found if has_struct(spec, fields)}
        elif f.file is not None:
            names[f.struct.rsplit(".", 1)[-1], f.file.package] = _UNKEYED
        waiting = list(names)
        for name in waiting:
            yield name, names[name]
            for file, at in self._named(*name):
                d = file.declaration_at(at)
                for spec in file.specs(d) if d is not None and d.kind == "type" else ():
                    if isinstance(spec, ast.TypeSpec) and _is_made_of(spec.type, at):
                        made = (spec.name, file.package)
                        if made not in names:
                            names[made] = _FILLED
                            waiting.append(made)

    def _global_writes(self, var: t.Var) -> Iterator[Place]:
        size = len(var.name.encode())
        for file, at in self._named(var.name, var.package):
            if (
                _WRITE.match(file.source, at + size)
                or _ADDRESS.search(file.source, max(at - _NEAR, 0), at)
                or (file is var.file and file.place(at)[0] == file.place(var.pos)[0])
            ):
                yield file, at

    def _method_uses(self, name: str, arity: _Arity, places: Iterable[Place]) -> Iterator[Place]:
        size = len(name.encode())
        for file, at in places:
            if _FIELD.match(file.source, at + size) or not self.qualifiers.is_selected(file, at):
                continue
            # The facts of the library do not tell all arguments.
            if file.package.is_std or _takes(file.source, at + size, arity):
                yield file, at


def _compared(source: bytes, at: int, end: int) -> bool:
    """Whether an address is taken at the end of a statement's head."""
    return source[end : end + 2] == b" {" and _ADDRESS.search(source, max(at - _NEAR, 0), at) is not None


def _makes_value(file: File, at: int) -> bool:
    d = file.declaration_at(at)
    return d is not None and _VALUE.search(file.source, d.start, d.end) is not None


def _siblings(f: t.Field) -> list[str]:
    """The names of all fields of the struct type that a field is declared in."""
    if f.within is not None:
        return list(f.within.names)
    own = spec_at(f.file, f.pos) if f.file is not None else None
    return _field_names(own) if own is not None else []


def _field_names(spec: ast.TypeSpec) -> list[str]:
    return [f.name for f in spec.type.fields] if isinstance(spec.type, ast.StructType) else []


def _converts(source: bytes, start: int, end: int) -> bool:
    """Whether a type's name that stands between two offsets may be that of a conversion."""
    if _CONVERTING.match(source, end):
        return True
    return bool(_CONVERTING_POINTER.match(source, end) and _POINTER.search(source, max(start - _NEAR, 0), start))


def _is_made_of(typ: ast.Expr, at: int) -> bool:
    """Whether a type is what a name at an offset means, or a container of that: then its literals leave the name out."""
    match typ:
        case ast.Ident():
            return typ.pos == at
        case ast.Selector():
            return typ.sel.pos == at
        case ast.MapType():
            return _is_made_of(typ.key, at) or _is_made_of(typ.value, at)
        case ast.ArrayType():
            return _is_made_of(typ.elem, at)
        case ast.Star() | ast.Index():
            return _is_made_of(typ.x, at)
        case _:
            return False


def _arity(func: t.Func) -> _Arity:
    """How many parameters a function has, and whether the last one is variadic."""
    d = func.file.declaration_at(func.start)
    params = func.file.header(d).type.params if d is not None else ()
    return len(params), bool(params) and params[-1].variadic


def _takes(source: bytes, at: int, arity: _Arity) -> bool:
    """Whether a call whose arguments begin at a byte offset may be of a method of so many parameters.

    A method expression takes the receiver before them (Go spec, "Method expressions").
    """
    count = _arguments(source, at)
    wanted, variadic = arity
    return count is None or count in (wanted, wanted + 1) or (variadic and count >= wanted - 1)


def _arguments(source: bytes, at: int) -> int | None:
    """How many arguments a call has whose argument list begins at a byte offset; None where that takes a look at types.

    A call may stand for several arguments (Go spec, "Calls").
    """
    if source[at : at + 1] != b"(":
        return None
    plain = _PLAIN_ARGUMENTS.match(source, at, at + _MAX_ARGUMENTS)
    if plain is not None:
        *others, final = plain.group(1).split(b",")
        final = final.strip()
        return None if final.endswith(b"...") else len(others) + bool(final)
    depth = commas = 0
    last = at + 1
    nested = False
    for token in _TOKEN.finditer(source, at, at + _MAX_ARGUMENTS):
        mark = token.group()
        if mark in (b"//", b"/*"):
            return None
        if mark in (b"(", b"[", b"{"):
            depth += 1
            nested = nested or (depth > 1 and mark == b"(")
        elif mark in (b")", b"]", b"}"):
            depth -= 1
            if depth == 0:
                written = source[last : token.start()].strip()
                if written.endswith(b"...") or (nested and commas == 0):
                    return None
                return commas + bool(written)
        elif mark == b"," and depth == 1:
            commas += 1
            last = token.end()
    return None


def _units(places: Iterable[Place]) -> list[Unit]:
    return list(_by_unit(places))


def _once(places: Iterable[Place]) -> list[Place]:
    """The first place in each unit."""
    return list(_by_unit(places).values())


def _by_unit(places: Iterable[Place]) -> dict[Unit, Place]:
    """The units in which places are, each with the first of them."""
    units: dict[Unit, Place] = {}
    within: File | None = None
    start = end = 0
    for file, at in places:
        # Most places follow each other in one declaration.
        if file is within and start <= at < end:
            continue
        declaration = file.declaration_at(at)
        if declaration is not None:
            within, start, end = file, declaration.start, declaration.end
            if declaration.kind in ("func", "method", "var"):
                units.setdefault(file.unit(declaration), (file, at))
    return units


def _held_by(places: Iterable[Place]) -> dict[_Holder, None]:
    """What has values of a type that stands at some places, by its declaration there."""
    braces = Braces()
    found = (
        (name, file.package if alone else None) for file, at in places for name, alone in holders(file, at, braces)
    )
    return dict.fromkeys(found)
