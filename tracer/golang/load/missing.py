"""The modules whose source a program imports and does not have, or not as its files say."""

from __future__ import annotations

from collections import defaultdict

from tracer.codes import Lack, Message
from tracer.golang.load.program import Program
from tracer.golang.load.versions import Version
from tracer.model import MissingModule

_NOT_GO = ("C", "unsafe")


def missing_modules(program: Program) -> list[MissingModule]:
    """The modules that a program lacks, each with what that costs, dearest first.

    A package that no go.mod accounts for stands for itself. Modules that are there and in doubt are told as well, without a cost, and files
    whose declarations are not known.
    """
    layout = program.layout
    importing: dict[str, int] = defaultdict(int)
    for package in program.closure():
        for file in () if package.is_std else package.files:
            for path in file.import_paths:
                if path not in _NOT_GO and program.package(path, package) is None:
                    importing[path] += 1
    lacking: dict[tuple[Version, Message], list[str]] = defaultdict(list)
    for path in sorted(importing):
        own = next((m for m in layout.mains if path == m.path or path.startswith(f"{m.path}/")), None)
        module = None if own is not None or layout.gopath is not None else layout.provider(path)
        if own is not None:
            lacking[Version(own.path), Message(Lack.NOT_IN_TREE)].append(path)
        elif module is None:
            lacking[Version(path), Message(Lack.NOT_REQUIRED)].append(path)
        elif layout.root(module) is not None:
            lacking[module, Message(Lack.NOT_IN_TREE)].append(path)
        else:
            lacking[module, layout.why(module)].append(path)
    rows = [
        MissingModule(
            program.name.repository,
            module.path,
            module.version,
            tuple(paths),
            sum(map(importing.__getitem__, paths)),
            why,
        )
        for (module, why), paths in lacking.items()
    ]
    rows += [
        MissingModule(program.name.repository, module.path, module.version, (), 0, Message(Lack.INSTEAD, at))
        for module, at in layout.instead.items()
    ]
    rows += [
        MissingModule(program.name.repository, file.path, "", (), 0, Message(Lack.GIVEN_UP))
        for package in program.closure()
        for file in package.files
        if file.is_given_up
    ]
    used = {package.origin.repository for package in program.closure() if not package.is_std}
    rows += [
        MissingModule(program.name.repository, module.path, module.version, (), 0, Message(Lack.UNCHECKED))
        for module in layout.unchecked(used)
    ]
    return sorted(rows, key=lambda row: (-row.files, row.module))
