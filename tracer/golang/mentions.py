"""Which functions of a program could use a name: found as text, decided by types afterwards.

Each function here gives a superset of what it is named after, since a name may mean many things; whoever asks checks the
units and looks at what the name means there. Nothing is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tracer.golang import types as t
from tracer.golang.packages import File, Package, Program, Unit

_METHODS = re.compile(rb"^func \(\s*(?:[\w]+\s+)?\*?\s*(\w+)(?:\[[^\]\n]*\])?\s*\)\s*(\w+)", re.MULTILINE)
# What follows a field's name where it is written: an assignment, an element's, a literal's key, a send, an address.
_WRITE = re.compile(rb"\s*(?:=(?!=)|,|\[|:|<-|\)|\}|$|\n)")
_UNKEYED = re.compile(rb"(?:\[[^\]\n]*\])?\{\s*(?!\}|[A-Za-z_]\w*\s*:(?!=))")
# What follows a selector that is a field's and cannot be a method's: a selection, an index, an assignment, a key.
_FIELD = re.compile(rb"[ \t]*(?:\.|\[|:|=|[!+\-*/]=)")

Place = tuple[File, int]


class Mentions:
    """The mentions of names in one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._method_users: dict[tuple[str, Package | None], list[Unit]] = {}
        self._methods: dict[str, list[tuple[File, str]]] | None = None

    def writers_of_field(self, f: t.Field) -> list[Unit]:
        """The units in which a field may be written, literals of its struct included."""
        return _units(self._field_writes(f))

    def writers_of_global(self, var: t.Var) -> list[Unit]:
        """The units in which a package variable may be written, its declaration included."""
        return _units(self._global_writes(var))

    def readers_of_field(self, f: t.Field) -> list[Unit]:
        """The units in which a field may be selected."""
        package = f.file.package if f.file else None
        return _units((file, at) for file, at in self._of(f.name, package) if file.source[at - 1 : at] == b".")

    def readers_of_global(self, var: t.Var) -> list[Unit]:
        """The units that may name a package variable."""
        return _units(self._of(var.name, var.package))

    def users_of_builtin(self, name: str) -> list[Unit]:
        """The units that may call a built-in function."""
        return _units(self.program.text.mentions(name))

    def users_of_func(self, func: t.Func) -> list[Unit]:
        """The units that may call a function or use it as a value; for a method, through an interface as well."""
        if func.recv is None:
            return _units(self._func_uses(func))
        # All methods of a name have the same users: a selector's name is all that the text tells.
        key = (func.name, None if t.exported(func.name) and not func.package.is_std else func.package)
        found = self._method_users.get(key)
        if found is None:
            found = _units(self._func_uses(func))
            if key[1] is None:
                # The library calls what it is given: sort.Sort its argument's Len.
                found += _units(
                    (file, at) for file, at in self.program.std_text.mentions(func.name) if _called(file, at)
                )
            self._method_users[key] = found
        return found

    def declared_methods(self, name: str) -> Iterator[t.Func]:
        """Every method of this name that the program's packages declare."""
        if self._methods is None:
            self._methods = {}
            for text in (self.program.text, self.program.std_text):
                for file, match, _ in text.search(_METHODS):
                    row = (file, match.group(1).decode("utf-8", "replace"))
                    self._methods.setdefault(match.group(2).decode("utf-8", "replace"), []).append(row)
        for file, receiver in self._methods.get(name, ()):
            obj = file.package.lookup(receiver)
            func = file.package.method(obj, name) if isinstance(obj, t.TypeName) else None
            if func is not None:
                yield func

    def _of(self, name: str, package: Package | None) -> Iterable[Place]:
        """Where a name stands that ``package`` declares: unexported ones are found in it only."""
        if package is not None and not t.exported(name):
            return self.program.text.mentions(name, frozenset(package.files))
        found = self.program.text.mentions(name)
        if package is not None and package.is_std:
            return [*found, *self.program.std_text.mentions(name)]
        return found

    def _field_writes(self, f: t.Field) -> Iterator[Place]:
        package = f.file.package if f.file else None
        size = len(f.name.encode())
        for file, at in self._of(f.name, package):
            selected = file.source[at - 1 : at] == b"." or file.source[at + size : at + size + 1] == b":"
            if selected and _WRITE.match(file.source, at + size):
                yield file, at
        short = f.struct.rsplit(".", 1)[-1]
        if not short and f.file is not None:
            # A struct type without a name is written where its literal is.
            for file, at in self.program.text.mentions(f.name, frozenset((f.file,))):
                if file.place(at)[0] == file.place(f.pos)[0]:
                    yield file, at
        if short:
            length = len(short.encode())
            for file, at in self._of(short, package):
                if _UNKEYED.match(file.source, at + length):
                    yield file, at

    def _global_writes(self, var: t.Var) -> Iterator[Place]:
        size = len(var.name.encode())
        for file, at in self._of(var.name, var.package):
            if _WRITE.match(file.source, at + size) or (
                file is var.file and file.place(at)[0] == file.place(var.pos)[0]
            ):
                yield file, at

    def _func_uses(self, func: t.Func) -> Iterator[Place]:
        size = len(func.name.encode())
        for file, at in self._of(func.name, func.package):
            if func.recv is not None:
                if file.source[at - 1 : at] == b"." and not _FIELD.match(file.source, at + size):
                    yield file, at
            elif file.package is func.package or func.package.path in file.import_paths:
                yield file, at


def _called(file: File, at: int) -> bool:
    """Whether a name is selected, and the selector is not a field's."""
    return file.source[at - 1 : at] == b"."


def _units(places: Iterable[Place]) -> list[Unit]:
    units: dict[Unit, None] = {}
    for file, at in places:
        declaration = file.declaration_at(at)
        if declaration is not None and declaration.kind in ("func", "method", "var"):
            units[file.unit(declaration)] = None
    return list(units)
