"""Reads an investigation from TOML. ``docs/investigation.md`` describes the format, ``schema.json`` beside this its shape."""

from __future__ import annotations

import difflib
import math
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from tracer.errors import InvestigationError
from tracer.investigation.model import (
    ArtifactClaim,
    ArtifactSource,
    Chain,
    ChainClaim,
    Claim,
    ConstantClaim,
    FileClaim,
    HandlerClaim,
    Investigation,
    Question,
    Repository,
    SymbolClaim,
    WantedHop,
    WantedStep,
)
from tracer.model import EdgeKind

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LANGUAGE = re.compile(r"[a-z]{2}")
_LINE = re.compile(r"at line (\d+)")
_ARTIFACT = re.compile(r"\{artifact:([^{}]+)\}")
_PLACE = re.compile(r"[^:]+(?::[1-9]\d*)?")
_KINDS = tuple(kind.value for kind in EdgeKind)


def builtin() -> tuple[str, ...]:
    """The names of the investigations that ship with the tool, by name."""
    return tuple(sorted(p.stem for p in Path(__file__).parent.glob("*.toml")))


def load(source: str | Path) -> Investigation:
    """The investigation of a TOML file's path, or of a built-in name, which comes first. Raises InvestigationError."""
    where = str(source)
    path = Path(__file__).parent / f"{source}.toml" if where in builtin() else Path(source)
    return _read(path, where)


