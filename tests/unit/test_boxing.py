"""Which types have values that a program stores in interfaces."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository, type_name

from tracer.golang.callgraph import runtime_types as boxing

TYPE = 'package main\n\ntype T struct{ n int }\n\nfunc (*T) Error() string { return "" }\n\n'


def boxed(folder: Path, files: dict[str, str]) -> bool:
    repository(folder, {"go.mod": "module main\n\ngo 1.26\n", **files})
    found = analysis(folder)
    return type_name(found, "T") in found.hierarchy.runtime_types


@pytest.mark.parametrize(
    "body",
    [
        "var err error = &T{}\n\nfunc main() { println(err) }",
        "func main() { x := T{}; var _ any = &x }",
        "type U = T\n\nfunc main() { _ = error(&U{}) }",
        # Who has a value need not name its type: what names it has a name of its own.
        "type S struct{ t *T }\n\nfunc get() S { return S{&T{}} }\n\nfunc main() { use(get().t) }\n\nfunc use(x any) {}",
        "var s = make()\n\nfunc make() []*T { return nil }\n\nfunc main() { use(s[0]) }\n\nfunc use(x any) {}",
        "type R struct{}\n\nfunc (R) Get() *T { return nil }\n\nvar r = R{}\n\nfunc main() { use(r.Get()) }\n\nfunc use(x any) {}",
        "type G interface{ Get() *T }\n\nfunc do(g G) { use(g.Get()) }\n\nfunc main() { do(nil) }\n\nfunc use(x any) {}",
        "func each(f func(*T)) {}\n\nfunc main() { each(func(x *T) { use(x) }) }\n\nfunc use(x any) {}",
        # Generic code may do so with its type arguments.
        "type L[X any] struct{ x X }\n\nvar l L[*T]\n\nfunc main() {}",
        "func id[X any](x X) X { return x }\n\nfunc main() { _ = id(T{}) }",
    ],
)
def test_a_value_goes_to_an_interface(body: str, tmp_path: Path) -> None:
    assert boxed(tmp_path, {"main.go": TYPE + body + "\n"})


@pytest.mark.parametrize(
    "body",
    [
        "func main() { x := &T{}; println(x.Error()) }",
        'var all = map[string]*T{}\n\nfunc main() { all[""] = &T{}; for _, x := range all { take(x) } }\n\nfunc take(x *T) {}',
        # What it is a part of is stored in one: not the value itself.
        "type S struct{ t *T }\n\nfunc main() { var _ any = S{&T{}} }",
        "func main() { var err error; if t, ok := err.(*T); ok { println(t.n) } }",
        # Nothing that runs does it.
        "var err error = &T{}\n\nfunc main() {}",
        "func do() { use(&T{}) }\n\nfunc main() {}\n\nfunc use(x any) {}",
    ],
)
def test_no_value_goes_to_an_interface(body: str, tmp_path: Path) -> None:
    assert not boxed(tmp_path, {"main.go": TYPE + body + "\n"})


def test_a_constant_that_repeats_another_has_its_type(tmp_path: Path) -> None:
    text = 'package main\n\ntype T int\n\nfunc (T) Error() string { return "" }\n\nconst (\n\tA T = iota\n\tB\n\tC\n\tD = 1\n)\n\n'
    use = "func use(x any) {}\n\nfunc main() { use(%s) }\n"
    assert boxed(tmp_path / "c", {"main.go": text + use % "C"})
    assert not boxed(tmp_path / "d", {"main.go": text + use % "D"})


def test_another_package_has_it_by_a_method(tmp_path: Path) -> None:
    files = {
        "main.go": 'package main\n\nimport "main/far"\n\nfunc main() { far.Do(S{}) }\n',
        "t.go": TYPE + "type S struct{}\n\nfunc (S) Get() *T { return &T{} }\n",
        "far/far.go": "package far\n\ntype got[X any] interface{ Get() X }\n\nfunc Do[X any](s got[X]) { var x any = s.Get(); _ = x }\n",
    }
    assert boxed(tmp_path, files)


def test_where_too_much_has_it_it_may_go_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxing, "MAX_UNITS", 1)
    uses = "\n".join(f"func f{i}(x *T) {{}}\n" for i in range(3))
    assert boxed(tmp_path, {"main.go": TYPE + uses + "\nfunc main() { f0(nil); f1(nil); f2(nil) }\n"})
