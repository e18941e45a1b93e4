"""Which module a program is of, and what its imports mean, in trees that the go command takes, and in some that it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.errors import ResolutionError

LIB = "package lib\n\nfunc Lift() {}\n"


def main(*imports: str) -> str:
    return "package main\n\n" + "".join(f'import _ "{path}"\n' for path in imports) + "\nfunc main() {}\n"


def stands(folder: Path, files: dict[str, str], program: str) -> dict[str, str]:
    """Import path -> directory, without the main package and the library's."""
    repository(folder, files)
    packages = analysis(folder, program).program.closure()
    return {p.path: p.directory for p in packages[1:] if not p.is_std}


def test_the_nearest_go_mod_is_the_module(tmp_path: Path) -> None:
    files = {
        "go.mod": "module example.com/outer\n",
        "inner/go.mod": "module example.com/other\n",
        "inner/cmd/main.go": main("example.com/other/lib", "example.com/outer/lib", "example.com/outer/inner/lib"),
        "inner/lib/lib.go": LIB,
        "lib/lib.go": LIB,
    }
    assert stands(tmp_path, files, "inner/cmd") == {"example.com/other/lib": "inner/lib"}


def test_a_package_below_a_nested_go_mod_is_not_the_outer_modules(tmp_path: Path) -> None:
    files = {
        "go.mod": "module example.com/outer\n",
        "main.go": main("example.com/outer/nested/lib", "example.com/outer/lib"),
        "nested/go.mod": "module example.com/other\n",
        "nested/lib/lib.go": LIB,
        "lib/lib.go": LIB,
    }
    assert stands(tmp_path, files, "") == {"example.com/outer/lib": "lib"}


def test_a_replacement_of_one_version_is_not_of_others(tmp_path: Path) -> None:
    files = {
        "go.mod": "module m\nrequire x.org/a v1.1.0\nrequire x.org/b v1.1.0\n"
        "replace x.org/a v1.0.0 => ./a\nreplace x.org/b v1.1.0 => ./b\nreplace x.org/b => ./a\n",
        "main.go": main("x.org/a", "x.org/b"),
        "a/a.go": LIB,
        "b/b.go": LIB,
    }
    assert stands(tmp_path, files, "") == {"x.org/b": "b"}


def test_a_go_work_that_does_not_use_the_module_has_no_say(tmp_path: Path) -> None:
    files = {
        "go.work": "use ./app\nreplace x.org/lib => ./other\n",
        "app/go.mod": "module example.com/app\n",
        "tool/go.mod": "module example.com/tool\nrequire x.org/lib v1.0.0\nreplace x.org/lib => ../lib\n",
        "tool/main.go": main("x.org/lib"),
        "lib/lib.go": LIB,
        "other/lib.go": LIB,
    }
    assert stands(tmp_path, files, "tool") == {"x.org/lib": "lib"}


def test_a_go_work_in_a_subfolder(tmp_path: Path) -> None:
    files = {
        "go.work": "use ./unrelated\n",
        "work/go.work": "use (\n\t./app\n\t../libs/one\n\t../../outside\n)\nreplace x.org/two v1.2.0 => ../libs/two\n",
        "work/app/go.mod": "module example.com/app\nrequire x.org/two v1.2.0\n",
        "work/app/main.go": main("x.org/one", "x.org/two/deep"),
        "libs/one/go.mod": "module x.org/one\n",
        "libs/one/lib.go": LIB,
        "libs/two/go.mod": "module x.org/two\n",
        "libs/two/deep/lib.go": LIB,
    }
    assert stands(tmp_path, files, "work/app") == {"x.org/one": "libs/one", "x.org/two/deep": "libs/two/deep"}


def test_a_module_in_a_subdirectory_has_its_own_vendor(tmp_path: Path) -> None:
    files = {
        "go.mod": "module example.com/outer\n",
        "vendor/x.org/lib/lib.go": LIB,
        "services/go.mod": "module example.com/services\nrequire x.org/lib v1.0.0\n",
        "services/vendor/modules.txt": "# x.org/lib v1.0.0\n## explicit\nx.org/lib\n",
        "services/vendor/x.org/lib/lib.go": LIB,
        "services/cmd/main.go": main("x.org/lib"),
    }
    assert stands(tmp_path, files, "services/cmd") == {"x.org/lib": "services/vendor/x.org/lib"}


def test_what_is_vendored_at_another_version_is_not_before_what_replaces_it(tmp_path: Path) -> None:
    files = {
        "go.mod": "module m\nrequire x.org/lib v1.1.0\nreplace x.org/lib => ./lib\n",
        "vendor/modules.txt": "# x.org/lib v1.0.0\n## explicit\nx.org/lib\n",
        "vendor/x.org/lib/lib.go": LIB,
        "lib/lib.go": LIB,
        "main.go": main("x.org/lib"),
    }
    assert stands(tmp_path, files, "") == {"x.org/lib": "lib"}


def test_another_module_of_the_repository_by_its_path(tmp_path: Path) -> None:
    """The path of a module below a repository's root ends with its directory; a copy of another's does not."""
    files = {
        "app/go.mod": "module example.com/repo/app\nrequire example.com/repo/lib v1.0.0\nrequire x.org/copied v1.0.0\n",
        "app/main.go": main("example.com/repo/lib", "x.org/copied"),
        "lib/go.mod": "module example.com/repo/lib\n",
        "lib/lib.go": LIB,
        "copied/go.mod": "module x.org/copied\n",
        "copied/lib.go": LIB,
    }
    assert stands(tmp_path, files, "app") == {"example.com/repo/lib": "lib"}


def test_a_tree_without_go_mod_is_a_gopath(tmp_path: Path) -> None:
    files = {
        "src/app/main.go": main("lib", "x.org/dep"),
        "src/app/vendor/x.org/dep/dep.go": LIB,
        "src/lib/lib.go": LIB,
    }
    assert stands(tmp_path, files, "src/app") == {"lib": "src/lib", "x.org/dep": "src/app/vendor/x.org/dep"}


def test_a_go_mod_without_a_module(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "go 1.21\n", "main.go": main()})
    with pytest.raises(ResolutionError, match=r"go\.mod: this go\.mod has no module directive"):
        analysis(tmp_path)
