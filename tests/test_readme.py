"""README and docs are true: their Python runs, their commands print what they show.  Run as a script to refresh the outputs."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

import pytest

from verify.cli.app import run

PROJECT = Path(__file__).parent.parent
README = PROJECT / "README.md"
PAGES = (README, *(PROJECT / "docs" / f"{name}.md" for name in ("files", "interpolation", "networks", "your_theorem")))
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def printed_by(command: str) -> tuple[int, str]:
    """What a `lawbook …` command prints on standard output, and its exit code."""
    words = shlex.split(command)
    assert words[0] == "lawbook", command
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        code = run(words[1:])
    return code, stream.getvalue()


def refreshed(text: str) -> str:
    """The page with every console block's output as it is now; Python blocks are run on the way, with common names."""
    names = {"__name__": "page"}

    def replay(match: re.Match[str]) -> str:
        kind, body = match.groups()
        if kind == "python":
            named = re.match(r"# (\w+\.py)\n", body)
            if named:
                Path(named[1]).write_text(body, encoding="utf-8")
            else:
                exec(compile(body, "page", "exec"), names)
        if kind != "console":
            return match[0]
        shown = []
        for command in re.findall(r"^\$ (.*)$", body, re.MULTILINE):
            code, out = printed_by(command)
            assert code in (0, 1), command
            shown.append(f"$ {command}\n{out.strip(chr(10))}\n")
        return "```console\n" + "\n".join(shown) + "```"
    return BLOCK.sub(replay, text)


NUMBER = re.compile(r"[0-9][0-9.]*(?:e[−+-]?[0-9]+)?(?:/[0-9]+)?")


# the machine's: seconds, and the nodes of a search, which depend on the last digits
SECONDS = re.compile(r"· \d+\.\d s(?= ·|$)|; (?:[\d,]+ nodes, )?\d+\.\d+ s(?=\)$)")


def skeleton(text: str) -> list[str]:
    """Lines with every number left out, and with the seconds, which are the machine's."""
    return [NUMBER.sub("#", SECONDS.sub("", line.rstrip())) for line in text.splitlines()]


def numbers(text: str) -> list[float]:
    """The numbers of a text, fractions as one number."""
    lines = (SECONDS.sub("", line.rstrip()).replace("−", "-") for line in text.splitlines())
    found = [t.rstrip(".") for line in lines for t in NUMBER.findall(line)]
    return [float(t.split("/")[0]) / float(t.split("/")[1]) if "/" in t else float(t) for t in found if t.count(".") < 2]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_show_what_the_program_prints(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "atlas").symlink_to(PROJECT / "atlas")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("LAWBOOK_CACHE", str(tmp_path / "cache"))        # of its own: the pages say what an earlier command has proved
    text = page.read_text(encoding="utf-8")
    now = refreshed(text)
    assert skeleton(text) == skeleton(now)
    # solvers and linear algebra differ from machine to machine in the last digits: the weights of a certificate, and so
    # the bound that it proves, to about 1e-4; residuals of a fit are rounding errors, gaps of a closed interval below 1e-6
    assert numbers(text) == pytest.approx(numbers(now), rel=1e-3, abs=1e-6)


def test_set_up_is_two_commands_without_hosts() -> None:
    kind, body = BLOCK.search(README.read_text(encoding="utf-8")).groups()  # type: ignore[union-attr]
    lines = body.splitlines()
    assert kind == "sh" and len(lines) == 2
    assert all(line.startswith("pip install ") and " && " in line and "//" not in line and "index" not in line for line in lines)


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    for page in PAGES:
        source = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            os.environ["LAWBOOK_CACHE"] = folder
            os.chdir(folder)
            Path("atlas").symlink_to(PROJECT / "atlas")
            result = refreshed(source)
        page.write_text(result, encoding="utf-8")
        sys.stdout.write(f"{page.name} is refreshed\n")
