"""Types, constants and values that are made of shared ones: each part is looked at once, however often it is used.

Without that each of these takes time or memory that doubles with every line; none would end.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import analysis, repository, type_name
from tracer.golang import types as t
from tracer.golang.strings import MAX_LENGTH, texts
from tracer.golang.types.matching import is_renamed, match
from tracer.golang.types.printing import MAX_TEXT
from tracer.golang.types.sizes import size_of
from tracer.golang.types.substitution import has_type_params, substitute
from tracer.wire.arguments import listed

LEVELS = 100
PARAM = t.TypeParam("T", t.EMPTY_INTERFACE)
INT = t.BASICS["int"]


def twice(innermost: t.Type, make: str) -> t.Type:
    """A type that holds another twice, which holds another twice, and so on."""
    typ = innermost
    for _ in range(LEVELS):
        match make:
            case "func":
                typ = t.signature((typ,), (typ,))
            case "map":
                typ = t.map_of(typ, typ)
            case "tuple":
                typ = t.tuple_of((typ, typ))
            case "interface":
                typ = t.interface([("M", t.signature((typ,), (typ,)))], ())
            case "struct":
                typ = t.Struct(tuple(t.Field(name, typ, embedded=False, pos=0, file=None) for name in ("A", "B")))
            case _:
                typ = t.union((typ, typ))
    return typ


MADE = ("func", "map", "tuple", "interface", "struct", "union")


@pytest.mark.parametrize("make", MADE)
def test_walks_of_types(make: str) -> None:
    generic, plain = twice(PARAM, make), twice(INT, make)
    assert has_type_params(generic)
    assert not has_type_params(plain)
    assert t.identical(substitute(generic, {PARAM: INT}), plain)
    assert t.identical(generic, plain) or make in ("tuple", "union")
    assert not t.identical(plain, twice(t.BASICS["string"], make))
    if make in ("func", "map"):
        assert match(generic, plain) == {PARAM: INT}
        assert is_renamed(generic, twice(t.TypeParam("U", t.EMPTY_INTERFACE), make))
    assert len(t.describe(generic)) <= MAX_TEXT + 1
    assert size_of(plain) is not None or make in ("tuple", "union")


def test_a_long_type_is_cut_and_says_so() -> None:
    assert t.describe(twice(INT, "func")).endswith("…")
    assert t.describe(t.signature((INT, t.slice_of(INT)), (INT,))) == "func(int, []int) (int)"


def chain(line: str, last: str) -> str:
    """Declarations, each made of the next one."""
    return "".join(line.replace("<", str(i)).replace(">", str(i + 1)) + "\n" for i in range(LEVELS)) + last + "\n"


NESTED = "pr(" * LEVELS + "1" + ")" * LEVELS
SYSTEMS = {
    "inferred struct": f"func pr[T any](t T) struct{{ a, b T }} {{ panic(t) }}\nfunc main() {{ x := {NESTED}; _ = x }}",
    "inferred function": f"func pr[T any](t T) func(T) T {{ panic(t) }}\nfunc main() {{ x := {NESTED}; _ = x }}",
    "inferred instance": f"type P[A, B any] struct{{ a A; b B }}\nfunc pr[T any](t T) P[T, T] {{ panic(t) }}\nfunc main() {{ x := {NESTED}; _ = x }}",
    "unified": f"func pr[T any](t T) struct{{ a, b T }} {{ panic(t) }}\nfunc same[T any](a, b T) {{}}\nfunc main() {{ same({NESTED}, {NESTED}) }}",
    "unified interfaces": chain(
        "type A<[T any] interface{ M(A>[T]) A>[T] }", f"type A{LEVELS}[T any] interface{{ N(T) }}"
    )
    + chain("type B<[T any] interface{ M(B>[T]) B>[T] }", f"type B{LEVELS}[T any] interface{{ N(T) }}")
    + "func f[T any](a A0[T]) T { panic(a) }\nfunc main() { var x B0[int]; f(x) }",
    "terms": chain(
        "type I< interface{ I> | J> }\ntype J< interface{ I> | J> }",
        f"type I{LEVELS} interface{{ int | string }}\ntype J{LEVELS} interface{{ ~int | string }}",
    )
    + "func f[T I0](t T) T { return t }\nfunc main() { f(1) }",
    "embedded terms": chain(
        "type I< interface{ I>; J> }\ntype J< interface{ I>; J> }",
        f"type I{LEVELS} interface{{ int | string }}\ntype J{LEVELS} interface{{ ~int | string }}",
    )
    + "func f[T I0](t T) T { return t }\nfunc main() { f(1) }",
    "methods": chain(
        "type I< interface{ I>; J> }\ntype J< interface{ I>; J> }",
        f"type I{LEVELS} interface{{ M() }}\ntype J{LEVELS} interface{{ N() }}",
    )
    + "type T struct{}\nfunc (T) M() {}\nfunc (T) N() {}\nfunc main() { var i I0 = T{}; i.M() }",
    "aliases": chain("type A< = func(A>, A>)", f"type A{LEVELS} = int")
    + "func main() { var x A0; x(nil, nil); var y any = x; y.(A0)(nil, nil) }",
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems(name: str, tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": f"package main\n\n{SYSTEMS[name]}\n"})
    program = analysis(tmp_path)
    (main,) = program.find("main.main")
    assert isinstance(main, t.Func)
    program.edges(main)
    assert not program.unit_of(main).fault


def test_a_size_that_doubles(tmp_path: Path) -> None:
    sizes = chain("type B< struct{ a, b B> }", f"type B{LEVELS} int") + "const S = unsafe.Sizeof(B0{}) / 4"
    source = f'package main\n\nimport "unsafe"\n\n{sizes}\n\nfunc main() {{ println(S) }}\n'
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": source})
    program = analysis(tmp_path)
    under = t.underlying(program.checker.type_of_name(type_name(program, "B0")))
    assert size_of(under) == (8 << LEVELS, 8)


GROWING = {
    "concatenated": chain("\tx> := x< + x<", ""),
    "formatted": chain('\tx> := fmt.Sprintf("%s%s", x<, x<)', ""),
}


@pytest.mark.parametrize("name", GROWING)
def test_a_text_that_doubles_is_not_known(name: str, tmp_path: Path) -> None:
    body = f'\tx0 := "a"\n\tif len(x0) > 1 {{\n\t\tx0 = "b"\n\t}}\n{GROWING[name]}\ttake(x{LEVELS})\n'
    source = f'package main\n\nimport "fmt"\n\nfunc take(string) {{}}\n\nfunc main() {{\n{body}\tfmt.Println()\n}}\n'
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": source})
    program = analysis(tmp_path)
    (main,) = program.find("main.main")
    assert isinstance(main, t.Func)
    (site,) = [s for s in program.unit_of(main).sites if s.func is not None and s.func.name == "take"]
    assert site.args[0] is not None
    found = texts(program, site.args[0])
    assert found
    assert all("*" in text and len(text) <= 2 * MAX_LENGTH for text in found)


def test_lists_that_many_calls_hand_on(tmp_path: Path) -> None:
    """Six functions, each of which calls the next one from thirty places."""
    calls = 30
    functions = [f"func f{i}(a []string) {{\n" + f"\tf{i + 1}(a)\n" * calls + "}\n" for i in range(6)]
    take = "func f6(a []string) { take(a) }\n\nfunc take(a []string) {}\n"
    main = 'func main() { f0([]string{"tool"}) }\n'
    source = "\n".join(("package main", "", *functions, take, main))
    repository(tmp_path, {"go.mod": "module main\n\ngo 1.24\n", "main.go": source})
    program = analysis(tmp_path)
    (func,) = program.find("main.f6")
    assert isinstance(func, t.Func)
    (site,) = program.sites(func)
    (one,) = listed(program, site.args[0])
    assert one.more
