"""What commands share: their options, and how a session is opened from them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tracer import api
from tracer.console import Status
from tracer.investigation.model import Investigation, Repository
from tracer.investigation.reader import load
from tracer.report import formats

Entry = Annotated[str, typer.Argument(metavar="SYMBOL", help="A symbol: any unambiguous suffix of its full name.")]
Repo = Annotated[str, typer.Option("--repo", help="The repository, by its name in the investigation.")]
Program = Annotated[str | None, typer.Option("--program", help="The program: a main package's directory.")]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME=PATH[@REV]", help="Read a repository from a local clone; may be repeated."),
]
Offline = Annotated[bool, typer.Option("--offline", help="Never touch the network.")]
Inquiry = Annotated[str, typer.Option("--investigation", "-i", help="A TOML file, or the name of a built-in one.")]
Lang = Annotated[str, typer.Option("--lang", help="The language of the report: en or zh.")]
LaterSources = Annotated[
    list[str] | None,
    typer.Option("--to-source", metavar="NAME=PATH[@REV]", help="A repository at its second pin; may be repeated."),
]
LaterTarget = Annotated[str | None, typer.Option("--to-target", help="The target's name at the second pins.")]
Closed = Annotated[
    bool, typer.Option("--assume-closed", help="Take what is not known to do nothing, and say where that matters.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (docs/json.md) instead of text.")]

FORMATS = ", ".join(formats.FORMATS)


@contextmanager
def opened(
    name: str,
    sources: list[str] | None,
    offline: bool,
    repo: str | None = None,
    program: str | None = None,
    pins: Mapping[str, str] | None = None,
    *,
    closed: bool = False,
) -> Generator[tuple[api.Session, Status]]:
    """A session of an investigation; ``pins`` are other commits than its own."""
    status = Status()
    given = dict(pair(text) for text in sources or ())
    investigation = _with_sources(load(name), given, repo, program)
    moved = {of: replace(investigation.repositories[of], commit=commit) for of, commit in (pins or {}).items()}
    investigation = replace(investigation, repositories={**investigation.repositories, **moved})
    options = api.Options(given, offline, None, status.fetching, closed)
    with status, api.Session(investigation, options) as session:
        yield session, status


def pair(text: str, option: str = "--source", form: str = "NAME=PATH[@REV]") -> tuple[str, str]:
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


def _with_sources(
    investigation: Investigation, given: dict[str, str], repo: str | None, program: str | None
) -> Investigation:
    """The investigation, with the repositories that only --source names."""
    repositories = dict(investigation.repositories)
    for name in given:
        repositories.setdefault(name, Repository(name, "", ""))
    if repo in repositories and program is not None and not repositories[repo].programs:
        repositories[repo] = replace(repositories[repo], programs=(program,))
    return replace(investigation, repositories=repositories)
