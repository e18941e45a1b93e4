"""go.mod, go.work and modules.txt: each way to write a directive, and what is wrong."""

from __future__ import annotations

import pytest

from tracer.errors import ResolutionError, SourceError
from tracer.golang.load.modfile import Replace, read_mod, read_vendored
from tracer.golang.load.versions import Version, is_pruned, latest, order, without_major
from tracer.source.modzip import escaped


def test_every_way_to_write_a_directive() -> None:
    found = read_mod(
        b"""\xef\xbb\xbf// a comment (
module "example.com/\\x61pp" // quoted
go 1.21.3
toolchain go1.22.0
require example.com/a v1.0.0 // indirect
require (
\t"example.com/b" v2.0.0+incompatible\r
\t// example.com/no v1.0.0

\t`example.com/c` v0.0.0-20240102030405-0123456789ab
)
exclude (
example.com/d v1.0.0
)
exclude example.com/d v1.0.0
replace example.com/a => ./a
replace (
\texample.com/b v2.0.0 => "../with space"//why
\texample.com/c => example.com/fork/c v1.2.3
)
retract (
\t[v1.0.0, v1.1.0]
)
ignore ()
use (
\t./one
\t"./two (2)"
)
""",
        "go.mod",
    )
    assert (found.module, found.go) == ("example.com/app", "1.21.3")
    assert found.requires == (
        Version("example.com/a", "v1.0.0"),
        Version("example.com/b", "v2.0.0+incompatible"),
        Version("example.com/c", "v0.0.0-20240102030405-0123456789ab"),
    )
    assert found.excludes == {Version("example.com/d", "v1.0.0")}
    assert found.replaces == (
        Replace(Version("example.com/a"), Version("./a")),
        Replace(Version("example.com/b", "v2.0.0"), Version("../with space")),
        Replace(Version("example.com/c"), Version("example.com/fork/c", "v1.2.3")),
    )
    assert found.uses == ("./one", "./two (2)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("module a\n\nreplace b ./c\n", "go.mod:3: this is no replace directive"),
        ("module a\nreplace b => c\n", "go.mod:2: a replacement without a version must be a directory"),
        ("module a b\n", "go.mod:1: this is no module directive"),
        ("require (\n", "go.mod: the block of require has no end"),
        ('module "a\n', "go.mod:1: a string without an end"),
        ('module "\\q"\n', r"go.mod:1: \\q is no escape"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ResolutionError, match=message):
        read_mod(text.encode(), "go.mod")


def test_what_is_vendored() -> None:
    found = read_vendored(
        b"## workspace\n# example.com/a v1.0.0 => ../a\n## explicit; go 1.17\nexample.com/a/x\nexample.com/a/y\r\n"
        b"# example.com/b v0.1.0\nexample.com/b\n# example.com/c => ./c\n"
    )
    assert found.is_workspace
    assert found.modules == {"example.com/a": "v1.0.0", "example.com/b": "v0.1.0"}
    assert found.packages["example.com/a/y"] == Version("example.com/a", "v1.0.0")
    assert found.replaces == {
        Version("example.com/a", "v1.0.0"): Version("../a"),
        Version("example.com/c"): Version("./c"),
    }


def test_versions_are_in_the_order_of_semver() -> None:
    rising = ["v1", "v1.0.1-0", "v1.0.1-0.1", "v1.0.1-alpha", "v1.0.1-alpha.1", "v1.0.1", "v1.2", "v1.10.0", "v2.0.0+x"]
    assert sorted(sorted(rising), key=order) == rising
    assert order("v1.0.0+incompatible") == order("v1.0.0")
    assert latest("v1.9.0", "v1.10.0") == "v1.10.0"
    assert latest("v1.9.0", "") == ""
    assert order("none") < order("v0.0.0-0")
    assert [is_pruned(go) for go in ("", "1.16", "1.17", "1.21.3", "1.22rc1", "2")] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]


def test_how_modules_are_spelt() -> None:
    assert escaped("github.com/Azure/SDK") == "github.com/!azure/!s!d!k"
    for text in ("../x", "a//b", "a/./b", "a\\b", "ä/b", "a/..", "/a", "a b"):
        with pytest.raises(SourceError):
            escaped(text)
    assert without_major("example.com/a/v2") == "example.com/a"
    assert without_major("gopkg.in/yaml.v3") == "gopkg.in/yaml"
    assert without_major("example.com/vault") == "example.com/vault"


def test_a_long_file_is_read_in_one_go() -> None:
    rows = "".join(f"\texample.com/m{i} v1.0.0 // indirect\n" for i in range(100_000))
    assert len(read_mod(f"module a\nrequire (\n{rows})\n".encode(), "go.mod").requires) == 100_000
