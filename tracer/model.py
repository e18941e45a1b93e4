"""The vocabulary as frozen types. Names follow go/types, go/callgraph, gRPC and git."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from tracer.codes import Argument, Ending, Exclusion, Gap, Message, Note, Reason, Rule

STANDARD_LIBRARY = "std"
"""What the repository of the standard library's source is called in a position."""
ALL_PACKAGES = "..."
"""The directory of the program that is made of all packages of a library."""
TESTS = " [tests]"
"""What the directory of a program ends with that is made of tests; no import path has such signs in it (Go spec, "Import declarations")."""


_FULL_METHOD = re.compile(r"/[\w.\-]+/\w+")


def is_full_method(text: str) -> bool:
    """Whether a text is a method as gRPC sends it: ``/package.Service/Method`` (PROTOCOL-HTTP2, "Path")."""
    return _FULL_METHOD.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Pin:
    """A repository at one commit, a full SHA-1 or SHA-256 in hex; or a module at a version, with its commit or tag.

    Of a module, ``repository`` is ``path@version``, with which its paths begin, and ``folder`` where it stands in the repository at ``url``.
    ``changed`` are the paths that a work tree has otherwise, each with its blob id, which is empty for what is gone.
    """

    repository: str
    url: str
    commit: str
    folder: str | None = None
    changed: tuple[tuple[str, str], ...] = ()

    def is_changed(self, path: str) -> bool:
        """Whether a file is not as the commit has it."""
        return any(path == own for own, _ in self.changed)

    def path_of(self, path: str) -> str:
        """A path as the repository has it."""
        if self.folder is None:
            return path
        inner = path.removeprefix(f"{self.repository}/")
        return f"{self.folder}/{inner}" if self.folder else inner


@dataclass(frozen=True, slots=True, order=True)
class ProgramName:
    """Which program: a repository's name, and the directory of the main package, empty for the root.

    Written ``repository:directory``, or ``repository`` where that is the root. A library's are ``directory/...``; where tests are
    the program, ``directory [tests]``, or ``directory/... [tests]`` for those of all packages of a module.
    """

    repository: str
    directory: str = ""

    @property
    def is_tests(self) -> bool:
        """Whether tests are the program: what ``go test`` builds, which has no main package of its own."""
        return self.directory.endswith(TESTS)

    @property
    def folder(self) -> str:
        """The directory without the mark of tests."""
        base = self.directory.removesuffix(TESTS)
        return "" if base == "." else base

    @property
    def library(self) -> str | None:
        """The directory of a module all of whose packages are the program, written ``directory/...``; None for a single package."""
        base, _, last = self.folder.rpartition("/")
        return base if last == ALL_PACKAGES else None

    @property
    def home(self) -> str:
        """The directory that tells of which module the program is."""
        return self.folder if self.library is None else self.library

    def __str__(self) -> str:
        return f"{self.repository}:{self.directory}" if self.directory else self.repository

    @classmethod
    def parse(cls, text: str) -> ProgramName:
        """What ``str`` made of one; of an empty text a name without a repository."""
        repository, _, directory = text.partition(":")
        return cls(repository, directory)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a repository: line and column count from 1, columns in bytes, as Go counts them."""

    repository: str
    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class EdgeKind(StrEnum):
    """How control (or, for ``read``, a value) passes from caller to callee."""

    CALL = "call"
    INTERFACE = "interface"
    VALUE = "value"
    RPC = "rpc"
    EXEC = "exec"
    READ = "read"


class Modifier(StrEnum):
    """What stands before a call."""

    GO = "go"
    DEFER = "defer"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that proves an edge: what it is, of what, and the place in the source that shows it."""

    note: Note
    arguments: tuple[Argument, ...] = ()
    position: Position | None = None

    @property
    def message(self) -> Message:
        return Message(self.note, self.arguments)


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A candidate of a dispatch that is not a target, and why."""

    symbol: str
    reason: Exclusion
    arguments: tuple[Argument, ...] = ()
    position: Position | None = None

    @property
    def message(self) -> Message:
        return Message(self.reason, self.arguments)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declared function, method, type, field, constant or variable.

    ``name`` is go/types' FullName; ``program`` is a ``ProgramName`` as it is written, or empty;
    ``value`` is a constant's value as Go source; ``called`` is the name as Go has it, where a package is called otherwise than its folder.
    """

    name: str
    kind: str
    position: Position | None
    program: str = ""
    signature: str = ""
    value: str | None = None
    called: str = ""

    @property
    def short(self) -> str:
        """The name without the directories of its import path, and with the package's own: ``(*server.Service).Open``."""
        return shortened(self.called or self.name)


