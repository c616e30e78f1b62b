"""`lawbook lipschitz`: the contract of its JSON, its domains, its certificate, interruptions, and one sentence for every bad input."""

from __future__ import annotations

import json
import math
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.cli import console, lipschitz
from verify.cli.app import run
from verify.lipschitz.piecewise import branch, branch_certificate, enclose, relaxation, search
from verify.objects.deadline import Deadline
from verify.objects.networks import Network, save_network

FIELDS = {"domain", "lower", "upper", "exact", "certified", "witness", "methods"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    save_network(Network([[1.0, 0.0], [0.0, 1.0]], [-2.0, 0.0], [3.0, 4.0], "relu"), tmp_path / "lines.npz")
    save_network(Network([[2.0, 0.0]], [0.0], [1.5], "tanh"), tmp_path / "tanh.npz")
    save_network(Network([[2.0, 0.0]], [0.0], [1.5], "power:2"), tmp_path / "square.npz")
    save_network(Network([[1.0]], [0.0], [2.0], "relu"), tmp_path / "line.npz")
    (tmp_path / "triangle.csv").write_text("0,-2,1\n5,2,-1\n0,2,1\n")
    (tmp_path / "segment.csv").write_text("0,1,1\n3,1,-1\n")
    return tmp_path


def ask(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict]:
    code = run(("lipschitz", *argv, "--json"))
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return code, json.loads(out)


@pytest.mark.parametrize(("argv", "kind", "value"), [
    ((), "global", 5.0), (("--domain", "ball"), "ball", 4.0), (("--domain", "ball", "--radius", "2.5"), "ball", 5.0),
    (("--domain", "ball", "--centre", "2.5,0"), "ball", 5.0), (("--domain", "box"), "box", 4.0),
    (("--domain", "box", "--radius", "0.5", "--centre", "2,-3"), "box", 3.0), (("--domain", "box", "--data", "segment.csv"), "box", 3.0),
    (("--domain", "hull", "--data", "triangle.csv"), "hull", 5.0), (("--domain", "hull", "--data", "segment.csv"), "hull", 3.0),
    (("--domain", "sphere-geodesic", "--radius", "3"), "sphere-geodesic", 4.0),
])
def test_every_domain(folder: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], kind: str, value: float) -> None:
    code, found = ask(capsys, "lines.npz", *argv)
    assert code == 0 and set(found) >= FIELDS
    assert (found["domain"], found["exact"]) == (kind, True)
    assert found["lower"] <= value * (1 + 1e-12) and found["upper"] >= value * (1 - 1e-12)
    assert found["upper"] == pytest.approx(value, rel=1e-9) == found["lower"]
    assert found["upper"] == min(found["methods"].values())
    assert len(found["witness"]["points"][0]) == 2


