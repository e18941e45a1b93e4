"""The standard library's facts: what the archive holds, and what its synthetic bodies say."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.golang.stdlib import archive as std
from tracer.golang.stdlib.archive import Annotation, Summary
from tracer.golang.stdlib.declared import declared
from tracer.syntax.parse import extract


def text(path: str) -> str:
    source = std.source(path)
    assert source is not None, path
    return source.decode()


def declarations(path: str) -> list[str]:
    return [part.rstrip("\n") for part in re.split(r"^//line .*\n", text(path), flags=re.MULTILINE)[1:]]


def declaration(path: str, head: str) -> str:
    """The one declaration that starts with ``head``."""
    found = [part for part in declarations(path) if part.startswith(head)]
    assert len(found) == 1, (path, head, found)
    return found[0]


@pytest.mark.parametrize("path", sorted(std.packages()))
def test_what_a_member_declares_is_told_without_a_parser_as_with_one(path: str) -> None:
    source = text(path).encode()
    assert replace(declared(source), declared="") == replace(extract(source), declared="")


@pytest.mark.parametrize("path", sorted(std.packages()))
def test_every_member_parses(path: str) -> None:
    facts = extract(text(path).encode())
    assert facts.package
    assert facts.declarations or path in ("runtime/race", "time/tzdata")


def test_imports_stay_inside_the_archive() -> None:
    for path in std.packages():
        for imported in extract(text(path).encode()).imports:
            # What is only linked, and has nothing that could be named, is not there.
            if imported.name == "_":
                continue
            assert {imported.path, f"vendor/{imported.path}"} & std.packages(), (path, imported)


def test_what_is_in_the_archive() -> None:
    assert std.release().startswith("go1.")
    assert re.fullmatch(re.escape(std.release()) + "-[0-9a-f]{8}", std.version())
    assert {"net/http", "context", "io", "os", "iter", "encoding/json", "unsafe"} <= std.packages()
    assert not any(p.startswith("cmd/") or "testdata" in p or "/_" in p for p in std.packages())
    assert std.source("github.com/nobody/nothing") is None
    with zipfile.ZipFile(Path(std.__file__).with_name("std.zip")) as archive:
        assert archive.read("LICENSE").startswith(b"Copyright 2009 The Go Authors.")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (
            "strings",
            "func (r *Replacer) Replace(s string) string { (*sync.Once)(nil).Do(r.buildOnce); r.r.Replace(s) }",
        ),
        ("sync", "func (rw *RWMutex) Unlock()"),
        ("errors", "func New(text string) error { return &errorString{} }"),
        ("errors", "func (e *errorString) Error() string"),
        ("context", "func Background() Context { return backgroundCtx{} }"),
        ("net/http", "func (f HandlerFunc) ServeHTTP(w ResponseWriter, r *Request) { f(w, r) }"),
        ("net/http", "func NotFoundHandler() Handler { return HandlerFunc(NotFound) }"),
        ("net/http", "var DefaultClient = &Client{}"),
        ("os", "type FileInfo = fs.FileInfo"),
        ("os", "func (fs *fileStat) IsDir() bool"),
        ("io", "func TeeReader(r Reader, w Writer) Reader { return &teeReader{r: r, w: w} }"),
        ("io", 'var EOF = errors.New("")'),
        ("io", "var Discard Writer = discard{}"),
        ("sort", "func Sort(data Interface) { data.Len(); pdqsort(data, 0, 0, 0) }"),
        ("sort", "func Reverse(data Interface) Interface { return &reverse{Interface: data} }"),
        ("time", "func AfterFunc(d Duration, f func()) *Timer { newTimer(0, 0, goFunc, f, nil) }"),
        # What is called back: through an interface, as a value, and by the machine.
        ("time", "func goFunc(arg any, seq uintptr, delta int64) { go arg.(func())() }"),
        (
            "flag",
            (
                "func (f *FlagSet) set(name, value string) error "
                '{ fmt.Sprintf("", "", 0); return fmt.Errorf("", name); err := (*Flag)(nil).Value.Set(value); '
                "return err; return nil }"
            ),
        ),
        ("iter", "type Seq[V any] func(yield func(V) bool)"),
    ],
)
def test_a_declaration_is_as_told(path: str, wanted: str) -> None:
    assert wanted in declarations(path)


def summaries(path: str) -> dict[str, tuple[Summary | str, ...]]:
    """What is told of a package's declarations, by the first line of each: the summary, and the names behind it."""
    lines = text(path).split("\n")
    found = std.read_annotations(text(path).encode())
    return {lines[line - 1]: (told.summary, *told.users) for line, told in found.items()}


