"""Times and weighs the site of an investigation: python bench/report.py [-i FILE] --source NAME=PATH[@REV]…

Prints the seconds of the build with warm traces, the bytes of the site and of its zip, and, where Playwright and
Chromium are, the first paint of the largest page (median of five, in milliseconds).
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def first_paint(page: Path) -> float:
    from playwright.sync_api import sync_playwright

    shown = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    times: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(5):
            opened = browser.new_page()
            opened.goto(page.as_uri())
            opened.wait_for_timeout(300)
            times.append(opened.evaluate(shown))
            opened.close()
        browser.close()
    return statistics.median(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        command = [sys.executable, "-m", "tracer", "report", "--html", str(site), *sys.argv[1:]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        before = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - before
        files = [path for path in site.rglob("*") if path.is_file()]
        total = sum(path.stat().st_size for path in files)
        packed = Path(shutil.make_archive(str(Path(folder) / "packed"), "zip", site)).stat().st_size
        largest = max(files, key=lambda path: path.stat().st_size)
        print(f"{len(files)} files, {total / 1e6:.2f} MB, zipped {packed / 1e6:.2f} MB; whole command {seconds:.2f} s")
        if shutil.which("chromium"):
            print(
                f"largest: {largest.name}, {largest.stat().st_size / 1e6:.2f} MB, first paint {first_paint(largest):.0f} ms"
            )


if __name__ == "__main__":
    main()
