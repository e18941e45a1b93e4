"""What commands share: their options, and how a session is opened from them."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tracer import api, finding
from tracer.asking import SHIPPED, Asked, ask, file_in
from tracer.codes import Ending
from tracer.console import ERR, Status, remedies
from tracer.errors import Remedy
from tracer.model import TESTS, Meant, Trace, is_full_method
from tracer.report import formats
from tracer.report.text import plural, visible

Entry = Annotated[
    str,
    typer.Argument(
        metavar="SYMBOL",
        help="A symbol: any unambiguous suffix of its full name; or a full method, for what serves it.",
    ),
]
Repo = Annotated[
    str | None,
    typer.Option("--repo", help="The repository, by its name.  [default: the one you are in]"),
]
Program = Annotated[
    str | None,
    typer.Option(
        "--program", help="The program: a main package's directory.  [default: one that links what is asked for]"
    ),
]
Tests = Annotated[
    bool,
    typer.Option("--tests", help="Ask the tests: of the package that --program names, or else of all of a module."),
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME=PATH|URL[@REV]",
        help="A local clone, as it stands or at REV, or one to fetch, at HEAD or REV; may be repeated.",
    ),
]
Rev = Annotated[
    str | None,
    typer.Option("--rev", metavar="REV", help="A commit, tag or branch of the repository, not what the work tree has."),
]
RevOf = Annotated[
    str | None,
    typer.Option("--repo", help="The repository that --rev is of.  [default: the one that the chains start in]"),
]
Offline = Annotated[bool, typer.Option("--offline", help="Never touch the network.")]
Inquiry = Annotated[
    str | None, typer.Option("--investigation", "-i", help="A TOML file, or the name of a built-in one.")
]
Lang = Annotated[str, typer.Option("--lang", help="The language of the report: en or zh.")]
LaterSources = Annotated[
    list[str] | None,
    typer.Option("--to-source", metavar="NAME=PATH|URL[@REV]", help="A repository at its second pin; may be repeated."),
]
LaterTarget = Annotated[str | None, typer.Option("--to-target", help="The target's name at the second pins.")]
Closed = Annotated[
    bool, typer.Option("--assume-closed", help="Take what is not known to do nothing, and say where that matters.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (docs/json.md) instead of text.")]

NOT_KNOWN = 4
"""The exit code of an answer that is empty for want of knowledge: code that is not among the sources, or reflection."""
_LINE = re.compile(r".:\d+$")
_MOST_TOLD = 3
FORMATS = ", ".join(formats.FORMATS)


def asked_by(given: str | None, sources: list[str] | None, repo: str | None, rev: str | None = None) -> Asked:
    """What a command asks about, in the folder that one is in."""
    return ask(given, dict(pair(text) for text in sources or ()), repo, Path.cwd(), rev)


def repository_of(asked: Asked) -> str:
    """The repository that is asked about, which has to be said where it may be one of several."""
    if asked.repository is None:
        known = ", ".join(asked.investigation.repositories)
        raise typer.BadParameter(f"say which repository is meant: {known}", param_hint="--repo")
    return asked.repository


def default_investigation() -> str:
    """The investigation of commands that tell all of one: that of the folder, or else one that ships."""
    return str(file_in(Path.cwd()) or SHIPPED)


@contextmanager
def opening(
    asked: Asked, offline: bool, pins: Mapping[str, str] | None = None, *, closed: bool = False
) -> Generator[tuple[api.Session, Status]]:
    """A session of what is asked about; ``pins`` are other commits than its own.

    Of clones that are read as they stand it is told on standard error what that is.
    """
    status = Status()
    known = asked.investigation.repositories
    moved = {of: replace(known[of], commit=commit) for of, commit in (pins or {}).items()}
    investigation = replace(asked.investigation, repositories={**known, **moved})
    options = api.Options(asked.sources, offline, None, status.fetching, closed)
    with status, api.Session(investigation, options) as session:
        for name in sorted(asked.open_ended):
            _tell(f"{name}: {session.snapshot(name).standing}")
        yield session, status


@contextmanager
def opened(
    given: str | None,
    sources: list[str] | None,
    offline: bool,
    repo: str | None = None,
    program: str | None = None,
    pins: Mapping[str, str] | None = None,
    rev: str | None = None,
) -> Generator[tuple[api.Session, Status]]:
    """The same of what options say, with all programs of repositories of which no file says what they have."""
    asked = asked_by(given, sources, repo, rev)
    with opening(asked, offline, pins) as (session, status):
        _settle(session, asked, program)
        yield session, status


@contextmanager
def asking(
    given: str | None,
    sources: list[str] | None,
    offline: bool,
    repo: str | None,
    program: str | None,
    symbol: str | None,
    *,
    rev: str | None = None,
    closed: bool = False,
    single: bool = False,
    of_values: bool = False,
    lists: bool = False,
    tests: bool = False,
    toward: str | None = None,
) -> Generator[tuple[api.Session, Status, str, str | None]]:
    """The same, with the repository that is asked about and the program, which is None for all that a file names unless it
    has to be a ``single`` one, or ``tests`` are asked.

    Where nobody said which program, it is the one that ``symbol`` means, and where a chain leads ``toward`` (``finding.choose``); of several symbols one may be meant as
    well (``finding.meant``, with ``of_values``) unless the command ``lists`` them. Both are told on standard error, with the others as commands.
    """
    asked = asked_by(given, sources, repo, rev)
    name = repository_of(asked)
    with opening(asked, offline, closed=closed) as (session, status):
        if program is not None and tests:
            program = finding.tests_of(program)
        elif program is None and (single or tests or not session.repository(name).programs):
            choice = finding.choose(session, name, symbol, asked.folder, toward=toward, tests=tests)
            program = choice.program
            _tell_choice(choice, symbol)
        _settle(session, asked, program)
        if tests and program is not None:
            _tell_tests(session, name, program)
        if symbol is not None and not lists and not _LINE.search(symbol) and not is_full_method(symbol):
            _tell_meant(finding.meant(session, name, program, symbol, of_values=of_values))
        yield session, status, name, program


def tell_way(trace: Trace, entry: str, to: str | None) -> None:
    """What the names of ``--to`` and ``--via`` are taken to mean, and how a chain is asked for that begins at what the entry makes and does not call."""
    for meant in trace.meant:
        _tell_meant(meant, "--to" if meant.text == to else "--via")
    made = dict.fromkeys(stop.symbol.name for stop in trace.stops if stop.reason is Ending.MADE_THERE)
    inside = (name.removeprefix(trace.entry.name) for name in made if name.startswith(f"{trace.entry.name}$"))
    _tell_commands([Remedy(entry, entry + literal, place="") for literal in inside])


def _tell_meant(meant: Meant, option: str = "") -> None:
    """What a name, of an option or the symbol that is asked about, is taken to mean where it might mean others, and how these are asked."""
    if meant.others:
        _tell(f"{option} {meant.text}: ".lstrip() + f"{meant.name}, {meant.why}, of {len(meant.others) + 1}; another:")
        _tell_commands([Remedy(meant.text, new, about=about, place=option) for new, about in meant.others])


def _tell_choice(choice: finding.Choice, symbol: str | None) -> None:
    """Which of several programs is asked, and how another is."""
    if not choice.others:
        return
    links = f" that have {symbol}" if symbol else ""
    _tell(f"program {choice.program or '.'}, {choice.why.value}, of {len(choice.others) + 1} programs{links}; another:")
    # Where tests are asked the command says so already.
    others = (other.removesuffix(TESTS) for other in choice.others)
    _tell_commands([Remedy(options=(("--program", other or "."),)) for other in others])


def _tell_tests(session: api.Session, name: str, program: str) -> None:
    """Whose tests are asked, and that those of several packages are not one program for the go command."""
    count = finding.tested(session, name, program)
    several = ", taken as one program, of which go test makes one for each" if count > 1 else ""
    _tell(f"program {program}: the tests of {plural(count, 'package')}{several}")


def _tell_commands(others: Sequence[Remedy]) -> None:
    for line in remedies(others, _MOST_TOLD):
        ERR.print(line)


def _settle(session: api.Session, asked: Asked, program: str | None) -> None:
    """Finds the programs of repositories of which no file says what they have; where a file has none, it is the one given."""
    for name in sorted(asked.open_ended):
        finding.find_programs(session, name)
    if program is not None and asked.repository is not None and not session.repository(asked.repository).programs:
        session.name_programs(asked.repository, (program,))


def _tell(words: str) -> None:
    ERR.print(visible(words))


def pair(text: str, option: str = "--source", form: str = "NAME=PATH|URL[@REV]") -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not separator or not name or not path:
        raise typer.BadParameter(f"{text!r} is not {form}", param_hint=option)
    return name, path


def exporting(text: str) -> tuple[str, Path | None]:
    """A format and the file it goes to, None for the output."""
    form, separator, path = text.partition("=")
    if not separator or not path or form not in formats.FORMATS:
        raise typer.BadParameter(f"{text!r} is not FORMAT=FILE; formats: {FORMATS}", param_hint="--export")
    return form, None if path == "-" else Path(path)
