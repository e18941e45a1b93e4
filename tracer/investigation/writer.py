"""An investigation as a TOML text; ``reader.parse`` gives the same investigation back."""

# tomlkit's items are typed in part only.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, cast

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from tracer.investigation.model import (
    ArtifactSource,
    Chain,
    Claim,
    Investigation,
    Question,
    Repository,
    WantedHop,
    WantedStep,
)


def write(investigation: Investigation) -> str:
    """The TOML text; keys that have their default are left out."""
    document = tomlkit.document()
    document.add("title", _item(investigation.title))
    if investigation.answer:
        document.add("answer", _item(investigation.answer))
    for code, title in investigation.titles.items():
        answer = {"answer": investigation.answers[code]} if code in investigation.answers else {}
        document.add(code, _table({"title": title} | answer))
    repositories = tomlkit.table(is_super_table=True)
    for repository in investigation.repositories.values():
        repositories.add(repository.name, _table(_given(repository, "name")))
    document.add("repositories", repositories)
    lists = {
        "chains": [_given(chain) for chain in investigation.chains],
        "artifacts": [_given(artifact) for artifact in investigation.artifacts],
        "questions": [_question(question) for question in investigation.questions],
        "claims": [_given(claim) | _said(investigation, claim) for claim in investigation.claims],
    }
    for name, rows in lists.items():
        if rows:
            document.add(name, _tables(rows))
    return tomlkit.dumps(document)


def _given(record: Repository | Chain | ArtifactSource | Claim, *but: str) -> dict[str, Any]:
    """The fields of a record that are not at their defaults. The root of a repository is written as ``.``."""
    out: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if field.name in but or value is None or value == default:
            continue
        if field.name == "program":
            value = value or "."
        elif field.name == "programs":
            value = tuple(program or "." for program in value)
        out[field.name] = value
    return out


def _said(investigation: Investigation, claim: Claim) -> dict[str, Any]:
    return {code: {"claim": text} for code, text in investigation.claim_texts.get(claim.claim, {}).items()}


def _question(question: Question) -> dict[str, Any]:
    row: dict[str, Any] = {"question": question.question, "answer": question.answer}
    for code, (asked, answer) in question.texts.items():
        row[code] = {"question": asked, "answer": answer}
    return row


def _tables(rows: list[dict[str, Any]]) -> AoT:
    out = tomlkit.aot()
    for row in rows:
        out.append(_table(row))
    return out


def _table(row: dict[str, Any]) -> Table:
    out = tomlkit.table()
    for key, value in row.items():
        inner = isinstance(value, dict) and key != "variables"
        out.add(key, _table(value) if inner else _item(value))
    return out


def _item(value: Any) -> Any:
    match value:
        case tuple():
            return _array(value)
        case WantedHop():
            extra = {f.name: getattr(value, f.name) for f in fields(value) if getattr(value, f.name)}
            return value.to if list(extra) == ["to"] else _inline(extra)
        case WantedStep():
            return _inline({"kind": value.kind, "holds": value.holds} if value.holds else {"kind": value.kind})
        case dict():
            return _inline(cast("dict[str, Any]", value))
        case _:
            return tomlkit.item(value)


def _array(values: tuple[Any, ...]) -> Array:
    out = tomlkit.array()
    for value in values:
        out.append(_item(value))
    if len(values) > 2 or any(not isinstance(value, str) for value in values):
        out.multiline(True)
    return out


def _inline(row: dict[str, Any]) -> InlineTable:
    out = tomlkit.inline_table()
    for key, value in row.items():
        out.append(key, _item(value))
    return out