def parse(text: str, name: str, where: str) -> Investigation:
    """The investigation ``name`` of a TOML text; ``where`` is what messages call it. Raises InvestigationError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        place = f"{where}:{line.group(1)}" if line else where
        raise InvestigationError(f"this is not TOML: {error}", where=place) from error
    except (ValueError, RecursionError) as error:
        raise InvestigationError(f"it cannot be read: {error}", where=where) from error
    return _Reader(where, text).investigation(name, data)


def _read(path: Path, where: str) -> Investigation:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        close = difflib.get_close_matches(where, builtin(), n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"give a TOML file, or one of: {', '.join(builtin())}"
        raise InvestigationError("there is no such investigation", where=where, hint=hint) from error
    except OSError as error:
        raise InvestigationError(f"it cannot be read: {error.strerror or error}", where=where) from error
    except ValueError as error:
        raise InvestigationError(f"it cannot be read: {error}", where=where) from error
    return parse(text, path.stem, where)


class _Reader:
    """Checks the shape of a document; every message names the file, the line and the key."""

    def __init__(self, where: str, text: str) -> None:
        self.where = where
        self.text_read = text

    def investigation(self, name: str, data: dict[str, object]) -> Investigation:
        self.keys(data, "", ("title", "answer", "repositories", "chains", "artifacts", "questions", "claims"))
        tables = self.table(data, "", "repositories")
        repositories = {key: self.repository(key, self.table(tables, "repositories", key)) for key in tables}
        if not repositories:
            raise self.error("repositories", "at least one repository is needed: [repositories.NAME]")
        chains = tuple(self.chain(i, row, repositories) for i, row in enumerate(self.rows(data, "chains")))
        self.unique("chains", [chain.name for chain in chains])
        artifacts = tuple(self.artifact(i, row, repositories) for i, row in enumerate(self.rows(data, "artifacts")))
        self.unique("artifacts", [artifact.name for artifact in artifacts])
        questions = tuple(self.question(i, row) for i, row in enumerate(self.rows(data, "questions")))
        answer = self.filled(data, "", "answer") if "answer" in data else ""
        told = ("title", "answer") if answer else ("title",)
        words = {code: self.translation(data, "", code, told) for code in self.languages(data)}
        titles = {code: said[0] for code, said in words.items()}
        answers = {code: said[1] for code, said in words.items() if answer}
        known = {"chain": [c.name for c in chains], "artifact": [a.name for a in artifacts]}
        claims = tuple(self.claim(i, row, repositories, known) for i, row in enumerate(self.rows(data, "claims")))
        for at, text in self.answers(data):
            for artifact in _ARTIFACT.findall(text):
                if artifact not in known["artifact"]:
                    raise self.error(at, f"there is no artifact {artifact!r}; {_suggest(artifact, known['artifact'])}")
        title = self.text(data, "", "title")
        texts: dict[str, Mapping[str, str]] = {}
        for index, row in enumerate(self.rows(data, "claims")):
            said = {c: self.translation(row, f"claims[{index}]", c, ("claim",))[0] for c in self.languages(row)}
            if said:
                texts[claims[index].claim] = said
        return Investigation(
            name, title, repositories, chains, questions, artifacts, claims, titles, texts, answer, answers
        )

    def answers(self, data: dict[str, object]) -> Iterator[tuple[str, str]]:
        """Every answer with the key that it stands at; their shape was checked before."""
        rows = {"": data} | {f"questions[{i}]": row for i, row in enumerate(self.rows(data, "questions"))}
        for at, row in rows.items():
            tables = {at: row} | {f"{at}.{code}".lstrip("."): self.table(row, at, code) for code in self.languages(row)}
            for inside, table in tables.items():
                if "answer" in table:
                    yield f"{inside}.answer".lstrip("."), self.text(table, inside, "answer")

    def unique(self, what: str, names: list[str]) -> None:
        for index, name in enumerate(names):
            if name in names[:index]:
                raise self.error(f"{what}[{index}].name", f"there are two {what} called {name!r}")

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
        if not clean or clean.startswith("/") or clean.split("/")[0] == "..":
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

    def artifact(self, index: int, data: dict[str, object], repositories: Mapping[str, Repository]) -> ArtifactSource:
        at = f"artifacts[{index}]"
        self.keys(data, at, ("name", "repository", "dockerfile", "makefile", "variables"))
        repository = self.known(self.text(data, at, "repository"), repositories, f"{at}.repository")
        makefile = self.filled(data, at, "makefile") if "makefile" in data else None
        given = self.table(data, at, "variables") if "variables" in data else {}
        variables = {key: self.text(given, f"{at}.variables", key) for key in given}
        name, dockerfile = self.filled(data, at, "name"), self.filled(data, at, "dockerfile")
        return ArtifactSource(name, repository.name, dockerfile, makefile, variables)

    def claim(
        self,
        index: int,
        data: dict[str, object],
        repositories: Mapping[str, Repository],
        known: Mapping[str, Sequence[str]],
    ) -> Claim:
        """A claim by the key that says what it is about."""
        at = f"claims[{index}]"
        kinds = ("chain", "constant", "symbol", "file", "artifact")
        about = [kind for kind in kinds if kind in data]
        if len(about) != 1:
            raise self.error(at, f"a claim is about one thing; it has one of the keys {', '.join(kinds)}")
        claim = self.filled(data, at, "claim")
        subject = self.filled(data, at, about[0])
        if about[0] in known:
            if subject not in known[about[0]]:
                words = f"there is no {about[0]} {subject!r}; {_suggest(subject, known[about[0]])}"
                raise self.error(f"{at}.{about[0]}", words)
            read = self.chain_claim if about[0] == "chain" else self.artifact_claim
            return read(claim, subject, data, at)
        repository = self.known(self.text(data, at, "repository"), repositories, f"{at}.repository").name
        if about[0] == "constant":
            self.keys(data, at, ("claim", "constant", "repository", "value"))
            value = self.given(data, at, "value")
            endless = isinstance(value, float) and not math.isfinite(value)
            if endless or not isinstance(value, str | bool | int | float):
                raise self.error(f"{at}.value", "a string, a number or a truth value is expected here")
            return ConstantClaim(claim, subject, repository, value)
        if about[0] == "symbol":
            self.keys(data, at, ("claim", "symbol", "repository", "place"))
            return SymbolClaim(claim, subject, repository, self.place(data, at))
        self.keys(data, at, ("claim", "file", "repository", "holds", "line"))
        line = data.get("line", 0)
        if not isinstance(line, int) or isinstance(line, bool) or line < 0:
            raise self.error(f"{at}.line", "the number of a line is expected here")
        return FileClaim(claim, subject, repository, self.filled(data, at, "holds"), line)

    def chain_claim(self, claim: str, chain: str, data: dict[str, object], at: str) -> ChainClaim:
        self.keys(data, at, ("claim", "chain", "hops", "through"))
        if "hops" in data and "through" in data:
            raise self.error(f"{at}.through", "hops are the whole chain; with them there is nothing to go through")
        hops = tuple(self.hop(row, f"{at}.hops[{i}]") for i, row in enumerate(self.items(data, at, "hops")))
        return ChainClaim(claim, chain, hops, self.texts(data, at, "through"))

    def hop(self, given: object, at: str) -> WantedHop:
        """A hop is the symbol that it leads to, or a table with more."""
        if isinstance(given, str) and given.strip():
            return WantedHop(given)
        if not isinstance(given, dict):
            raise self.error(at, "a symbol, or a table with the key 'to', is expected here")
        data = cast("dict[str, object]", given)
        self.keys(data, at, ("to", "kind", "wire", "place", "evidence"))
        kind = self.text(data, at, "kind", "")
        if kind and kind not in _KINDS:
            raise self.error(f"{at}.kind", f"{kind!r} is no kind of edge; {_suggest(kind, _KINDS)}")
        wire = self.text(data, at, "wire", "")
        return WantedHop(
            self.filled(data, at, "to"), kind, wire, self.place(data, at), self.texts(data, at, "evidence")
        )

    def artifact_claim(self, claim: str, artifact: str, data: dict[str, object], at: str) -> Claim:
        if "signal" in data or "handler" in data:
            self.keys(data, at, ("claim", "artifact", "signal", "handler"))
            return HandlerClaim(claim, artifact, self.filled(data, at, "signal"), self.filled(data, at, "handler"))
        self.keys(data, at, ("claim", "artifact", "steps"))
        steps = tuple(self.step(row, f"{at}.steps[{i}]") for i, row in enumerate(self.items(data, at, "steps")))
        if not steps:
            raise self.error(f"{at}.steps", "at least one step is expected here, or a signal and its handler")
        return ArtifactClaim(claim, artifact, steps)

    def step(self, given: object, at: str) -> WantedStep:
        if not isinstance(given, dict):
            raise self.error(at, "a table with the key 'kind' is expected here")
        data = cast("dict[str, object]", given)
        self.keys(data, at, ("kind", "holds"))
        return WantedStep(self.filled(data, at, "kind"), self.text(data, at, "holds", ""))

    def place(self, data: dict[str, object], at: str) -> str:
        place = self.text(data, at, "place", "")
        if place and not _PLACE.fullmatch(place):
            raise self.error(f"{at}.place", f"{place!r} is neither PATH nor PATH:LINE")
        return place

    def items(self, data: dict[str, object], at: str, key: str) -> list[object]:
        value = data.get(key, [])
        if not isinstance(value, list):
            raise self.error(f"{at}.{key}", "a list is expected here")
        return cast("list[object]", value)

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
            if key not in known and not (
                key in self.languages(data) and at.partition("[")[0] in ("", "questions", "claims")
            ):
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
        from tracer.syntax.toml import key_lines

        lines = key_lines(self.text_read.encode())
        at = key
        # A key that is missing stands nowhere: the table that misses it does.
        while at and at not in lines:
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        place = f"{self.where}:{lines[at]}" if at else self.where
        return InvestigationError(message, where=f"{place}: {key}")


def _suggest(given: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(given, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
