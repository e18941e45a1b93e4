"""Which types a program makes values of, as its text tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository, type_name

HEAD = 'package main\n\nimport (\n\t"errors"\n\t"os/user"\n)\n\nvar _, _ = errors.New, user.Current\n\n'
TYPE = 'type T struct{ n int }\n\nfunc (*T) Error() string { return "" }\n\n'


def made(folder: Path, body: str, *, path: str = "main", name: str = "T") -> bool:
    repository(folder, {"go.mod": "module main\n\ngo 1.26\n", "main.go": HEAD + TYPE + body})
    found = analysis(folder)
    return type_name(found, name, path) in found.hierarchy.instantiated


@pytest.mark.parametrize(
    "body",
    [
        "func main() { _ = error(&T{}) }",
        "func main() { _ = new(T) }",
        "func main() { var x T; _ = &x }",
        "func main() { _ = (*T)(nil) }",
        "func main() { _ = []*T{{n: 1}} }",
        "func main() { made() }\n\nfunc made() error { return &T{} }",
        "func main() { println(shared) }\n\nvar shared = &T{}",
        "func main() { println(shared) }\n\nvar (\n\tother = 1\n\tshared = &T{}\n)",
        "func main() {}\n\nfunc init() { println(&T{}) }",
        "func main() {}\n\nvar _ = keep(&T{})\n\nfunc keep(x any) any { return x }",
        "func main() { U(0).make() }\n\ntype U int\n\nfunc (U) make() error { return &T{} }",
        # What a variable is given is computed, whoever uses it.
        "func main() {}\n\nvar kept = keep(&T{})\n\nfunc keep(x any) any { return x }",
        "func main() {}\n\nvar kept = keep()\n\nfunc keep() any { return &T{} }",
        # What holds one is made.
        "func main() { _ = U{} }\n\ntype U struct{ t T }",
        "func main() { _ = &U{} }\n\ntype (\n\tV int\n\tU = T\n)",
        # A named result is one.
        "func main() { _ = f() }\n\nfunc f() (x T) { return }",
        # Not only errors.As stores in it.
        "func main() {\n\tvar x T\n\tfill(&x)\n\t_ = errors.As(nil, &x)\n}\n\nfunc fill(x any) {}",
        "func main() {\n\tvar x T\n\tprintln(x.n)\n}",
        'func main() { println("a", &T{}) }',
        "func main() { println('\"', &T{}) }",
        'func main() { println("\\"", &T{}) }',
        'func main() { println(`"`, &T{}) }',
    ],
)
def test_made(body: str, tmp_path: Path) -> None:
    assert made(tmp_path, body)


@pytest.mark.parametrize(
    "body",
    [
        "func main() {}",
        "func main() { take(nil) }\n\nfunc take(x *T) {}",
        "func main() { _ = give() }\n\nfunc give() *T { return nil }",
        "func main() {\n\tvar e error\n\t_, _ = e.(*T)\n}",
        "func main() {\n\tvar e error\n\tswitch e.(type) {\n\tcase nil, *T:\n\t}\n}",
        "func main() {\n\tvar x *T\n\t_ = errors.As(nil, &x)\n}",
        "func main() { _, _ = errors.AsType[*T](nil) }",
        # Nothing uses what would make one.
        "func main() {}\n\nfunc made() error { return &T{} }",
        "func main() {}\n\nfunc a() error { return b() }\n\nfunc b() error { _ = a(); return &T{} }",
        "func main() {}\n\nvar shared = &T{}",
        "func main() {}\n\nvar shared = func() any { return keep(&T{}) }\n\nfunc keep(x any) any { return x }",
        # Nothing has a value whose method would make one, or nothing calls it.
        "func main() {}\n\ntype U int\n\nfunc (U) make() error { return &T{} }",
        "func main() { println(U(0)) }\n\ntype U int\n\nfunc (U) make() error { return &T{} }",
        "func main() { println(U(0)) }\n\ntype U int\n\nfunc (U) Make() error { return &T{} }",
        "func main() {} // or T{}",
        "func main() { println(other) }\n\nvar (\n\tother = 1\n\tshared = &T{}\n)",
        "func main() {}\n\nvar _ error = &T{}",
        "func main() {}\n\nvar _ error = (*T)(nil)",
        "func main() {}\n\ntype U struct{ t T }",
        "func main() {}\n\n// It was: T{}\n",
        'func main() { println("T{}") }',
    ],
)
def test_not_made(body: str, tmp_path: Path) -> None:
    assert not made(tmp_path, body)


def test_the_library_makes_some_for_those_alone_who_ask(tmp_path: Path) -> None:
    for i, (body, wanted) in enumerate(
        [
            ('func main() { _, _ = user.Lookup("a") }', False),
            ('func main() { _, _ = user.LookupGroupId("1") }', True),
            ('func main() {}\n\nfunc never() { _, _ = user.LookupGroupId("1") }', False),
            ('func main() { println(user.UnknownGroupIdError("1")) }', True),
        ]
    ):
        assert made(tmp_path / str(i), body, path="os/user", name="UnknownGroupIdError") is wanted, body


def test_a_constant_that_repeats_another_is_made(tmp_path: Path) -> None:
    text = "package main\n\ntype T int\n\nconst (\n\tA T = iota\n\tB\n\tC\n\tD = 1\n)\n\nfunc main() { println(%s) }\n"
    for name, wanted in (("C", True), ("D", False)):
        repository(tmp_path / name, {"go.mod": "module main\n\ngo 1.26\n", "main.go": text % name})
        found = analysis(tmp_path / name)
        assert (type_name(found, "T") in found.hierarchy.instantiated) is wanted


def test_a_linked_package_counts(tmp_path: Path) -> None:
    body = "func main() { tar.NewReader(nil) }"
    files = {"go.mod": "module main\n\ngo 1.26\n", "main.go": f'package main\n\nimport "archive/tar"\n\n{body}\n'}
    repository(tmp_path, files)
    found = analysis(tmp_path)
    assert type_name(found, "UnknownGroupIdError", "os/user") in found.hierarchy.instantiated
