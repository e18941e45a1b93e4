"""The command line: arguments, progress, exit codes. The only printer, and the only catcher of TracerError."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from tracer import api
from tracer.diff import Comparison
from tracer.errors import TracerError
from tracer.investigation.model import Investigation, Repository, load
from tracer.model import Edge, EdgeKind, Explanation, Hop, PackageSummary, Symbol, Trace, Unresolved
from tracer.report import exports
from tracer.report.render import write_site
from tracer.report.text import visible

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
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (docs/json.md) instead of text.")]

_STYLES = {
    EdgeKind.CALL: "green",
    EdgeKind.INTERFACE: "cyan",
    EdgeKind.VALUE: "cyan",
    EdgeKind.RPC: "bold magenta",
    EdgeKind.EXEC: "bold magenta",
    EdgeKind.READ: "yellow",
}


@app.command()
def follow(
    entry: Entry,
    repo: Repo,
    to: Annotated[str | None, typer.Option("--to", help="Where the chain shall end.")] = None,
    via: Annotated[list[str] | None, typer.Option("--via", help="A symbol on the way; may be repeated.")] = None,
    program: Program = None,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="DIR", help="Write the report as a site.")] = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Follow a chain from SYMBOL to a target, over dispatch and wires; exits 0 when it is found, else 1."""
    with _session(investigation, source, offline, repo, program) as (session, status):
        trace = api.follow(session, entry, repo, to=to, via=via or (), program=program, progress=status)
        if html is not None:
            status("writing the report", 0)
            write_site([trace], session.read, html)
    if as_json:
        _print(exports.dumps(exports.to_json(trace)))
    else:
        _show(trace)
        if html is not None:
            _out.print(f"report: {html / 'index.html'}")
    raise typer.Exit(0 if trace.found else 1)


