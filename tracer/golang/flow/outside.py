"""Where values leave the sources and come back: calls of what is not known, what is handed to them, and reflection.

Absent is not none: what comes from there is an ``Unknown``. One whose ``type`` is None says nothing of what the program
itself makes: it only keeps an answer open. Reflection is of another kind, since what it calls with is the program's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracer.codes import Detail, Gap, Message
from tracer.golang import types as t
from tracer.golang.callgraph.crossref import CrossReferences
from tracer.golang.callgraph.defuse import DefUse
from tracer.golang.flow.values import Unknown
from tracer.golang.load.package import File, Package, Unit
from tracer.golang.load.program import Program
from tracer.golang.summary.nodes import (
    CallValue,
    Component,
    Entry,
    Expression,
    FieldNode,
    Global,
    Local,
    Node,
    Owner,
    Part,
    Pos,
    Result,
    Site,
    UnitSummary,
    root_of,
)
from tracer.golang.types.containers import is_untyped

_NAMED = frozenset((Detail.MISSING_C, Detail.MISSING_IMPORT, Detail.MISSING_TYPE, Detail.NOT_IN_PACKAGE))
"""The details of an unknown call that name what is missing."""
_HARMLESS = frozenset(("IsNil", "IsValid", "IsZero", "Kind", "NumMethod", "Pointer", "String", "Type", "UnsafePointer"))
"""Methods of a reflect.Value that call nothing and hand nothing on."""
CALLING: Final = ("Call", "CallSlice")
"""The methods of a reflect.Value that call it."""
TYPE_OF: Final = "reflect.TypeOf"
TYPE_FOR: Final = "reflect.TypeFor"
_TELLING = frozenset(
    (
        "AssignableTo",
        "Comparable",
        "ConvertibleTo",
        "Implements",
        "Kind",
        "Len",
        "Name",
        "NumField",
        "NumIn",
        "NumMethod",
        "NumOut",
        "PkgPath",
        "Size",
        "String",
    )
)
"""Methods of a reflect.Type that give no type."""
# What takes any function and calls it; the machine does so with finalizers, on the object that they are set for.
_FINALIZER = "runtime.SetFinalizer"
_REFLECTION = frozenset(("reflect.ValueOf", _FINALIZER))
_DIRECTIVES = (b"//go:linkname ", b"//export ")


@dataclass(frozen=True, slots=True)
class Leak:
    """A place where a value is handed to what may do with it as it likes; ``into`` names that.

    ``reflected`` is whether that is reflection: what this calls a function with is made by the program. ``typed`` is whether
    it gets the value's type alone: it cannot call or change the value, but make others.
    """

    into: str
    unit: UnitSummary
    pos: Pos
    reflected: bool = False
    typed: bool = False


def untyped(node: Node) -> Unknown:
    """What is not known of a node that has no known type."""
    match node:
        case CallValue(site=site) | Component(call=CallValue(site=site)) if site.kind is t.CallKind.UNKNOWN:
            return of_call(site)
        case _:
            package = home(node)
            return Unknown(Message(Gap.UNTYPED, (package.path if package is not None else "",)), None)


def unread(unit: UnitSummary) -> Message:
    """That a unit which names something could not be read: a file that is given up, or a declaration that the checker failed on."""
    file = unit.file
    return Message(Gap.NOT_READ, (file.path if file.is_given_up else unit.name,))


def of_call(site: Site) -> Unknown:
    """What a call returns of which is not known what it calls."""
    detail = site.detail
    if detail is not None and detail.code in _NAMED:
        return Unknown(Message(Gap.OUTSIDE, (detail,)), None)
    return Unknown(Message(Gap.UNTYPED, (site.unit.file.package.path,)), None)


def handed(owner: Owner, leak: Leak, typ: t.Type) -> Unknown:
    """What a function is called with by that which it is handed to."""
    reason = Message(Gap.HANDED, (owner.full_name, leak.into))
    return Unknown(reason, typ if leak.reflected else None)


def written(leak: Leak) -> Unknown:
    """What is stored in a value by that which a way to it is handed to."""
    return Unknown(Message(Gap.WRITTEN, (leak.into,)), None)


def made_of_unknown(typ: t.Type) -> Unknown:
    """What is not known of a type that has a part without a known type."""
    return Unknown(Message(Gap.UNKNOWN_METHODS, (t.describe(typ),)), None)


def filled(typ: t.Type, leak: Leak) -> Unknown:
    """What is stored in a field of a struct by that which the struct, a pointer to it, or its type is handed to."""
    return Unknown(Message(Gap.TYPE_TOLD if leak.typed else Gap.FILLED, (t.describe(typ), leak.into)), None)


def home(node: Node) -> Package | None:
    """The package whose code or declaration a node stands for."""
    match root_of(node):
        case Expression(unit=unit) | Component(call=Expression(unit=unit)) | Local(unit=unit):
            return unit.file.package
        case Entry(var=Local(unit=unit)):
            return unit.file.package
        case FieldNode(field=t.Field(file=File(package=package))) | Global(var=t.Var(package=package)):
            return package
        case Result(owner=t.Func(package=package)):
            return package
        case Result(owner=owner) if not isinstance(owner, t.Func):
            return owner.unit.file.package
        case _:
            return None


def is_outside(node: Node) -> bool:
    """Whether a node's type is not known, or that of what it contains; the library's facts leave types out on purpose."""
    while isinstance(node, Part):
        # A part of what lies in an interface has no type, and is found all the same.
        node = node.whole
    if not is_untyped(node.type):
        return False
    package = home(node)
    return package is None or not package.is_std


def leaks_at(
    node: Node, uses: Callable[[Expression], DefUse], calls: Callable[[Package], bool], *, begins: bool
) -> Iterator[Leak]:
    """Where a value that came to a node leaves the sources there; ``begins`` where it is made there.

    ``calls`` is whether a package of the library calls what it gives to reflection.
    """
    if not isinstance(node, Expression):
        root = root_of(node)
        if isinstance(root, Expression | Local) and not begins and is_outside(root):
            unit = root.unit
            yield Leak(
                _typeless(unit.file), unit, root.pos if isinstance(root, Expression) else unit.unit.declaration.start
            )
        return
    unit = node.unit
    if not begins and is_outside(node):
        yield Leak(_typeless(unit.file), unit, node.pos)
    found = uses(node)
    for site, index in found.arguments.get(node, ()):
        if site.kind is t.CallKind.UNKNOWN:
            yield Leak(called(site), unit, site.pos)
        elif _is_reflected(site, index, calls) and not _only_looked_at(site, found):
            assert site.func is not None
            yield Leak(site.func.full_name, unit, site.pos, reflected=True)
        elif _is_typed(site) and makes_more(site, found):
            yield Leak(TYPE_OF, unit, site.pos, reflected=True, typed=True)


def _typeless(file: File) -> str:
    return f"a value of unknown type in {file.package.path}"


def _is_reflected(site: Site, index: int, calls: Callable[[Package], bool]) -> bool:
    """Whether a call gives an argument to reflection; what the library does with it there is told by its facts, but for calls."""
    func, package = site.func, site.unit.file.package
    if func is None or func.full_name not in _REFLECTION or (package.is_std and not calls(package)):
        return False
    return func.full_name != _FINALIZER or index > 0


def _is_typed(site: Site) -> bool:
    return site.func is not None and site.func.full_name == TYPE_OF and not site.unit.file.package.is_std


def makes_more(site: Site, uses: DefUse) -> bool:
    """Whether more is done with a reflected type than to ask what it is: values of it may be made."""
    value = site.value
    if value is None or value in uses.outgoing or value in uses.arguments:
        return True
    return any(
        other.name not in _TELLING and (other.name != "Elem" or makes_more(other, uses))
        for other in uses.receivers.get(value, ())
    )


def _only_looked_at(site: Site, uses: DefUse) -> bool:
    """Whether nothing but the name, the kind or the address of a reflected value is asked for.

    The library's facts do not tell where such a value goes.
    """
    value = site.value
    if site.unit.file.package.is_std or value is None or value in uses.outgoing or value in uses.arguments:
        return False
    return all(other.name in _HARMLESS for other in uses.receivers.get(value, ()))


def called(site: Site) -> str:
    """What a call calls, as it is written."""
    file = site.unit.file
    if not site.name or file.package.is_std:
        return site.name or "a call"
    text = file.source[site.start : site.end].decode("utf-8", "replace")
    return " ".join(text.split("(", 1)[0].split())[:60] or site.name


def missing_packages(program: Program) -> list[str]:
    """The import paths of a program that are not among the sources."""
    return sorted(
        {
            path
            for package in program.closure()
            if not package.is_std
            for file in package.files
            for _, path in file.imported
            if path not in ("C", "unsafe") and program.package(path, package) is None
        }
    )


def calls_in(xref: CrossReferences, package: Package, names: Sequence[str]) -> Iterator[Site]:
    """The calls of some methods of a reflect.Value in a package."""
    units: dict[Unit, None] = {}
    for file in package.files if any("reflect" in file.import_paths for file in package.files) else ():
        for name in names:
            needle, at = f".{name}(".encode(), -1
            while (at := file.source.find(needle, at + 1)) >= 0:
                declaration = file.declaration_at(at)
                if declaration is not None and declaration.kind in ("func", "method"):
                    units[file.unit(declaration)] = None
    for unit in units:
        for site in xref.unit(unit).sites:
            func = site.func
            if (
                func is not None
                and func.name in names
                and func.recv is not None
                and func.recv.full_name == "reflect.Value"
            ):
                yield site


def is_linked(func: t.Func) -> bool:
    """Whether the linker knows a function by another name, or C by its own (cmd/compile, cmd/cgo)."""
    source = func.file.source
    return any(
        directive in source and re.search(re.escape(directive + func.name.encode()) + rb"\b", source) is not None
        for directive in _DIRECTIVES
    )


def has_body(func: t.Func) -> bool:
    """Whether a function's code is Go."""
    declaration = func.file.declaration_at(func.start)
    return declaration is None or func.file.source.find(b"{", declaration.start, declaration.end) >= 0
