"""The command line: arguments, progress, exit codes. The only printer, and the only catcher of TracerError."""

from __future__ import annotations

import gc
import os
import posixpath
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from tracer import api, terminal
from tracer.diff import Comparison
from tracer.errors import InvestigationError, TracerError
from tracer.golang.stdlib import archive as std
from tracer.investigation.model import ArtifactSource, Chain, Investigation, Repository
from tracer.investigation.reader import load
from tracer.investigation.writer import write as write_investigation
from tracer.model import Artifact, Check, Edge, Pin, Symbol, Unresolved, WireRow
from tracer.report import exports, formats
from tracer.report.artifact import artifacts_page
from tracer.report.changes import changes_page
from tracer.report.claims import claims_page
from tracer.report.lines import no_source
from tracer.report.links import Links
from tracer.report.render import Told, write_site
from tracer.report.serve import previewing
from tracer.report.snippets import CONTEXT
from tracer.report.text import visible
from tracer.report.views import page, tool_version
from tracer.report.wires import wires_page
from tracer.terminal import Screen

app = typer.Typer(
    help="Traces Go source across processes: every hop proven by types, or marked as what it is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
_err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

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

NOT_KNOWN = 4
"""The exit code of an answer that is empty for want of knowledge: code that is not among the sources, or reflection."""
_FORMATS = ", ".join(formats.FORMATS)


def _version(wanted: bool) -> None:
    if wanted:
        _print(f"tracer {tool_version()}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Follow Go source across functions, interfaces and processes, with a proof for every hop."""
    del version  # Its callback has answered by now.


@app.command()
def follow(
    entry: Entry,
    repo: Repo,
    to: Annotated[str | None, typer.Option("--to", help="Where the chain shall end.")] = None,
    via: Annotated[list[str] | None, typer.Option("--via", help="A symbol on the way; may be repeated.")] = None,
    program: Program = None,
    peer: Annotated[
        list[str] | None,
        typer.Option(
            "--peer", help="The repository or program to go to where several serve a method; may be repeated."
        ),
    ] = None,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="DIR", help="Write the report as a site.")] = None,
    export: Annotated[
        list[str] | None,
        typer.Option("--export", metavar="FORMAT=FILE", help=f"Also write {_FORMATS}; - prints it; may be repeated."),
    ] = None,
    code: Annotated[bool, typer.Option("--code", help="Show the source of each hop below it.")] = False,
    context: Annotated[
        int | None, typer.Option("--context", min=0, max=CONTEXT, help="With so many lines around it.  [default: 2]")
    ] = None,
    lang: Lang = "en",
    closed: Closed = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Follow a chain from SYMBOL to a target, over dispatch and wires; exits 0 when it is found, 4 when it may be there, else 1.

    Without a target: to every wire that is reached. Calls that may lead anywhere (err.Error()) are not followed then.
    """
    exporting = [_export(text) for text in export or ()]
    printed = ["json"] * as_json + [form for form, path in exporting if path is None]
    if len(printed) > 1:
        raise typer.BadParameter("only one of them can be printed; name files for the others", param_hint="--export")
    with _session(investigation, source, offline, repo, program, closed=closed) as (session, status):
        trace = api.follow(
            session, entry, repo, to=to, via=via or (), program=program, peers=peer or (), progress=status
        )
        if html is not None:
            told = api.told(session, trace, lang, status)
            status("writing the report", 0)
            # What the answers of the investigation speak of is told with them.
            images = session.investigation.artifacts if trace.answer or trace.questions else ()
            found = [api.artifact(session, asked) for asked in images]
            extras = [artifacts_page(found, tuple(api.pins(session).values()))] if found else []
            write_site([told], session.read, html, lang=lang, extras=extras)
        for form, path in exporting:
            if path is not None:
                api.write_export(session, trace, form, path)
        text = api.export(session, trace, printed[0]) if printed else ""
        shown = code or context is not None
        view = None if printed else page(trace, session.read if shown else no_source)
    if view is None:
        _print(text.removesuffix("\n"))
    else:
        around = 2 if context is None else context
        terminal.follow(Screen.of(_out), trace, view, around if shown else None)
        if html is not None:
            _out.print(f"report: {html / 'index.html'}")
        for form, path in exporting:
            _out.print(f"{form}: {path}")
    raise typer.Exit(0 if trace.found else NOT_KNOWN if trace.is_open else 1)


@app.command()
def report(
    html: Annotated[Path, typer.Option("--html", metavar="DIR", help="Where the site goes.")] = Path("report"),
    lang: Lang = "en",
    source: Sources = None,
    offline: Offline = False,
    investigation: Annotated[
        list[str] | None,
        typer.Option("--investigation", "-i", help="A TOML file, or the name of a built-in one; may be repeated."),
    ] = None,
    to_source: LaterSources = None,
    to_target: LaterTarget = None,
) -> None:
    """Write the site of one investigation or several: all their chains, with an index and a search.

    With --to-source it has a page of what changed in each chain from its pins to those.
    """
    told: list[Told] = []
    rows: list[WireRow] = []
    found: list[Comparison] = []
    checks: list[Check] = []
    images: list[Artifact] = []
    texts: dict[str, str] = {}
    with ExitStack() as stack:
        sessions: dict[str, api.Session] = {}
        for name in investigation or ["pause"]:
            session, status = stack.enter_context(_session(name, source, offline))
            told += [api.told(session, trace, lang, status) for trace in api.follow_all(session, status)]
            status("looking at the wires", 0)
            rows += api.wires(session)
            if to_source:
                after, _ = stack.enter_context(_session(name, [*(source or ()), *to_source], offline))
                chains = session.investigation.chains
                found += [
                    api.diff(session, after, c.entry, c.repository, to=c.target, to_target=to_target, progress=status)
                    for c in chains
                ]
            if session.investigation.claims:
                checks.append(api.check(session, status))
            images += [api.artifact(session, asked) for asked in session.investigation.artifacts]
            if lang in session.investigation.titles:
                texts[session.investigation.title] = session.investigation.titles[lang]
            texts |= {q.question: q.texts[lang][0] for q in session.investigation.questions if lang in q.texts}
            texts |= {claim: said[lang] for claim, said in session.investigation.claim_texts.items() if lang in said}
            sessions |= dict.fromkeys((std.REPOSITORY, *session.investigation.repositories), session)
        pins = {name: pin for session in sessions.values() for name, pin in api.pins(session).items()}
        extras = [changes_page(found)] if found else []
        extras += [claims_page(checks, tuple(pins.values()), texts)] if checks else []
        extras += [artifacts_page(images, tuple(pins.values()))] if images else []
        extras += [wires_page(rows, tuple(pins.values()))] if rows else []

        def read(repository: str, path: str) -> bytes:
            return sessions[repository].read(repository, path)

        write_site(told, read, html, lang=lang, extras=extras)
    _out.print(f"report: {html / 'index.html'}")
    raise typer.Exit(0 if all(one.trace.found for one in told) and all(one.holds for one in checks) else 1)


@app.command()
def check(
    investigation: Annotated[
        str, typer.Argument(metavar="[FILE]", help="A TOML file, or the name of a built-in investigation.")
    ] = "pause",
    as_json: AsJson = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Also write the verdicts as JUnit XML.")
    ] = None,
    source: Sources = None,
    offline: Offline = False,
) -> None:
    """Verify every claim of an investigation at its pins; exits 0 when all hold, else 1."""
    with _session(investigation, source, offline) as (session, status):
        found = api.check(session, status)
        pins = api.pins(session)
    if junit is not None:
        formats.write(formats.junit.render(found), junit)
    if as_json:
        _print(exports.dumps(exports.check(found, pins)))
    else:
        terminal.check(Screen.of(_out), found, Links(pins))
    raise typer.Exit(0 if found.holds else 1)


@app.command()
def serve(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A report's folder.")] = Path("report"),
    port: Annotated[int, typer.Option("--port", help="The port; 0 for any free one.", min=0, max=65535)] = 8000,
) -> None:
    """Show a report in the browser, on this machine only, until it is stopped with Ctrl-C."""
    with previewing(directory, port) as server:
        _out.print(f"http://{server.server_address[0]}:{server.server_address[1]}/  (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            _out.print("")


@app.command()
def sync(source: Sources = None, offline: Offline = False, investigation: Inquiry = "pause") -> None:
    """Fetch the pinned commits into the cache, and nothing else."""
    with _session(investigation, source, offline) as (session, _):
        for name, commit in api.sync(session):
            _out.print(f"{name} {commit}")


@app.command()
def find(
    symbol: Entry,
    repo: Repo,
    program: Program = None,
    as_json: AsJson = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """List what SYMBOL can mean; exits 1 when it means nothing."""
    with _session(investigation, source, offline, repo, program) as (session, _):
        found = api.find(session, symbol, repo, program)
        pins = api.pins(session)
    if as_json:
        _print(exports.dumps([exports.symbol(s, pins) for s in found]))
    else:
        terminal.symbols(Screen.of(_out), found, Links(pins))
    raise typer.Exit(0 if found else 1)


@app.command()
def callees(
    symbol: Entry,
    repo: Repo,
    program: Program = None,
    as_json: AsJson = False,
    closed: Closed = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """List what SYMBOL calls and reads, and the calls that could not be decided."""
    with _session(investigation, source, offline, repo, program, closed=closed) as (session, _):
        subject, edges, failed = api.callees(session, symbol, repo, program)
        pins = api.pins(session)
    _list(subject, [*edges, *failed], pins, as_json=as_json, forward=True)


@app.command()
def callers(
    symbol: Entry,
    repo: Repo,
    program: Program = None,
    as_json: AsJson = False,
    closed: Closed = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """List what calls or reads SYMBOL, over wires as well; exits 4 when none is known, and there may be some."""
    with _session(investigation, source, offline, repo, program, closed=closed) as (session, _):
        subject, edges, unknown = api.callers(session, symbol, repo, program)
        pins = api.pins(session)
    _list(subject, [*edges, *unknown], pins, as_json=as_json, forward=False)
    raise typer.Exit(NOT_KNOWN if not edges and any(row.is_open for row in unknown) else 0)


@app.command()
def edges(
    repo: Repo,
    program: Annotated[str, typer.Option("--program", help="The program: a main package's directory.")],
    package: Annotated[
        list[str] | None, typer.Option("--package", help="dir or dir/...; may be repeated.  [default: ./...]")
    ] = None,
    output: Annotated[str, typer.Option("--format", help="jsonl")] = "jsonl",
    summary: Annotated[
        bool, typer.Option("--summary", help="Count the edges and the unresolved calls of each package instead.")
    ] = False,
    closed: Closed = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Print every call edge of some packages, one JSON object a line, or with --summary their counts as a table."""
    if output != "jsonl":
        raise typer.BadParameter("the only format is jsonl", param_hint="--format")
    patterns = package or ["./..."]
    with _session(investigation, source, offline, repo, program, closed=closed) as (session, status):
        if summary:
            counts = api.summary(session, repo, program, patterns)
            status.stop()
            terminal.summary(Screen.of(_out), counts)
            return
        for row in api.edges(session, repo, program, patterns):
            status.stop()
            _print(exports.dumps_line(exports.edge_row(row)))


@app.command()
def explain(
    place: Annotated[
        str, typer.Argument(metavar="FILE:LINE|CALLER", help="Where the call is, or the calling function.")
    ],
    repo: Repo,
    callee: Annotated[
        str | None, typer.Argument(metavar="[CALLEE]", help="With CALLER: the function in question.")
    ] = None,
    program: Program = None,
    as_json: AsJson = False,
    closed: Closed = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Tell how a call was resolved: the type of each part, the way of each target's value, why others are out."""
    with _session(investigation, source, offline, repo, program, closed=closed) as (session, _):
        if callee is None:
            found = api.explain(session, place, repo, program)
        else:
            found = api.explain_pair(session, place, callee, repo, program)
        pins = api.pins(session)
    if as_json:
        _print(exports.dumps([exports.explanation(x) for x in found]))
        return
    for explanation in found:
        terminal.explanation(Screen.of(_out), explanation, Links(pins))


@app.command()
def wires(
    repo: Annotated[
        str | None, typer.Option("--repo", help="Only what a program of this repository sends or serves.")
    ] = None,
    summary: Annotated[
        bool,
        typer.Option("--summary", help="Count the methods of each service: sent, handled in generated code, served."),
    ] = False,
    as_json: AsJson = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """List every full method with what sends and what serves it; exits 1 where one end is missing."""
    with _session(investigation, source, offline, repo) as (session, _):
        rows = api.wires(session, repo)
    if as_json:
        _print(exports.dumps([exports.wire_row(row) for row in rows]))
    elif summary:
        terminal.wire_services(Screen.of(_out), rows)
    else:
        terminal.wires(Screen.of(_out), rows)
    raise typer.Exit(0 if all(row.whole for row in rows) else 1)


@app.command()
def constant(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A constant, a package variable, or Type.Field.")],
    repo: Annotated[str | None, typer.Option("--repo", help="Only in this repository.")] = None,
    program: Program = None,
    as_json: AsJson = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Tell what a constant ends up as: its value, who reads it, where it goes, what overrides it, the ways to it."""
    with _session(investigation, source, offline, repo, program) as (session, status):
        found = api.constant(session, name, repo, program=program, progress=status)
        pins = api.pins(session)
    if as_json:
        _print(exports.dumps(exports.constant(found, pins)))
    else:
        terminal.constant(Screen.of(_out), found, Links(pins))


@app.command()
def artifact(
    dockerfile: Annotated[str, typer.Argument(metavar="DOCKERFILE", help="Its path in the repository.")],
    repo: Repo,
    makefile: Annotated[
        str | None,
        typer.Option(
            "--makefile", metavar="FILE", help="The Makefile of what is copied into it; else the investigation's."
        ),
    ] = None,
    var: Annotated[
        list[str] | None, typer.Option("--var", metavar="NAME=VALUE", help="A variable of make, or a build argument.")
    ] = None,
    as_json: AsJson = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Follow an image: from its Dockerfile by way of the build rule to what its C program does."""
    variables = dict(_source(text, "--var", "NAME=VALUE") for text in var or ())
    path = posixpath.normpath(dockerfile)
    with _session(investigation, source, offline, repo) as (session, _):
        known = next(
            (a for a in session.investigation.artifacts if (a.repository, a.dockerfile) == (repo, path)),
            ArtifactSource(dockerfile, repo, path),
        )
        asked = replace(known, makefile=makefile or known.makefile, variables={**known.variables, **variables})
        found = api.artifact(session, asked)
        pins = api.pins(session)
    if as_json:
        _print(exports.dumps(exports.artifact(found, pins)))
    else:
        terminal.artifact(Screen.of(_out), found, Links(pins))


@app.command()
def diff(
    repo: Repo,
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
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Compare a chain at two pins, hop by hop; exits 0 when it is found at both, else 1."""
    asked = load(investigation)
    if to_commit is None and not to_source:
        raise typer.BadParameter("say what to compare with, by --to-commit or --to-source", param_hint="--to-commit")
    if entry is None:
        starts = [chain.entry for chain in asked.chains if chain.repository == repo]
        if len(starts) != 1:
            words = f"the investigation has {len(starts)} chains that start in {repo}: name the symbol"
            raise typer.BadParameter(words, param_hint="SYMBOL")
        entry = starts[0]
    later = dict(_source(text) for text in source or ()) | dict(_source(text) for text in to_source or ())
    pins: dict[str, str] = {}
    if to_commit is not None and repo in later:
        later[repo] = f"{api.split_source(later[repo])[0]}@{to_commit}"
    elif to_commit is not None and repo in asked.repositories:
        pins[repo] = api.pinned(repo, f"{asked.repositories[repo].url}@{to_commit}")[0].commit
    second = [f"{name}={path}" for name, path in later.items()]
    with (
        _session(investigation, source, offline, repo, program) as (before, status),
        _session(investigation, second, offline, repo, program, pins) as (after, _),
    ):
        found = api.diff(
            before, after, entry, repo, to=to, to_target=to_target, via=via or (), program=program, progress=status
        )
        if html is not None:
            write_site([], before.read, html, lang=lang, extras=[changes_page([found], "index")])
    if as_json:
        _print(exports.dumps(exports.comparison(found)))
    else:
        terminal.comparison(Screen.of(_out), found)
        if html is not None:
            _out.print(f"report: {html / 'index.html'}")
    raise typer.Exit(0 if found.before.found and found.after.found else 1)


@app.command()
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
    if file.exists() and not force:
        raise InvestigationError("the file is there already", where=str(file), hint="name another, or give --force")
    wanted = [_source(text, "--repository", "NAME=URL|PATH[@REV]") for text in repository or _asked_repositories()]
    status = _Status()
    with status:
        found = {name: api.pinned(name, text) for name, text in wanted}
    sources = {name: local for name, (_, local) in found.items() if local is not None}
    options = api.Options(sources, progress=status.fetching)
    given = [_source(text, "--program", "NAME=DIR") for text in program or ()]
    repositories: list[Repository] = []
    for name, (pin, _) in found.items():
        directories = [api.main_directory(directory) for of, directory in given if of == name] or _asked_programs(
            pin, options
        )
        repositories.append(Repository(name, pin.url, pin.commit, programs=tuple(directories)))
    start = repo or (wanted[0][0] if len(wanted) == 1 else _ask("Which repository does the chain start in", "--repo"))
    entry = entry or _ask("Which symbol does it start at", "--entry")
    to = to or _ask("Which symbol shall it end at", "--to")
    title = title or _ask("What is the question", "--title", f"How does {entry} come to {to}?")
    checked = Investigation("", title, {r.name: r for r in repositories}, (), ())
    if start not in checked.repositories:
        raise InvestigationError(
            f"there is no repository {start!r}", where="--repo", hint=", ".join(checked.repositories)
        )
    status = _Status()
    with status:
        made, trace = api.begin(title, repositories, Chain("main", start, None, entry, to), options, status)
    formats.write(f"# Check it with: tracer check {file}\n{write_investigation(made)}", file)
    terminal.follow(Screen.of(_out), trace, page(trace, no_source), None)
    _out.print(f"written: {file} ({len(made.claims)} claims)")
    raise typer.Exit(0 if trace.found else 1)


def _ask(question: str, option: str, default: str | None = None) -> str:
    """The answer of whoever sits at the terminal; where nobody does, the default, or else the option is missing."""
    try:
        return str(typer.prompt(question, default=default, err=True)).strip()
    except typer.Abort as error:
        _err.print()
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
    _err.print(f"programs of {pin.repository}: {listing}{' …' if len(found) > 40 else ''}")
    answer = _ask(f"Which of them (separated by commas), for {pin.repository}", "--program")
    return [api.main_directory(part.strip()) for part in answer.split(",")]


# Sessions


@contextmanager
def _session(
    name: str,
    sources: list[str] | None,
    offline: bool,
    repo: str | None = None,
    program: str | None = None,
    pins: Mapping[str, str] | None = None,
    *,
    closed: bool = False,
) -> Generator[tuple[api.Session, _Status]]:
    """A session of an investigation; ``pins`` are other commits than its own."""
    status = _Status()
    given = dict(_source(text) for text in sources or ())
    investigation = _with_sources(load(name), given, repo, program)
    moved = {of: replace(investigation.repositories[of], commit=commit) for of, commit in (pins or {}).items()}
    investigation = replace(investigation, repositories={**investigation.repositories, **moved})
    options = api.Options(given, offline, None, status.fetching, closed)
    with status, api.Session(investigation, options) as session:
        yield session, status


def _source(text: str, option: str = "--source", form: str = "NAME=PATH[@REV]") -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not separator or not name or not path:
        raise typer.BadParameter(f"{text!r} is not {form}", param_hint=option)
    return name, path


def _export(text: str) -> tuple[str, Path | None]:
    """A format and the file it goes to, None for the output."""
    form, separator, path = text.partition("=")
    if not separator or not path or form not in formats.FORMATS:
        raise typer.BadParameter(f"{text!r} is not FORMAT=FILE; formats: {_FORMATS}", param_hint="--export")
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


class _Status:
    """Progress on a terminal; silence elsewhere."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        if _err.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=20))
            # It must not take hold of stdout: what is printed there may go to a file, and would land here.
            self._progress = Progress(
                *columns, console=_err, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._task = self._progress.add_task("reading sources", total=None)

    def __enter__(self) -> None:
        if self._progress is not None:
            self._progress.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Takes the progress away, since what is looked for is about to be printed."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def __call__(self, name: str, count: int) -> None:
        if self._progress is not None:
            words = f"{count} functions · {visible(name.rsplit('/', 1)[-1])}" if count else name
            self._progress.update(self._task, description=words)

    def fetching(self, words: str, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress.update(self._task, description=visible(words), completed=done, total=total or None)


# Printing


def _print(text: str) -> None:
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")


def _list(
    subject: Symbol, rows: list[Edge | Unresolved], pins: Mapping[str, Pin], *, as_json: bool, forward: bool
) -> None:
    if as_json:
        _print(exports.dumps({"symbol": exports.symbol(subject, pins), "edges": [exports.edge_row(r) for r in rows]}))
    else:
        terminal.edges(Screen.of(_out), subject, rows, Links(pins), forward=forward)


def main() -> None:
    """The entry point: errors become a message and an exit code."""
    # Trees and types live as long as the process does: looking for garbage among them took half of the time, and Python
    # looks for it at its end even where it is told not to, which took as long again.
    gc.disable()
    code = run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        code = 0
    os._exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs a command, of this process's arguments or others; the code to end with."""
    try:
        app(arguments)
    except TracerError as error:
        _err.print(Text.assemble(("error: ", "bold red"), visible(str(error), newlines=True)))
        return error.exit_code
    except BrokenPipeError:
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
