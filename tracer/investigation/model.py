"""Investigations: TOML files that name pins, programs, chains and questions."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tracer.errors import InvestigationError

_SHA = re.compile(r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository of an investigation. ``programs`` are directories of main packages."""

    name: str
    url: str
    commit: str
    version: str = ""
    programs: tuple[str, ...] = ()
    goos: str = "linux"
    goarch: str = "amd64"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that is asked for: from ``entry`` in ``repository`` to ``target``, wherever that is declared."""

    name: str
    repository: str
    entry: str
    target: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Investigation:
    name: str
    title: str
    repositories: Mapping[str, Repository]
    chains: tuple[Chain, ...]
    questions: tuple[Question, ...]


def builtin() -> tuple[str, ...]:
    """The names of the investigations that ship with the tool."""
    return tuple(sorted(p.stem for p in Path(__file__).parent.glob("*.toml")))


def load(source: str) -> Investigation:
    """The investigation of a TOML file's path, or of a built-in name. Raises InvestigationError."""
    path = Path(__file__).parent / f"{source}.toml" if source in builtin() else Path(source)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        names = ", ".join(builtin())
        hint = f"give a TOML file, or one of: {names}"
        raise InvestigationError("there is no such investigation", where=source, hint=hint) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvestigationError(f"it cannot be read: {error}", where=source) from error
    return _Reader(source).investigation(path.stem, data)


class _Reader:
    """Checks the shape of a document; every message names the file and the key."""

    def __init__(self, where: str) -> None:
        self.where = where

    def investigation(self, name: str, data: dict[str, object]) -> Investigation:
        self.keys(data, "", ("title", "repositories", "chains", "questions"))
        tables = self.table(data, "", "repositories")
        repositories = {key: self.repository(key, self.table(tables, "repositories", key)) for key in tables}
        chains = tuple(self.chain(i, row) for i, row in enumerate(self.rows(data, "chains")))
        for chain in chains:
            if chain.repository not in repositories:
                raise self.error(f"chains.{chain.name}.repository", f"there is no repository {chain.repository!r}")
        questions = tuple(
            Question(self.text(row, f"questions[{i}]", "question"), self.text(row, f"questions[{i}]", "answer"))
            for i, row in enumerate(self.rows(data, "questions"))
        )
        return Investigation(name, self.text(data, "", "title"), repositories, chains, questions)

    def repository(self, name: str, data: dict[str, object]) -> Repository:
        at = f"repositories.{name}"
        self.keys(data, at, ("url", "commit", "version", "programs", "goos", "goarch", "tags"))
        commit = self.text(data, at, "commit")
        if not _SHA.match(commit):
            raise self.error(f"{at}.commit", "a pin is a full commit SHA of 40 or 64 hexadecimal digits")
        return Repository(
            name,
            self.text(data, at, "url"),
            commit,
            self.text(data, at, "version", ""),
            self.texts(data, at, "programs"),
            self.text(data, at, "goos", "linux"),
            self.text(data, at, "goarch", "amd64"),
            self.texts(data, at, "tags"),
        )

    def chain(self, index: int, data: dict[str, object]) -> Chain:
        at = f"chains[{index}]"
        self.keys(data, at, ("name", "repository", "entry", "target", "via"))
        text = {key: self.text(data, at, key) for key in ("name", "repository", "entry", "target")}
        return Chain(**text, via=self.texts(data, at, "via"))

    def keys(self, data: dict[str, object], at: str, known: tuple[str, ...]) -> None:
        for key in data:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(known)}"
                raise self.error(f"{at}.{key}".lstrip("."), f"unknown key; {hint}")

    def table(self, data: dict[str, object], at: str, key: str) -> dict[str, object]:
        value = data.get(key)
        if not isinstance(value, dict):
            raise self.error(f"{at}.{key}".lstrip("."), "a table is expected here")
        return {str(k): v for k, v in value.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    def rows(self, data: dict[str, object], key: str) -> list[dict[str, object]]:
        value = data.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, f"a list of tables is expected here: [[{key}]]")
        return [self.table({key: row}, "", key) for row in value]  # pyright: ignore[reportUnknownVariableType]

    def text(self, data: dict[str, object], at: str, key: str, default: str | None = None) -> str:
        value = data.get(key, default)
        if not isinstance(value, str):
            raise self.error(f"{at}.{key}".lstrip("."), "a string is expected here")
        return value

    def texts(self, data: dict[str, object], at: str, key: str) -> tuple[str, ...]:
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):  # pyright: ignore[reportUnknownVariableType]
            raise self.error(f"{at}.{key}", "a list of strings is expected here")
        return tuple(str(v) for v in value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    def error(self, key: str, message: str) -> InvestigationError:
        return InvestigationError(message, where=f"{self.where}: {key}")
