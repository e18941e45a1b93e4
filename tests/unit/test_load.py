"""Packages and the objects that they declare: loaded, read and made when they are asked for."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.support import analysis, repository
from tracer.golang import types as t
from tracer.golang.load.package import File, Origin, Package
from tracer.golang.program import Analysis
from tracer.golang.stdlib import archive as std
from tracer.model import ProgramName

TREE = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "main.go": 'package main\n\nimport "example.com/m/p"\n\nfunc main() { p.Run() }\n',
    "p/a.go": "package p\n\nfunc Run() { Later() }\n\nfunc Later() {}\n",
    "p/b.go": "package p\n\ntype Box struct{}\n\nfunc (Box) Open() {}\n",
    "p/c.go": "package p\n\ntype Alias = Box\n\nfunc (*Alias) Shut() {}\n",
}

NAME = st.text(st.characters(codec="utf-8", exclude_characters=":"), min_size=1)


def opened(folder: Path) -> tuple[Analysis, Package]:
    repository(folder, TREE)
    program = analysis(folder)
    found = program.program.package("example.com/m/p")
    assert found is not None
    return program, found


def read(package: Package) -> list[str]:
    """The files of which the declarations were read."""
    return [file.path for file in package.files if file._facts is not None]


@given(NAME, st.text())
def test_a_program_is_read_as_it_is_written(repository: str, directory: str) -> None:
    name = ProgramName(repository, directory)
    assert ProgramName.parse(str(name)) == name


def test_how_a_program_is_written() -> None:
    assert [str(ProgramName("r", "cmd/x")), str(ProgramName("r"))] == ["r:cmd/x", "r"]


def test_a_lookup_reads_the_files_that_hold_the_name(tmp_path: Path) -> None:
    program, package = opened(tmp_path)
    assert read(package) == []
    resolver = program.checker.resolver
    assert isinstance(resolver.lookup(package, "Later"), t.Func)
    assert read(package) == ["p/a.go"]
    assert resolver.lookup(package, "Missing") is None
    assert read(package) == ["p/a.go"]
    assert resolver.lookup(package, "Later") is resolver.lookup(package, "Later")


def test_a_type_knows_its_methods(tmp_path: Path) -> None:
    program, package = opened(tmp_path)
    box = program.checker.resolver.lookup(package, "Box")
    assert isinstance(box, t.TypeName)
    shut = box.method("Shut")
    assert shut is not None
    assert shut.full_name == "(*example.com/m/p.Box).Shut"
    assert sorted(f.name for f in box.methods()) == ["Open", "Shut"]
    assert box.method("Missing") is None


def test_a_local_type_has_no_methods(tmp_path: Path) -> None:
    _, package = opened(tmp_path)
    local = t.TypeName("Box", package, package.files[0], None, local=True)
    assert (local.method("Open"), local.methods()) == (None, [])


def test_where_packages_come_from(tmp_path: Path) -> None:
    program, package = opened(tmp_path)
    own = Origin("case", program.program.snapshot.pin.commit)
    assert package.origin == own
    runtime = program.program.package("runtime")
    assert runtime is not None
    assert runtime.origin == Origin(std.REPOSITORY, "", std.release())
    assert program.program.origins() == [own]


def test_a_position_is_in_the_repository_that_its_package_comes_from(tmp_path: Path) -> None:
    program, package = opened(tmp_path)
    package.origin = Origin("elsewhere", "f" * 40)
    run, later = (program.find(f"p.{name}")[0] for name in ("Run", "Later"))
    assert isinstance(run, t.Func)
    edges, _ = program.edges(run)
    assert [edge.site.repository for edge in edges] == ["elsewhere"]
    place = program.symbol(later).position
    assert place is not None
    assert place.repository == "elsewhere"
    main = program.symbol(program.find("m.main")[0]).position
    assert main is not None
    assert main.repository == "case"
    assert [origin.repository for origin in program.program.origins()] == ["case", "elsewhere"]


def test_what_stands_under_a_name(tmp_path: Path) -> None:
    _, package = opened(tmp_path)

    def shown(found: tuple[File, object] | None) -> str:
        return found[0].path if found is not None else ""

    assert [shown(package.declaration(name)) for name in ("Box", "Run", "Open", "Missing")] == [
        "p/b.go",
        "p/a.go",
        "",
        "",
    ]
