"""Investigations: TOML files that name pins, programs, chains and questions."""

from __future__ import annotations

import difflib
import posixpath
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from tracer.errors import InvestigationError

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LANGUAGE = re.compile(r"[a-z]{2}")
_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at its pin. ``programs`` are directories of main packages, ``tags`` are build tags.

    ``version`` is what people call the commit; nothing is looked up by it.
    """

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
    """A chain that is asked for: from ``entry`` in ``repository`` to ``target``, wherever that is declared.

    ``program`` is one of the repository's programs, or None for all of them. ``via`` are symbols on the way.
    """

    name: str
    repository: str
    program: str | None
    entry: str
    target: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the chains answer, with the answer in words; ``texts`` has both in other languages, by code."""

    question: str
    answer: str
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])


@dataclass(frozen=True, slots=True)
class Investigation:
    """What is asked of which repositories; ``name`` is the file's name without its ending.

    ``titles`` has the title in other languages, by code.
    """

    name: str
    title: str
    repositories: Mapping[str, Repository]
    chains: tuple[Chain, ...]
    questions: tuple[Question, ...]
    titles: Mapping[str, str] = field(default_factory=dict[str, str])


def builtin() -> tuple[str, ...]:
    """The names of the investigations that ship with the tool, by name."""
    return tuple(sorted(p.stem for p in Path(__file__).parent.glob("*.toml")))


def load(source: str | Path) -> Investigation:
    """The investigation of a TOML file's path, or of a built-in name, which comes first. Raises InvestigationError."""
    where = str(source)
    path = Path(__file__).parent / f"{source}.toml" if where in builtin() else Path(source)
    return _Reader(where).investigation(path.stem, _parse(path, where))