def shortened(name: str) -> str:
    """A full name without the directories of its import path."""
    head = name.rstrip()
    prefix = ""
    while head and head[0] in "(*":
        prefix += head[0]
        head = head[1:]
    slash = head.rfind("/", 0, head.find(")") if ")" in head else len(head))
    return prefix + head[slash + 1 :]


@dataclass(frozen=True, slots=True)
class Edge:
    """One proven step from ``caller`` to ``callee``; ``site`` is the called name's position in the caller.

    ``rule`` names the rule that proved it, ``evidence`` the places that prove it, and ``ruled_out`` the
    other candidates. ``wire`` is the full method when the edge crosses to another program. ``bounded`` says why the call
    may have other targets as well, where not all is known that it may call.
    """

    caller: str
    callee: str
    site: Position
    kind: EdgeKind
    rule: Rule
    modifiers: tuple[Modifier, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    wire: str = ""
    bounded: Message | None = None

    @property
    def is_open(self) -> bool:
        """Whether the call may have other targets as well."""
        return self.bounded is not None and self.bounded.code is not Gap.SET_ASIDE


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A call that no rule could decide. ``detail`` says more of the reason."""

    caller: str
    site: Position
    text: str
    reason: Reason
    detail: Message

    @property
    def is_open(self) -> bool:
        """Whether there may be an answer all the same."""
        return self.reason.is_unknown and self.detail.code is not Gap.SET_ASIDE


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one call was resolved: ``parts`` are its expressions with their types, ``edges`` have evidence and ruled-out candidates.

    ``code`` is the call's source on one line, ``kind`` static, literal, interface, value or unknown.
    """

    caller: str
    site: Position
    code: str
    kind: str
    parts: tuple[Evidence, ...]
    edges: tuple[Edge, ...]
    ruled_out: tuple[RuledOut, ...]
    unresolved: Unresolved | None
    bounded: Message | None


@dataclass(frozen=True, slots=True)
class PackageSummary:
    """The calls of the package in ``directory``: edges by kind, and calls without any by reason.

    A call that no value of the program reaches is decided: it calls nothing there. ``undecided`` counts the others.
    """

    directory: str
    calls: int
    edges: Mapping[str, int]
    unresolved: Mapping[Reason, int]

    @property
    def unreached(self) -> int:
        return self.unresolved.get(Reason.NO_TARGET, 0)

    @property
    def undecided(self) -> int:
        return sum(self.unresolved.values()) - self.unreached


@dataclass(frozen=True, slots=True)
class WireEnd:
    """One end of a wire: a stub that sends, or what serves; of a server, ``site`` is where its handler is described.

    ``implementation`` is the method that a server's handler calls, ``declared`` where that stands; empty and None where
    nothing is registered, or with ``undecided`` something may be, in a way that is not followed. ``fallback`` is whether that only
    answers that it is not implemented.
    """

    program: str
    symbol: str
    site: Position | None
    implementation: str = ""
    declared: Position | None = None
    fallback: bool = False
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class WireRow:
    """A full method with all that sends and serves it. ``protocol`` is gRPC, ttrpc or exec."""

    method: str
    protocol: str
    stubs: tuple[WireEnd, ...]
    servers: tuple[WireEnd, ...]

    @property
    def whole(self) -> bool:
        """Whether it has a stub and an implementation."""
        return bool(self.stubs) and any(end.implementation for end in self.servers)


@dataclass(frozen=True, slots=True)
class Hop:
    """One edge of a chain with the symbols at its ends.

    ``code`` is the source text of the call, on one line. ``notes`` are further facts about the target
    that a reader needs: for a constant, what overrides it and who else reads it.
    """

    edge: Edge
    source: Symbol
    target: Symbol
    code: str
    notes: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a search ended, and why; ``toward`` is the full name of the target that it did not reach, if it had one."""

    symbol: Symbol
    position: Position | None
    reason: Ending
    arguments: tuple[Argument, ...] = ()
    toward: str = ""

    @property
    def message(self) -> Message:
        return Message(self.reason, self.arguments)

    @property
    def hit_bound(self) -> bool:
        """Whether more room would tell more."""
        codes = [argument.code for argument in self.arguments if isinstance(argument, Message)]
        return self.reason in (Ending.CUT_OFF, Ending.CUT_OFF_AFTER) or Reason.BOUND in codes

    @property
    def is_open(self) -> bool:
        """Whether it ended for want of knowledge: what was looked for may be there all the same."""
        if self.reason in (Ending.UNNAMED, Ending.MISSING, Ending.HANDED_OVER):
            return True
        if self.reason not in (Ending.UNDECIDED, Ending.SEVERAL):
            return False
        _, reason, detail = (a.code if isinstance(a, Message) else None for a in self.arguments)
        return isinstance(reason, Reason) and reason.is_unknown and detail is not Gap.SET_ASIDE


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around one symbol of a chain: the proven edges one hop in and one hop out, and its undecided calls.

    ``everyday`` are its calls through interfaces of the language and the standard library (``err.Error()``), which may
    lead anywhere and were not looked into.
    """

    symbol: Symbol
    callers: tuple[Hop, ...]
    callees: tuple[Hop, ...]
    unresolved: tuple[Unresolved, ...]
    everyday: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name that somebody typed is taken to mean, in short, and why; ``others`` are what else it might, each as what to type for it and about what that is."""

    text: str
    name: str
    why: str
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which wires an open question asks for: of some ``kinds`` (none: of any), whose full methods fit one of some patterns, of chains of at
    most ``depth`` hops; and over how many wires the search goes on ``across``, in what serves them.

    A pattern is a full method, with or without the first slash, ``*`` standing for any part of it.
    """

    kinds: tuple[EdgeKind, ...] = ()
    methods: tuple[str, ...] = ()
    depth: int | None = None
    across: int = 0

    def has(self, wire: str) -> bool:
        """Whether a full method, or the start of a program, fits."""
        return not self.methods or any(
            fnmatchcase(wire.removeprefix("/"), one.removeprefix("/")) for one in self.methods
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """Chains from an entry, with everything seen on the way.

    With targets there is a chain for each that was reached, in their order: branches of one way where it parts. Without
    any there is a chain to every wire that was reached. ``found`` is whether nothing that was asked for is missing.
    ``stops`` are the unresolved calls and ends on the way; ``explored`` counts the functions whose calls were resolved.
    ``answer`` is what the investigation answers to its title. ``meant`` are the names that were given for the way, where they
    might have meant something else as well, ``wanted`` the wires that were asked for without targets.
    """

    title: str
    entry: Symbol
    targets: tuple[Symbol, ...]
    found: bool
    chains: tuple[tuple[Hop, ...], ...]
    stops: tuple[Stop, ...]
    pins: tuple[Pin, ...]
    explored: int
    questions: tuple[tuple[str, str], ...] = ()
    answer: str = ""
    meant: tuple[Meant, ...] = ()
    wanted: Wanted = Wanted()

    @property
    def branches(self) -> tuple[tuple[Symbol, tuple[Hop, ...]], ...]:
        """Each target with its chain, which is empty where none was found."""
        left = list(self.chains)
        out: list[tuple[Symbol, tuple[Hop, ...]]] = []
        for target in self.targets:
            reached = bool(left) and left[0][-1].target == target
            out.append((target, left.pop(0) if reached else ()))
        return tuple(out)

    @property
    def is_open(self) -> bool:
        """Whether the search ended where something is not known: what is missing may be there all the same."""
        return any(stop.is_open for stop in self.stops)

    @property
    def unreached(self) -> tuple[Symbol, ...]:
        """The targets that no chain leads to."""
        return tuple(target for target, chain in self.branches if not chain)


class UpTo(StrEnum):
    """Where chains that are followed back from a symbol begin: in what serves a wire, where a program begins, or in either."""

    ENTRIES = "entries"
    WIRES = "wires"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The nearest chain to a symbol from each place ``up_to`` which it was followed back.

    There may be more of them where functions on the way are ``unknown`` to have all their callers known, and where it was ``cut`` off.
    """

    symbol: Symbol
    up_to: UpTo
    chains: tuple[tuple[Hop, ...], ...]
    unknown: tuple[Unresolved, ...]
    cut: Message | None

    @property
    def is_open(self) -> bool:
        """Whether there may be others for want of knowledge."""
        return self.cut is not None or any(row.is_open for row in self.unknown)


@dataclass(frozen=True, slots=True)
class MissingModule:
    """A module that programs of a repository import and whose source is not here: at which version, and why.

    ``packages`` are those of it that are imported, ``files`` how many files of the program import them. Without a ``version`` it is a
    main module, a package that stands for itself, or a file that could not be read.
    """

    repository: str
    module: str
    version: str
    packages: tuple[str, ...]
    files: int
    why: Message


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim holds: one of an investigation, by its sentence, or that an answer refers to what is there.

    ``evidence`` is what proves it, up to what broke it.
    ``broken`` says what is wrong, None where the claim holds; ``instead`` is what stands there now.
    """

    claim: Argument
    about: str
    evidence: tuple[Evidence, ...]
    broken: Message | None = None
    instead: tuple[Evidence, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None


@dataclass(frozen=True, slots=True)
class CheckedPin:
    """The commit that was read of a repository, and the one that the investigation pins."""

    repository: str
    wanted: str
    read: str


@dataclass(frozen=True, slots=True)
class Check:
    """The verdicts on all claims of an investigation, in its order, and the commits that were read."""

    investigation: str
    title: str
    verdicts: tuple[Verdict, ...]
    pins: tuple[CheckedPin, ...]

    @property
    def holds(self) -> bool:
        """Whether every claim holds."""
        return all(verdict.holds for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class ConstantReport:
    """What a constant, package variable or field ends up as. ``values`` are Go source, with ``*`` for what is not known.

    ``parts`` are the constants that it is made of; ``readers`` what reads it, ``goes`` where its value goes from there, as
    far as places of its type and containers of them lead; ``overrides`` what may stand in its place, and ``chains`` the ways
    from an entry to it. ``cut`` says why not all is told, if so.
    """

    symbol: Symbol
    expression: str
    values: tuple[Evidence, ...]
    parts: tuple[Evidence, ...]
    readers: tuple[Evidence, ...]
    goes: tuple[Evidence, ...]
    overrides: tuple[Evidence, ...]
    chains: tuple[tuple[Hop, ...], ...]
    cut: Message | None = None


class StepKind(StrEnum):
    """What a step from an image to what its program does is."""

    BUILD = "build"
    BASE = "base"
    ENTRYPOINT = "entrypoint"
    COPY = "copy"
    RULE = "rule"
    COMPILE = "compile"
    MAIN = "main"
    CALL = "call"
    HANDLER = "handler"
    LOOP = "loop"
    RETURN = "return"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class ArtifactStep:
    """One step from an image to what its program does.

    ``text`` is the source, of a handler ``signal → function``; ``note`` says what it does, if there is more to say; ``steps``
    are those of a function that is given or called. ``signal`` and ``function`` are what a handler handles, and its name.
    """

    kind: StepKind
    text: str
    note: Message | None
    position: Position
    steps: tuple[ArtifactStep, ...] = ()
    signal: str = ""
    function: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """An image and how it is made: ``handlers`` are the signals that its program handles, each with the function's name."""

    name: str
    steps: tuple[ArtifactStep, ...]
    handlers: tuple[tuple[str, str], ...]
