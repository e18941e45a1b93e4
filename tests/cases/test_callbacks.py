"""Chains by way of the standard library, which calls back what a program gives it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command import World, made
from support import analysis, repository

from tracer.golang.stdlib import archive as std
from tracer.golang.types import Func

FILES = {
    "go.mod": "module example.org/web\n\ngo 1.24\n",
    "main.go": """package main

import (
	"bufio"
	"io"
	"net/http"
	"sort"
	"sync"
	"time"
)

type api struct{}

func (api) ServeHTTP(w http.ResponseWriter, r *http.Request) { served() }

func served()   {}
func answered() {}
func ordered()  {}
func compared() {}
func once()     {}
func late()     {}
func filled()   {}
func sent()     {}
func lost()     {}

func answer(w http.ResponseWriter, r *http.Request) { answered() }

// forgotten has a handler's type and is handed to nobody.
func forgotten(w http.ResponseWriter, r *http.Request) { lost() }

func less(i, j int) bool { compared(); return i < j }

func only() { once() }

func bell() { late() }

type sizes []int

func (s sizes) Len() int           { ordered(); return len(s) }
func (s sizes) Less(i, j int) bool { return s[i] < s[j] }
func (s sizes) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

type source struct{}

func (source) Read([]byte) (int, error) { filled(); return 0, io.EOF }

type tripper struct{}

func (tripper) RoundTrip(*http.Request) (*http.Response, error) { sent(); return nil, io.EOF }

func main() {
	http.HandleFunc("/", answer)
	mux := http.NewServeMux()
	mux.Handle("/api", api{})
	sort.Sort(sizes(nil))
	sort.Slice([]int{}, less)
	new(sync.Once).Do(only)
	time.AfterFunc(1, bell)
	io.ReadAll(bufio.NewReader(source{}))
	(&http.Client{Transport: tripper{}}).Get("http://localhost")
	(&http.Server{Handler: mux}).ListenAndServe()
}
""",
}
INVESTIGATION = """title = "web"
[repositories.web]
url = "https://github.com/example/web"
commit = "{web}"
programs = ["."]
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made(tmp_path_factory.mktemp("callbacks"), {"web": FILES}, INVESTIGATION)


def follow(web: World, target: str, *arguments: str, expect: int = 0) -> str:
    return web.run("follow", "main", "--repo", "web", "--to", target, *arguments, expect=expect).stdout


@pytest.mark.parametrize(
    ("target", "back", "by"),
    [
        ("served", "(main.api).ServeHTTP", "net/http"),
        ("answered", "main.answer", "net/http"),
        ("ordered", "(main.sizes).Len", "sort"),
        ("compared", "main.less", "sort"),
        ("once", "main.only", "sync"),
        ("late", "main.bell", "time"),
        ("filled", "(main.source).Read", "bufio"),
        ("sent", "(main.tripper).RoundTrip", "net/http"),
    ],
)
def test_the_library_calls_back(web: World, target: str, back: str, by: str) -> None:
    hops = json.loads(follow(web, target, "--json"))["hops"]
    short = [h["to"]["name"].replace("example.org/web", "main") for h in hops]
    assert short[-2:] == [back, f"main.{target}"], short
    at = hops[-2]["call"]
    assert at["repository"] == "std"
    assert at["path"].startswith(f"src/{by}/")


def test_what_nobody_is_given_is_not_called(web: World) -> None:
    follow(web, "lost", expect=1)


def test_the_page_leads_to_the_lines_of_the_release(web: World, tmp_path: Path) -> None:
    follow(web, "ordered", "--html", str(tmp_path / "site"))
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    release = re.escape(std.release())
    assert re.search(rf"https://github\.com/golang/go/blob/{release}/src/sort/sort\.go#L\d+", page)


def test_a_program_has_its_own_copy_of_what_the_library_has_too(tmp_path: Path) -> None:
    """The library's vendor/golang.org/x/net is not the program's golang.org/x/net."""
    files = {
        "go.mod": "module example.org/own\n\ngo 1.24\n\nrequire golang.org/x/net v0.1.0\n",
        "main.go": 'package main\n\nimport "golang.org/x/net/http/httpguts"\n\nfunc main() { httpguts.Mine() }\n',
        "vendor/modules.txt": "# golang.org/x/net v0.1.0\n## explicit\ngolang.org/x/net/http/httpguts\n",
        "vendor/golang.org/x/net/http/httpguts/guts.go": "package httpguts\n\nfunc Mine() {}\n",
    }
    assert "vendor/golang.org/x/net/http/httpguts" in std.packages()
    repository(tmp_path / "own", files)
    own = analysis(tmp_path / "own", ".", name="own")
    [entry], [mine] = own.find("main"), own.find("Mine")
    assert isinstance(entry, Func)
    edges, unresolved = own.edges(entry)
    assert [e.callee for e in edges] == ["golang.org/x/net/http/httpguts.Mine"]
    at = own.symbol(mine).position
    assert at is not None
    assert at.path == "vendor/golang.org/x/net/http/httpguts/guts.go"
    assert unresolved == []


CALLED_BACK = """package main

import (
	"context"
	"flag"
	"net/rpc"
	"os"
	"runtime"
	"sync"
	"text/template"
	"time"
)

type level func(string) error

func (l level) Set(s string) error { return l(s) }
func (l level) String() string     { return "" }

func set(string) error { return nil }

type row struct{}

func (row) Title() string { return "" }

type service struct{}

func (*service) Add(args *int, reply *int) error { return nil }

func later()         {}
func after()         {}
func value() int     { return 1 }
func final(r *row)   {}
func cleaned(n int)  {}

func main() {
	flag.Var(level(set), "level", "")
	flag.Parse()
	_ = template.Must(template.New("x").Parse("{{.Title}}")).Execute(os.Stdout, row{})
	_ = rpc.Register(new(service))
	time.AfterFunc(0, later)
	context.AfterFunc(context.Background(), after)
	sync.OnceValue(value)()
	r := &row{}
	runtime.SetFinalizer(r, final)
	runtime.AddCleanup(r, cleaned, 1)
}
"""


@pytest.fixture(scope="module")
def called_back(tmp_path_factory: pytest.TempPathFactory) -> World:
    files = {"go.mod": "module example.org/web\n\ngo 1.24\n", "main.go": CALLED_BACK}
    return made(tmp_path_factory.mktemp("called"), {"web": files}, INVESTIGATION)


# 4: what is known is told, and that it is not all.
@pytest.mark.parametrize(
    ("name", "says", "code"),
    [
        ("level.Set", r"\(\*flag\.FlagSet\)\.set ", 0),
        ("web.set", r"level\)\.Set", 0),
        ("row.Title", r"text/template.*gives to package reflect", 4),
        ("service.Add", r"net/rpc.*gives to package reflect", 4),
        ("later", r"time\.goFunc", 0),
        ("after", r"context\.afterFuncCtx\)\.cancel", 0),
        ("web.value", r"sync\.OnceValue", 0),
        ("final", r"handed to runtime\.SetFinalizer", 4),
        ("cleaned", r"runtime\.AddCleanup", 0),
    ],
)
def test_who_calls_back_is_told(called_back: World, name: str, says: str, code: int) -> None:
    told = called_back.run("callers", name, "--repo", "web", expect=code).stdout
    assert re.search(says, " ".join(told.split()))
