"""From an image's Dockerfile by way of the build rule to what its program does.

Each step is told by a rule: the entrypoint is the last stage's, the copied file is the one whose destination it is, the rule is
the one whose expanded target is that file, the sources are its prerequisites. What no rule tells is a step as well.
"""

from __future__ import annotations

import difflib
import functools
import posixpath
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tracer.codes import Argument, Message, StepNote
from tracer.errors import CutShortError, SourceError
from tracer.investigation.model import ArtifactSource
from tracer.model import Artifact, ArtifactStep, Position, StepKind
from tracer.source.snapshot import Snapshot
from tracer.syntax import c, dockerfile, make

_SHELL = ("/bin/sh", "-c")
_MAX_DEPTH = 8
_BUILDERS = (("docker", "build"), ("docker", "buildx", "build"), ("podman", "build"), ("buildah", "build"))
_COMPILERS = ("cc", "gcc", "clang")


def trace(asked: ArtifactSource, snapshot: Snapshot) -> Artifact:
    """The steps of an artifact, in the order of the argument. Raises SourceError for a file that is not there."""
    steps = tuple(_Tracing(asked, snapshot).steps())
    return Artifact(asked.name, steps, tuple(_handlers(steps)))


def _handlers(steps: tuple[ArtifactStep, ...]) -> Iterator[tuple[str, str]]:
    for step in steps:
        if step.kind is StepKind.HANDLER:
            yield step.signal, step.function
        elif step.kind in (StepKind.MAIN, StepKind.CALL):
            yield from _handlers(step.steps)


@dataclass(frozen=True, slots=True)
class _Build:
    """A command that builds the image: ``context`` is its directory, ``arguments`` the values of its ARGs."""

    rule: make.Rule
    line: make.RecipeLine
    text: str
    context: str
    arguments: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Tracing:
    asked: ArtifactSource
    snapshot: Snapshot

    def steps(self) -> Iterator[ArtifactStep]:
        """The whole way; it ends at what is not known."""
        asked = self.asked
        stage = dockerfile.last_stage(dockerfile.instructions(self.read(asked.dockerfile)))
        if not stage:
            yield self.step(StepKind.UNDECIDED, "", Message(StepNote.NO_BASE), asked.dockerfile, 1)
            return
        makefile, build = None, None
        arguments = dict(asked.variables)
        if asked.makefile is not None:
            try:
                makefile = make.read(self.read(asked.makefile), asked.variables)
            except CutShortError:
                yield self.step(StepKind.UNDECIDED, "", Message(StepNote.TOO_LONG), asked.makefile, 1)
                return
            build = self.build(makefile, asked.makefile)
            if build is not None:
                arguments |= build.arguments
                words = Message(StepNote.BUILDS, (asked.dockerfile,))
                yield self.step(StepKind.BUILD, build.text, words, asked.makefile, build.line.line)
        base = dockerfile.substitute(stage[0].value, arguments)
        yield self.step(StepKind.BASE, base, Message(StepNote.BASE), asked.dockerfile, stage[0].line)
        start = dockerfile.entrypoint(stage)
        if start is None or not start.words:
            words = Message(StepNote.STARTS_AS_BASE)
            yield self.step(StepKind.UNDECIDED, base, words, asked.dockerfile, stage[0].line)
            return
        program = start.words[0]
        starts = Message(StepNote.STARTS, (program,))
        by_shell = Message(StepNote.STARTS_BY_SHELL, (program, " ".join(_SHELL)))
        words = starts if start.is_exec else by_shell
        yield self.step(StepKind.ENTRYPOINT, f"{start.keyword} {start.value}", words, asked.dockerfile, start.line)
        yield from self.copied(program, stage, arguments, makefile, build)

    def build(self, makefile: make.Makefile, path: str) -> _Build | None:
        """The first command of a rule that builds an image from this Dockerfile."""
        here = posixpath.dirname(path)
        for rule in makefile.rules:
            for line in rule.recipe:
                text = makefile.expand(line.text, rule)
                words = _words(text)
                if not any(tuple(words[: len(builder)]) == builder for builder in _BUILDERS):
                    continue
                named = _option(words, "-f") or _option(words, "--file")
                context = posixpath.normpath(posixpath.join(here, words[-1]))
                used = posixpath.join(here, named) if named else posixpath.join(context, "Dockerfile")
                if posixpath.normpath(used) == self.asked.dockerfile:
                    given = [w.partition("=") for w in _options(words, "--build-arg")]
                    return _Build(rule, line, text, context, {name: value for name, _, value in given})
        return None

    def copied(
        self,
        program: str,
        stage: tuple[dockerfile.Instruction, ...],
        arguments: dict[str, str],
        makefile: make.Makefile | None,
        build: _Build | None,
    ) -> Iterator[ArtifactStep]:
        """From the program in the image to the file that is copied there, and to what makes that file."""
        asked = self.asked
        for copy in reversed(dockerfile.copies(stage, arguments)):
            source = next((s for s in copy.sources if _lands(s, copy.destination, len(copy.sources)) == program), None)
            if source is not None:
                break
        else:
            words = Message(StepNote.NOT_COPIED, (program,))
            yield self.step(StepKind.UNDECIDED, program, words, asked.dockerfile, stage[0].line)
            return
        value = " ".join(dockerfile.substitute(copy.instruction.value, arguments).split())
        shown = f"{copy.instruction.keyword} {value}"
        line = copy.instruction.line
        yield self.step(StepKind.COPY, shown, Message(StepNote.COPIED, (program, source)), asked.dockerfile, line)
        if copy.stage:
            words = Message(StepNote.OTHER_STAGE, (copy.stage,))
            yield self.step(StepKind.UNDECIDED, source, words, asked.dockerfile, line)
            return
        if makefile is None or asked.makefile is None:
            yield self.step(StepKind.UNDECIDED, source, Message(StepNote.NO_MAKEFILE), asked.dockerfile, line)
            return
        if build is None:
            words = Message(StepNote.NO_BUILD, (asked.dockerfile,))
            yield self.step(StepKind.UNDECIDED, source, words, asked.makefile, 1)
            return
        yield from self.made(posixpath.normpath(posixpath.join(build.context, source)), makefile, asked.makefile)

    def made(self, file: str, makefile: make.Makefile, path: str) -> Iterator[ArtifactStep]:
        """From a file to the rule that makes it, and to its sources."""
        here = posixpath.dirname(path)
        rule = next((r for r in makefile.rules if file in (posixpath.join(here, t) for t in r.targets)), None)
        if rule is None:
            yield self.step(StepKind.UNDECIDED, file, Message(StepNote.NO_RULE, (path,)), path, 1)
            return
        made_of = " ".join(rule.prerequisites)
        makes = Message(StepNote.MAKES, (file, made_of))
        under = Message(StepNote.MAKES_UNDER, (file, made_of, rule.under))
        shown = f"{' '.join(rule.targets)}: {made_of}"
        yield self.step(StepKind.RULE, shown, under if rule.under else makes, path, rule.line)
        sources = [p for p in rule.prerequisites if p.endswith(".c")]
        for line in rule.recipe:
            text = makefile.expand(line.text, rule)
            if any(source in text for source in sources) and any(_is_compiler(word) for word in text.split()):
                compiles = Message(StepNote.COMPILES, (" ".join(sources),))
                yield self.step(StepKind.COMPILE, text, compiles, path, line.line)
        if not sources:
            yield self.step(StepKind.UNDECIDED, file, Message(StepNote.NO_C_FILE), path, rule.line)
        for source in sources:
            yield from self.program(posixpath.normpath(posixpath.join(here, source)))

    def program(self, path: str) -> Iterator[ArtifactStep]:
        """What the main function of a C file does."""
        try:
            found = c.extract(self.read(path))
        except CutShortError:
            yield self.step(StepKind.UNDECIDED, "", Message(StepNote.TOO_LONG), path, 1)
            return
        main = found.function("main")
        if main is not None:
            steps = tuple(self.function(found, main, path, ("main",)))
            place = Position(self.asked.repository, path, main.line, main.column)
            yield ArtifactStep(StepKind.MAIN, "main", Message(StepNote.ENTRY, (path,)), place, steps)

    def function(
        self, file: c.CFile, function: c.Function, path: str, above: tuple[str, ...]
    ) -> Iterator[ArtifactStep]:
        for step in function.steps:
            place = Position(self.asked.repository, path, step.line, step.column)
            inner: list[ArtifactStep] = []
            for name in step.targets:
                called = file.function(name)
                if called is not None and name not in above and len(above) < _MAX_DEPTH:
                    inner += self.function(file, called, path, (*above, name))
            kind = StepKind(step.kind)
            if kind is StepKind.HANDLER:
                text, ends = f"{step.signal} → {step.name}", (step.signal, step.name)
            else:
                text, ends = step.text, ("", "")
            yield ArtifactStep(kind, text, _note(step), place, tuple(inner), *ends)

    def step(self, kind: StepKind, text: str, note: Message, path: str, line: int) -> ArtifactStep:
        return ArtifactStep(kind, text, note, Position(self.asked.repository, path, line, 1))

    def read(self, path: str) -> bytes:
        """A file's bytes; where there is none the error names files that resemble it."""
        try:
            return self.snapshot.read(path)
        except SourceError as error:
            near = [p for p in self.snapshot.files if posixpath.basename(p) == posixpath.basename(path)]
            close = difflib.get_close_matches(path, near or self.snapshot.files, n=3)
            hint = f"did you mean {', '.join(close)}?" if close else ""
            words = f"there is no file {path}"
            raise SourceError(
                words, where=f"{self.asked.repository}@{self.snapshot.pin.commit[:12]}", hint=hint
            ) from error


