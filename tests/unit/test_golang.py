"""The small decisions of the golang and syntax rooms, one by one."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.golang.load.build import Build
from tracer.golang.stdlib import archive as std
from tracer.model import Symbol
from tracer.syntax import ast, parse
from tracer.syntax.facts import decode, encode
from tracer.syntax.header import header
from tracer.syntax.parse import extract, parse_function, parse_header, parse_specs


@pytest.mark.parametrize(
    ("name", "constraint", "built"),
    [
        ("a.go", "", True),
        ("a_linux.go", "", True),
        ("a_windows.go", "", False),
        ("a_linux_arm64.go", "", False),
        ("linux.go", "", True),
        ("a_test.go", "", False),
        ("a.go", "linux && !cgo", True),
        ("a.go", "!linux || (unix && arm64)", False),
        ("a.go", "go1.21 && mine", True),
        ("a.go", "ignore", False),
        ("a.go", "linux &&", False),
        ("a.go", "linux mine", False),
        ("a.go", "(linux || windows) && !(arm64 || ignore)", True),
        ("a.go", "!(linux && (mine || ignore))", False),
        ("a.go", "(linux", False),
        ("a.go", "linux)", False),
        ("a.go", "()", False),
        ("a.go", "!!linux", False),
        ("a.go", "windows || linux && !mine || unix", True),
        ("a.go", f"go1.{'2' * 5000}", False),
        # The go command takes no larger expression.
        ("a.go", "!" * 50_000 + "linux", False),
        ("a.go", "(" * 50_000 + "linux" + ")" * 50_000, False),
        ("a.go", " && ".join(["linux"] * 1000), True),
        ("a.go", " && ".join(["linux"] * 1001), False),
    ],
)
def test_build_constraints(name: str, constraint: str, built: bool) -> None:
    assert Build(tags=frozenset({"mine"})).includes(name, constraint) is built


def test_header() -> None:
    found = header(
        b"// Copyright\n//go:build linux && !cgo\n\n/* doc */\npackage  x // y\n\n"
        b'import "a"\nimport (\n\tb "c/d" // e\n\t. `f`; _ "g"\n)\nimport ()\nvar q = "import \\"no\\""\n'
    )
    assert found.package == "x"
    assert found.imports == (("", "a"), ("b", "c/d"), (".", "f"), ("_", "g"))
    assert found.constraint == "linux && !cgo"
    assert header(b"// +build linux,amd64 darwin\n\npackage x").constraint == "(linux && amd64 || darwin)"
    assert header(b"nothing").package == ""


@pytest.mark.parametrize(
    ("head", "constraint"),
    [
        (b"// +build a\n// +build b !c\n\n", "(a) && (b || !c)"),
        # What stands right before the package clause is its documentation.
        (b"// +build a\n", ""),
        (b"// +build a\n\n// +build b\n", "(a)"),
        (b"/* about */\n\n// +build a\n\n", ""),
        (b"/*\n//go:build a\n*/\n\n", ""),
        (b"/* x */\n\t//go:build a\r\n", "a"),
        # A trailing comma leaves no tag behind it, which holds nowhere; a blank binds as or.
        (b"// +build !a,!b, !c\n\n", "(!a && !b && ignore || !c)"),
        (b"// +build !! !x-y\n\n", "(ignore || !ignore)"),
        (b"// +build\n\n", "(ignore)"),
        (b"//+build a\n\n", "(a)"),
        (b"// +builder a\n\n", ""),
        (b"// +build " + b"a " * 200 + b"\n\n", ""),
    ],
)
def test_older_build_constraints(head: bytes, constraint: str) -> None:
    assert header(head + b"package x\n").constraint == constraint


@given(st.binary(max_size=300))
def test_header_takes_anything(data: bytes) -> None:
    header(b"package x\nimport (" + data)


_WORDS = st.sampled_from(
    [
        "package x\n",
        "func f() {\n",
        "}",
        "(",
        ")",
        "type T struct {",
        "import (",
        '"a"',
        "const (",
        "= iota",
        "var y =",
        "[]",
        "map[",
        "`",
        "/*",
        "\n",
        ":=",
        ".",
        "\x00",
        "é",
    ]
)


@settings(max_examples=150)
@given(st.lists(_WORDS, max_size=60))
def test_extraction_takes_anything(words: list[str]) -> None:
    source = "".join(words).encode()
    facts = extract(source)
    assert decode(encode(facts)) == facts
    for declaration in facts.declarations:
        if declaration.kind in ("func", "method"):
            parse_function(source, declaration)
        else:
            parse_specs(source, declaration)


@pytest.mark.parametrize(
    "text",
    [
        "func a(x int, y ...string) (z error) {\n\treturn z\n}\n",
        "func (r *T[K]) a(\n\tx map[string]func(int) bool,\n) struct{ y int } {\n\treturn z\n}\n",
        "func a[K comparable, V interface{ ~int | ~string }](m map[K]V) {\n\tb(m)\n}\n",
        "func a(x struct {\n\ty int\n}) {\n\tb(x)\n}\n",
        "func a() interface {\n\tb()\n} {\n\treturn c\n}\n",
        "func a() { // {\n\tif x {\n\t\ty()\n\t}\n}\n",
        "func a() { return }\n",
        "func a(x int) string\n",
        "func a() {\n\tif x ( {\n}\n",
    ],
)
def test_a_header_is_that_of_the_whole_function(text: str) -> None:
    source = b"package x\n\n" + text.encode()
    (declaration,) = extract(source).declarations
    whole, found = parse_function(source, declaration), parse_header(source, declaration)
    if found is not None:
        assert found.body is not None
        assert not found.body.stmts
        assert ast_text((found.name, found.recv, found.tparams, found.type, found.pos)) == ast_text(
            (whole.name, whole.recv, whole.tparams, whole.type, whole.pos)
        )


def test_most_headers_take_no_look_at_the_body() -> None:
    source = b"package x\n\nfunc (t *T) a(\n\tx int,\n) (string, error) {\n" + b"\tb()\n" * 1000 + b"}\n"
    (declaration,) = extract(source).declarations
    found = parse_header(source, declaration)
    assert found is not None
    assert [p.name for p in found.type.params] == ["x"]


def test_bytes_that_a_generator_wrote_are_not_looked_at() -> None:
    source = b"package x\n\nvar a, b = []byte{\n\t// 3 bytes\n\t0x1f, 10, 3,\n}, []byte{bad, 0xff}\n"
    (declaration,) = extract(source).declarations
    (spec,) = parse_specs(source, declaration)
    assert isinstance(spec, ast.ValueSpec)
    first, second = spec.values
    assert isinstance(first, ast.CompositeLit)
    assert isinstance(second, ast.CompositeLit)
    assert (len(first.elements), len(second.elements)) == (0, 2)


def ast_text(tree: object) -> str:
    """A tree as text, for comparing."""
    if isinstance(tree, tuple):
        return "(" + " ".join(ast_text(x) for x in tree) + ")"
    if dataclasses.is_dataclass(tree):
        fields = (ast_text(getattr(tree, f.name)) for f in dataclasses.fields(tree))
        return f"{type(tree).__name__}({' '.join(fields)})"
    return repr(tree)


def test_lines_are_right_where_an_import_comes_late() -> None:
    facts = extract(b'package x\n\nfunc a() {\n\tb()\n}\n\nimport "d"\n\nfunc e() {}\n')
    assert [(d.names, d.line) for d in facts.declarations] == [(("a",), 3), (("e",), 9)]
    assert [i.line for i in facts.imports] == [7]


def test_a_file_with_errors_keeps_what_parses() -> None:
    facts = extract(b"package x\nfunc a() {}\nfunc b( { }\nfunc c() {}\n")
    assert {"a", "c"} <= {n for d in facts.declarations for n in d.names}


def test_deep_nesting_is_no_crash() -> None:
    source = b"package x\nvar y = " + b"(" * 5000 + b"1" + b")" * 5000 + b"\n"
    for declaration in extract(source).declarations:
        parse_specs(source, declaration)


@pytest.mark.parametrize(
    ("package", "text"),
    [
        ("strings", "func (r *Replacer) Replace(s string) string"),
        ("sync", "func (rw *RWMutex) Unlock()"),
        ("errors", "func New(text string) error { return &errorString{} }"),
        ("net/http", "func (f HandlerFunc) ServeHTTP(w ResponseWriter, r *Request)"),
        ("os", "type FileInfo = fs.FileInfo"),
        ("context", "func (c *cancelCtx) Done() <-chan struct{}"),
        ("time", "Second = 1000 * Millisecond"),
    ],
)
def test_the_standard_library(package: str, text: str) -> None:
    source = std.source(package)
    assert source is not None
    assert text in " ".join(source.decode().split())


def test_the_standard_librarys_facts_parse() -> None:
    for path in sorted(std.packages()):
        source = std.source(path)
        assert source is not None
        assert not parse._root(source).has_error, path


def test_short_names() -> None:
    assert Symbol("(*a.org/b/c.T).M", "method", None).short == "(*c.T).M"
    assert Symbol("a.org/b/c.F", "func", None).short == "c.F"
    assert Symbol("main.F", "func", None).short == "main.F"


@pytest.mark.parametrize("kind", ["type", "var"])
@pytest.mark.parametrize(
    "text", ["map[string]map[string][]*int", "map[string][]*int", "func(a int) (b []*int)", "[]*[4]T[int]"]
)
def test_a_declaration_that_nothing_follows(kind: str, text: str) -> None:
    source = f"package p\n{kind} X {text}\n".encode()
    (declaration,) = extract(source).declarations
    (spec,) = parse_specs(source, declaration)
    assert isinstance(spec, ast.TypeSpec | ast.ValueSpec)
    assert "Bad" not in ast_text(spec)
    assert "MapType" in ast_text(spec) or "map" not in text
