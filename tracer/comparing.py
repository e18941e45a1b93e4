"""The command that compares a chain at two pins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracer import api, listing
from tracer.console import OUT, print_line
from tracer.investigation.model import Investigation
from tracer.options import (
    AsJson,
    Inquiry,
    Lang,
    LaterSources,
    LaterTarget,
    Offline,
    Program,
    Repo,
    Rev,
    Sources,
    asked_by,
    opened,
    pair,
    repository_of,
    tell_way,
)
from tracer.report import exports
from tracer.screen import Screen


def diff(
    repo: Repo = None,
    entry: Annotated[
        str | None,
        typer.Argument(metavar="[SYMBOL]", help="Where the chain starts.  [default: the investigation's chain]"),
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="Where the chain shall end.")] = None,
    to_target: LaterTarget = None,
    via: Annotated[list[str] | None, typer.Option("--via", help="A symbol on the way; may be repeated.")] = None,
    to_commit: Annotated[
        str | None,
        typer.Option("--to-commit", metavar="REV", help="The second commit of --repo: a SHA, tag or branch."),
    ] = None,
    to_source: LaterSources = None,
    program: Program = None,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="DIR", help="Write the comparison as a site.")] = None,
    lang: Lang = "en",
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """Compare a chain at two pins, hop by hop; exits 0 when it is found at both, else 1."""
    asking_about = asked_by(investigation, source, repo, rev)
    asked, repo = asking_about.investigation, repository_of(asking_about)
    if to_commit is None and not to_source:
        raise typer.BadParameter("say what to compare with, by --to-commit or --to-source", param_hint="--to-commit")
    entry = entry or _entry(asked, repo)
    later = dict(pair(text) for text in source or ()) | dict(pair(text) for text in to_source or ())
    pins: dict[str, str] = {}
    if to_commit is not None and repo in later:
        later[repo] = f"{api.split_source(later[repo])[0]}@{to_commit}"
    elif to_commit is not None and repo in asked.repositories:
        pins[repo] = api.pinned(repo, f"{asked.repositories[repo].url}@{to_commit}")[0].commit
    second = [f"{name}={path}" for name, path in later.items()]
    with (
        opened(investigation, source, offline, repo, program, rev=rev) as (before, status),
        opened(investigation, second, offline, repo, program, pins) as (after, _),
    ):
        found = api.diff(
            before, after, entry, repo, to=to, to_target=to_target, via=via or (), program=program, progress=status
        )
        tell_way(found.before, entry, to)
        if html is not None:
            from tracer.report.changes import changes_page
            from tracer.report.render import write_site

            write_site([], before.read, html, lang=lang, extras=[changes_page([found], "index")])
    if as_json:
        print_line(exports.dumps(exports.comparison(found)))
    else:
        listing.comparison(Screen.of(OUT), found)
        if html is not None:
            OUT.print(f"report: {html / 'index.html'}")
    raise typer.Exit(0 if found.before.found and found.after.found else 1)


def _entry(asked: Investigation, repository: str) -> str:
    """Where the only chain starts of those that start in a repository."""
    starts = [chain.entry for chain in asked.chains if chain.repository == repository]
    if len(starts) != 1:
        words = f"the investigation has {len(starts)} chains that start in {repository}: name the symbol"
        raise typer.BadParameter(words, param_hint="SYMBOL")
    return starts[0]
