"""Which files may declare a name, told from their text: all that do, and few of those that use it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.syntax.declaring import may_declare, may_declare_method, may_declare_type
from tracer.syntax.parse import extract

DECLARING = [
    "func name() {}",
    "func\tname() {}",
    "func name[T any]() {}",
    "func /* c */ name() {}",
    "func // c\nname() {}",
    "type name int",
    "type name[T any] struct{}",
    "type name = int",
    "type\nname int",
    "type (name int)",
    "type (\n\tname int\n)",
    "type (\n\tname <-chan int\n)",
    "type (\n\tname[T any] struct{}\n)",
    "type ( /* c */ name int)",
    "type (a int; name int)",
    "type(\n\ta int\n\t/* c */ name (int)\n)",
    "var name int",
    "var name, other int",
    "var other, name int",
    "var other,\n\tname int",
    "var other, /* c */ name int",
    "var (\n\tother, more, name = f()\n)",
    "var (\n\tname *int\n)",
    "var (\r\n\tname = 1\r\n)",
    "var (name=1;)",
    "var\n(name=1;)",
    "var // c\n(name=1;)",
    "var /* c */ (name=1;)",
    "var\n(other, name = 1, 2;)",
    "const name = 1",
    "const (\n\tother = iota\n\tname\n)",
    "const (\n\tname // what it is\n)",
    "const (\n\tname /* what it is */ = 1\n)",
    "const (other = iota; name)",
    "const other, name = 1, 2",
]
USING = [
    "var other = name",
    "var other = p.name",
    "var other = f(name)",
    "var other = f(1, name)",
    "var other *name",
    "var other []name",
    "var other map[string]name",
    "func f(x name) {}",
    "func f() name { return name{} }",
    "func f() (name, error) { return nil, nil }",
    "func f() {\n\tname := 1\n}",
    "func f() {\n\tname.f()\n}",
    "func f() {\nname:\n\tfor {\n\t}\n}",
    "func f() {\n\treturn name\n}",
    "func (r name) f() {}",
    "var names, surname = 1, 2",
    "type other struct{ *name }",
]


@pytest.mark.parametrize("source", DECLARING)
def test_what_declares_a_name_may_declare_it(source: str) -> None:
    whole = f"package p\n\n{source}\n".encode()
    assert "name" in {name for d in extract(whole).declarations for name in d.names}
    assert may_declare(whole, b"name")
    assert may_declare_type(whole, b"name") or not source.startswith("type")


@pytest.mark.parametrize(
    "source", ["func name() {}", "var (\n\tname int\n)", "type other struct {\n\tname int\n}", *USING]
)
def test_what_declares_no_type_of_a_name(source: str) -> None:
    assert not may_declare_type(f"package p\n\n{source}\n".encode(), b"name")


@pytest.mark.parametrize("source", USING)
def test_what_uses_a_name_does_not_declare_it(source: str) -> None:
    assert not may_declare(f"package p\n\n{source}\n".encode(), b"name")


@pytest.mark.parametrize(
    "source",
    ["func (r *T) name() {}", "func (T) name() {}", "func (r T[K]) /* c */ name() {}", "func (r T)\tname() {}"],
)
def test_a_method_is_declared_behind_its_receiver(source: str) -> None:
    whole = f"package p\n\n{source}\n".encode()
    assert may_declare_method(whole, b"name")
    assert not may_declare(whole.replace(b"/* c */ ", b""), b"name")


@pytest.mark.parametrize("source", ["func name() {}", "var x = y.name()", "type name int", "func (r *T) rename() {}"])
def test_what_is_no_method_has_no_receiver(source: str) -> None:
    assert not may_declare_method(f"package p\n\n{source}\n".encode(), b"name")


_BLANK = st.sampled_from([" ", "\t", "  ", "\n", "\n\t", " /* c */ ", "/* name */", " // c\n", "\r\n"])


@given(st.sampled_from(DECLARING), st.lists(_BLANK, min_size=8, max_size=8))
def test_no_blank_hides_a_declaration(source: str, blanks: list[str]) -> None:
    written = "".join(word + blank for word, blank in zip(source.split(" "), [*blanks, *" " * 8], strict=False))
    whole = f"package p\n\n{written}\n".encode()
    if "name" in {name for d in extract(whole).declarations for name in d.names}:
        assert may_declare(whole, b"name"), written
    if any(d.kind == "type" and "name" in d.names for d in extract(whole).declarations):
        assert may_declare_type(whole, b"name"), written
