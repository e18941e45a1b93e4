"""The conversation that ends with a first investigation: what was not given is asked for."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from tracer import api, terminal
from tracer.console import ERR, OUT, Status
from tracer.errors import InvestigationError
from tracer.investigation.model import Chain, Investigation, Repository
from tracer.model import Pin, Trace
from tracer.options import pair
from tracer.report import formats
from tracer.report.lines import no_source
from tracer.report.text import plural, visible
from tracer.report.views import page
from tracer.source.clones import work_tree_of
from tracer.terminal import Screen


def init(
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="Where it is written.")] = Path("investigation.toml"),
    repository: Annotated[
        list[str] | None,
        typer.Option(
            "--repository", metavar="NAME=URL|PATH[@REV]", help="A repository, now at HEAD or REV; may be repeated."
        ),
    ] = None,
    program: Annotated[
        list[str] | None,
        typer.Option("--program", metavar="NAME=DIR", help="A main package of a repository; may be repeated."),
    ] = None,
    repo: Annotated[str | None, typer.Option("--repo", help="The repository that the chain starts in.")] = None,
    entry: Annotated[str | None, typer.Option("--entry", help="The symbol that it starts at.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The symbol that it ends at.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="The question that is asked.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a first investigation of your own repositories, with the claims that its chain proves; asks for what is not given."""
    from tracer.investigation.writer import write as write_investigation

    if file.exists() and not force:
        raise InvestigationError("the file is there already", where=str(file), hint="name another, or give --force")
    wanted = [pair(text, "--repository", "NAME=URL|PATH[@REV]") for text in repository or _asked_repositories()]
    status = Status()
    with status:
        found = {name: api.pinned(name, text) for name, text in wanted}
    sources = {name: local for name, (_, local) in found.items() if local is not None}
    options = api.Options(sources, progress=status.fetching)
    given = [pair(text, "--program", "NAME=DIR") for text in program or ()]
    repositories: list[Repository] = []
    for name, (pin, _) in found.items():
        directories = [api.main_directory(directory) for of, directory in given if of == name] or _asked_programs(
            pin, options
        )
        repositories.append(Repository(name, pin.url, pin.commit, programs=tuple(directories)))
    start = repo or (wanted[0][0] if len(wanted) == 1 else _ask("Which repository does the chain start in", "--repo"))
    entry = entry or _ask("Which symbol does it start at", "--entry")
    to = _ask("Which symbol shall it end at (none: every wire that is reached)", "--to", "") if to is None else to
    asked = f"How does {entry} come to {to}?" if to else f"Where does {entry} lead?"
    title = title or _ask("What is the question", "--title", asked)
    checked = Investigation("", title, {r.name: r for r in repositories}, (), ())
    if start not in checked.repositories:
        raise InvestigationError(
            f"there is no repository {start!r}", where="--repo", hint=", ".join(checked.repositories)
        )
    status = Status()
    with status:
        made, trace = api.begin(title, repositories, Chain("main", start, None, entry, to), options, status)
    formats.write(f"# Check it with: tracer check {file}\n{write_investigation(made)}", file)
    terminal.follow(Screen.of(OUT), trace, page(trace, no_source), None)
    for words in api.only_here(made):
        ERR.print(visible(words))
    OUT.print(f"written: {file} ({plural(len(made.claims), 'claim')})")
    raise typer.Exit(0 if trace.found else 1)


def write_saved(file: Path, session: api.Session, trace: Trace) -> None:
    """Writes what ``follow`` told as an investigation. Raises InvestigationError for a file that is there, and what ``api.saved`` raises."""
    from tracer.investigation.writer import write as write_investigation

    if file.exists():
        raise InvestigationError("the file is there already", where=str(file), hint="name another: --save FILE")
    made, told = api.saved(session, trace)
    check = _check(file, session, made)
    formats.write(f"# Check it with: {check}\n{write_investigation(made)}", file)
    for words in told:
        ERR.print(visible(words))
    ERR.print(f"written: {file} ({plural(len(made.claims), 'claim')}); to check it: {check}")


def _check(file: Path, session: api.Session, made: Investigation) -> str:
    """The command that checks an investigation, with the clones that it was made from; the one that one stands in is found by itself."""
    own = work_tree_of(Path.cwd())
    paths = {name: api.split_source(text)[0] for name, text in session.options.sources.items()}
    named = [f"{name}={path}" for name, path in paths.items() if name in made.repositories and path != own]
    return shlex.join(["tracer", "check", str(file), *(part for text in named for part in ("--source", text))])


def _ask(question: str, option: str, default: str | None = None) -> str:
    """The answer of whoever sits at the terminal; where nobody does, the default, or else the option is missing."""
    try:
        return str(typer.prompt(question, default=default, err=True)).strip()
    except typer.Abort as error:
        ERR.print()
        if default is not None:
            return default
        raise typer.BadParameter("missing, and nobody answers", param_hint=option) from error


def _asked_repositories() -> list[str]:
    out: list[str] = []
    while not out or typer.confirm("One more repository?", err=True, default=False):
        where = _ask("A repository (URL or path of a clone, @REV for other than HEAD)", "--repository")
        name = _ask(
            "Its name", "--repository", where.rstrip("/").rsplit("/", 1)[-1].partition("@")[0].removesuffix(".git")
        )
        out.append(f"{name}={where}")
    return out


def _asked_programs(pin: Pin, options: api.Options) -> list[str]:
    asked = Investigation("", "", {pin.repository: Repository(pin.repository, pin.url, pin.commit)}, (), ())
    with api.Session(asked, options) as session:
        found = api.programs(session, pin.repository)
    if len(found) == 1:
        return found
    listing = ", ".join(visible(directory or ".") for directory in found[:40])
    ERR.print(f"programs of {pin.repository}: {listing}{' …' if len(found) > 40 else ''}")
    answer = _ask(f"Which of them (separated by commas), for {pin.repository}", "--program")
    return [api.main_directory(part.strip()) for part in answer.split(",")]
