"""golang.org/x/tools' callgraph and the go command, where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from edges import Edge, package, plain

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
_INSTRUMENTED = """package main
type box[T any] struct{}
func (box[T]) put(T) {}
func main() { box[int]{}.put(1) }
"""


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
    def version(self) -> tuple[int, int]:
        text = self.run([str(self.go), "env", "GOVERSION"], Path("/")).strip().removeprefix("go")
        major, minor, *_ = text.split(" ")[0].replace("rc", ".").replace("beta", ".").split(".")
        return int(major), int(minor)

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

    def edges(self, root: Path, packages: Sequence[str], prefixes: Collection[str], **more: str) -> set[Edge]:
        """The edges of variable type analysis between the functions of a build, with callers below ``prefixes``."""
        command = [str(self.callgraph), "-algo=vta", f"-format={_FORMAT}", *packages]
        out: set[Edge] = set()
        for row in self.run(command, root, **more).splitlines():
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

    @cached_property
    def shows_instances(self) -> bool:
        """Whether calls of generic functions are in its graphs: before x/tools 0.13 they are left out as synthetic."""
        folder = self.cache / "probe"
        module(folder, {"main.go": _INSTRUMENTED}, "probe", "1.18")
        return any(e.callee == "(probe.box).put" for e in self.edges(folder, ["."], ["probe"]))


def module(folder: Path, files: dict[str, str], name: str, go: str) -> None:
    """A Go module at a folder."""
    for path, text in (files | {"go.mod": f"module {name}\n\ngo {go}\n"}).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _find(name: str, variable: str, elsewhere: Sequence[str]) -> Path | None:
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen)
    found = shutil.which(name)
    places = [Path(found)] if found else []
    places += [p for pattern in elsewhere for p in sorted(Path("/").glob(pattern))]
    return next((p for p in places if os.access(p, os.X_OK)), None)


def toolchain(cache: Path) -> Toolchain:
    """The installed toolchain; where there is none, the test that asks is skipped and says so.

    ``TRACER_GO`` and ``TRACER_CALLGRAPH`` name others than those on PATH and in Debian's places.
    """
    go = _find("go", "TRACER_GO", ["usr/lib/go-*/bin/go", "usr/local/go/bin/go"])
    callgraph = _find("callgraph", "TRACER_CALLGRAPH", ["usr/lib/go-*/bin/callgraph"])
    if go is None:
        pytest.skip("no go command is installed (Debian: golang-go), so nothing can be compared with x/tools")
    if callgraph is None:
        pytest.skip("x/tools' callgraph is not installed (Debian: golang-golang-x-tools): nothing to compare with")
    return Toolchain(go, callgraph, cache)


def python_bin() -> Path:
    """The folder of this Python's programs."""
    return Path(sys.executable).parent
