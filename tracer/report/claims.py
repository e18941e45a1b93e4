"""The page of the claims: each with what proves it, or with what broke it and what stands there now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracer.codes import Argument, Message
from tracer.model import Check, Evidence, Pin, Verdict
from tracer.report.extra import Extra, Shown
from tracer.report.language import Language, noted
from tracer.report.links import Links
from tracer.report.sources import Mark
from tracer.report.table import Cell, Group, Row, Table
from tracer.report.text import Phrase, Piece, one_line

PAGE = "claims"


def claims_page(found: Sequence[Check], pins: Sequence[Pin], texts: Mapping[str, str] | None = None) -> Extra:
    """The page of all verdicts, a group for each investigation; ``texts`` has what it says in the language of the site."""
    said = texts or {}
    places = [e.position for check in found for v in check.verdicts for e in (*v.evidence, *v.instead) if e.position]
    title = noted("Claims")
    return Extra(
        PAGE, title, "table.html", lambda links, say: _shown(found, links, say, said), tuple(pins), tuple(places)
    )


def _shown(found: Sequence[Check], links: Links, say: Language, texts: Mapping[str, str]) -> Shown:
    groups: list[Group] = []
    marks: list[Mark] = []
    number = 0
    for check in found:
        rows: list[Row] = []
        for verdict in check.verdicts:
            number += 1
            rows.append(_row(f"claim-{number}", verdict, links, say, texts))
            words = _claim(verdict.claim, say, texts)
            facts = (*verdict.evidence, *verdict.instead)
            marks += [Mark(e.position, words, rows[-1].anchor) for e in facts if e.position is not None]
        groups.append(Group((Piece(one_line(texts.get(check.title, check.title))),), tuple(rows)))
    verdicts = [verdict for check in found for verdict in check.verdicts]
    held = sum(verdict.holds for verdict in verdicts)
    kinds = (("whole", say.text(noted("that hold"))), ("half", say.text(noted("that are broken"))))
    columns = (say.text(noted("Claim")), say.text(noted("What the source says")))
    summary = [
        say.phrase(
            noted("{held} of {claims} hold."),
            held=f"{held:,}",
            claims=say.plural("{n} claim", "{n} claims", len(verdicts)),
        )
    ]
    others = [pin for check in found for pin in check.pins if pin.wanted not in ("", pin.read)]
    summary += [
        say.phrase(
            noted("{repository} was read at {read}, which is not the pin {wanted}."),
            repository=one_line(pin.repository),
            read=(Piece(pin.read[:12], code=True),),
            wanted=(Piece(pin.wanted[:12], code=True),),
        )
        for pin in dict.fromkeys(others)
    ]
    lead = say.text(noted("Every sentence here was verified against the source at the pinned commits."))
    return Shown(Table(lead, tuple(summary), kinds, columns, tuple(groups)), marks=tuple(marks))


def _row(anchor: str, verdict: Verdict, links: Links, say: Language, texts: Mapping[str, str]) -> Row:
    words = say.text(noted("holds")) if verdict.holds else say.text(noted("broken"))
    head: Cell = ((Piece(_claim(verdict.claim, say, texts)),), (Piece(words),))
    lines: list[Phrase] = [_fact(e, links, say) for e in verdict.evidence]
    if verdict.broken is not None:
        # An error may have several lines.
        lines += [(Piece(one_line(line)),) for line in say.sentence(verdict.broken, str).splitlines()]
        now = say.text(noted("There now:"))
        lines += [(Piece(f"{now} "), *_fact(e, links, say)) for e in verdict.instead]
    return Row(anchor, "whole" if verdict.holds else "half", (head, tuple(lines)))


def _claim(claim: Argument, say: Language, texts: Mapping[str, str]) -> str:
    """What is claimed, in the language of the site."""
    if isinstance(claim, str):
        return one_line(texts.get(claim, claim))
    said = tuple(texts.get(a, a) if isinstance(a, str) else a for a in claim.arguments)
    return say.sentence(Message(claim.code, said))


def _fact(evidence: Evidence, links: Links, say: Language) -> Phrase:
    place = links.place(evidence.position)
    note = Piece(say.sentence(evidence.message), code=True)
    return (note,) if place is None else (note, Piece(" "), Piece(place.short, href=place.href))
