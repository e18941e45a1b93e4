"""Which files belong to a build (go/build, "Build Constraints")."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OSES = frozenset(
    [
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "js",
        "linux",
        "nacl",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "wasip1",
        "windows",
        "zos",
    ]
)
_ARCHES = frozenset(
    [
        "386",
        "amd64",
        "amd64p32",
        "arm",
        "armbe",
        "arm64",
        "arm64be",
        "loong64",
        "mips",
        "mipsle",
        "mips64",
        "mips64le",
        "mips64p32",
        "mips64p32le",
        "ppc",
        "ppc64",
        "ppc64le",
        "riscv",
        "riscv64",
        "s390",
        "s390x",
        "sparc",
        "sparc64",
        "wasm",
    ]
)
_UNIX = frozenset(
    [
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "linux",
        "netbsd",
        "openbsd",
        "solaris",
    ]
)
_TOKEN = re.compile(r"\(|\)|&&|\|\||!|[\w.]+")
_OPERATORS = frozenset(("&&", "||", "!", ")"))
_MARKS = _OPERATORS | {"("}
_MAX_SIZE = 1000
"""The tags and parentheses of an expression that the go command takes."""
# The release that the standard library's facts are of, and what it experiments with unless told otherwise.
NEWEST_GO = 27
_RELEASES = frozenset(f"go1.{minor}" for minor in range(1, NEWEST_GO + 1))
_EXPERIMENTS = frozenset(
    f"goexperiment.{name}"
    for name in [
        "dwarf5",
        "greenteagc",
        "jsonv2",
        "randomizedheapbase64",
        "regabiargs",
        "regabiwrappers",
        "sizespecializedmalloc",
    ]
)


@dataclass(frozen=True, slots=True)
class Build:
    """What a program is built for, and whether tests are built with it.

    cgo is off, as in a build without a C toolchain, unless ``cgo`` is among the tags.
    """

    goos: str = "linux"
    goarch: str = "amd64"
    tags: frozenset[str] = frozenset()
    tests: bool = False

    def tag(self, name: str) -> bool:
        if name.startswith("go1."):
            return name in _RELEASES
        if name == "unix":
            return self.goos in _UNIX
        if name == "amd64.v1":
            return self.goarch == "amd64"
        return name in (self.goos, self.goarch, "gc") or name in self.tags or name in _EXPERIMENTS

    def includes(self, filename: str, constraint: str) -> bool:
        """Whether a file of this name, with this ``//go:build`` expression, is built."""
        return self.takes(filename) and self.meets(constraint)

    def meets(self, constraint: str) -> bool:
        """Whether a file with this ``//go:build`` expression, "" for none, is built if its name allows it."""
        return not constraint or self._expression(constraint)

    def takes(self, filename: str) -> bool:
        """Whether a file of this name is built if its text allows it (``go help buildconstraint``)."""
        is_test = filename.endswith("_test.go")
        if filename[:1] in "_." or (is_test and not self.tests):
            return False
        parts = filename.removesuffix("_test.go" if is_test else ".go").split("_")[1:]
        if len(parts) > 1 and parts[-2] in _OSES and parts[-1] in _ARCHES:
            return self.tag(parts[-2]) and self.tag(parts[-1])
        return not parts or parts[-1] not in _OSES | _ARCHES or self.tag(parts[-1])

    def _expression(self, text: str) -> bool:
        """Whether an expression holds; one that is none, or too large for the go command, does not (go/build/constraint, expr.go)."""
        tokens = _TOKEN.findall(text)
        if sum(token not in _OPERATORS for token in tokens) > _MAX_SIZE:
            return False
        outer: list[tuple[bool, bool, bool]] = []
        # What is known of the alternatives before this one, of this one, and whether what comes next is negated, or a value at all.
        before, holds, negated, is_begun = False, True, False, False
        for token in tokens:
            match token:
                case "!" if not (is_begun or negated):
                    negated = True
                    continue
                case "(" if not is_begun:
                    outer.append((before, holds, negated))
                    before, holds, negated = False, True, False
                    continue
                case ")" if is_begun and outer:
                    value = before or holds
                    before, holds, negated = outer.pop()
                case "&&" if is_begun:
                    is_begun = False
                    continue
                case "||" if is_begun:
                    before, holds, is_begun = before or holds, True, False
                    continue
                case _ if token not in _MARKS and not is_begun:
                    value = self.tag(token)
                case _:
                    return False
            holds, negated, is_begun = holds and value != negated, False, True
        return is_begun and not outer and (before or holds)
