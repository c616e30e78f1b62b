"""`lawbook lipschitz`: the contract of its JSON, its domains, its certificate, interruptions, and one sentence for every bad input."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from verify.cli.app import run
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


def test_an_interruption_ends_the_search_and_not_the_answer(folder: Path) -> None:
    rng = np.random.default_rng(0)
    save_network(Network(rng.standard_normal((300, 12)), rng.standard_normal(300), rng.standard_normal(300), "relu"), folder / "large.npz")
    command = [sys.executable, "-m", "verify.cli.app", "lipschitz", "large.npz", "--time", "300", "--json"]
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "PYTHONPATH": root}) as process:
        time.sleep(6)                                          # the import takes two seconds; the search would take hours
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    found = json.loads(out)
    assert found["interrupted"] and not found["exact"]
    assert 0 < found["lower"] < found["upper"] <= min(found["methods"]["spectral"], found["methods"]["path"])
