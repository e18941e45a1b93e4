"""The command line: arguments, progress, exit codes. The only printer, and the only catcher of TracerError.

What makes sites is imported where one is wanted, since all commands wait for what stands at the top.
"""

from __future__ import annotations

import gc
import os
import posixpath
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from tracer import api, listing
from tracer.beginning import init
from tracer.comparing import diff
from tracer.console import ERR, OUT, TYPED, failed, prepare, print_line, remedies
from tracer.errors import TracerError
from tracer.following import follow, reach, system
from tracer.investigation.model import ArtifactSource
from tracer.model import Edge, MissingModule, Pin, Symbol, Unresolved, UpTo
from tracer.options import (
    NOT_KNOWN,
    AsJson,
    Closed,
    Entry,
    Inquiry,
    Lang,
    LaterSources,
    LaterTarget,
    Offline,
    Program,
    Repo,
    Rev,
    RevOf,
    Sources,
    Tests,
    asked_by,
    asking,
    default_investigation,
    opened,
    opening,
    pair,
    repository_of,
)
from tracer.report import exports, formats
from tracer.report.links import Links
from tracer.report.text import visible
from tracer.report.views import tool_version
from tracer.screen import Screen

app = typer.Typer(
    help="Traces Go source across processes: every hop proven by types, or marked as what it is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print_line(f"tracer {tool_version()}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Follow Go source across functions, interfaces and processes, with a proof for every hop."""
    del version  # Its callback has answered by now.


app.command()(follow)
app.command()(reach)
app.command("map")(system)


@app.command()
def report(
    html: Annotated[Path, typer.Option("--html", metavar="DIR", help="Where the site goes.")] = Path("report"),
    lang: Lang = "en",
    repo: RevOf = None,
    rev: Rev = None,
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
    from tracer import site

    holds = site.of_investigations(
        html, investigation or [default_investigation()], lang, source, offline, to_source, to_target, repo, rev
    )
    OUT.print(f"report: {html / 'index.html'}")
    raise typer.Exit(0 if holds else 1)


@app.command()
def check(
    investigation: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A TOML file, or the name of a built-in investigation.")
    ] = None,
    as_json: AsJson = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Also write the verdicts as JUnit XML.")
    ] = None,
    repo: RevOf = None,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
) -> None:
    """Verify every claim of an investigation at its pins, or at --rev of one; exits 0 when all hold, else 1."""
    with opened(investigation or default_investigation(), source, offline, repo, rev=rev) as (session, status):
        found = api.check(session, status)
        pins = api.pins(session)
    if junit is not None:
        from tracer.report.formats.junit import render

        formats.write(render(found), junit)
    if as_json:
        print_line(exports.dumps(exports.check(found, pins)))
    else:
        listing.check(Screen.of(OUT), found, Links(pins))
    raise typer.Exit(0 if found.holds else 1)


@app.command()
def serve(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A report's folder.")] = Path("report"),
    port: Annotated[int, typer.Option("--port", help="The port; 0 for any free one.", min=0, max=65535)] = 8000,
) -> None:
    """Show a report in the browser, on this machine only, until it is stopped with Ctrl-C."""
    from tracer.report.serve import previewing

    with previewing(directory, port) as server:
        OUT.print(f"http://{server.server_address[0]}:{server.server_address[1]}/  (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            OUT.print("")


@app.command()
def sync(
    modules: Annotated[
        bool, typer.Option("--modules", help="Fetch the modules that the programs need as well.")
    ] = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """Fetch the pinned commits into the cache, with --modules what their programs are built from, and nothing else."""
    with opened(investigation, source, offline, rev=rev) as (session, _):
        for name, commit in api.sync(session):
            OUT.print(f"{name} {commit}")
        fetched = api.sync_modules(session) if modules else 0
        lacking = session.missing()
    if modules:
        OUT.print(f"{fetched} modules")
        listing.missing(Screen.of(OUT), lacking)
    raise typer.Exit(1 if any(row.packages for row in lacking) else 0)


@app.command()
def find(
    symbol: Entry,
    repo: Repo = None,
    program: Program = None,
    tests: Tests = False,
    as_json: AsJson = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """List what SYMBOL can mean; exits 1 when it means nothing."""
    with asking(investigation, source, offline, repo, program, symbol, lists=True, rev=rev, tests=tests) as (
        session,
        _,
        repo,
        program,
    ):
        found = api.find(session, symbol, repo, program)
        pins = api.pins(session)
    if as_json:
        print_line(exports.dumps([exports.symbol(s, pins) for s in found]))
    else:
        listing.symbols(Screen.of(OUT), found, Links(pins))
    raise typer.Exit(0 if found else 1)


@app.command()
def callees(
    symbol: Entry,
    repo: Repo = None,
    program: Program = None,
    tests: Tests = False,
    as_json: AsJson = False,
    closed: Closed = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """List what SYMBOL calls and reads, and the calls that could not be decided."""
    with asking(investigation, source, offline, repo, program, symbol, closed=closed, rev=rev, tests=tests) as (
        session,
        _,
        repo,
        program,
    ):
        subject, edges, failed = api.callees(session, symbol, repo, program)
        pins, lacking = api.pins(session), session.missing()
    _list(subject, [*edges, *failed], pins, lacking, as_json=as_json, forward=True)


@app.command()
def callers(
    symbol: Entry,
    repo: Repo = None,
    program: Program = None,
    tests: Tests = False,
    transitive: Annotated[
        bool, typer.Option("--transitive", help="Not only what calls it: where the chains begin that lead to it.")
    ] = False,
    up_to: Annotated[
        UpTo,
        typer.Option(
            "--up-to", help="With --transitive: back to what serves a wire, where a program begins, or either."
        ),
    ] = UpTo.ENTRIES,
    as_json: AsJson = False,
    closed: Closed = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """List what calls or reads SYMBOL, over wires as well; exits 4 when none is known, and there may be some.

    With --transitive where the chains begin that lead to it, each with the nearest of them, which `follow BEGINNING --to SYMBOL` shows.
    """
    with asking(investigation, source, offline, repo, program, symbol, closed=closed, rev=rev, tests=tests) as (
        session,
        status,
        repo,
        program,
    ):
        if transitive:
            found = api.beginnings(session, symbol, repo, program, up_to, status)
            pins, lacking = api.pins(session), session.missing()
            if as_json:
                print_line(exports.dumps(exports.beginnings(found, pins)))
            else:
                listing.beginnings(Screen.of(OUT), found, Links(pins))
            listing.missing(Screen.of(ERR if as_json else OUT), lacking)
            raise typer.Exit(0 if found.chains else NOT_KNOWN if found.is_open else 1)
        subject, edges, unknown = api.callers(session, symbol, repo, program)
        pins, lacking = api.pins(session), session.missing()
    _list(subject, [*edges, *unknown], pins, lacking, as_json=as_json, forward=False)
    raise typer.Exit(NOT_KNOWN if not edges and any(row.is_open for row in unknown) else 0)


@app.command()
def edges(
    repo: Repo = None,
    program: Program = None,
    tests: Tests = False,
    package: Annotated[
        list[str] | None, typer.Option("--package", help="dir or dir/...; may be repeated.  [default: ./...]")
    ] = None,
    output: Annotated[str, typer.Option("--format", help="jsonl")] = "jsonl",
    summary: Annotated[
        bool, typer.Option("--summary", help="Count the edges and the unresolved calls of each package instead.")
    ] = False,
    all_code: Annotated[
        bool, typer.Option("--all-code", help="Count code that does not run as well, as x/tools' vta does.")
    ] = False,
    closed: Closed = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """Print every call edge of some packages' code that runs, one JSON object a line, or with --summary their counts."""
    if output != "jsonl":
        raise typer.BadParameter("the only format is jsonl", param_hint="--format")
    patterns = package or ["./..."]
    with asking(
        investigation, source, offline, repo, program, None, closed=closed, single=True, rev=rev, tests=tests
    ) as (
        session,
        status,
        repo,
        program,
    ):
        assert program is not None
        if summary:
            counts = api.summary(session, repo, program, patterns, all_code=all_code)
            status.stop()
            listing.summary(Screen.of(OUT), counts)
        else:
            for line in api.edge_lines(session, repo, program, patterns, all_code=all_code):
                status.stop()
                print_line(line)
        idle = 0 if all_code else api.left_out(session, repo, program, patterns)
        if idle:
            ERR.print(f"{idle} functions that do not run are left out; --all-code prints them as well")


@app.command()
def explain(
    place: Annotated[
        str, typer.Argument(metavar="FILE:LINE|CALLER", help="Where the call is, or the calling function.")
    ],
    repo: Repo = None,
    callee: Annotated[
        str | None, typer.Argument(metavar="[CALLEE]", help="With CALLER: the function in question.")
    ] = None,
    program: Program = None,
    tests: Tests = False,
    as_json: AsJson = False,
    closed: Closed = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """Tell how a call was resolved: the type of each part, the way of each target's value, why others are out."""
    with asking(investigation, source, offline, repo, program, place, closed=closed, rev=rev, tests=tests) as (
        session,
        _,
        repo,
        program,
    ):
        if callee is None:
            found = api.explain(session, place, repo, program)
        else:
            found = api.explain_pair(session, place, callee, repo, program)
        pins = api.pins(session)
    if as_json:
        print_line(exports.dumps([exports.explanation(x) for x in found]))
        return
    for explanation in found:
        listing.explanation(Screen.of(OUT), explanation, Links(pins))


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
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """List every full method with what sends and what serves it; exits 1 where one end is missing, or nothing can be seen."""
    with opened(investigation, source, offline, repo, rev=rev) as (session, _):
        rows, lacking = api.wires(session, repo), session.missing()
    if as_json:
        print_line(exports.dumps([exports.wire_row(row) for row in rows]))
    elif summary:
        listing.wire_services(Screen.of(OUT), rows)
    else:
        listing.wires(Screen.of(OUT), rows)
    listing.missing(Screen.of(ERR if as_json else OUT), lacking)
    raise typer.Exit(0 if all(row.whole for row in rows) and (rows or not any(row.packages for row in lacking)) else 1)


@app.command()
def constant(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A constant, a package variable, or Type.Field.")],
    repo: Annotated[str | None, typer.Option("--repo", help="Only in this repository.")] = None,
    program: Program = None,
    tests: Tests = False,
    as_json: AsJson = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """Tell what a constant ends up as: its value, who reads it, where it goes, what overrides it, the ways to it."""
    asked_about = asked_by(investigation, source, repo, rev)
    with ExitStack() as stack:
        if repo is None and not tests and asked_about.repository not in asked_about.open_ended:
            # Of an investigation it may be any repository's.
            session, status = stack.enter_context(opened(investigation, source, offline, repo, program, rev=rev))
        else:
            asked = asking(investigation, source, offline, repo, program, name, of_values=True, rev=rev, tests=tests)
            session, status, repo, program = stack.enter_context(asked)
        found = api.constant(session, name, repo, program=program, progress=status)
        pins = api.pins(session)
    if as_json:
        print_line(exports.dumps(exports.constant(found, pins)))
    else:
        listing.constant(Screen.of(OUT), found, Links(pins))


@app.command()
def artifact(
    dockerfile: Annotated[str, typer.Argument(metavar="DOCKERFILE", help="Its path in the repository.")],
    repo: Repo = None,
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
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """Follow an image: from its Dockerfile by way of the build rule to what its C program does."""
    variables = dict(pair(text, "--var", "NAME=VALUE") for text in var or ())
    path = posixpath.normpath(dockerfile)
    asked_about = asked_by(investigation, source, repo, rev)
    repo = repository_of(asked_about)
    with opening(asked_about, offline) as (session, _):
        known = next(
            (a for a in session.investigation.artifacts if (a.repository, a.dockerfile) == (repo, path)),
            ArtifactSource(dockerfile, repo, path),
        )
        asked = replace(known, makefile=makefile or known.makefile, variables={**known.variables, **variables})
        found = api.artifact(session, asked)
        pins = api.pins(session)
    if as_json:
        print_line(exports.dumps(exports.artifact(found, pins)))
    else:
        listing.artifact(Screen.of(OUT), found, Links(pins))


app.command()(diff)
app.command()(init)


def _list(
    subject: Symbol,
    rows: list[Edge | Unresolved],
    pins: Mapping[str, Pin],
    lacking: Sequence[MissingModule],
    *,
    as_json: bool,
    forward: bool,
) -> None:
    if as_json:
        print_line(
            exports.dumps({"symbol": exports.symbol(subject, pins), "edges": [exports.edge_row(r) for r in rows]})
        )
    else:
        listing.edges(Screen.of(OUT), subject, rows, Links(pins), forward=forward)
    listing.missing(Screen.of(ERR if as_json else OUT), lacking)


def main() -> None:
    """The entry point: errors become a message and an exit code."""
    # Trees and types live as long as the process does: looking for garbage among them took half of the time, and Python
    # looks for it at its end even where it is told not to, which took as long again.
    gc.disable()
    prepare()
    code = run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        code = 0
    except OSError as error:
        code = failed(error)
    os._exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs a command, of this process's arguments or others; the code to end with."""
    TYPED.set(tuple(sys.argv[1:] if arguments is None else arguments))
    try:
        app(arguments)
    except TracerError as error:
        ERR.print(Text.assemble(("error: ", "bold red"), visible(error.text, newlines=True)))
        for line in remedies(error.remedies):
            ERR.print(line)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:  # noqa: BLE001  # the one place for what nobody foresaw: it must not look like an answer
        return failed(error)
    return 0
