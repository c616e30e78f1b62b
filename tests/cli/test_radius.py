"""`lawbook radius`, and `lawbook lipschitz` of several outputs: their JSON, certificates, and one sentence for every bad input."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.cli.app import run
from verify.lipschitz.radius import search
from verify.objects.deadline import Deadline
from verify.objects.networks import Network, VectorNetwork, save_network


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    # class 0 where x > y and x > 0, class 1 where y > x and y > 0, a tie elsewhere
    save_network(VectorNetwork(np.eye(2), [0.0, 0.0], np.eye(2), "relu"), tmp_path / "corner.npz")
    save_network(VectorNetwork(np.eye(2), [0.0, 0.0], [[3.0, 0.0], [0.0, 4.0], [1.0, 1.0]], "relu"), tmp_path / "three.npz")
    save_network(VectorNetwork(np.eye(2), [0.0, 0.0], np.eye(2), "tanh"), tmp_path / "tanh.npz")
    save_network(Network([[1.0]], [-1.0], [1.0], "identity"), tmp_path / "line.npz")
    save_network(VectorNetwork([[1.0]], [0.0], [[1.0], [2.0]], "power:2"), tmp_path / "square.npz")
    (tmp_path / "points.csv").write_text("3,1,0\n1,3,1\n4,1,1\n2,2,0\n")
    (tmp_path / "line.csv").write_text("3,1\n-1,0\n0.5,1\n")
    return tmp_path


def ask(capsys: pytest.CaptureFixture[str], *argv: str) -> dict:
    assert run((*argv, "--json")) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return json.loads(out)


def test_a_certificate_that_was_not_checked_is_no_success(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.cli.radius.in_time", lambda work, deadline: None)
    assert run(("radius", "corner.npz", "points.csv", "--out", "r.json")) == 1
    assert "no time to check the certificate" in capsys.readouterr().err and run(("verify", "r.json")) == 0
    assert run(("radius", "corner.npz", "points.csv")) == 0                # no certificate was asked for


def test_radii_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "radius", "corner.npz", "points.csv", "--out", "r.json")
    assert (found["right"], found["unfinished"], found["certificate"], found["interrupted"]) == (2, 0, "r.json", False)
    right, other, wrong, tie = found["points"]
    for point in (right, other):
        assert point["radius"] <= 2**0.5 <= point["attack"]["distance"] * (1 + 1e-15)
        assert point["radius"] == pytest.approx(2**0.5, rel=2e-3)
    assert right["attack"]["label"] == 1 and right["against"] == 1
    assert (wrong["by"], wrong["radius"], wrong["margin"], wrong["against"]) == ("wrong", 0, -3.0, 0)
    assert (tie["by"], tie["radius"]) == ("tie", 0)


def test_radii_for_a_person_and_their_certificate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(("radius", "corner.npz", "points.csv", "--out", "r.json")) == 0
    said = capsys.readouterr()
    assert said.err == "" and said.out.splitlines()[1].startswith(
        "2 of 4 points have the class of their label  (corner.npz on points.csv: 2 outputs")
    assert "the network says 0" in said.out and "a tie with 1" in said.out and "lawbook verify r.json" in said.out
    assert run(("verify", "r.json")) == 0
    assert "robust.radius  2 points keep their class within radius 1.41" in capsys.readouterr().out
    document = json.loads(Path("r.json").read_text())
    document["points"][0]["radius"] = "2"
    Path("r.json").write_text(json.dumps(document))
    assert run(("verify", "r.json")) == 1
    assert "FAILED" in capsys.readouterr().out


def test_one_output_takes_two_labels(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "radius", "line.npz", "line.csv")
    assert "labels 0 -> -1, 1 -> +1" in found["data"]["note"]
    assert [point["label"] for point in found["points"]] == [1, -1, 1]
    assert [point["radius"] for point in found["points"]] == pytest.approx([2.0, 2.0, 0.0], rel=1e-6)
    assert (found["points"][2]["by"], found["points"][2]["against"]) == ("wrong", -1)


def test_nothing_to_certify(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("wrong.csv").write_text("3,1,1\n")
    assert ask(capsys, "radius", "corner.npz", "wrong.csv", "--out", "r.json")["certificate"] is None
    assert not Path("r.json").exists()
    assert run(("radius", "corner.npz", "wrong.csv", "--out", "r.json")) == 0
    assert "no certificate" in capsys.readouterr().out


def test_smooth_networks_and_no_time(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "radius", "tanh.npz", "points.csv", "--time", "5", "--out", "r.json")
    assert found["right"] == 2 and 0 < found["points"][0]["radius"] <= 2**0.5
    assert run(("verify", "r.json")) == 0
    quick = ask(capsys, "radius", "corner.npz", "points.csv", "--time", "0") if capsys.readouterr() else {}
    assert quick["unfinished"] == 0 and quick["points"][0]["radius"] == pytest.approx(2**0.5, rel=1e-3)


def test_all_outputs_in_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "lipschitz", "three.npz")
    assert [entry["upper"] for entry in found["outputs"]] == pytest.approx([3.0, 4.0, 2**0.5])
    assert found["vector"]["upper"] == pytest.approx(max(np.linalg.svd([[3, 0], [0, 4], [1, 1]])[1])) and found["vector"]["exact"]
    assert run(("lipschitz", "three.npz")) == 0
    said = capsys.readouterr().out
    assert "output 1" in said and "vector" in said and "--output J --minus K" in said
    assert ask(capsys, "lipschitz", "three.npz", "--domain", "sphere")["vector"] is None


@pytest.mark.parametrize(("argv", "value", "claim"), [
    (("--output", "1"), 4.0, "lipschitz.branching"), (("--output", "0", "--minus", "1"), 5.0, "lipschitz.branching"),
    (("--vector",), 4.14005, "lipschitz.vector.kinks"),
])
def test_one_constant_of_several(
    folder: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], value: float, claim: str
) -> None:
    found = ask(capsys, "lipschitz", "three.npz", *argv, "--out", "c.json")
    assert found["upper"] == pytest.approx(value, rel=1e-4) and found["exact"] and found["certified"]
    assert run(("verify", "c.json")) == 0
    assert claim in capsys.readouterr().out


@pytest.mark.parametrize(("argv", "words"), [
    (("radius", "corner.npz", "line.csv"), "takes 2 inputs and the data have 1"),
    (("radius", "corner.npz", "labels.csv"), "y[0]: the label 2 is no class of this network: labels are 0 to 1"),
    (("radius", "corner.npz", "halves.csv"), "y[0] is 0.5, which is no class"),
    (("radius", "corner.npz", "nan.csv"), "the label is missing ('nan')"),
    (("radius", "corner.npz", "texts.csv"), "has texts as labels, such as 'cat'; give numbers"),
    (("radius", "line.npz", "many.csv"), "3 distinct values"),
    (("radius", "square.npz", "line.csv"), "bounded slopes, not power:2"),
    (("radius", "corner.npz", "points.csv", "--out", "nowhere/r.json"), "there is no folder nowhere"),
    (("radius", "corner.npz", "points.csv", "--time", "inf"), "finite"),
    (("radius", "nowhere.npz", "points.csv"), "there is no file nowhere.npz"),
    (("lipschitz", "three.npz", "--output", "3"), "there is no output 3; choose one of them, from 0 to 2"),
    (("lipschitz", "three.npz", "--minus", "1"), "name that one by --output"),
    (("lipschitz", "three.npz", "--output", "1", "--minus", "1"), "output 1 minus itself is 0"),
    (("lipschitz", "three.npz", "--vector", "--output", "1"), "leave out --output and --minus"),
    (("lipschitz", "three.npz", "--out", "c.json"), "give --output J, --output J --minus K or --vector"),
    (("lipschitz", "three.npz", "--vector", "--domain", "sphere"), "not on spheres"),
    (("audit", "three.npz", "points.csv"), "the network has 3 outputs"),
])
def test_bad_input_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], words: str) -> None:
    for name, content in (("labels", "3,1,2\n"), ("halves", "3,1,0.5\n"), ("nan", "3,1,nan\n"), ("texts", "3,1,cat\n1,3,dog\n"),
                          ("many", "3,1\n2,2\n1,3\n")):
        Path(f"{name}.csv").write_text(content)
    assert run(argv) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and words in said.err
    assert not Path("c.json").exists()


@pytest.mark.parametrize(("name", "after"), [("attack", 3), ("certified_tree", 0), ("certified_tree", 9), ("relaxation", 1)])
def test_an_interruption_ends_the_search_and_not_the_answer(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, after: int
) -> None:
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((100, 12)), rng.standard_normal(100), rng.standard_normal((4, 100))
    F, X = VectorNetwork(*weights, "relu"), rng.standard_normal((40, 12))
    save_network(F, folder / "large.npz")
    np.savetxt(folder / "large.csv", np.column_stack([X, F(X).argmax(axis=1)]), delimiter=",")
    original, calls = getattr(search, name), iter(range(10**9))

    def interrupting(*args: Any, **how: Any) -> Any:
        if next(calls) == after:
            signal.raise_signal(signal.SIGINT)
        return original(*args, **how)

    monkeypatch.setattr(search, name, interrupting)
    monkeypatch.setattr(Deadline, "closing", lambda self: Deadline(3600.0))       # however slow the machine is
    monkeypatch.setattr(search, "_NODES", 20)
    found = ask(capsys, "radius", "large.npz", "large.csv", "--time", "600", "--out", "r.json")
    assert found["interrupted"] and found["unfinished"] > 0
    assert all(point["radius"] > 0 for point in found["points"]) and run(("verify", "r.json")) == 0