def test_the_chord_and_the_geodesic_constant_are_two(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chord, arc = (ask(capsys, "lines.npz", "--domain", domain)[1] for domain in ("sphere", "sphere-geodesic"))
    assert (chord["domain"], arc["domain"]) == ("sphere", "sphere-geodesic")
    assert arc["lower"] <= chord["upper"] <= math.pi / 2 * arc["upper"] * (1 + 1e-9)
    assert chord["geodesic"] == pytest.approx([arc["lower"], arc["upper"]]) == arc["geodesic"]
    assert run(("lipschitz", "lines.npz", "--domain", "sphere")) == 0
    assert "with arcs as distance" in capsys.readouterr().out.split("chords as distance")[1]


def test_smooth_networks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = ask(capsys, "tanh.npz", "--time", "1")
    assert found["lower"] <= 3.0 <= found["upper"] <= 3.0 * (1 + 1e-5)
    _, found = ask(capsys, "square.npz", "--time", "1")        # x² has no constant on R^d
    assert found["upper"] is None
    _, found = ask(capsys, "square.npz", "--domain", "ball", "--time", "1")
    assert found["lower"] <= 12.0 <= found["upper"] * (1 + 1e-12)


def test_words_for_a_person(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(("lipschitz", "lines.npz", "--domain", "ball")) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("3.99999 ≤ Lip ≤ 4.00001 on the ball of radius 1 about 0  (exact up to rounding; lines.npz: 2 neurons")
    assert "gradient at (" in said.out


def test_the_same_seed_gives_the_same_bytes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = [ask(capsys, "lines.npz", "--domain", "sphere", "--seed", "3")[1] for _ in range(2)]
    for document in documents:
        del document["seconds"]
    assert documents[0] == documents[1]


def test_the_certificate_is_rechecked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = ask(capsys, "lines.npz", "--out", "upper.json")
    assert found["certificate"]["file"] == "upper.json"
    assert run(("verify", "upper.json")) == 0
    assert "Lip ≤ 5.0" in capsys.readouterr().out
    document = json.loads(Path("upper.json").read_text())
    Path("upper.json").write_text(json.dumps({**document, "value": "49/10"}))
    assert run(("verify", "upper.json")) == 1
    assert "FAILED" in capsys.readouterr().out


@pytest.mark.parametrize(("argv", "words"), [
    (("lines.npz", "--domain", "cube"), "there is no domain 'cube'"),
    (("lines.npz", "--domain", "hull"), "give --data"),
    (("lines.npz", "--domain", "ball", "--data", "triangle.csv"), "--data belongs to"),
    (("lines.npz", "--radius", "2"), "do not belong to global"),
    (("lines.npz", "--domain", "hull", "--data", "triangle.csv", "--centre", "0,0"), "do not belong to hull"),
    (("lines.npz", "--domain", "ball", "--radius", "-1"), "positive"),
    (("lines.npz", "--domain", "ball", "--radius", "nan"), "positive"),
    (("lines.npz", "--domain", "ball", "--radius", "1,5"), "give one positive number"),
    (("lines.npz", "--domain", "ball", "--radius", "1e999999999"), "give one positive number"),
    (("lines.npz", "--domain", "box", "--radius", "0"), "positive"),
    (("lines.npz", "--domain", "ball", "--centre", "0,zero"), "commas"),
    (("lines.npz", "--domain", "ball", "--centre", "0,0,0"), "3 coordinates"),
    (("lines.npz", "--domain", "box", "--centre", "0"), "1 coordinates"),
    (("lines.npz", "--domain", "ball", "--centre", "inf,0"), "finite"),
    (("line.npz", "--domain", "sphere-geodesic"), "two points"),
    (("line.npz", "--domain", "hull", "--data", "triangle.csv"), "2 coordinates"),
    (("nowhere.npz",), "nowhere.npz"),
    (("lines.npz", "--time", "-1"), "--time"),
    (("lines.npz", "--time", "inf"), "finite"),
    (("square.npz", "--out", "upper.json"), "not bounded"),
])
def test_bad_input_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], words: str) -> None:
    assert run(("lipschitz", *argv)) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and words in said.err
    assert not Path("upper.json").exists()


# --- interruptions, time, files: the clock of the machine decides nothing here ---------------------------------------------------------

@pytest.fixture
def large(folder: Path) -> Path:
    """A network that no search closes."""
    rng = np.random.default_rng(0)
    save_network(Network(rng.standard_normal((60, 12)), rng.standard_normal(60), rng.standard_normal(60), "relu"), folder / "large.npz")
    return folder


def interrupting(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, after: int) -> None:
    """Send this process the signal of Ctrl-C in the call number `after` of a function."""
    original, calls = getattr(owner, name), iter(range(10**9))

    def called(*args: Any, **how: Any) -> Any:
        if next(calls) == after:
            signal.raise_signal(signal.SIGINT)
        return original(*args, **how)

    monkeypatch.setattr(owner, name, called)


@pytest.mark.parametrize(("owner", "name", "after"), [
    (enclose, "pattern_bound", 0), (enclose, "gradient_lower_bound", 0), (enclose, "kink_relaxation", 0), (relaxation, "_power_of_two", 1),
    (branch, "relax_batch", 0), (search, "region_of", 0), (search, "best_points", 0), (branch, "relax_batch", 2),
])
def test_an_interruption_ends_the_search_and_not_the_answer(
    large: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, owner: object, name: str, after: int
) -> None:
    interrupting(monkeypatch, owner, name, after)
    code, found = ask(capsys, "large.npz", "--time", "3600")
    assert code == 0 and found["interrupted"] and not found["exact"]
    assert 0 <= found["lower"] < found["upper"] <= min(found["methods"]["spectral"], found["methods"]["path"])


