"""What must hold for a statement that overrides a value to run, as notes of a hop or of a constant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracer.codes import Note
from tracer.golang import types as t
from tracer.golang.flow.evidence import position
from tracer.golang.program import Analysis
from tracer.model import Evidence
from tracer.syntax.guards import Guard, guards


def conditional(analysis: Analysis, func: t.Func, notes: Iterable[Evidence]) -> Iterator[Evidence]:
    """Notes on statements of a function, each followed by the conditions around it.

    What also stands around the statement before, or in a line that a note shows, is not told again.
    Conditions are necessary, and need not suffice: a return before the statement may keep it from running as well.
    """
    body = analysis.checker.declaration(func).body
    file = func.file
    given = list(notes)
    shown = {(note.position.path, note.position.line) for note in given if note.position is not None}
    told = set[Guard]()
    for note in given:
        yield note
        place = note.position
        if place is None or body is None or place.path != file.path:
            continue
        around = guards(body, file.offset(place.line, place.column))
        for guard in around:
            pos = guard.condition.pos
            if guard not in told and (place.path, file.place(pos)[0]) not in shown:
                where = Note.WHERE_HOLDS if guard.holds else Note.WHERE_HOLDS_NOT
                yield Evidence(where, (file.line_at(pos),), position(file, pos))
        told = set(around)
