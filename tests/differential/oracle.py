"""golang.org/x/tools' callgraph and the go command, where they are installed (``scripts.callgraph``)."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from edges import Edge, package, plain

from scripts import callgraph as tools

_FORMAT = "{{.Caller}}\t{{.Callee}}\t{{.Filename}}:{{.Line}}:{{.Column}}"
# Neither reaches for the network, and no C compiler is needed.
_SETTINGS = {
    "GOPROXY": "off",
    "GOTOOLCHAIN": "local",
    "GOSUMDB": "off",
    "GOFLAGS": "",
    "CGO_ENABLED": "0",
    "GOWORK": "off",
}
# In the comment above the package clause: the Go release that a case needs, or that no compiler takes it.
_NEEDS = re.compile(r"^// go (\d+)\.(\d+)$", re.MULTILINE)
_BROKEN = re.compile(r"^// does not compile$", re.MULTILINE)


class CompileError(Exception):
    """What was given does not compile; ``full`` is all that the compiler says."""

    def __init__(self, command: str, full: str) -> None:
        super().__init__(f"{command}\n{full[:4000]}")
        self.full = full


@dataclass(frozen=True)
class Toolchain:
    """A go command and a callgraph that loads packages with it."""

    go: Path
    callgraph: Path
    cache: Path

    @cached_property
    def environment(self) -> dict[str, str]:
        path = os.pathsep.join((str(self.go.parent), os.environ.get("PATH", os.defpath)))
        drop = ("GOROOT", "GOPATH", "GO111MODULE")
        kept = {k: v for k, v in os.environ.items() if k not in drop}
        return kept | _SETTINGS | {"PATH": path, "GOCACHE": str(self.cache), "GOPATH": str(self.cache / "gopath")}

    def run(self, command: Sequence[str], folder: Path, **more: str) -> str:
        done = subprocess.run(
            command, check=False, cwd=folder, env=self.environment | more, capture_output=True, text=True
        )
        if done.returncode:
            raise CompileError(" ".join(command), done.stderr + done.stdout)
        return done.stdout

    def edges(
        self, folder: Path, packages: Sequence[str], prefixes: Collection[str], root: Path | None = None, **more: str
    ) -> set[Edge]:
        """The edges of variable type analysis between the functions of a build, with callers below ``prefixes``.

        Files are told by their way from ``root``, which is ``folder`` where it is not another.
        """
        root = root or folder
        command = [str(self.callgraph), "-algo=vta", f"-format={_FORMAT}", *packages]
        out: set[Edge] = set()
        for row in self.run(command, folder, **more).splitlines():
            caller, callee, place = row.split("\t")
            file, line, column = place.rsplit(":", 2)
            caller = plain(caller)
            # The calls that the linker makes (init) stand nowhere.
            if line == "0" or not any((package(caller) + "/").startswith(p + "/") for p in prefixes):
                continue
            path = Path(file)
            if path.is_relative_to(root):
                out.add(Edge(caller, plain(callee), str(path.relative_to(root)), int(line), int(column)))
        return out


def module(folder: Path, files: dict[str, str], name: str, go: str) -> None:
    """A Go module at a folder."""
    for path, text in (files | {"go.mod": f"module {name}\n\ngo {go}\n"}).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def compiles(case: Path) -> bool:
    return not _BROKEN.search(case.read_text(encoding="utf-8"))


def too_new(case: Path) -> str:
    """Why a case is none for the go command that is here; empty if it is one."""
    found = _NEEDS.search(case.read_text(encoding="utf-8").split("\npackage ")[0])
    needed = (int(found[1]), int(found[2])) if found else (0, 0)
    if needed <= tools.release():
        return ""
    return "{} needs Go {}.{}; here is Go {}.{}".format(case.name, *needed, *tools.release())


def toolchain(cache: Path) -> Toolchain:
    """The toolchain that is here; where there is none, the test that asks is skipped and says so."""
    go, callgraph = tools.go(), tools.callgraph()
    if go is None:
        pytest.skip("there is no go command")
    if callgraph is None:
        pytest.skip(f"x/tools' callgraph {tools.VERSION} is not installed (python -m scripts.callgraph does it)")
    return Toolchain(go, callgraph, cache)
