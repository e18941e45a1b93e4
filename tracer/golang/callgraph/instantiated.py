"""Which types a program makes values of: what it never makes reaches no interface.

Told from the text, and always in favour of a type: a value is said to be made wherever a type is named, but for places that
only take or test one (its own declaration, receivers, parameters, pointer results, type assertions and cases, targets of
``errors.As``), and for declarations that nothing uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tracer.golang import types as t
from tracer.golang.load.package import File, Package
from tracer.golang.search.candidates import Candidates
from tracer.golang.stdlib import archive as std
from tracer.syntax import ast
from tracer.syntax.facts import Declaration

MAX_NAMES = 500
"""How many names are followed towards one that runs, before a value is said to be made."""

_QUALIFIED = rb"(?:\w+\.)?"
_TESTED = re.compile(rb"(?:\.\(\s*\*?|\bAsType\[\s*\*?)" + _QUALIFIED + rb"$")
_CASE = re.compile(rb"^\s*case\s[\s\w.*,]*$")
_REST_OF_CASE = re.compile(rb"[\s\w.*,]*:(?!=)")
_DECLARED = re.compile(rb"\bvar\s+(\w+)\s+\*?" + _QUALIFIED + rb"$")
_POINTED = re.compile(rb"\*" + _QUALIFIED + rb"$")
# A quote that opens or closes no string: a rune, and what is escaped.
_NO_QUOTE = re.compile(rb"'\"'|\\.")
_BLANK = re.compile(rb"=\s*(?:&|\(\*|new\()?" + _QUALIFIED + rb"$")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a package declares."""

    package: Package
    name: str
    is_type: bool = False


Use = tuple[File, Declaration, int]


class Instantiated:
    """The types that one program makes values of."""

    def __init__(self, candidates: Candidates) -> None:
        self.program = candidates.resolver.program
        self._candidates = candidates
        self._decided: dict[Name, bool] = {}

    def __contains__(self, obj: t.TypeName) -> bool:
        """Whether the program may make a value of a declared type."""
        if obj.local or obj.package is None or obj.file is None or obj.spec is None:
            return True
        if obj.package.is_std:
            told = obj.package.annotation(obj.name)
            if told is None or told.summary is not std.Summary.ONLY_IF_USED or any(map(self._used, told.users)):
                return True
        return self._runs(Name(obj.package, obj.name, is_type=True))

    def runs(self, func: t.Func) -> bool:
        """Whether a function is used, or a method's receiver is ever made: else nothing comes to it."""
        if func.recv is not None:
            return func.recv in self
        return func.package.is_std or func.name in ("main", "init") or self._runs(Name(func.package, func.name))

    def _used(self, name: str) -> bool:
        """Whether a name of the standard library (``os/user.LookupId``) is used, or a package (``archive/tar.``) linked."""
        path, _, name = name.rpartition(".")
        package = self._linked.get(path)
        if package is None or not name:
            return package is not None
        return self._runs(Name(package, name, is_type=_is_type(package, name)))

    @cached_property
    def _linked(self) -> dict[str, Package]:
        return {package.path: package for package in self.program.closure() if package.is_std}

    def _runs(self, start: Name) -> bool:
        """Whether a name leads, from each declaration that uses it to what uses that, to code that runs."""
        reached: dict[Name, Name | None] = {start: None}
        waiting = [start]
        while waiting:
            name = waiting.pop()
            runs = self._decided.get(name)
            if runs is None:
                for following in self._users(name):
                    if following is None or len(reached) > MAX_NAMES:
                        runs = True
                        break
                    if following not in reached:
                        reached[following] = name
                        waiting.append(following)
            if runs:
                at: Name | None = name
                while at is not None:
                    self._decided[at] = True
                    at = reached[at]
                return True
        self._decided |= dict.fromkeys(reached, False)
        return False

    def _users(self, name: Name) -> Iterator[Name | None]:
        """The names whose code uses a name, or makes values of a type; None for code that runs in any case."""
        for file, declaration, at in uses(self._candidates, name):
            if name.is_type and not _making(file, declaration, at, name.name):
                continue
            package = file.package
            match declaration.kind:
                case "method":
                    yield None
                case "func":
                    yield None if declaration.names[0] in ("main", "init") else Name(package, declaration.names[0])
                case "type":
                    yield from (Name(package, n, is_type=True) for n in declared_at(file, declaration, at))
                case _:
                    stored = declared_at(file, declaration, at)
                    yield from (Name(package, n) for n in stored if n != "_")
                    # What a variable without a name is given goes nowhere, unless it is passed to a call.
                    if "_" in stored and not _BLANK.search(file.source, declaration.start, at):
                        yield None


