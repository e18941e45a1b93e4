"""What a file declares, told from its text: what a parser tells, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.syntax import parse
from tracer.syntax.facts import FileFacts
from tracer.syntax.header import head
from tracer.syntax.scan import scan

HEAD = b'package x\n\nimport "a"\n\n'


def scanned(source: bytes) -> FileFacts | None:
    """The facts that the text alone tells; ``declared`` apart, since each leaves out the bodies that it is sure of."""
    written = head(source)
    found = scan(source, written.end) if written is not None else None
    if written is None or found is None:
        return None
    return replace(parse._facts(source, written.package, written.imports, found), declared="")


def parsed(source: bytes) -> FileFacts:
    return replace(parse._parsed(source), declared="")


TOLD = [
    "func a() {\nif x {\ny()\n}\nz()\n}\nfunc b() {\n}\n",
    "func a() {\n\tb()\n}\n\nfunc (c *D) e() {\n\tf()\n}\n",
    "func a() {\n}\nfunc b() {\n\n}\n",
    "func a(b int) string\n\nfunc c()\n",
    "func (a B) c() int { return 1 } // d\n",
    "func (a *B[C, D]) e() { f() }\nfunc (B) g() {\n}\nfunc h(x func()) func() { return x }\nfunc i()\n",
    "func a(\n\tb int,\n\tc ...string,\n) (d, e error) {\n\tf()\n}\n",
    "func a(b int, // c\n\td string) error {\n\treturn nil\n}\n",
    "func a[K comparable, V interface{ ~int | ~string }](m map[K]V) {\n\tb(m)\n}\n",
    "func a(x struct {\n\ty int\n}) {\n\tb(x)\n}\n",
    "func a() interface {\n\tb()\n} {\n\treturn c\n}\n",
    "func a() struct {\n\tx int\n}\n\nfunc b(x struct {\n\ty int\n}) {\n}\n",
    "func a(\n\tx int,\n) struct {\n\ty int\n} {\n\treturn z\n}\n\nfunc b(\n) {\n\ty()\n}\n",
    "func a() { // {\n\tif x {\n\t\ty()\n\t}\n}\n",
    "func a() {\n\tx('`', '\\'', '{', \"}\", \"\\\"{\")\n}\nfunc b() {\n\tx('`')\n}\n",
    'func a() {\n\tvar x = "/*"\n}\nfunc b() {\n\tvar x = "*/"\n}\n',
    "func a() {\n\tx := `\n}\nfunc b() {\n`\n}\n\nfunc c() {\n}\n",
    "func a() {\n\t/*\n}\nfunc b() {\n\t*/\n}\n\nvar c = 1\n",
    "const a = `\nfunc b() {\n\tx()\n`\n\nconst c = `\n}\n`\n",
    "// One ` is here.\n\nvar a = `\nfunc b() {\n\tc()\n}\nfunc d() {}\n`\n",
    "func ä() {\n\tb()\n}\n\nfunc (c Ä) d() {}\n",
    'type a int // b\n\ntype c = d\n\ntype e[T any] struct {\n\tf T `json:"f"`\n} // g\n',
    "type a func(b int) (c, d error)\ntype e interface{ f() }\ntype g struct{}\n",
    "type (\n\ta int\n\tb struct {\n\t\tc int\n\t}\n\te[T any] = map[T]struct{ f int }\n)\n",
    "var a, b = 1, 2\n\nvar c int\n\nvar _ d = (*e)(nil)\n",
    "var a = f(func() {\n\ty()\n}, c)\n\nvar b = func() {\n\tx()\n}\n",
    "var a = []T{{\n\tb: 1,\n}, {\n\tb: 2,\n}}\n",
    'const a = "" +\n\t"b" + // c\n\t"d"\n\nvar e = f.\n\tg()\n',
    "const (\n\ta, b = iota, 1 << iota // c\n\td, e\n\n\t// f\n\t_, _\n)\n",
    "var (\n\ta = `\n\tb = 1\n`\n\tc = func() {\n\t\td := 1\n\t}\n\t/* e\n\tf\n\t*/\n\tg *h\n)\n",
]
NOT_TOLD = [
    "func a() { x() }; func b() {\n}\n",
    "func a() {\n\tb() }\n\tvar c = d{\n}\n",
    "type a struct {\n\tb int }\n\ntype c interface {\n\td()\n}\n",
    "type (a int; b string)\n",
    "type a int; type b int\n",
    "var a chan\nint\n",
    "var (\n\ta chan\n\tint\n)\n",
    "const (\n\ta = 1 +\n\tb\n)\n",
    "const (\n\ta = 1; b = 2\n)\n",
    'var a = 1\n\nimport "b"\n',
    "type a /* b */ int /* c */\n",
    "func a(\n",
    "func a() {\n",
    "func a() {\n\t`\n}\n",
    "var a = `\n",
    "func (a B c() {\n}\n",
    "if a {\n}\n",
]


@pytest.mark.parametrize("text", TOLD)
def test_text_tells_what_a_parser_tells(text: str) -> None:
    source = HEAD + text.encode()
    assert not parse._root(source).has_error
    assert scanned(source) == parsed(source)


@pytest.mark.parametrize("text", NOT_TOLD)
def test_what_is_written_otherwise_is_not_told(text: str) -> None:
    source = HEAD + text.encode()
    assert scanned(source) is None
    assert replace(parse.extract(source), declared="") == parsed(source)


_PIECES = [
    *(piece.encode() for text in (*TOLD, *NOT_TOLD) for piece in (text, *text.splitlines(keepends=True))),
    *(
        mark.encode()
        for mark in ("\n", "\t", "}", "{", ")", "(", "`", '"', "'", "/*", "*/", "//", ";", ",", "\r\n", "\x00")
    ),
]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(_PIECES), max_size=12))
def test_text_tells_what_a_parser_tells_or_nothing(pieces: list[bytes]) -> None:
    source = HEAD + b"".join(pieces)
    found = scanned(source)
    if found is not None and not parse._root(source).has_error:
        assert found == parsed(source)


@pytest.mark.parametrize(
    "text",
    [
        "var a = " + "(" * 50_000 + ")" * 50_000 + "\n",
        "func a() {\n" + "{" * 50_000 + "\n}\n",
        "func a() {\n\t`\n}\n" * 2_001,
        "var a = f(\n" * 20_000,
        "type a struct {\n" + "\tb int\n" * 50_000,
        "const (\n" + "\ta = (\n" * 20_000 + ")\n",
        "var a = " + "b +\n" * 50_000,
    ],
)
def test_text_that_is_made_to_harm_is_not_told(text: str) -> None:
    assert scanned(HEAD + text.encode()) is None


def test_the_hash_of_what_is_declared_leaves_bodies_out() -> None:
    one = HEAD + b"type a struct {\n\tb int\n}\n\nfunc c(d a) {\n\te()\n}\n\nfunc f() { g() }\n"
    told = parse.extract(one).declared
    assert parse.extract(one.replace(b"\te()", b"\tif h {\n\t}")).declared == told
    for changed in (one.replace(b"b int", b"b string"), one.replace(b"d a", b"d *a"), one + b"\nfunc e() {\n}\n"):
        assert parse.extract(changed).declared != told
    result = HEAD + b"func a() struct {\n\tb int\n}\n\nfunc c() interface {\n\td()\n} { return e }\n"
    for changed in (result.replace(b"b int", b"b bool"), result.replace(b"d()", b"f()")):
        assert parse.extract(changed).declared != parse.extract(result).declared
