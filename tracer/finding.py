"""Which programs a repository has of which nobody has said so, and which of them is meant.

A library without any is a program too, of all packages of a module: what it exports is called by others. Tests are one where they are asked
for: those of all packages of a module taken together, or of one package.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from tracer.errors import ResolutionError, TracerError
from tracer.model import ALL_PACKAGES, TESTS, Meant, ProgramName, is_full_method
from tracer.session import Session, main_directory
from tracer.source.candidates import main_packages, own_files
from tracer.source.snapshot import Snapshot

_FAR = 1 << 20

if TYPE_CHECKING:
    from tracer.golang.load.package import File
    from tracer.golang.load.program import Program
    from tracer.golang.program import Analysis, Declared
    from tracer.golang.types import TypeName


class Preference(Enum):
    """Why one of several programs is taken, in the order in which this is asked."""

    BELOW = "below the folder you are in"
    NEAREST = "the nearest to where it is declared"
    USED = "where it runs"
    TOWARD = "which has what --to names"
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
    """A program that links a symbol.

    How many folders there are between it and where that is declared, how many packages it has, and the files in which it is
    declared that it links; ``used`` is whether that runs, and ``toward`` whether it has the target as well, as far as it was asked.
    """

    directory: str
    way: int = 0
    packages: int = 0
    files: tuple[str, ...] = ()
    used: bool = False
    toward: bool = False


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
    return _modules_of(snapshot, own_files(snapshot)) or [ALL_PACKAGES]


def _modules_of(snapshot: Snapshot, files: Sequence[str]) -> list[str]:
    from tracer.golang.load.gomods import nearest

    roots = {nearest(snapshot, posixpath.dirname(path), "go.mod") for path in files}
    found = sorted(posixpath.join(root or "", ALL_PACKAGES) for root in roots if root is not None)
    return found or [ALL_PACKAGES] * bool(files)


def find_tests(session: Session, name: str) -> tuple[str, ...]:
    """The programs that the tests of a repository are: those of each module. Raises ResolutionError where there are none."""
    snapshot = session.snapshot(name)
    files = [path for path in own_files(snapshot, tests=True) if path.endswith("_test.go")]
    if not files:
        raise ResolutionError(f"there are no tests in {name}", hint="leave --tests out to ask its programs")
    return tuple(f"{directory}{TESTS}" for directory in _modules_of(snapshot, files))


def tests_of(folder: str) -> str:
    """The program that the tests of a package, or of all below a module's ``...``, are."""
    return f"{main_directory(folder) or '.'}{TESTS}"


def tested(session: Session, name: str, program: str) -> int:
    """Of how many packages the tests are that are a program."""

    def made() -> int:
        mains = session.linked(ProgramName(name, program)).mains()
        return len({package.directory for package in mains})

    return session.kept(made, int, "tested", name, program)


def choose(
    session: Session,
    name: str,
    symbol: str | None,
    folder: str = "",
    *,
    toward: str | None = None,
    tests: bool = False,
) -> Choice:
    """The program of a repository that is meant by a symbol, a place (``FILE:LINE``) or nothing, or which ``tests``.

    ``toward`` is where a chain shall end. Of those that link it, each of ``Preference`` in turn leaves the best. Raises ResolutionError where none does.
    """
    known = find_tests(session, name) if tests else find_programs(session, name)
    rows = [_Linking(directory) for directory in known]
    if symbol is not None and len(known) > 1:
        found = session.kept(
            lambda: _linking(session, name, symbol, known), list[_Linking], "linking", name, symbol, known
        )
        if not found:
            raise _nothing(session, name, symbol, known)
        rows = found
    best, why = rows, Preference.FIRST
    for preference in Preference:
        if preference is Preference.USED and symbol is not None and len({row.files for row in best}) > 1:
            best = _used(session, name, symbol, best)
        if preference is Preference.TOWARD and toward is not None and len(best) > 1:
            best = _toward(session, name, toward, best)
        ranks = [_rank(preference, row, name, folder) for row in best]
        left = [row for row, rank in zip(best, ranks, strict=True) if rank == min(ranks)]
        if len(left) < len(best):
            best, why = left, preference
    return Choice(best[0].directory, tuple(row.directory for row in rows if row.directory != best[0].directory), why)