@app.command()
def diff(
    entry: Entry,
    repo: Repo,
    to: Annotated[str | None, typer.Option("--to", help="Where the chain shall end.")] = None,
    to_target: Annotated[str | None, typer.Option("--to-target", help="The target's name at the second pins.")] = None,
    to_commit: Annotated[str | None, typer.Option("--to-commit", help="The second commit of --repo.")] = None,
    to_source: Annotated[
        list[str] | None, typer.Option("--to-source", metavar="NAME=PATH[@REV]", help="A repository at its second pin.")
    ] = None,
    program: Program = None,
    as_json: AsJson = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Compare the chain from SYMBOL at two pins, hop by hop; exits 0 when it is found at both, else 1."""
    later = dict(_source(text) for text in source or ()) | dict(_source(text) for text in to_source or ())
    if to_commit is not None:
        if repo not in later:
            raise typer.BadParameter(f"needs a clone: --source {repo}=PATH", param_hint="--to-commit")
        later[repo] = f"{api.split_source(later[repo])[0]}@{to_commit}"
    second = [f"{name}={path}" for name, path in later.items()]
    with (
        _session(investigation, source, offline, repo, program) as (before, status),
        _session(investigation, second, offline, repo, program) as (after, _),
    ):
        found = api.diff(before, after, entry, repo, to=to, to_target=to_target, program=program, progress=status)
    if as_json:
        _print(exports.dumps(exports.comparison(found)))
    else:
        _comparison(found)
    raise typer.Exit(0 if found.before.found and found.after.found else 1)


@app.command()
def report(
    html: Annotated[Path, typer.Option("--html", metavar="DIR", help="Where the site goes.")] = Path("report"),
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Write the site of an investigation: all its chains."""
    with _session(investigation, source, offline) as (session, status):
        chains = session.investigation.chains
        traces = [api.follow(session, c.entry, c.repository, progress=status) for c in chains]
        write_site(traces, session.read, html)
    _out.print(f"report: {html / 'index.html'}")
    raise typer.Exit(0 if all(t.found for t in traces) else 1)


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
    if as_json:
        _print(exports.dumps([exports.symbol(s, {}) for s in found]))
    else:
        for s in found:
            _out.print(Text.assemble((f"{s.kind:7}", "dim"), visible(s.name), "  ", (str(s.position or "std"), "dim")))
    raise typer.Exit(0 if found else 1)


@app.command()
def callees(
    symbol: Entry,
    repo: Repo,
    program: Program = None,
    as_json: AsJson = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """List what SYMBOL calls and reads, and the calls that could not be decided."""
    with _session(investigation, source, offline, repo, program) as (session, _):
        subject, edges, failed = api.callees(session, symbol, repo, program)
    _list(subject, [*edges, *failed], as_json=as_json, forward=True)


@app.command()
def callers(
    symbol: Entry,
    repo: Repo,
    program: Program = None,
    as_json: AsJson = False,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """List what calls or reads SYMBOL, over wires as well."""
    with _session(investigation, source, offline, repo, program) as (session, _):
        subject, edges = api.callers(session, symbol, repo, program)
    _list(subject, [*edges], as_json=as_json, forward=False)


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
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Print every call edge of some packages, one JSON object a line, or with --summary their counts as a table."""
    if output != "jsonl":
        raise typer.BadParameter("the only format is jsonl", param_hint="--format")
    patterns = package or ["./..."]
    with _session(investigation, source, offline, repo, program) as (session, _):
        if summary:
            _summary(api.summary(session, repo, program, patterns))
            return
        for row in api.edges(session, repo, program, patterns):
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
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = "pause",
) -> None:
    """Tell how a call was resolved: the type of each part, the way of each target's value, why others are out."""
    with _session(investigation, source, offline, repo, program) as (session, _):
        if callee is None:
            found = api.explain(session, place, repo, program)
        else:
            found = api.explain_pair(session, place, callee, repo, program)
    if as_json:
        _print(exports.dumps([exports.explanation(x) for x in found]))
        return
    for explanation in found:
        _explanation(explanation)


# Sessions


@contextmanager
def _session(
    name: str, sources: list[str] | None, offline: bool, repo: str | None = None, program: str | None = None
) -> Generator[tuple[api.Session, _Status]]:
    status = _Status()
    given = dict(_source(text) for text in sources or ())
    investigation = _with_sources(load(name), given, repo, program)
    options = api.Options(given, offline, None, status.fetching)
    with status, api.Session(investigation, options) as session:
        yield session, status


def _source(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not separator or not name or not path:
        raise typer.BadParameter(f"{text!r} is not NAME=PATH[@REV]", param_hint="--source")
    return name, path


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
            self._progress = Progress(*columns, console=_err, transient=True)
            self._task = self._progress.add_task("reading sources", total=None)

    def __enter__(self) -> None:
        if self._progress is not None:
            self._progress.start()

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

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


def _show(trace: Trace) -> None:
    _out.print(Text(visible(trace.title), "bold"))
    for index, chain in enumerate(trace.chains):
        if len(trace.chains) > 1:
            _out.print(Text(f"\nwire {index + 1}: {visible(chain[-1].edge.wire)}", "bold"))
        _chain(chain)
    if not trace.found:
        goal = visible(trace.target.name) if trace.target else "any wire"
        _out.print(Text(f"no chain to {goal} was found. Where the search ended:", "bold red"))
    if not trace.found or trace.target is None:
        for stop in trace.stops[:40]:
            place = f" {stop.position}" if stop.position else ""
            _out.print(Text.assemble("  ", visible(stop.symbol.short), (place, "dim"), "  ", visible(stop.reason)))
        if len(trace.stops) > 40:
            _out.print(f"  … and {len(trace.stops) - 40} more (--json lists all)")


def _comparison(found: Comparison) -> None:
    for change in found.changes:
        symbol = change.after or change.before
        if symbol is None:
            continue
        place = str(symbol.position or "std")
        _out.print(Text.assemble((f"{change.status:9} ", "bold"), visible(symbol.short), "  ", (place, "dim")))
        for detail in change.details:
            _out.print(Text(f"          {visible(detail)}", "dim"))
    for trace, words in ((found.before, "first"), (found.after, "second")):
        if not trace.found:
            _out.print(Text(f"no chain was found at the {words} pins", "bold red"))


def _chain(chain: tuple[Hop, ...]) -> None:
    lane = ""
    for number, hop in enumerate(chain, 1):
        if hop.source.program != lane:
            lane = hop.source.program
            _out.print(Text(f"── {visible(lane)}", "bold blue"))
        if number == 1:
            _symbol("   ", hop.source)
        _hop(number, hop)
        if hop.target.program != lane:
            lane = hop.target.program
            _out.print(Text(f"══ wire {visible(hop.edge.wire)} ══> {visible(lane)}", "bold magenta"))
            _symbol("   ", hop.target)


def _symbol(indent: str, symbol: Symbol) -> None:
    _out.print(Text.assemble(indent, (visible(symbol.short), "bold"), "  ", (str(symbol.position or "std"), "dim")))


def _hop(number: int, hop: Hop) -> None:
    modifiers = "".join(f"{m.value} " for m in hop.edge.modifiers)
    value = f" = {hop.target.value}" if hop.target.value else ""
    style = _STYLES[hop.edge.kind]
    _out.print(
        Text.assemble(
            f"{number:2} ",
            (f"{modifiers}{hop.edge.kind.value:9} ", style),
            (visible(hop.target.short + value), "bold"),
            "  ",
            (str(hop.edge.site), "dim"),
            "  ",
            (f"[{hop.edge.rule}]", "dim"),
        )
    )
    for note in hop.notes:
        place = f"  {note.position}" if note.position else ""
        _out.print(Text.assemble("      ", (visible(note.note), "italic"), (place, "dim")))


def _list(subject: Symbol, rows: list[Edge | Unresolved], *, as_json: bool, forward: bool) -> None:
    if as_json:
        _print(exports.dumps({"symbol": exports.symbol(subject, {}), "edges": [exports.edge_row(r) for r in rows]}))
        return
    _symbol("", subject)
    for row in rows:
        if isinstance(row, Unresolved):
            words = f"{row.text}: {row.reason.value} ({row.detail})"
            _out.print(Text.assemble("  ", ("unresolved", "red"), " ", visible(words), "  ", (str(row.site), "dim")))
        else:
            other = row.callee if forward else row.caller
            kind = (f"{row.kind.value:10}", _STYLES[row.kind])
            _out.print(Text.assemble("  ", kind, " ", visible(other), "  ", (f"{row.site}  [{row.rule}]", "dim")))


def _summary(rows: list[PackageSummary]) -> None:
    kinds = sorted({kind for row in rows for kind in row.edges})
    reasons = sorted({reason for row in rows for reason in row.unresolved})
    table = Table("package", "calls", *kinds, "unresolved", box=None, header_style="bold", pad_edge=False)
    table.columns[0].overflow = "fold"
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        counts = [str(row.edges.get(kind, 0)) for kind in kinds]
        table.add_row(visible(row.directory), str(row.calls), *counts, str(sum(row.unresolved.values())))
    calls, failed = sum(row.calls for row in rows), sum(sum(row.unresolved.values()) for row in rows)
    totals = [str(sum(row.edges.get(kind, 0) for row in rows)) for kind in kinds]
    table.add_row("total", str(calls), *totals, str(failed), style="bold")
    _out.print(table)
    for reason in reasons:
        count = sum(row.unresolved.get(reason, 0) for row in rows)
        _out.print(f"{count} of {calls} calls: {reason}")


def _explanation(found: Explanation) -> None:
    _out.print(Text.assemble((visible(found.code), "bold"), "  ", (str(found.site), "dim")))
    _out.print(Text.assemble("  in ", visible(found.caller), f": a call of kind {found.kind}"))
    for part in found.parts:
        _out.print(Text.assemble("    ", (visible(part.note), "dim")))
    for edge in found.edges:
        style = _STYLES[edge.kind]
        _out.print(Text.assemble("  ", ("→ ", style), (visible(edge.callee), "bold"), (f"  [{edge.rule}]", "dim")))
        for note in edge.evidence:
            place = f"  {note.position}" if note.position else ""
            _out.print(Text.assemble("      ", (visible(note.note), "italic"), (place, "dim")))
    if found.unresolved is not None:
        words = f"{found.unresolved.reason.value} ({found.unresolved.detail})"
        _out.print(Text.assemble("  ", ("unresolved ", "red"), visible(words)))
    if found.bounded:
        _out.print(Text.assemble("  ", ("not all is known: ", "yellow"), visible(found.bounded)))
    for other in found.ruled_out:
        place = f"  {other.position}" if other.position else ""
        _out.print(Text(f"  ✗ {visible(other.symbol)}: {visible(other.reason)}{place}", "dim"))
    _out.print()


def main() -> None:
    """The entry point: errors become a message and an exit code."""
    # Trees and types live as long as the process does: looking for garbage among them took half of the time.
    gc.disable()
    try:
        app()
    except TracerError as error:
        _err.print(Text.assemble(("error: ", "bold red"), visible(str(error), newlines=True)))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
