"""Which programs a repository has of which nobody has said so, and which of them is meant.

A library without any is a program too, of all its packages: what it exports is called by others.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tracer.errors import ResolutionError, TracerError
from tracer.model import ALL_PACKAGES, ProgramName
from tracer.session import Session
from tracer.source.candidates import main_packages


class Preference(Enum):
    """Why one of several programs is taken."""

    BELOW = "below the folder you are in"
    NAMED = "named like the repository"
    FIRST = "the first by depth and name"


@dataclass(frozen=True, slots=True)
class Choice:
    """The program that is asked about, the others that might have been, and why it is this one."""

    program: str
    others: tuple[str, ...] = ()
    why: Preference = Preference.FIRST


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
    return found or [ALL_PACKAGES]


def choose(session: Session, name: str, symbol: str | None, folder: str = "") -> Choice:
    """The program of a repository that is meant by a symbol, a place (``FILE:LINE``) or nothing.

    Of those that link it, the first of these that there is: below ``folder``, named like the repository or its module,
    of the fewest components. Where none links it, all are asked, which gives the error.
    """
    known = find_programs(session, name)
    linking: Sequence[str] = known
    if symbol is not None and len(known) > 1:
        linking = session.kept(lambda: _linking(session, name, symbol), list[str], "linking", name, symbol) or known
    below = [p for p in linking if folder and (p == folder or p.startswith(folder + "/"))]
    named = [p for p in linking if posixpath.basename(p) == name]
    for some, why in ((below, Preference.BELOW), (named, Preference.NAMED), (linking, Preference.FIRST)):
        if some:
            chosen = min(some, key=lambda p: (p.count("/") + bool(p), p))
            return Choice(chosen, tuple(p for p in linking if p != chosen), why)
    raise ResolutionError(f"no program of {name} is known", hint="name a main package's directory with --program")


def _linking(session: Session, name: str, symbol: str) -> list[str]:
    path, _, line = symbol.rpartition(":")
    is_place = bool(path) and line.isdigit()
    found: list[str] = []
    for directory in session.repository(name).programs:
        try:
            analysis = session.program(ProgramName(name, directory))
        except TracerError:
            # One that cannot be built links nothing; whoever names it is told why.
            continue
        if is_place:
            files = (
                file.path for package in analysis.program.closure() if not package.is_std for file in package.files
            )
            has = any(own == path or own.endswith("/" + path) for own in files)
        else:
            has = bool(analysis.find(symbol)) or bool(analysis.find_fields(symbol))
        if has:
            found.append(directory)
    return found