def _parse(path: Path, where: str) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        close = difflib.get_close_matches(where, builtin(), n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"give a TOML file, or one of: {', '.join(builtin())}"
        raise InvestigationError("there is no such investigation", where=where, hint=hint) from error
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        place = f"{where}:{line.group(1)}" if line else where
        raise InvestigationError(f"this is not TOML: {error}", where=place) from error
    except OSError as error:
        raise InvestigationError(f"it cannot be read: {error.strerror or error}", where=where) from error
    except (ValueError, RecursionError) as error:
        raise InvestigationError(f"it cannot be read: {error}", where=where) from error


class _Reader:
    """Checks the shape of a document; every message names the file and the key."""

    def __init__(self, where: str) -> None:
        self.where = where

    def investigation(self, name: str, data: dict[str, object]) -> Investigation:
        self.keys(data, "", ("title", "repositories", "chains", "questions"))
        tables = self.table(data, "", "repositories")
        repositories = {key: self.repository(key, self.table(tables, "repositories", key)) for key in tables}
        if not repositories:
            raise self.error("repositories", "at least one repository is needed: [repositories.NAME]")
        chains = tuple(self.chain(i, row, repositories) for i, row in enumerate(self.rows(data, "chains")))
        names = [chain.name for chain in chains]
        for index, chain in enumerate(chains):
            if chain.name in names[:index]:
                raise self.error(f"chains[{index}].name", f"there are two chains called {chain.name!r}")
        questions = tuple(self.question(i, row) for i, row in enumerate(self.rows(data, "questions")))
        titles = {code: self.translation(data, "", code, ("title",))[0] for code in self.languages(data)}
        return Investigation(name, self.text(data, "", "title"), repositories, chains, questions, titles)

    def repository(self, name: str, data: dict[str, object]) -> Repository:
        at = f"repositories.{name}"
        self.keys(data, at, ("url", "commit", "version", "programs", "goos", "goarch", "tags"))
        if not _NAME.fullmatch(name):
            raise self.error(at, "a repository's name is letters, digits, '.', '_' and '-'")
        commit = self.text(data, at, "commit")
        if not _SHA.fullmatch(commit):
            raise self.error(f"{at}.commit", "a pin is a full commit SHA of 40 or 64 lower-case hexadecimal digits")
        return Repository(
            name,
            self.filled(data, at, "url"),
            commit,
            self.text(data, at, "version", ""),
            tuple(self.directory(p, f"{at}.programs") for p in self.texts(data, at, "programs")),
            self.text(data, at, "goos", "linux"),
            self.text(data, at, "goarch", "amd64"),
            self.texts(data, at, "tags"),
        )

    def directory(self, path: str, at: str) -> str:
        """A directory of the repository, as it is written everywhere else: ``./cmd/x/`` is ``cmd/x``."""
        clean = posixpath.normpath(path) if path else ""
        if not clean or clean.startswith(("/", "..")):
            raise self.error(at, f"{path!r} is not a directory of the repository, such as 'cmd/x'")
        return "" if clean == "." else clean

    def chain(self, index: int, data: dict[str, object], repositories: Mapping[str, Repository]) -> Chain:
        at = f"chains[{index}]"
        self.keys(data, at, ("name", "repository", "program", "entry", "target", "via"))
        name, entry, target = (self.filled(data, at, key) for key in ("name", "entry", "target"))
        repository = self.known(self.text(data, at, "repository"), repositories, f"{at}.repository")
        program = self.text(data, at, "program") if "program" in data else None
        if program is not None:
            program = self.program(program, repository, f"{at}.program")
        return Chain(name, repository.name, program, entry, target, self.texts(data, at, "via"))

    def known(self, name: str, repositories: Mapping[str, Repository], at: str) -> Repository:
        if name not in repositories:
            raise self.error(at, f"there is no repository {name!r}; {_suggest(name, tuple(repositories))}")
        return repositories[name]

    def program(self, path: str, repository: Repository, at: str) -> str:
        directory = self.directory(path, at)
        if directory not in repository.programs:
            words = f"{path!r} is not among the programs of {repository.name}"
            raise self.error(at, f"{words}; {_suggest(directory, repository.programs)}")
        return directory

    def question(self, index: int, data: dict[str, object]) -> Question:
        at = f"questions[{index}]"
        self.keys(data, at, ("question", "answer"))
        texts: dict[str, tuple[str, str]] = {}
        for code in self.languages(data):
            question, answer = self.translation(data, at, code, ("question", "answer"))
            texts[code] = (question, answer)
        return Question(self.filled(data, at, "question"), self.filled(data, at, "answer"), texts)

    def languages(self, data: dict[str, object]) -> list[str]:
        """The keys that are tables of translated texts: codes of two letters, such as ``zh``."""
        return [key for key in data if _LANGUAGE.fullmatch(key)]

    def translation(self, data: dict[str, object], at: str, code: str, known: tuple[str, ...]) -> list[str]:
        inside = f"{at}.{code}".lstrip(".")
        table = self.table(data, at, code)
        self.keys(table, inside, known)
        return [self.filled(table, inside, key) for key in known]

    def keys(self, data: dict[str, object], at: str, known: tuple[str, ...]) -> None:
        for key in data:
            if key not in known and not (key in self.languages(data) and at.partition("[")[0] in ("", "questions")):
                raise self.error(f"{at}.{key}".lstrip("."), f"unknown key; {_suggest(key, known)}")

    def table(self, data: dict[str, object], at: str, key: str) -> dict[str, object]:
        value = self.given(data, at, key)
        if not isinstance(value, dict):
            raise self.error(f"{at}.{key}".lstrip("."), "a table is expected here")
        return cast("dict[str, object]", value)

    def rows(self, data: dict[str, object], key: str) -> list[dict[str, object]]:
        value = data.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, f"a list of tables is expected here: [[{key}]]")
        rows = {f"{key}[{index}]": row for index, row in enumerate(cast("list[object]", value))}
        return [self.table(rows, "", name) for name in rows]

    def text(self, data: dict[str, object], at: str, key: str, default: str | None = None) -> str:
        value = self.given(data, at, key) if default is None else data.get(key, default)
        if not isinstance(value, str):
            raise self.error(f"{at}.{key}".lstrip("."), "a string is expected here")
        return value

    def filled(self, data: dict[str, object], at: str, key: str) -> str:
        value = self.text(data, at, key)
        if not value.strip():
            raise self.error(f"{at}.{key}".lstrip("."), "this must not be empty")
        return value

    def texts(self, data: dict[str, object], at: str, key: str) -> tuple[str, ...]:
        value = data.get(key, [])
        items = cast("list[object]", value) if isinstance(value, list) else [None]
        texts = tuple(item for item in items if isinstance(item, str))
        if len(texts) != len(items):
            raise self.error(f"{at}.{key}", "a list of strings is expected here")
        return texts

    def given(self, data: dict[str, object], at: str, key: str) -> object:
        if key not in data:
            raise self.error(f"{at}.{key}".lstrip("."), "this key is missing")
        return data[key]

    def error(self, key: str, message: str) -> InvestigationError:
        return InvestigationError(message, where=f"{self.where}: {key}")


def _suggest(given: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(given, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
