"""Investigations: pins, programs, chains, artifacts, questions and claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
class ArtifactSource:
    """Files that an image is built from: a Dockerfile and, where it is known, the Makefile of what is copied into it."""

    name: str
    repository: str
    dockerfile: str
    makefile: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class WantedHop:
    """What a claim says of one hop: the symbol it leads to and, where given, its kind, full method, place and evidence.

    ``place`` is a file, or a file and a line, of the call; ``evidence`` are words that the notes of the hop hold.
    """

    to: str
    kind: str = ""
    wire: str = ""
    place: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainClaim:
    """A chain of the investigation exists: by exactly ``hops`` where they are given, else by way of ``through``."""

    claim: str
    chain: str
    hops: tuple[WantedHop, ...] = ()
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConstantClaim:
    """A constant has this value: a text, a truth value, or a number as it is written."""

    claim: str
    constant: str
    repository: str
    value: str | bool | int | float


@dataclass(frozen=True, slots=True)
class SymbolClaim:
    """A symbol is declared: at this place, where one is given as ``PATH`` or ``PATH:LINE``."""

    claim: str
    symbol: str
    repository: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class FileClaim:
    """A file holds these lines, one after the other, blanks at their ends aside; at ``line`` where that is not 0."""

    claim: str
    file: str
    repository: str
    holds: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class WantedStep:
    """A step of an artifact: its kind, and words that its text holds."""

    kind: str
    holds: str = ""


@dataclass(frozen=True, slots=True)
class ArtifactClaim:
    """An artifact takes these steps in this order, others between them aside."""

    claim: str
    artifact: str
    steps: tuple[WantedStep, ...]


@dataclass(frozen=True, slots=True)
class HandlerClaim:
    """A program of an artifact gives this handler for this signal."""

    claim: str
    artifact: str
    signal: str
    handler: str


Claim = ChainClaim | ConstantClaim | SymbolClaim | FileClaim | ArtifactClaim | HandlerClaim


@dataclass(frozen=True, slots=True)
class Investigation:
    """What is asked of which repositories; ``name`` is the file's name without its ending.

    ``answer`` is the answer to the title, in a sentence. ``titles`` and ``answers`` have both in other languages, by code;
    ``claim_texts`` the claims, by their sentences.
    """

    name: str
    title: str
    repositories: Mapping[str, Repository]
    chains: tuple[Chain, ...]
    questions: tuple[Question, ...]
    artifacts: tuple[ArtifactSource, ...] = ()
    claims: tuple[Claim, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    claim_texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    answer: str = ""
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