def uses(candidates: Candidates, name: Name) -> Iterator[Use]:
    """Where a package's name stands in code: in its own files bare, in others behind a selector or a dot import."""
    package = name.package
    exported = t.exported(name.name)
    text = candidates.words.own if exported or not package.is_std else candidates.words.library
    may_name = candidates.qualifiers.may_name if exported else _declares
    for file, at in text.mentions(name.name, lambda file: may_name(file, package)):
        if candidates.qualifiers.names(file, at, package) and not _in_words(file.source, at):
            declaration = file.declaration_at(at)
            if declaration is not None:
                yield file, declaration, at


def _is_type(package: Package, name: str) -> bool:
    declared = package.declaration(name)
    return declared is not None and declared[1].kind == "type"


def _declares(file: File, package: Package) -> bool:
    return file.package is package


def _in_words(source: bytes, at: int) -> bool:
    """Whether an offset is in a comment of its own line, or between quotes that open and close on it."""
    start, end = source.rfind(b"\n", 0, at) + 1, source.find(b"\n", at)
    before, after = source[start:at], source[at : end if end >= 0 else len(source)]
    return before.lstrip().startswith(b"//") or bool(_NO_QUOTE.sub(b"", before).count(b'"') % 2 and b'"' in after)


def _making(file: File, declaration: Declaration, at: int, name: str) -> bool:
    """Whether a value may be made where a type is named."""
    source, end = file.source, at + len(name.encode())
    if declaration.kind in ("func", "method"):
        params, body = signature(source, declaration)
        if at < params or (at < body and _POINTED.search(source, declaration.start, at)):
            return False
    line = source.rfind(b"\n", 0, at) + 1
    if _TESTED.search(source, line, at):
        return False
    if _CASE.match(source[line:at]) and _REST_OF_CASE.match(source, end):
        return False
    declared = _DECLARED.search(source, line, at)
    if declared is None or source[end : end + 1] != b"\n":
        return True
    # errors.As stores in its target what is there already.
    whole = source[declaration.start : declaration.end]
    target = rb"&" + declared.group(1) + rb"\b"
    found = len(re.findall(rb"\berrors\.As\([^\n]*" + target, whole))
    return not found or found != len(re.findall(target, whole))


def signature(source: bytes, declaration: Declaration) -> tuple[int, int]:
    """Where a function's parameters end, and its signature: offsets of the file."""
    at = declaration.start
    for _ in range(2 if declaration.kind == "method" else 1):
        at = _closed(source, source.find(b"(", at), declaration.end)
    body = source.find(b"{", at, declaration.end)
    return at, declaration.end if body < 0 else body


def _closed(source: bytes, at: int, end: int) -> int:
    """The offset after the parenthesis that closes the one at ``at``."""
    depth = 0
    for match in re.compile(rb"[()]").finditer(source, at, end):
        depth += 1 if match.group() == b"(" else -1
        if depth == 0:
            return match.end()
    return end


def declared_at(file: File, declaration: Declaration, at: int) -> list[str]:
    """The names that what stands at an offset is the declaration of, in a group of variables, constants or types."""
    if len(declaration.names) == 1:
        return list(declaration.names)
    found: list[str] = []
    for spec in file.specs(declaration):
        names = [spec.name] if isinstance(spec, ast.TypeSpec) else [ident.name for ident in spec.names]
        if (spec.pos if isinstance(spec, ast.TypeSpec) else spec.names[0].pos) <= at:
            found = names
        elif isinstance(spec, ast.ValueSpec) and spec.values and spec.values[0].pos < spec.pos:
            # What stands at a constant is repeated by those after it that have no value (Go spec, "Constant declarations").
            found += names
        else:
            break
    return found or list(declaration.names)
