// What a report can do beyond links: keys, search, the reader's trail, copying. Everything is there without it.
"use strict";
(() => {
  const body = document.body;
  const root = body.dataset.root;
  const $ = (id) => document.getElementById(id);
  const kept = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem("tracer-" + key);
      localStorage.setItem("tracer-" + key, value);
    } catch { /* a page from disk may have no storage */ }
    return null;
  };
  const make = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const say = (text) => { $("said").textContent = ""; $("said").textContent = text; };

  // Light and dark

  const theme = kept("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  $("theme").addEventListener("click", () => {
    const shown = document.documentElement.dataset.theme
      || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    const wanted = shown === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = wanted;
    kept("theme", wanted);
  });
  document.querySelector(".tools").hidden = false;

  // The trail: where the reader went, in the address; an item is a page and an anchor

  const item = /^[\w-][\w./-]*~[\w-]+$/;
  const here = (() => {
    const file = document.querySelector("main.file");
    if (file) return file.dataset.name.replace(/\.html$/, "");
    const name = location.pathname.split("/").pop();
    return name === "" ? "index" : name.replace(/\.html$/, "");
  })();
  const given = new URLSearchParams(location.search).get("trail") || "";
  let trail = given.split(",").filter((x) => item.test(x) && !x.includes("..") && !x.includes("//")).slice(-12);
  const label = (x) => {
    const [page, anchor] = x.split("~");
    if (anchor.includes("hop-")) return anchor.replace(/^.*hop-/, "");
    return page.split("/").pop().replace(/^.*-/, "") + ":" + anchor.replace(/^L/, "");
  };
  const addressOf = (x, upTo) => {
    const [page, anchor] = x.split("~");
    return root + page + ".html?trail=" + trail.slice(0, upTo + 1).join(",") + "#" + anchor;
  };
  const showTrail = () => {
    const nav = $("trail");
    nav.hidden = trail.length < 2;
    const list = make("ol");
    trail.forEach((x, i) => {
      const link = make("a", "", label(x));
      link.href = addressOf(x, i);
      if (i === trail.length - 1) link.setAttribute("aria-current", "location");
      const entry = make("li");
      entry.append(link);
      list.append(entry);
    });
    nav.replaceChildren(make("span", "", body.dataset.trail), list);
  };
  const visited = () => {
    const anchor = decodeURIComponent(location.hash.slice(1));
    if (!/^(?:chain-\d+-)?hop-\d+$|^L\d+$/.test(anchor) || !$(anchor)) return;
    const now = here + "~" + anchor;
    if (trail[trail.length - 1] !== now) trail = [...trail, now].slice(-12);
    try {
      history.replaceState(null, "", "?trail=" + trail.join(",") + "#" + anchor);
    } catch { /* then the address has the place alone */ }
    showTrail();
    mark(anchor);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || !trail.length) return;
    const href = link.getAttribute("href");
    if (/^[a-z]+:|^#/i.test(href) || !href.includes(".html") || href.includes("?")) return;
    const [page, anchor] = href.split("#");
    link.setAttribute("href", page + "?trail=" + trail.join(",") + (anchor ? "#" + anchor : ""));
  });

  // Hops

  const cards = [...document.querySelectorAll(".card")];
  const remarks = [...document.querySelectorAll(".code .remark:not(.proof)")];
  const mark = (anchor) => {
    document.querySelectorAll(".hops a[aria-current]").forEach((a) => a.removeAttribute("aria-current"));
    const link = document.querySelector('.hops a[href="#' + CSS.escape(anchor) + '"]');
    if (link) link.setAttribute("aria-current", "location");
  };
  const current = () => {
    const target = cards.findIndex((c) => "#" + c.id === location.hash);
    if (target >= 0) {
      const box = cards[target].getBoundingClientRect();
      if (box.bottom > 80 && box.top < innerHeight) return target;
    }
    let found = -1;
    cards.forEach((card, i) => { if (card.getBoundingClientRect().top < 120) found = i; });
    return found;
  };
  const goTo = (element) => {
    location.hash = element.id;
    if (element.matches(".card")) element.focus({ preventScroll: true });
    // hashchange comes later, after the next key of a fast reader, and would tell of that one only.
    visited();
  };
  const step = (by) => {
    if (cards.length) {
      const next = Math.min(Math.max(current() + by, 0), cards.length - 1);
      goTo(cards[next]);
    } else if (remarks.length) {
      const lines = [...new Set(remarks.map((r) => r.closest("li")))];
      const at = Number(location.hash.replace(/^#L/, "")) || 0;
      const number = (li) => Number(li.id.slice(1));
      const next = by > 0 ? lines.find((li) => number(li) > at) : lines.filter((li) => number(li) < at).pop();
      if (next) goTo(next);
    }
  };
  const act = {
    j: () => step(1),
    k: () => step(-1),
    e: () => {
      const whole = cards[Math.max(current(), 0)]?.querySelector(".whole");
      if (whole) whole.open = !whole.open;
    },
    s: () => {
      const card = cards[Math.max(current(), 0)];
      const link = card ? card.querySelector(".snippet .place[href]")
        : document.querySelector("li:target .remark") || document.querySelector(".remarks a[class]");
      if (link) link.click();
    },
    "/": () => $("search").focus(),
    "?": () => $("keys").showModal(),
  };
  const on = $("keys-on");
  on.checked = kept("keys") !== "off";
  on.addEventListener("change", () => kept("keys", on.checked ? "on" : "off"));
  $("help").addEventListener("click", act["?"]);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !on.checked || $("keys").open) return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) return;
    const run = Object.hasOwn(act, event.key) ? act[event.key] : null;
    if (run) { event.preventDefault(); run(); }
  });

  // Search

  const field = $("search");
  const results = $("results");
  let chosen = -1;
  const rank = (row, words) => {
    const name = row[1].toLowerCase();
    const all = name + " " + row[2].toLowerCase();
    if (!words.every((w) => all.includes(w))) return -1;
    const last = name.split(/[./ ]/).pop();
    return (last === words[0] ? 0 : last.startsWith(words[0]) ? 1 : name.includes(words[0]) ? 2 : 3)
      + (row[0] === "hop" ? 0 : 0.5);
  };
  const find = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = !words.length ? [] : (window.tracerContents || [])
      .map((row, i) => [rank(row, words), i, row]).filter((x) => x[0] >= 0)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, 30).map((x) => x[2]);
    results.replaceChildren(...found.map((row, i) => {
      const link = make("a");
      link.id = "result-" + i;
      link.setAttribute("role", "option");
      link.href = /^https:/.test(row[3]) ? row[3] : root + row[3];
      link.tabIndex = -1;
      link.append(make("span", "sort", row[0]), make(row[0] === "hop" ? "span" : "code", "", row[1]), make("span", "detail", row[2]));
      return link;
    }));
    if (words.length && !found.length) {
      const none = make("div", "none", body.dataset.none);
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      results.append(none);
    }
    results.hidden = !words.length;
    field.setAttribute("aria-expanded", String(!results.hidden));
    choose(found.length ? 0 : -1);
  };
  const choose = (index) => {
    const rows = [...results.querySelectorAll("a")];
    chosen = rows.length ? (index + rows.length) % rows.length : -1;
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === chosen)));
    if (chosen >= 0) {
      field.setAttribute("aria-activedescendant", rows[chosen].id);
      rows[chosen].scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  };
  const shut = () => { results.hidden = true; field.setAttribute("aria-expanded", "false"); };
  field.addEventListener("input", find);
  field.addEventListener("focus", () => { if (field.value) find(); });
  field.addEventListener("blur", () => setTimeout(shut, 150));
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Escape") { shut(); field.blur(); }
    else if (event.key === "Enter") {
      const link = results.querySelector('[aria-selected="true"]');
      if (link) { shut(); field.blur(); link.click(); }
    } else return;
    event.preventDefault();
  });

  // Folded lines of a large file

  const unfold = async (fold) => {
    const bytes = Uint8Array.from(atob(fold.dataset.packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const lines = (await new Response(stream).text()).split("\n");
    const parts = [];
    for (let at = 0; at < lines.length; at += 200) {
      const list = make("ol");
      list.start = Number(fold.dataset.first) + at;
      list.append(...lines.slice(at, at + 200).map((text, i) => {
        const line = make("li", "", text);
        line.id = "L" + (list.start + i);
        return line;
      }));
      const part = make("div", list.children.length === 200 ? "chunk" : "");
      part.append(list);
      parts.push(part);
    }
    fold.replaceWith(...parts);
    return parts[0].querySelector("li");
  };
  const folds = () => [...document.querySelectorAll(".fold")];
  folds().forEach((fold) => {
    const button = make("button", "", body.dataset.unfold);
    button.type = "button";
    button.addEventListener("click", async () => {
      const first = await unfold(fold);
      first.tabIndex = -1;
      first.focus();
    });
    fold.append(button);
  });
  // An address may name a line that is folded.
  const reach = async () => {
    const line = Number((/^#L(\d+)$/.exec(location.hash) || [])[1]);
    const fold = folds().find((f) => Number(f.dataset.first) <= line && line <= Number(f.dataset.last));
    if (!fold) return;
    await unfold(fold);
    location.replace(location.hash);
    dispatchEvent(new HashChangeEvent("hashchange"));
  };
  addEventListener("hashchange", reach);
  reach();

  // Lines of a file

  const file = document.querySelector("main.file");
  if (file) {
    const bar = make("div", "linebar");
    const permalink = make("a", "", body.dataset.permalink);
    const copyLink = make("button", "", body.dataset.copyLink);
    const copyLine = make("button", "", body.dataset.copyLine);
    copyLink.type = copyLine.type = "button";
    const number = make("a", "at");
    bar.append(number, ...(file.dataset.permalink ? [permalink, copyLink] : []), copyLine);
    bar.setAttribute("role", "group");
    let line = null;
    const source = (li) => {
      const copy = li.cloneNode(true);
      copy.querySelectorAll(".remark, .linebar").forEach((x) => x.remove());
      return copy.textContent;
    };
    const put = async (text) => {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const area = make("textarea");
        area.value = text;
        body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      say(body.dataset.copied);
    };
    const show = (li) => {
      line = li;
      const n = li.id.slice(1);
      bar.setAttribute("aria-label", body.dataset.line + " " + n);
      number.textContent = body.dataset.line + " " + n;
      number.href = "#" + li.id;
      permalink.href = file.dataset.permalink + n;
      li.append(bar);
    };
    copyLink.addEventListener("click", () => put(permalink.href));
    copyLine.addEventListener("click", () => put(source(line)));
    const code = document.querySelector(".code");
    code.addEventListener("pointerover", (event) => {
      const li = event.target.closest("li");
      if (li && li !== line) show(li);
    });
    code.addEventListener("click", (event) => {
      if (event.target.closest("a, button")) return;
      const li = event.target.closest("li");
      const gutter = li && parseFloat(getComputedStyle(li).paddingLeft);
      if (li && event.clientX - li.getBoundingClientRect().left < gutter) location.hash = li.id;
    });
    const target = () => {
      const li = /^#L\d+$/.test(location.hash) && $(location.hash.slice(1));
      if (li) show(li);
    };
    addEventListener("hashchange", target);
    target();
  }

  addEventListener("hashchange", visited);
  if (location.hash) visited();
  else showTrail();
})();
