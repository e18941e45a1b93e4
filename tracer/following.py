"""The commands that tell chains: to a target, or to all wires."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tracer import api, listing, terminal
from tracer.beginning import write_saved
from tracer.console import ERR, OUT, Status, print_line
from tracer.model import EdgeKind, Trace, Wanted, is_full_method
from tracer.options import (
    FORMATS,
    NOT_KNOWN,
    AsJson,
    Closed,
    Entry,
    Inquiry,
    Lang,
    Offline,
    Program,
    Repo,
    Rev,
    Sources,
    Tests,
    asking,
    exporting,
    opened,
    tell_way,
)
from tracer.report import exports
from tracer.report.lines import no_source
from tracer.report.links import Links
from tracer.report.snippets import CONTEXT
from tracer.report.text import plural
from tracer.report.views import page
from tracer.screen import Screen


class WireKind(StrEnum):
    """What people ask for by ``--kind``."""

    RPC = EdgeKind.RPC.value
    EXEC = EdgeKind.EXEC.value


Kinds = Annotated[
    list[WireKind] | None, typer.Option("--kind", help="Without a target: only wires of this kind; may be repeated.")
]
Depth = Annotated[
    int | None, typer.Option("--depth", min=1, help="Without a target: only by chains of at most so many hops.")
]
Across = Annotated[
    int,
    typer.Option("--across", min=0, help="Without a target: go on in what serves a wire, over so many of them."),
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="SYMBOL|/SERVICE/*", help="Where the chain shall end, or the wires to tell."),
]
Via = Annotated[list[str] | None, typer.Option("--via", help="A symbol on the way; may be repeated.")]
Peer = Annotated[
    list[str] | None, typer.Option("--peer", help="The repository or program to go to of several; may be repeated.")
]
Html = Annotated[Path | None, typer.Option("--html", metavar="DIR", help="Write the report as a site.")]
Export = Annotated[
    list[str] | None,
    typer.Option("--export", metavar="FORMAT=FILE", help=f"Also write {FORMATS}; - prints it; may be repeated."),
]
Save = Annotated[
    Path | None,
    typer.Option("--save", metavar="FILE", help="Write an investigation of its chains, with their claims."),
]
Code = Annotated[bool, typer.Option("--code", help="Show the source of each hop below it.")]
Lines = Annotated[
    int | None, typer.Option("--context", min=0, max=CONTEXT, help="With so many lines around it.  [default: 2]")
]
_EVERYWHERE = 99
"""Over how many wires one request is followed at most: each server is gone on from once."""
_WIRES_ALONE = (
    "--kind, --depth and --across ask for wires: leave --to and --via out, or name methods: --to '/SERVICE/*'"
)


def follow(
    entry: Entry,
    repo: Repo = None,
    to: To = None,
    via: Via = None,
    program: Program = None,
    tests: Tests = False,
    peer: Peer = None,
    kind: Kinds = None,
    depth: Depth = None,
    across: Across = 0,
    as_json: AsJson = False,
    html: Html = None,
    export: Export = None,
    save: Save = None,
    code: Code = False,
    context: Lines = None,
    lang: Lang = "en",
    closed: Closed = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """Follow a chain from SYMBOL to a target, over dispatch and wires; exits 0 when it is found, 4 when it may be there, else 1.

    Without a target: to every wire that is reached. Calls that may lead anywhere (err.Error()) are not followed then.
    """
    to, wanted = _wanted(to, via, kind, depth, across)
    exports_to = [exporting(text) for text in export or ()]
    printed = _printed(exports_to, as_json=as_json)
    asked = asking(investigation, source, offline, repo, program, entry, closed=closed, rev=rev, tests=tests, toward=to)
    with asked as (session, status, repo, program):
        trace = api.follow(
            session,
            entry,
            repo,
            to=to,
            via=via or (),
            program=program,
            peers=peer or (),
            wanted=wanted,
            progress=status,
        )
        tell_way(trace, entry, to)
        files = [(form, path) for form, path in exports_to if path is not None]
        _write(session, status, trace, html, lang, files, save)
        text = api.export(session, trace, printed[0]) if printed else ""
        shown = code or context is not None
        view, lacking = None if printed else page(trace, session.read if shown else no_source), session.missing()
    if view is None:
        print_line(text.removesuffix("\n"))
    else:
        terminal.follow(Screen.of(OUT), trace, view, (2 if context is None else context) if shown else None)
        _tell_files(html, files)
    listing.missing(Screen.of(OUT if view is not None else ERR), lacking)
    raise typer.Exit(0 if trace.found else NOT_KNOWN if trace.is_open else 1)


def reach(
    entry: Annotated[
        str | None, typer.Argument(metavar="[SYMBOL]", help="A symbol: any unambiguous suffix of its full name.")
    ] = None,
    from_wire: Annotated[
        str | None, typer.Option("--from-wire", metavar="/SERVICE/METHOD", help="From what serves this instead.")
    ] = None,
    repo: Repo = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="/SERVICE/*", help="Only methods that fit; may be repeated."),
    ] = None,
    program: Program = None,
    tests: Tests = False,
    kind: Kinds = None,
    depth: Depth = None,
    across: Across = 0,
    as_json: AsJson = False,
    closed: Closed = False,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """List every wire that SYMBOL reaches, by its nearest chain, which ``follow`` shows; exits as that does."""
    entry = _one_of(entry, from_wire)
    wanted = _wires(tuple(to or ()), kind, depth, across)
    asked = asking(investigation, source, offline, repo, program, entry, closed=closed, rev=rev, tests=tests)
    with asked as (session, status, repo, program):
        trace = api.follow(session, entry, repo, program=program, wanted=wanted, progress=status)
        view, lacking = page(trace, no_source), session.missing()
    if as_json:
        print_line(exports.dumps(exports.reached(trace)))
    else:
        terminal.reached(Screen.of(OUT), trace, view)
    listing.missing(Screen.of(ERR if as_json else OUT), lacking)
    raise typer.Exit(0 if trace.found else NOT_KNOWN if trace.is_open else 1)


class MapFormat(StrEnum):
    """How a map is printed."""

    TABLE = "table"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


def system(
    entry: Annotated[
        str | None, typer.Option("--from", metavar="SYMBOL", help="Only what this leads to: one request.")
    ] = None,
    libraries: Annotated[
        bool, typer.Option("--libraries", help="Also what libraries alone send to what is none of the programs here.")
    ] = False,
    form: Annotated[MapFormat, typer.Option("--format", help="How it is printed.")] = MapFormat.TABLE,
    repo: Repo = None,
    program: Program = None,
    rev: Rev = None,
    source: Sources = None,
    offline: Offline = False,
    investigation: Inquiry = None,
) -> None:
    """Show what the programs send to each other in code that runs, what none of them answers, and the stores that they use."""
    if entry is None:
        with opened(investigation, source, offline, repo, program, rev=rev) as (session, status):
            found, pins, lacking = api.system_map(session, status), api.pins(session), session.missing()
    else:
        with asking(investigation, source, offline, repo, program, entry, rev=rev) as (session, status, repo, program):
            wanted = Wanted(across=_EVERYWHERE)
            found = api.map_of(api.follow(session, entry, repo, program=program, wanted=wanted, progress=status))
            pins, lacking = api.pins(session), session.missing()
    whole, found = found, found if libraries else found.without_libraries()
    if form is MapFormat.TABLE:
        listing.system(Screen.of(OUT), found, Links(pins))
    elif form is MapFormat.JSON:
        print_line(exports.dumps(exports.system(found, pins)))
    else:
        from tracer.report import maps

        print_line((maps.mermaid if form is MapFormat.MERMAID else maps.dot)(found).removesuffix("\n"))
    left = len(whole.between) - len(found.between)
    if left:
        ERR.print(f"left out, as libraries alone ask for it: {plural(left, 'service')}; --libraries tells all")
    listing.missing(Screen.of(OUT if form is MapFormat.TABLE else ERR), lacking)
    raise typer.Exit(0 if whole.between or whole.keeps else NOT_KNOWN if lacking else 1)


def _one_of(entry: str | None, from_wire: str | None) -> str:
    """Where it begins, by the one of two ways in which that is said."""
    if from_wire is not None and not is_full_method(from_wire):
        raise typer.BadParameter(f"{from_wire!r} is not /SERVICE/METHOD", param_hint="--from-wire")
    begin = entry or from_wire
    if begin is None or (entry and from_wire):
        raise typer.BadParameter("say where it begins: a symbol, or a method with --from-wire", param_hint="SYMBOL")
    return begin


def _wanted(
    to: str | None, via: list[str] | None, kinds: list[WireKind] | None, depth: int | None, across: int
) -> tuple[str | None, Wanted]:
    """The target that is asked for, if it is a symbol, and the wires."""
    is_wire = to is not None and (to.startswith("/") or to.endswith("/*"))
    wanted = _wires((to,) if to is not None and is_wire else (), kinds, depth, across)
    if wanted != Wanted() and (via or (to is not None and not is_wire)):
        raise typer.BadParameter(_WIRES_ALONE, param_hint="--to")
    return None if is_wire else to, wanted


def _wires(methods: tuple[str, ...], kinds: list[WireKind] | None, depth: int | None, across: int) -> Wanted:
    # What is started has no service.
    asked = tuple(EdgeKind(kind) for kind in kinds or ()) or ((EdgeKind.RPC,) if methods else ())
    return Wanted(asked, methods, depth, across)


def _printed(exports_to: Sequence[tuple[str, Path | None]], *, as_json: bool) -> list[str]:
    """The format that is printed instead of text, if one is."""
    printed = ["json"] * as_json + [form for form, path in exports_to if path is None]
    if len(printed) > 1:
        raise typer.BadParameter("only one of them can be printed; name files for the others", param_hint="--export")
    return printed


def _tell_files(html: Path | None, files: Sequence[tuple[str, Path]]) -> None:
    if html is not None:
        OUT.print(f"report: {html / 'index.html'}")
    for form, path in files:
        OUT.print(f"{form}: {path}")


def _write(
    session: api.Session,
    status: Status,
    trace: Trace,
    html: Path | None,
    lang: str,
    exports_to: Sequence[tuple[str, Path]],
    save: Path | None,
) -> None:
    """Writes the files that were asked for."""
    if html is not None:
        from tracer import site

        site.of_trace(html, session, trace, lang, status)
    for form, path in exports_to:
        api.write_export(session, trace, form, path)
    if save is not None:
        write_saved(save, session, trace)
