"""Bytes of a Dockerfile -> its instructions, and what the image that it builds last is made of."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

# A brace may have no end.
_VARIABLE = re.compile(r"\\(.)|\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?(\}|\Z))")
_STRINGS = re.compile(r'\s*\[\s*+(?:"(?:[^"\\]|\\.)*+"\s*+(?:,\s*+(?=")|(?=\])))*+\]\s*')
_FLAG = re.compile(r"--(\w[\w-]*)(?:=(\S*))?$")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: ``keyword`` in upper case, ``value`` as it is written, on one line; ``line`` counts from 1."""

    keyword: str
    value: str
    line: int

    @property
    def words(self) -> tuple[str, ...]:
        """The strings of the exec form, ``["/x", "-a"]``, else the words of the shell form."""
        if self.is_exec:
            return tuple(cast("list[str]", json.loads(self.value)))
        try:
            return tuple(shlex.split(self.value))
        except ValueError:
            return tuple(self.value.split())

    @property
    def is_exec(self) -> bool:
        """Whether it is in the exec form: a JSON array of strings (Dockerfile reference, "Shell and exec form")."""
        # Looked at before it is read: what is nested deeply ends the process.
        if not _STRINGS.fullmatch(self.value):
            return False
        try:
            json.loads(self.value)
        except ValueError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Copy:
    """An ADD or COPY: ``stage`` is what ``--from`` names, or empty where it comes from the build context."""

    instruction: Instruction
    sources: tuple[str, ...]
    destination: str
    stage: str


def instructions(source: bytes) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile in their order, comments aside. Never raises."""
    # Imported where a Dockerfile is read: few commands read one.
    from dockerfile_parse import DockerfileParser

    # It reads bytes, typed as text, and takes them for UTF-8.
    clean = source.decode("utf-8", "replace").encode()
    parser = DockerfileParser(fileobj=cast("Any", io.BytesIO(clean)))
    rows = cast("list[dict[str, Any]]", parser.structure)
    return tuple(
        Instruction(str(row["instruction"]).upper(), str(row["value"]), int(row["startline"]) + 1)
        for row in rows
        if row["instruction"] != "COMMENT"
    )


def last_stage(given: Sequence[Instruction]) -> tuple[Instruction, ...]:
    """The instructions from the last FROM on: what they build is the image."""
    starts = [i for i, instruction in enumerate(given) if instruction.keyword == "FROM"]
    return tuple(given[starts[-1] :]) if starts else ()


def entrypoint(stage: Sequence[Instruction]) -> Instruction | None:
    """What the image starts: its last ENTRYPOINT, or else its last CMD."""
    for keyword in ("ENTRYPOINT", "CMD"):
        found = [i for i in stage if i.keyword == keyword]
        if found:
            return found[-1]
    return None


def copies(stage: Sequence[Instruction], variables: Mapping[str, str]) -> list[Copy]:
    """The files that a stage puts into its image, with ``variables`` and the defaults of its ARG and ENV put in."""
    known = dict(variables)
    out: list[Copy] = []
    for instruction in stage:
        if instruction.keyword in ("ARG", "ENV"):
            _define(instruction, known, variables)
        if instruction.keyword not in ("ADD", "COPY"):
            continue
        words = list(instruction.words)
        flags: dict[str, str] = {}
        while words and (flag := _FLAG.match(words[0])):
            flags[flag.group(1)] = flag.group(2) or ""
            words.pop(0)
        if len(words) > 1:
            named = [substitute(word, known) for word in words]
            out.append(Copy(instruction, tuple(named[:-1]), named[-1], flags.get("from", "")))
    return out


def _define(instruction: Instruction, known: dict[str, str], given: Mapping[str, str]) -> None:
    """An ARG's default counts where no value is given; an ENV's value always (Dockerfile reference, "ARG")."""
    for word in instruction.words:
        name, separator, value = word.partition("=")
        if separator and (instruction.keyword == "ENV" or name not in given):
            known[name] = substitute(value, known)


def substitute(text: str, variables: Mapping[str, str]) -> str:
    """A word with ``$X``, ``${X}``, ``${X:-word}`` and ``${X:+word}`` put in; what has no value stays as it is written."""

    def put(found: re.Match[str]) -> str:
        escaped, plain, braced, operator, word, closed = found.groups()
        if escaped is not None:
            return escaped
        if braced and not closed:
            return found[0]
        value = variables.get(plain or braced)
        if operator in ("-", ":-"):
            return word if value is None or (operator == ":-" and not value) else value
        if operator in ("+", ":+"):
            return word if value or (operator == "+" and value is not None) else ""
        return found.group(0) if value is None else value

    return _VARIABLE.sub(put, text)
