"""The report in a real browser: a chain over two repositories, traced by the tool and opened from disk."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Generator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES
from support import git, repository

from tracer import api
from tracer.diff import compare
from tracer.investigation.reader import load
from tracer.report.changes import changes_page
from tracer.report.render import Told, write_site
from tracer.report.serve import previewing
from tracer.report.wires import wires_page

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright for Python is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

# The policy lets nobody fetch, axe included.
AXE: dict[str, Any] = {"preload": False}
ZH = """
[questions.zh]
question = "标签从何而来？"
answer = "来自 DefaultLabel。"

[zh]
title = "Sync 归结为什么？"
"""


@dataclass(frozen=True)
class Site:
    folder: Path
    repositories: Path
    english: Path
    chinese: Path
    several: Path

    def pages(self) -> list[Path]:
        return sorted(p for root in (self.english, self.chinese, self.several) for p in root.rglob("*.html"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    # A file that is large for the browser, beside small ones, and one so large that it is folded.
    server = SERVER_FILES | {
        "cmd/box/main.go": SERVER_FILES["cmd/box/main.go"] + "".join(f"\nfunc f{i}() {{}}\n" for i in range(4000)),
        "vendor/example.org/api/api.go": SERVER_FILES["vendor/example.org/api/api.go"]
        + "".join(f"// {i} {'<b>&amp;' * 10}\n" for i in range(4000)),
    }
    head = "func (s *service) label() string {\n"
    server["cmd/box/main.go"] = server["cmd/box/main.go"].replace(head, head + "\t_ = 1\n" * 20)
    shas = {name: repository(folder / name, files) for name, files in (("client", CLIENT_FILES), ("server", server))}
    (folder / "label.toml").write_text(INVESTIGATION.format(**shas) + ZH, encoding="utf-8")
    options = api.Options({name: str(folder / name) for name in shas}, cache=folder / "cache")
    with api.Session(load(folder / "label.toml"), options) as session:
        trace = api.follow(session, "Sync", "client")
        english, chinese = (api.told(session, trace, lang) for lang in ("en", "zh"))
        wires = Told(api.follow(session, "prepare", "client"))
        branch = replace(trace, title="And twice?", targets=trace.targets * 2, chains=trace.chains * 2)
        later = replace(trace, chains=(trace.chains[0][1:],))
        extras = [
            changes_page([compare(trace, later)]),
            wires_page(api.wires(session), tuple(api.pins(session).values())),
        ]
        write_site([english], session.read, folder / "en", extras=extras)
        write_site([chinese], session.read, folder / "zh", lang="zh", extras=extras)
        write_site([english, wires, branch], session.read, folder / "several")
    return Site(folder, folder, folder / "en", folder / "zh", folder / "several")


@pytest.fixture(scope="module")
def browser() -> Generator[Any]:
    with sync_api.sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


def new_context(browser: Any, **options: Any) -> Any:
    """A context in which a slow machine fails no test: Playwright waits for half a minute, and this for who hangs only."""
    context = browser.new_context(**options)
    context.set_default_timeout(120_000)
    return context


@pytest.fixture
def page(browser: Any) -> Generator[Any]:
    """A page that fails the test for any message of its console, and for any request that leaves the folder."""
    context = new_context(browser, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
    yield opened
    context.close()
    assert not wrong


def anchor(page: Any) -> str:
    return urldefrag(page.evaluate("location.href")).fragment


# Keys


def test_keys(page: Any, made: Site) -> None:
    page.goto((made.english / "index.html").as_uri())
    for key, wanted in (("j", "hop-1"), ("j", "hop-2"), ("j", "hop-3"), ("k", "hop-2")):
        page.keyboard.press(key)
        page.wait_for_function(f"location.hash === '#{wanted}'")
        assert page.evaluate("document.activeElement.id") == wanted
    assert page.locator('.hops a[aria-current="location"]').get_attribute("href") == "#hop-2"
    assert "trail=index~hop-1,index~hop-2,index~hop-3,index~hop-2" in page.evaluate("location.href")
    assert page.locator("#trail li").count() == 4
    page.reload()
    assert page.locator("#trail li").count() == 4
    page.locator("#trail a").first.click()
    page.wait_for_function("location.hash === '#hop-1'")


def test_keys_faster_than_the_browser_tells_of_them(page: Any, made: Site) -> None:
    page.goto((made.english / "index.html").as_uri())
    press = "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))"
    page.evaluate(f"['j', 'j', 'j', 'k'].forEach({press})")
    assert "trail=index~hop-1,index~hop-2,index~hop-3,index~hop-2" in page.evaluate("location.href")


def test_the_whole_function_and_its_file(page: Any, made: Site) -> None:
    page.goto((made.english / "index.html").as_uri() + "#hop-4")
    page.keyboard.press("s")
    page.wait_for_url(re.compile(r"/source/client/.*#L\d+"))
    line = page.locator("li:target")
    assert "Invoke" in line.text_content()
    assert line.bounding_box()["y"] < 900
    page.locator("li:target .remark.rpc").click()
    page.wait_for_url(re.compile(r"index\.html\?trail=.*#hop-4"))
    page.goto((made.english / "index.html").as_uri() + "#hop-8")
    page.keyboard.press("e")
    whole = page.locator("#hop-8 .whole")
    assert whole.get_attribute("open") is not None
    assert "func (s *service) label() string {" in whole.locator(".code").text_content()
    assert whole.locator("mark").text_content() == "DefaultLabel"
    assert not page.locator("#hop-8 .snippet > .code").first.is_visible()


def test_help_and_the_switch_for_keys(page: Any, made: Site) -> None:
    page.goto((made.english / "index.html").as_uri())
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()
    page.keyboard.press("j")
    assert anchor(page) == ""
    page.reload()
    page.keyboard.press("j")
    assert anchor(page) == ""
    page.locator("#help").click()
    page.locator("#keys-on").check()
    page.locator("#keys button").click()
    page.keyboard.press("j")
    page.wait_for_function("location.hash === '#hop-1'")


def test_light_and_dark(page: Any, made: Site) -> None:
    page.emulate_media(color_scheme="light")
    page.goto((made.english / "index.html").as_uri())
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(colour)
    page.locator("#theme").click()
    dark = page.evaluate(colour)
    assert dark != light
    page.reload()
    assert page.evaluate(colour) == dark
    page.locator("#theme").click()
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) == light


# Search


def test_search(page: Any, made: Site) -> None:
    page.goto((made.english / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("guarded.open")
    page.wait_for_selector('#results [aria-selected="true"]')
    assert "guarded.Open" in page.locator("#results a").first.text_content()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"#hop-\d"))
    page.keyboard.press("/")
    page.keyboard.press("Control+A")
    page.keyboard.type("box/main")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("source/server/cmd-box-main.go.html"))
    page.keyboard.press("/")
    page.keyboard.type("no such thing at all")
    assert page.locator("#results").text_content() == "Nothing found"
    page.keyboard.press("Escape")
    assert not page.locator("#results").is_visible()


# Links


class Shape(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.add(values["id"] or "")
        self.links += [values[name] or "" for name in ("href", "src") if name in values]


def test_every_internal_link_leads_somewhere(made: Site) -> None:
    shapes: dict[str, Shape] = {}
    for path in made.pages():
        shape = shapes[path.as_uri()] = Shape()
        shape.feed(path.read_text(encoding="utf-8"))
    seen = 0
    for address, shape in shapes.items():
        for link in shape.links:
            target, fragment = urldefrag(urljoin(address, link))
            if urlsplit(target).scheme != "file":
                assert target.startswith("https://github.com/example/"), link
                continue
            seen += 1
            assert Path(unquote(urlsplit(target).path)).is_file(), link
            assert not fragment or fragment in shapes[target].ids, link
    assert seen > 300


def test_every_permalink_leads_to_the_line_that_is_shown(page: Any, made: Site) -> None:
    for path in sorted(made.english.rglob("source/*/*.html")):
        page.goto(path.as_uri())
        rows = page.evaluate(
            """() => [...document.querySelectorAll(".code li")].slice(0, 120).map((li) => {
                li.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
                const address = li.querySelector(".linebar a:not(.at)").href;
                const copy = li.cloneNode(true);
                copy.querySelectorAll(".remark, .linebar").forEach((x) => x.remove());
                return [address, copy.textContent];
            })"""
        )
        assert rows
        for address, text in rows:
            assert text == pinned_line(made, address)


def test_every_snippet_shows_the_line_of_its_permalink(page: Any, made: Site) -> None:
    page.goto((made.english / "index.html").as_uri())
    rows = page.evaluate(
        """() => [...document.querySelectorAll(".snippet")].map((figure) => {
            const address = figure.querySelector("figcaption .perma").href;
            const number = address.split("#L")[1];
            const list = figure.querySelector("ol");
            return [address, list.children[number - list.start].textContent];
        })"""
    )
    assert len(rows) == 9
    for address, text in rows:
        assert text.rstrip("\n") == pinned_line(made, address)


def pinned_line(made: Site, address: str) -> str:
    found = re.fullmatch(r"https://github\.com/example/(\w+)/blob/([0-9a-f]{40})/(.+)#L(\d+)", address)
    assert found, address
    name, commit, path, number = found.groups()
    lines = git(made.repositories / name, "show", f"{commit}:{unquote(path)}").split("\n")
    return lines[int(number) - 1] if int(number) <= len(lines) else ""


def test_copying(browser: Any, made: Site) -> None:
    context = new_context(browser, permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    with previewing(made.english, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        opened.goto(f"http://127.0.0.1:{server.server_address[1]}/source/client/cmd-agent-main.go.html#L28")
        opened.locator(".linebar button").first.click()
        address = opened.evaluate("navigator.clipboard.readText()")
        assert pinned_line(made, address).startswith("func (a *agent) Sync")
        opened.locator(".linebar button").last.click()
        assert opened.evaluate("navigator.clipboard.readText()").startswith("func (a *agent) Sync")
        server.shutdown()
    context.close()


# Everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe(page: Any, made: Site, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280 if scheme == "light" else 360, "height": 900})
    checker = axe.Axe()
    options = AXE | {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    for path in [
        *sorted(made.english.glob("*.html")),
        *made.english.glob("source/client/cmd-*.html"),
        *made.several.glob("*.html"),
    ]:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        found = checker.run(page, options=options)
        assert found.violations_count == 0, path.name + "\n" + found.generate_report()


def test_axe_of_what_opens(page: Any, made: Site) -> None:
    page.goto((made.chinese / "index.html").as_uri() + "#hop-2")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert axe.Axe().run(page, options=AXE).violations_count == 0
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("open")
    assert page.locator("#results a").count() > 1
    found = axe.Axe().run(page, options=AXE)
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts(browser: Any, made: Site) -> None:
    context = new_context(browser, java_script_enabled=False)
    opened = context.new_page()
    opened.goto((made.english / "index.html").as_uri())
    assert not opened.locator(".tools").is_visible()
    assert opened.locator(".card").count() == 8
    assert opened.locator(".picture .wide a").count() == 17
    opened.locator(".picture .wide a.node").nth(4).click()
    assert anchor(opened) == "hop-5"
    opened.locator("#hop-5 summary").first.click()
    assert opened.locator("#hop-5 .ends").first.is_visible()
    opened.locator("#hop-5 .snippet .place").first.click()
    assert opened.locator("li:target").is_visible()
    opened.get_by_role("link", name="Contents").click()
    assert opened.locator(".contents a").count() > 12
    opened.get_by_role("link", name="Around it").click()
    details = opened.locator("details", has=opened.locator(".group.read")).first
    details.locator("summary").click()
    assert details.locator(".group.read").is_visible()
    opened.locator("#show-read").uncheck()
    assert not details.locator(".group.read").is_visible()
    opened.get_by_role("link", name="Wires", exact=True).click()
    row = opened.get_by_role("row", name="Open")
    assert row.get_by_role("cell").count() == 2
    opened.locator("#show-whole").uncheck()
    assert not row.is_visible()
    opened.locator("#show-whole").check()
    row.get_by_role("link", name="(*api.boxClient).Open").first.click()
    assert "cc.Invoke" in opened.locator("li:target").text_content()
    context.close()


def test_a_table_is_read_on_a_narrow_screen(page: Any, made: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto((made.chinese / "wires.html").as_uri())
    cells = page.locator("td")
    labels = cells.evaluate_all("(all) => all.map((x) => getComputedStyle(x, '::before').content)")
    assert labels[:2] == ['"发送方"', '"服务方"']
    assert cells.nth(0).bounding_box()["y"] < cells.nth(1).bounding_box()["y"]


def test_nothing_is_asked_of_any_other_place(page: Any, made: Site) -> None:
    for path in made.pages():
        page.goto(path.as_uri())
        policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
        assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"


def test_the_policy_holds(browser: Any, made: Site) -> None:
    opened = new_context(browser).new_page()
    opened.goto((made.english / "index.html").as_uri())
    # An image that fails tells its handlers, of which the policy lets the test's own alone run.
    image = '<img src="https://example.org/x.png" onerror="document.title=1">'
    with opened.expect_console_message(lambda message: "Content Security Policy" in message.text):
        opened.evaluate(
            """(image) => new Promise((failed) => {
                document.body.insertAdjacentHTML("beforeend", image);
                document.body.lastElementChild.addEventListener("error", () => failed());
            })""",
            image,
        )
    assert opened.title() != "1"
    opened.close()


def test_narrow(browser: Any, made: Site) -> None:
    context = new_context(browser, viewport={"width": 320, "height": 640})
    opened = context.new_page()
    for path in made.pages():
        opened.goto(path.as_uri() + "#hop-3")
        opened.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert opened.evaluate("document.documentElement.scrollWidth") <= 320, path
    context.close()


SHIFTED = """() => new Promise((done) => {
    let shifted = 0;
    new PerformanceObserver((l) => l.getEntries().forEach((e) => { shifted += e.value; }))
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(shifted), 300);
})"""


@pytest.mark.parametrize("width", [390, 1600])
def test_pages_stand_still(browser: Any, made: Site, width: int) -> None:
    """What Lighthouse asks of a page: no layout shift, on a slow processor too, a title and a description."""
    context = new_context(browser, viewport={"width": width, "height": 900})
    opened = context.new_page()
    context.new_cdp_session(opened).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    names = ["index", "around", "changes", "wires", "contents", "source/server/cmd-box-main.go"]
    for path in [made.english / f"{name}.html" for name in names]:
        opened.goto(path.as_uri())
        assert opened.evaluate(SHIFTED) < 0.01, path
        assert opened.title()
        assert opened.locator('meta[name="description"]').get_attribute("content").strip()
    context.close()


def test_what_is_tapped_is_large_enough(page: Any, made: Site) -> None:
    """Buttons and the links of lists; those inside sentences need not be (WCAG 2.2, 2.5.8)."""
    page.set_viewport_size({"width": 390, "height": 900})
    for name in ("index", "wires", "contents", "source/client/cmd-agent-main.go"):
        page.goto((made.english / f"{name}.html").as_uri())
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, .site a, .hops a, .steps a, .contents a, .snippet figcaption a, summary, .remarks a, label")]
                .filter((x) => x.checkVisibility({ contentVisibilityAuto: true }) && !x.matches(".unseen"))
                .map((x) => [x.textContent, x.getBoundingClientRect()])
                .filter(([, box]) => box.height > 0 && (box.height < 24 || box.width < 24)).map(([text, box]) => [text, box.width, box.height])"""
        )
        assert not small, (name, small)


