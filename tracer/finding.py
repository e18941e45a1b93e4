"""Which programs a repository has of which nobody has said so, and which of them is meant.

A library without any is a program too, of all packages of a module: what it exports is called by others.
"""

from __future__ import annotations

import itertools
import posixpath
from dataclasses import dataclass
from enum import Enum

from tracer.errors import ResolutionError, TracerError
from tracer.model import ALL_PACKAGES, ProgramName
from tracer.session import Session
from tracer.source.candidates import main_packages, own_files
from tracer.source.snapshot import Snapshot

_FAR = 1 << 20


class Preference(Enum):
    """Why one of several programs is taken, in the order in which this is asked."""

    BELOW = "below the folder you are in"
    NEAREST = "the nearest to where it is declared"
    NAMED = "named like the repository"
    COMMAND = "in cmd, where programs for users are"
    SMALLEST = "the one of fewest packages"
    FIRST = "the first by depth and name"


@dataclass(frozen=True, slots=True)
class Choice:
    """The program that is asked about, the others that might have been, and why it is this one."""

    program: str
    others: tuple[str, ...] = ()
    why: Preference = Preference.FIRST


@dataclass(frozen=True, slots=True)
class _Linking:
    """A program that links a symbol: how many folders there are between it and where that is declared, and how many packages it has."""

    directory: str
    way: int = 0
    packages: int = 0


def find_programs(session: Session, name: str) -> tuple[str, ...]:
    """Makes the main packages of a repository its programs, where none are known; those there are then.

    Raises ResolutionError where it has no Go code.
    """
    repository = session.repository(name)
    if repository.programs:
        return repository.programs
    found = tuple(session.kept(lambda: _main_packages(session, name), list[str], "main packages", name))
    session.name_programs(name, found)
    return found


def _main_packages(session: Session, name: str) -> list[str]:
    from tracer.golang.load.build import Build
    from tracer.syntax.header import header

    repository, snapshot = session.repository(name), session.snapshot(name)
    build = Build(repository.goos, repository.goarch, frozenset(repository.tags))

    def is_built(path: str, text: bytes) -> bool:
        head = header(text)
        is_c = any(imported == "C" for _, imported in head.imports) and not build.tag("cgo")
        return not is_c and build.includes(posixpath.basename(path), head.constraint)

    found = main_packages(snapshot, is_built)
    if not found and not any(path.endswith(".go") for path in snapshot.files):
        raise ResolutionError(
            f"there is no Go code in {name}",
            hint="ask in a clone of a Go repository, or name one: --source NAME=PATH, or an investigation: -i FILE",
        )
    return found or _libraries(snapshot)


def _libraries(snapshot: Snapshot) -> list[str]:
    """The modules that have packages, each with all of them; without a module all that is there."""
    from tracer.golang.load.gomods import nearest

    roots = {nearest(snapshot, posixpath.dirname(path), "go.mod") for path in own_files(snapshot)}
    return sorted(posixpath.join(root or "", ALL_PACKAGES) for root in roots if root is not None) or [ALL_PACKAGES]


def choose(session: Session, name: str, symbol: str | None, folder: str = "") -> Choice:
    """The program of a repository that is meant by a symbol, a place (``FILE:LINE``) or nothing.

    Of those that link it, each of ``Preference`` in turn leaves the best. Where none links it, all are asked, which
    gives the error.
    """
    known = find_programs(session, name)
    rows = [_Linking(directory) for directory in known]
    if symbol is not None and len(known) > 1:
        rows = session.kept(lambda: _linking(session, name, symbol), list[_Linking], "linking", name, symbol) or rows
    best, why = rows, Preference.FIRST
    for preference in Preference:
        ranks = [_rank(preference, row, name, folder) for row in best]
        left = [row for row, rank in zip(best, ranks, strict=True) if rank == min(ranks)]
        if len(left) < len(best):
            best, why = left, preference
    return Choice(best[0].directory, tuple(row.directory for row in rows if row is not best[0]), why)


def _rank(preference: Preference, row: _Linking, name: str, folder: str) -> tuple[int, str]:
    """How far a program is from what is preferred; the least is taken."""
    match preference:
        case Preference.BELOW:
            is_below = bool(folder) and f"{row.directory}/".startswith(f"{folder}/")
            return int(not is_below), ""
        case Preference.NEAREST:
            return row.way, ""
        case Preference.NAMED:
            return int(posixpath.basename(row.directory) != name), ""
        case Preference.COMMAND:
            return int(row.directory.split("/")[0] != "cmd"), ""
        case Preference.SMALLEST:
            return row.packages, ""
        case Preference.FIRST:
            return row.directory.count("/") + bool(row.directory), row.directory


def _linking(session: Session, name: str, symbol: str) -> list[_Linking]:
    path, _, line = symbol.rpartition(":")
    is_place = bool(path) and line.isdigit()
    found: list[_Linking] = []
    for directory in session.repository(name).programs:
        try:
            analysis = session.program(ProgramName(name, directory))
        except TracerError:
            # One that cannot be built links nothing; whoever names it is told why.
            continue
        own = [package for package in analysis.program.closure() if not package.is_std]
        if is_place:
            files = [file.path for package in own for file in package.files]
            places = [p for p in files if p == path or p.endswith("/" + path)]
            links = bool(places)
        else:
            meant = analysis.find(symbol)
            positions = [analysis.symbol(obj).position for obj in meant]
            places = [p.path for p in positions if p is not None and p.repository == name]
            links = bool(meant or analysis.find_fields(symbol))
        if links:
            way = min((_way(directory, posixpath.dirname(p)) for p in places), default=_FAR)
            found.append(_Linking(directory, way, len(own)))
    return found


def _way(one: str, other: str) -> int:
    """How many steps up and down lead from one directory to another; over the root it is as far from anywhere."""
    ways = [one.split("/"), other.split("/")]
    shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] and pair[0] == pair[1], zip(*ways, strict=False)))
    return sum(map(len, ways)) - 2 * shared if shared else _FAR
