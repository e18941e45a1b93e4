"""A trace's page as one HTML file to send: styles, scripts and the JSON inside, nothing beside it.

The page comes from the site. What it takes from other files of the site is put in; links to files that are not sent
along become plain text. The page's Content-Security-Policy then names each inner style and script by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tracer.model import Trace
from tracer.report.exports import dumps
from tracer.report.lines import Read
from tracer.report.render import site

_PAGE = "index.html"
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
Attributes = list[tuple[str, str | None]]


def render(trace: Trace, read: Read) -> str:
    """The text of the page."""
    files = dict(site([trace], read))
    files["index.json"] = dumps(trace, read) + "\n"
    return inlined(files.pop(_PAGE), files)


def inlined(text: str, files: Mapping[str, str]) -> str:
    """A page of a site without need of the site's other ``files``."""
    return _Inliner(text, files).result()


@dataclass(slots=True)
class _Hashes:
    style: list[str] = field(default_factory=list[str])
    script: list[str] = field(default_factory=list[str])

    def add(self, tag: str, text: str) -> None:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        (self.script if tag == "script" else self.style).append(f"'sha256-{digest}'")


class _Inliner(HTMLParser):
    """Copies a page, tag by tag, as it stands; only what points at another file of the site is written anew."""

    def __init__(self, text: str, files: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self._files = files
        self._hashes = _Hashes()
        self._out: list[str] = []
        self._raw = ""
        self._text = ""
        self._policy: tuple[int, Attributes] | None = None
        self.feed(text)
        self.close()

    def result(self) -> str:
        if self._policy is not None:
            at, attributes = self._policy
            self._out[at] = _tag(
                "meta", [(k, self._directives(v or "") if k == "content" else v) for k, v in attributes]
            )
        return "".join(self._out)

    def _directives(self, policy: str) -> str:
        """The policy with the hashes of what now stands inside, and no leave for what was loaded."""
        found = {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}
        for name, hashes in (("style-src", self._hashes.style), ("script-src", self._hashes.script)):
            kept = [word for word in found.pop(name, []) if word not in ("'self'", "file:")]
            if hashes or kept:
                found[name] = list(dict.fromkeys([*kept, *hashes]))
        return "; ".join(" ".join((name, *words)) for name, words in found.items())

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = dict(attrs)
        if tag == "meta" and (values.get("http-equiv") or "").lower() == "content-security-policy":
            self._policy = len(self._out), attrs
        name = self._local(values.get("href" if tag in ("a", "link") else "src"))
        if tag == "link" and name is not None:
            if "stylesheet" in (values.get("rel") or "").split() and name in self._files:
                self._whole("style", [], self._files[name])
            return
        if tag == "script" and name is not None:
            kept = [(k, v) for k, v in attrs if k not in ("src", "defer", "async", "integrity", "crossorigin")]
            # A script that waited for the page must still find it whole.
            kept = kept if "defer" not in values or ("type", "module") in kept else [*kept, ("type", "module")]
            self._whole("script", kept, self._files.get(name, ""), close=False)
            self._raw, self._text = "script", self._files.get(name, "")
            return
        if tag == "a" and name is not None:
            attrs = self._leading(name, attrs, values)
            self._out.append(_tag(tag, attrs))
            return
        if tag in ("style", "script"):
            self._raw, self._text = tag, ""
        self._out.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if tag == "link" or self._local(dict(attrs).get("href")) is not None:
            self.handle_starttag(tag, attrs)
        else:
            self._out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._raw:
            self._hashes.add(tag, self._text)
            self._raw = ""
        self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._text += data if self._raw else ""
        self._out.append(data)

    def handle_entityref(self, name: str) -> None:
        self._out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._out.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._out.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._out.append(f"<!{decl}>")

    def _whole(self, tag: str, attributes: Attributes, text: str, *, close: bool = True) -> None:
        self._out += [_tag(tag, attributes), text]
        if close:
            self._out.append(f"</{tag}>")
            self._hashes.add(tag, text)

    def _leading(self, name: str, attrs: Attributes, values: Mapping[str, str | None]) -> Attributes:
        """The attributes of a link to another file of the site: into this page, with the file inside, or no link."""
        fragment = (values.get("href") or "").partition("#")[2]
        if name == _PAGE:
            return [(k, f"#{fragment}" if k == "href" else v) for k, v in attrs]
        if name.endswith(".json") and name in self._files:
            data = base64.b64encode(self._files[name].encode()).decode()
            kept = [(k, v) for k, v in attrs if k not in ("href", "download")]
            return [*kept, ("download", "trace.json"), ("href", f"data:application/json;base64,{data}")]
        return [(k, v) for k, v in attrs if k != "href"]

    @staticmethod
    def _local(target: str | None) -> str | None:
        """The file of the site that an address names, or None if it names none."""
        if not target or _REMOTE.match(target):
            return None
        return target.partition("#")[0].partition("?")[0].removeprefix("./")


def _tag(name: str, attributes: Attributes) -> str:
    shown = "".join(f" {k}" if v is None else f' {k}="{html.escape(v)}"' for k, v in attributes)
    return f"<{name}{shown}>"