def test_a_rule_stays_with_its_source_on_paper(page: Any, made: Site) -> None:
    page.goto((made.english / "index.html").as_uri())
    page.emulate_media(media="print")
    style = "(name) => [...document.querySelectorAll('.card > :is(h3, .rule)')].every((x) => getComputedStyle(x)[name] === 'avoid')"
    assert page.evaluate(style, "breakInside")
    assert page.evaluate(style, "breakAfter")
    assert not page.locator(".whole summary").first.is_visible()


def test_the_name_of_a_file_stays_in_sight(page: Any, made: Site) -> None:
    page.goto((made.english / "source" / "server" / "cmd-box-main.go.html").as_uri() + "#L7000")
    assert 0 <= page.locator("h1").bounding_box()["y"] < 40
    assert page.locator("#L7000").bounding_box()["y"] > 100


@pytest.mark.parametrize("name", ["index", "changes", "wires", "source/client/cmd-agent-main.go"])
def test_nothing_is_cut_off_on_paper(page: Any, made: Site, name: str) -> None:
    page.set_viewport_size({"width": 700, "height": 1000})
    page.goto((made.english / f"{name}.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter((x) => x.checkVisibility() && x.getBoundingClientRect().right > innerWidth + 1)
            .map((x) => x.outerHTML.slice(0, 80))"""
    )
    assert not wide
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".tools").is_visible()
    if name == "changes":
        before, after = (page.locator("td").nth(i).bounding_box() for i in (0, 1))
        assert before["y"] == after["y"]
    if name == "index":
        assert page.locator(".card").count() == page.locator(".card:visible").count() == 8


def test_print(page: Any, made: Site) -> None:
    page.goto((made.english / "index.html").as_uri() + "#hop-3")
    page.emulate_media(media="print")
    assert not page.locator(".site").is_visible()
    assert not page.locator("#trail").is_visible()
    assert page.locator(".card").first.is_visible()
    assert page.evaluate(
        "[...document.querySelectorAll('.snippet .code')].every((p) => p.scrollWidth <= p.clientWidth + 1)"
    )
    assert page.pdf().startswith(b"%PDF")


def test_a_large_file_is_in_parts(page: Any, made: Site) -> None:
    page.goto((made.english / "source" / "server" / "cmd-box-main.go.html").as_uri() + "#L7000")
    box = page.locator("#L7000").bounding_box()
    assert 0 < box["y"] < 900
    shown = "document.querySelectorAll('.chunk').length"
    assert page.evaluate(shown) > 35
    assert page.evaluate("document.querySelectorAll('.fold').length") == 0


def test_folded_lines(page: Any, made: Site) -> None:
    path = made.english / "source" / "server" / "vendor-example.org-api-api.go.html"
    lines = (made.repositories / "server" / "vendor/example.org/api/api.go").read_text(encoding="utf-8").splitlines()
    page.goto(path.as_uri())
    assert path.stat().st_size < 60_000
    assert page.locator("#L3000").count() == 0
    page.locator(".fold button").click()
    page.wait_for_selector("#L4000", state="attached")
    assert page.evaluate("document.activeElement.id").startswith("L")
    page.evaluate("document.querySelectorAll('.remark, .linebar').forEach((x) => x.remove())")
    assert page.evaluate("[...document.querySelectorAll('.code li')].map((li) => li.textContent)") == lines
    # An address may lead into what is folded; the line is marked, and can be copied like all others.
    page.goto("about:blank")
    page.goto(path.as_uri() + "#L3000")
    target = page.locator("li:target")
    target.wait_for()
    assert 0 < target.bounding_box()["y"] < 900
    assert target.text_content().startswith(lines[2999])
    assert target.locator(".linebar a").last.get_attribute("href").endswith("/api.go#L3000")
    assert "#L3000" in page.evaluate("location.href")


def test_folded_lines_without_scripts(browser: Any, made: Site) -> None:
    context = new_context(browser, java_script_enabled=False)
    opened = context.new_page()
    opened.goto((made.english / "source" / "server" / "vendor-example.org-api-api.go.html").as_uri())
    fold = opened.locator(".fold")
    link = fold.locator("a").get_attribute("href")
    first, last = (int(n.replace(",", "")) for n in re.findall(r"[\d,]+", fold.text_content())[:2])
    assert link.endswith(f"/vendor/example.org/api/api.go#L{first}")
    assert opened.locator(".code li").count() == first - 1
    assert last > 4000
    context.close()