@pytest.mark.parametrize(("owner", "name", "after"), [
    (enclose, "pattern_bound", 0), (enclose, "tangential_lower_bound", 0), (search, "region_of", 0), (branch, "relax_batch", 2),
])
def test_an_interruption_on_a_sphere(
    large: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, owner: object, name: str, after: int
) -> None:
    interrupting(monkeypatch, owner, name, after)
    code, found = ask(capsys, "large.npz", "--domain", "sphere", "--time", "3600")
    assert code == 0 and found["interrupted"] and not found["exact"]
    assert 0 <= found["lower"] < found["upper"] <= min(found["methods"]["spectral"], found["methods"]["path"])
    if found["geodesic"] is not None:
        assert found["geodesic"][0] <= min(found["geodesic"][1], found["lower"])


@pytest.mark.parametrize(("owner", "name", "after"), [(search, "best_points", 0), (branch, "relax_batch", 2), (branch, "relax_batch", 5)])
def test_an_interrupted_search_leaves_a_certificate(
    large: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, owner: object, name: str, after: int
) -> None:
    monkeypatch.setattr(Deadline, "closing", lambda self: Deadline(3600.0))       # however slow the machine is
    interrupting(monkeypatch, owner, name, after)
    code, found = ask(capsys, "large.npz", "--time", "3600", "--out", "large.json")
    assert code == 0 and found["interrupted"]
    assert run(("verify", "large.json")) == 0


def test_an_interruption_that_a_library_swallows_ends_the_search(
    large: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A KeyboardInterrupt that is raised in a callback of the garbage collector is printed and forgotten."""
    original = search.region_of

    def swallowing(*args: Any) -> Any:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        return original(*args)

    monkeypatch.setattr(search, "region_of", swallowing)
    code, found = ask(capsys, "large.npz", "--time", "3600")
    assert code == 0 and found["interrupted"] and found["upper"] < found["methods"]["path"]


def test_without_a_search_there_is_no_limit(large: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "started", lambda: -1e9)                          # the program took long to load
    found, again = (ask(capsys, "large.npz", "--time", "0")[1] for _ in range(2))
    assert found["lower"] == again["lower"] > 0 and set(found["methods"]) == {"spectral", "path", "patterns"}


def test_no_time_for_a_certificate_is_said(large: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branch_certificate, "in_time", lambda work, deadline: None)
    assert run(("lipschitz", "large.npz", "--time", "1", "--out", "large.json")) == 1
    said = capsys.readouterr()
    assert "≤ Lip ≤" in said.out and "large.json is not written" in said.err and not Path("large.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "argv"), [
    ((300, 784), ()), ((300, 784), ("--out", "c.json")), ((256, 5), ()), ((128, 10), ("--domain", "ball")),
])
def test_a_time_is_kept_at_every_size(
    folder: Path, capsys: pytest.CaptureFixture[str], shape: tuple[int, int], argv: tuple[str, ...]
) -> None:
    """Processor seconds: other work on the machine takes none of them."""
    rng, (k, d) = np.random.default_rng(0), shape
    save_network(Network(rng.standard_normal((k, d)), rng.standard_normal(k), rng.standard_normal(k) / k, "relu"), folder / "large.npz")
    begun = time.process_time()
    assert run(("lipschitz", "large.npz", "--time", "5", *argv)) in (0, 1)
    assert "≤ Lip ≤" in capsys.readouterr().out
    assert time.process_time() - begun <= 7.5


@pytest.mark.parametrize("name", ["lines.npz", "./lines.npz", "symbolic.npz", "hard.npz"])
def test_a_certificate_does_not_take_the_place_of_the_network(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    Path("symbolic.npz").symlink_to("lines.npz")
    os.link("lines.npz", "hard.npz")
    before = Path("lines.npz").read_bytes()
    assert run(("lipschitz", "lines.npz", "--out", name)) == 2
    assert "which is read" in capsys.readouterr().err and Path("lines.npz").read_bytes() == before


@pytest.mark.parametrize(("out", "words"), [("missing/c.json", "no folder"), (".", "a folder")])
def test_places_for_a_certificate_are_looked_at_before_the_work(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, out: str, words: str
) -> None:
    monkeypatch.setattr(lipschitz, "load_vector_network", lambda path: pytest.fail("the work has begun"))
    assert run(("lipschitz", "lines.npz", "--out", out)) == 2
    assert words in capsys.readouterr().err
