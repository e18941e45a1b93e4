"""Which version of each module a program is built with (Go reference, "Minimal version selection", "Module graph pruning")."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tracer.golang.load.modfile import ModFile
from tracer.golang.load.versions import Version, is_pruned, latest


@dataclass(frozen=True, slots=True)
class Selection:
    """Module path -> version, of all modules that may matter; a main module's is empty.

    ``unread`` are those whose go.mod cannot be had, so that it is not known what they require.
    """

    versions: dict[str, str]
    unread: tuple[Version, ...]


def required(files: Iterable[ModFile]) -> dict[str, str]:
    """What main modules require themselves, excluded versions left out."""
    found: dict[str, str] = {}
    for file in files:
        for module in file.requires:
            if module not in file.excludes:
                found[module.path] = latest(found.get(module.path, module.version), module.version)
    return found


def select(mains: Iterable[ModFile], many: Callable[[list[Version]], list[ModFile | None]]) -> Selection:
    """The latest version of each module that anything reachable requires (modload.readModGraph).

    ``many`` gives the go.mod of several modules at once, so that they can be fetched at once. A module that lists all that its packages
    need is not looked behind, except from one that does not.
    """
    files = list(mains)
    excluded = frozenset[Version]().union(*(file.excludes for file in files))
    versions = {file.module: "" for file in files}
    read: dict[Version, ModFile | None] = {}
    entered: set[tuple[Version, bool]] = set()
    pending: list[tuple[Version, bool]] = []

    def enter(file: ModFile, pruned: bool, *, behind: bool) -> None:
        for module in file.requires:
            if module in excluded:
                continue
            versions[module.path] = latest(versions.get(module.path, module.version), module.version)
            if behind and versions[module.path] and (module, pruned) not in entered:
                entered.add((module, pruned))
                pending.append((module, pruned))

    for file in files:
        # In a workspace each main module is a root by itself; alone it is pruned as its own go.mod says.
        enter(file, is_pruned(file.go or "1.16"), behind=True)
    while pending:
        layer, pending[:] = list(pending), []
        wanted = list(dict.fromkeys(module for module, _ in layer if module not in read))
        read.update(zip(wanted, many(wanted), strict=True))
        for module, pruned in layer:
            file = read[module]
            if file is not None:
                lists_all = is_pruned(file.go)
                enter(file, pruned and lists_all, behind=not (pruned and lists_all))
    unread = [module for module, file in read.items() if file is None]
    return Selection(versions, tuple(sorted(unread)))