def _note(step: c.Step) -> Message | None:
    """When a step is taken, and what it does."""
    notes: list[Message] = []
    if step.kind == "handler":
        notes.append(Message(StepNote.HANDLES, (step.text,)))
    if step.kind == "loop":
        notes.append(Message(StepNote.FOR_EVER))
    if step.conditions:
        first, *others = step.conditions
        every = functools.reduce(_and, others, first)
        notes.append(Message(StepNote.WHERE, (every,)))
    if step.after_loop:
        notes.append(Message(StepNote.NEVER_REACHED, (str(step.after_loop),)))
    return functools.reduce(lambda a, b: Message(StepNote.BOTH, (a, b)), notes) if notes else None


def _and(one: Argument, other: str) -> Argument:
    return Message(StepNote.ALL_OF, (one, other))


def _lands(source: str, destination: str, count: int) -> str:
    """Where a copied file lands (Dockerfile reference, "COPY"): a directory ends with a slash."""
    if destination.endswith("/") or count > 1:
        return posixpath.join(destination, posixpath.basename(source))
    return destination


def _is_compiler(word: str) -> bool:
    return posixpath.basename(word).rpartition("-")[2] in _COMPILERS


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _options(words: list[str], name: str) -> list[str]:
    """The values of an option: ``--name value`` or ``--name=value``."""
    out = [words[i + 1] for i, word in enumerate(words[:-1]) if word == name]
    return out + [word.partition("=")[2] for word in words if word.startswith(f"{name}=")]


def _option(words: list[str], name: str) -> str:
    return next(iter(_options(words, name)), "")
