"""The page of an investigation's artifacts: from an image to what its program does, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.model import Artifact, ArtifactStep, Pin, StepKind
from tracer.report.extra import Extra, Shown
from tracer.report.language import Language, noted
from tracer.report.links import Links
from tracer.report.sources import Mark
from tracer.report.table import Cell, Group, Row, Table
from tracer.report.text import Piece, one_line

PAGE = "artifacts"
_KINDS = {
    StepKind.BUILD: noted("built by"),
    StepKind.BASE: noted("on top of"),
    StepKind.ENTRYPOINT: noted("starts"),
    StepKind.COPY: noted("copied"),
    StepKind.RULE: noted("made by the rule"),
    StepKind.COMPILE: noted("compiled by"),
    StepKind.MAIN: noted("the program"),
    StepKind.CALL: noted("calls"),
    StepKind.HANDLER: noted("handles a signal"),
    StepKind.LOOP: noted("repeats for ever"),
    StepKind.RETURN: noted("ends"),
    StepKind.UNDECIDED: noted("not known"),
}


def artifacts_page(found: Sequence[Artifact], pins: Sequence[Pin]) -> Extra:
    """The page of ``found``, a group for each."""
    places = [step.position for artifact in found for _, step in _flat(artifact.steps, "")]
    title = noted("Images")
    images = {artifact.name: f"{PAGE}.html#{_anchor(number, 1)}" for number, artifact in enumerate(found, 1)}
    return Extra(
        PAGE, title, "table.html", lambda links, say: _shown(found, links, say), tuple(pins), tuple(places), images
    )


def _shown(found: Sequence[Artifact], links: Links, say: Language) -> Shown:
    groups: list[Group] = []
    marks: list[Mark] = []
    for number, artifact in enumerate(found, 1):
        rows: list[Row] = []
        for i, (inside, step) in enumerate(_flat(artifact.steps, ""), 1):
            rows.append(_row(_anchor(number, i), inside, step, links, say))
            words = f"{one_line(artifact.name)}: {say.text(_KINDS[step.kind])}"
            marks.append(Mark(step.position, words, rows[-1].anchor))
        groups.append(Group((Piece(one_line(artifact.name)),), tuple(rows)))
    columns = (say.text(noted("Step")), say.text(noted("Source")))
    lead = say.text(noted("From an image by way of its build rule to what its program does."))
    summary = tuple(
        say.phrase(
            noted("{function} handles {signal}."),
            function=(Piece(one_line(function), code=True),),
            signal=(Piece(one_line(signal), code=True),),
        )
        for artifact in found
        for signal, function in artifact.handlers
    )
    return Shown(Table(lead, summary, (), columns, tuple(groups)), marks=tuple(marks))


def _anchor(artifact: int, step: int) -> str:
    return f"step-{artifact}-{step}"


def _flat(steps: Sequence[ArtifactStep], inside: str) -> Iterator[tuple[str, ArtifactStep]]:
    """Every step with the way of functions that it stands in."""
    for step in steps:
        yield inside, step
        named = step.function or step.text.partition("(")[0]
        yield from _flat(step.steps, f"{inside} › {named}" if inside else named)


def _row(anchor: str, inside: str, step: ArtifactStep, links: Links, say: Language) -> Row:
    head: Cell = ((Piece(say.text(_KINDS[step.kind])),),)
    if inside:
        head = (*head, (Piece(one_line(inside), code=True),))
    place = links.place(step.position)
    at = (Piece(" "), Piece(place.short, href=place.href)) if place is not None else ()
    lines: Cell = ((Piece(one_line(step.text), code=True), *at),)
    if step.note is not None:
        lines = (*lines, (Piece(say.sentence(step.note)),))
    return Row(anchor, "half" if step.kind is StepKind.UNDECIDED else "whole", (head, lines))
