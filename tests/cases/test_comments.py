"""Comments in the traced source that read like the tool's own sentences: a report in another language shows them as they are."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES
from support import repository

from tracer import api
from tracer.codes import Note
from tracer.investigation.reader import load
from tracer.report.render import site


@pytest.mark.parametrize(
    "comment",
    [
        "it is the same program",
        "f gets it from its embedded in",
        "x implements the interface in this program",
        "b comes from: c",
        "a package is not among the sources",
        "over gRPC",
    ],
)
def test_a_comment_picks_no_sentence(tmp_path: Path, comment: str) -> None:
    line = f"return pinned // {comment}"
    main = SERVER_FILES["cmd/box/main.go"].replace("return pinned", line)
    files = {"client": CLIENT_FILES, "server": SERVER_FILES | {"cmd/box/main.go": main}}
    shas = {name: repository(tmp_path / name, of) for name, of in files.items()}
    (tmp_path / "label.toml").write_text(INVESTIGATION.format(**shas), encoding="utf-8")
    options = api.Options({name: str(tmp_path / name) for name in files}, cache=tmp_path / "cache")
    with api.Session(load(tmp_path / "label.toml"), options) as session:
        trace = api.follow(session, "Sync", "client")
        page = site([trace], session.read, lang="zh")["index.html"]
    assert (Note.EARLIER_RESULT, (line,)) in [(e.note, e.arguments) for e in trace.chains[0][-1].notes]
    facts = [html.unescape(fact) for fact in re.findall(r"<li>(.*?) <span", page)]
    assert f"被更早的返回结果取代：<code>{line}</code>" in facts