def meant(session: Session, name: str, program: str | None, symbol: str, *, of_values: bool = False) -> Meant:
    """What a symbol means in the programs of a repository, or in one; ``of_values`` where no function is meant.

    Raises ResolutionError for one that means nothing or too much.
    """

    def made() -> Meant:
        from tracer.golang.lookup import meaning

        return meaning(session.programs(name, program), symbol, session.named(name), of_values=of_values).told(symbol)

    return session.kept(made, Meant, "meant", name, program, symbol, of_values)


def _rank(preference: Preference, row: _Linking, name: str, folder: str) -> tuple[int, str]:
    """How far a program is from what is preferred; the least is taken."""
    match preference:
        case Preference.BELOW:
            is_below = bool(folder) and f"{row.directory}/".startswith(f"{folder}/")
            return int(not is_below), ""
        case Preference.NEAREST:
            return row.way, ""
        case Preference.USED:
            return int(not row.used), ""
        case Preference.TOWARD:
            return int(not row.toward), ""
        case Preference.NAMED:
            return int(posixpath.basename(row.directory) != name), ""
        case Preference.COMMAND:
            return int(row.directory.split("/")[0] != "cmd"), ""
        case Preference.SMALLEST:
            return row.packages, ""
        case Preference.FIRST:
            return row.directory.count("/") + bool(row.directory), row.directory


def _linking(session: Session, name: str, symbol: str, known: Sequence[str]) -> list[_Linking]:
    linked = _linked(session, name, known)
    path, _, line = symbol.rpartition(":")
    if path and line.isdigit():
        places = {d: [f.path for f in _own_files(p) if f"/{f.path}".endswith(f"/{path}")] for d, p in linked.items()}
    elif is_full_method(symbol):
        places = _answering(name, symbol, linked)
    else:
        places = _declaring(session, name, symbol, linked)
    rows: list[_Linking] = []
    for directory, found in places.items():
        if found:
            # What is another repository's, or the library's, is far from every program.
            way = min(_way(directory, posixpath.dirname(p)) if p else _FAR for p in found)
            packages = sum(not package.is_std for package in linked[directory].closure())
            rows.append(_Linking(directory, way, packages, tuple(sorted(set(found)))))
    return rows


def _answering(name: str, method: str, linked: Mapping[str, Program]) -> dict[str, list[str]]:
    """The programs that may answer a full method, told from their text."""
    from tracer.wire.registry import DIALECTS
    from tracer.wire.sight import Sight

    sight = Sight({ProgramName(name, directory): program for directory, program in linked.items()}, DIALECTS)
    return {found.directory: [""] for wire in DIALECTS for found in sight.answering(wire, method)}


def _own_files(program: Program) -> Iterator[File]:
    return (file for package in program.closure() if not package.is_std for file in package.files)


