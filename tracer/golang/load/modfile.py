"""go.mod, go.work and vendor/modules.txt as they are written (Go reference, "go.mod files"; golang.org/x/mod/modfile, read.go).

A file is lines of tokens, and blocks of lines under common first tokens. What is no directive of ours is passed over, as
the go command does in the files of dependencies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tracer.errors import ResolutionError
from tracer.golang.load.versions import Version, is_version

_PUNCTUATION = "()[]{},"
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"'}
_CODED = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Replace:
    """``old`` has no version where all are replaced; ``new`` has none where it is a directory."""

    old: Version
    new: Version

    @property
    def is_directory(self) -> bool:
        return not self.new.version


@dataclass(frozen=True, slots=True)
class ModFile:
    """A go.mod or go.work: ``uses`` are directories, as they are written; ``go`` is empty where it is not said."""

    module: str = ""
    go: str = ""
    requires: tuple[Version, ...] = ()
    replaces: tuple[Replace, ...] = ()
    excludes: frozenset[Version] = frozenset()
    uses: tuple[str, ...] = ()


@dataclass(slots=True)
class Vendored:
    """A vendor/modules.txt: the module of each package, with what replaces it, and whether ``go work vendor`` wrote it."""

    is_workspace: bool = False
    modules: dict[str, str] = field(default_factory=dict[str, str])
    packages: dict[str, Version] = field(default_factory=dict[str, Version])
    replaces: dict[Version, Version] = field(default_factory=dict[Version, Version])
    explicit: set[str] = field(default_factory=set[str])


def read_mod(data: bytes, where: str) -> ModFile:
    """A go.mod or go.work; ``where`` names it in errors. Raises ResolutionError, with the line."""
    module, go = "", ""
    requires: list[Version] = []
    replaces: list[Replace] = []
    excludes: list[Version] = []
    uses: list[str] = []
    for number, (verb, *rest) in _statements(data.decode("utf-8", "replace"), where):
        match verb, rest:
            case "module", [path]:
                module = path
            case "go", [version]:
                go = version
            case "require", [path, version]:
                requires.append(Version(path, version))
            case "exclude", [path, version]:
                excludes.append(Version(path, version))
            case "use", [directory]:
                uses.append(directory)
            case "replace", _:
                replaces.append(_replace(rest, f"{where}:{number}"))
            case (("module" | "go" | "require" | "exclude" | "use"), _):
                raise ResolutionError(f"this is no {verb} directive", where=f"{where}:{number}")
            case _:
                pass
    return ModFile(module, go, tuple(requires), tuple(replaces), frozenset(excludes), tuple(uses))


def _replace(tokens: list[str], where: str) -> Replace:
    old, new = tokens, list[str]()
    if "=>" in tokens:
        at = tokens.index("=>")
        old, new = tokens[:at], tokens[at + 1 :]
    if len(old) not in (1, 2) or len(new) not in (1, 2):
        raise ResolutionError("this is no replace directive: old/path [v1.2.3] => new/path v1.2.3", where=where)
    if len(new) == 1 and not is_directory(new[0]):
        raise ResolutionError(f"a replacement without a version must be a directory: {new[0]}", where=where)
    return Replace(Version(*old), Version(*new))


def is_directory(path: str) -> bool:
    """Whether a replacement's path is one of the file system (modfile.IsDirectoryPath)."""
    return path in (".", "..") or path.startswith(("./", "../", "/", ".\\", "..\\", "\\")) or path[1:2] == ":"


def read_vendored(data: bytes) -> Vendored:
    """A vendor/modules.txt (modload.readVendorList): ``# module version [=> new]``, ``## marks``, packages."""
    found = Vendored()
    at: Version | None = None
    for line in data.decode("utf-8", "replace").splitlines():
        words = line.split()
        if line.startswith("## "):
            marks = [mark.strip() for mark in line[3:].split(";")]
            found.is_workspace |= at is None and "workspace" in marks
            if at is not None and "explicit" in marks:
                found.explicit.add(at.path)
        elif line.startswith("# "):
            at = _vendored_module(words[1:], found)
        elif len(words) == 1 and at is not None:
            found.packages.setdefault(words[0], at)
            found.modules.setdefault(at.path, at.version)
    return found


def _vendored_module(words: list[str], found: Vendored) -> Version | None:
    arrow = words.index("=>") if "=>" in words else len(words)
    old, new = words[:arrow], words[arrow + 1 :]
    if len(old) not in (1, 2) or len(new) > 2:
        return None
    at = Version(*old)
    if new:
        found.replaces[at] = Version(*new)
    return at if len(old) == 2 and is_version(old[1]) else None


# The grammar


def _statements(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """The directives with the number of their line; those of a block as if each were written out."""
    head: list[str] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        tokens, words = _tokens(line, f"{where}:{number}")
        if not tokens:
            continue
        if head is not None:
            if tokens == [")"] and words == [False]:
                head = None
            else:
                yield number, [*head, *tokens]
        elif tokens[-1] == "(" and not words[-1] and len(tokens) > 1:
            head = tokens[:-1]
        elif not (len(tokens) > 2 and tokens[-2:] == ["(", ")"] and not any(words[-2:])):
            yield number, tokens
    if head is not None:
        raise ResolutionError(f"the block of {head[0]} has no end", where=where)


def _tokens(line: str, where: str) -> tuple[list[str], list[bool]]:
    """The tokens of a line, strings unquoted, without its comment; and of each whether it is no punctuation."""
    tokens: list[str] = []
    words: list[bool] = []
    at, end = 0, len(line)
    while at < end:
        c = line[at]
        if c.isspace() or c == "\ufeff":
            at += 1
        elif line.startswith("//", at):
            break
        elif c in _PUNCTUATION:
            tokens.append(c)
            words.append(False)
            at += 1
        elif c in '"`':
            text, at = _string(line, at, where)
            tokens.append(text)
            words.append(True)
        else:
            start = at
            while (
                at < end and not line[at].isspace() and line[at] not in _PUNCTUATION and not line.startswith("//", at)
            ):
                at += 1
            tokens.append(line[start:at])
            words.append(True)
    return tokens, words


def _string(line: str, at: int, where: str) -> tuple[str, int]:
    """The string that begins at ``at``, unquoted, and where it ends (Go spec, "String literals")."""
    quote, at = line[at], at + 1
    out: list[str] = []
    while at < len(line):
        c = line[at]
        at += 1
        if c == quote:
            return "".join(out), at
        if c == "\\" and quote == '"':
            c, at = _escape(line, at, where)
        out.append(c)
    raise ResolutionError("a string without an end", where=where)


def _escape(line: str, at: int, where: str) -> tuple[str, int]:
    c = line[at : at + 1]
    if c in _ESCAPES:
        return _ESCAPES[c], at + 1
    digits, base, begin = (_CODED[c], 16, at + 1) if c in _CODED else (3, 8, at)
    try:
        return chr(int(line[begin : begin + digits], base)), begin + digits
    except (ValueError, OverflowError) as error:
        raise ResolutionError(f"\\{c} is no escape of a string", where=where) from error