def test_summaries_say_how_much_is_told() -> None:
    users = summaries("os/user")
    # Values of it are made for who looks up a group by its number, and in archive/tar for who is linked with that.
    wanted = (Summary.ONLY_IF_USED, "archive/tar.", "os/user.LookupGroupId")
    assert users["type UnknownGroupIdError string"] == wanted
    assert summaries("compress/flate")["type ReadError struct {"] == (Summary.ONLY_IF_USED,)
    # The compiler calls the runtime: who makes these stands nowhere.
    assert summaries("runtime")["type PanicNilError struct {"] == (Summary.COMPLETE,)


def test_what_no_statement_tells_is_partial() -> None:
    partial = {
        f"{path}: {head}"
        for path in std.packages()
        for head, (told, *_) in summaries(path).items()
        if told is Summary.PARTIAL
    }
    # What package unsafe makes values of interfaces from.
    assert all(row.startswith(("internal/abi", "internal/reflectlite", "reflect", "unique", "weak")) for row in partial)
    assert any("func packEface(" in row for row in partial)


def test_a_summary_is_that_of_the_declaration_that_begins_there() -> None:
    source = text("os/user").encode()
    group = std.annotation(source, source.index(b"type UnknownGroupIdError"))
    assert group is not None
    assert (group.summary, group.users) == (Summary.ONLY_IF_USED, ("archive/tar.", "os/user.LookupGroupId"))
    reflect = text("reflect").encode()
    assert std.summary(reflect, reflect.index(b"func packEface(")) is Summary.PARTIAL
    assert std.summary(source, source.index(b"func Lookup(")) is Summary.COMPLETE
    assert std.annotation(source, 0) is None
    assert std.summary(source, 0) is Summary.COMPLETE


@pytest.mark.parametrize(
    "told",
    [
        Annotation("a.go", 7, Summary.PARTIAL),
        Annotation("a.go", 7, Summary.COMPLETE),
        Annotation("a.go", 7, Summary.ONLY_IF_USED),
        Annotation("a.go", 7, Summary.ONLY_IF_USED, ("p/q.Name", "r.")),
    ],
)
def test_an_annotation_is_read_as_it_is_written(told: Annotation) -> None:
    line = std.annotated(told.file, told.line, told.summary, told.users)
    assert std.read_annotations(f"package p\n\n{line}\nfunc F()\n".encode()) == {4: told}


def test_constants_keep_their_group() -> None:
    group = re.sub(r" +", " ", declaration("time", "const (\nNanosecond"))
    assert "Nanosecond Duration = 1" in group
    assert "Hour = 60 * Minute" in group
    assert "iota" in declaration("time", "const (\nJanuary")


def test_what_nothing_reaches_is_left_out() -> None:
    assert "func heapSort_func" in text("sort")
    assert "func printVersion" not in text("testing")


def test_a_type_is_kept_for_the_methods_it_embeds() -> None:
    assert declaration("context", "type afterFuncCtx struct")


def test_an_asserted_parameter_is_called_as_what_it_is_asserted_to_be() -> None:
    assert "wt, _ := src.(WriterTo); return wt.WriteTo(dst)" in declaration("io", "func copyBuffer(")


def test_what_has_no_say_is_left_out() -> None:
    # Numbers, texts, conditions; a variable of another type is the zero value of that type.
    body = declaration("strconv", "func Atoi(")
    assert "if " not in body
    assert "NumError" in text("strconv")
    assert "(*Server)(nil).logf(" in declaration("net/http", "func (c *conn) serve(")


def test_what_is_sent_is_kept_by_what_the_channel_holds() -> None:
    assert "errc <- tlsHandshakeTimeoutError{}" in declaration("net/http", "func (pconn *persistConn) addTLS(")


def test_a_function_without_a_body_is_what_the_linker_puts_there() -> None:
    assert "return textproto.readMIMEHeader(r, maxMemory, maxHeaders)" in declaration(
        "net/http", "func readMIMEHeader("
    )


def test_what_a_package_does_when_it_starts_is_there() -> None:
    assert "func init() { crypto.RegisterHash(crypto.MD5, New) }" in declarations("crypto/md5")


def test_positions_are_those_of_the_release() -> None:
    places = std.read_annotations(text("errors").encode())
    line = text("errors").split("\n").index("func New(text string) error { return &errorString{} }") + 1
    assert places[line].file == "errors.go"
    assert places[line].line > line
    for path in ("net/http", "sort"):
        source = text(path).encode()
        assert {d.line for d in extract(source).declarations} == set(std.read_annotations(source))