def _declaring(session: Session, name: str, symbol: str, linked: Mapping[str, Program]) -> dict[str, list[str]]:
    """The files of each program in which a symbol is declared, those of other repositories without a path that counts.

    A file is asked once, in the first program that links it.
    """
    from tracer.golang.names import last, spellings
    from tracer.golang.search.words import words

    wanted = [last(text).partition("$")[0].encode() for text in spellings(symbol)]
    asked = set[str]()
    declared = dict[str, str]()
    out: dict[str, list[str]] = {}
    mentioning: dict[str, bool] = {}
    for directory, program in linked.items():
        holding: dict[str, None] = {}
        for file in _own_files(program):
            key = f"{file.package.origin.repository}:{file.path}"
            if key not in mentioning:
                mentioning[key] = any(
                    any(words(file.source, word, file.begin)) for word in wanted if word in file.source
                )
            if mentioning[key]:
                holding[key] = None
        if holding.keys() - asked or not holding:
            analysis = session.program(ProgramName(name, directory))
            meant = [analysis.symbol(obj) for obj in _named(analysis, symbol)]
            at = [(f"{p.repository}:{p.path}", p) for one in meant if (p := one.position) is not None]
            declared |= {key: p.path if p.repository == name else "" for key, p in at}
            if meant and not any(key in holding for key, _ in at):
                out[directory] = [""]
        asked |= holding.keys()
        out.setdefault(directory, []).extend(declared[key] for key in holding if key in declared)
    return out


def _used(session: Session, name: str, symbol: str, rows: Sequence[_Linking]) -> list[_Linking]:
    """Programs that declare a symbol in other files each, with whether code of it runs."""

    def made() -> list[_Linking]:
        from tracer.golang.lookup import is_used

        analyses = [(row, session.program(ProgramName(name, row.directory))) for row in rows]
        return [replace(row, used=any(is_used(a, obj) for obj in a.find(symbol))) for row, a in analyses]

    return session.kept(made, list[_Linking], "used", name, symbol, tuple(rows))


def _toward(session: Session, name: str, target: str, rows: Sequence[_Linking]) -> list[_Linking]:
    """Programs with whether they have where a chain shall end."""

    def made() -> list[_Linking]:
        linked = {row.directory: session.linked(ProgramName(name, row.directory)) for row in rows}
        found = _declaring(session, name, target, linked)
        return [replace(row, toward=bool(found.get(row.directory))) for row in rows]

    return session.kept(made, list[_Linking], "toward", name, target, tuple(rows))


def _named(analysis: Analysis, symbol: str) -> Sequence[Declared | TypeName]:
    return analysis.find(symbol) or analysis.find_fields(symbol) or analysis.find_types(symbol)


def _nothing(session: Session, name: str, symbol: str, known: Sequence[str]) -> ResolutionError:
    """That no program has a symbol, with what is like it in any."""
    from tracer.golang.lookup import nearest, nothing_called
    from tracer.golang.similar import close_names

    if is_full_method(symbol):
        hint = "tracer wires tells what each program serves"
        return ResolutionError(f"no program of {name} is seen to serve {symbol}", hint=hint)
    path, _, line = symbol.rpartition(":")
    if path and line.isdigit():
        hint = "name a file that is built for linux/amd64, by its path or the end of it, and a line: FILE:LINE"
        return ResolutionError(f"no program of {name} has a file {path}", hint=hint)
    files: dict[str, File] = {}
    for program in _linked(session, name, known).values():
        files |= {f"{file.package.origin.repository}:{file.path}": file for file in _own_files(program)}
    names = close_names(files.values(), symbol)
    chosen = dict.fromkeys(row.directory for one in names for row in _linking(session, name, one, known)[:1])
    analyses = [session.program(ProgramName(name, directory)) for directory in chosen]
    return nothing_called(symbol, f"the {len(known)} programs of {name}", nearest(analyses, symbol, names))


def _linked(session: Session, name: str, known: Sequence[str]) -> dict[str, Program]:
    """Programs of a repository; one that cannot be built links nothing, and whoever names it is told why."""
    linked: dict[str, Program] = {}
    for directory in known:
        with suppress(TracerError):
            linked[directory] = session.linked(ProgramName(name, directory))
    return linked


def _way(one: str, other: str) -> int:
    """How many steps up and down lead from one directory to another; over the root it is as far from anywhere."""
    ways = [one.split("/"), other.split("/")]
    shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] and pair[0] == pair[1], zip(*ways, strict=False)))
    return sum(map(len, ways)) - 2 * shared if shared else _FAR
