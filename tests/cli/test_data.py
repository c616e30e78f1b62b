"""What the commands do with data files: what they say of them, exact numbers in certificates, labels, `verify --data`."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.cli.app import run
from verify.objects.networks import Network, VectorNetwork, save_network

T = 1_700_000_000_000_000_000      # nanoseconds: the doubles there are 256 apart


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = run(argv)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def ask(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = call(capsys, *argv, "--json")
    assert out.count("\n") == 1
    return code, json.loads(out)


def write(name: str, content: str) -> str:
    Path(name).write_text(content)
    return name


# --- exact numbers ------------------------------------------------------------------------------------------------------------

EXACT = [
    ("t.csv", f"t,y\n{T},1\n{T + 300},-1\n", Fraction(2, 300)),
    ("one.csv", f"{T},1\n{T + 1},-1\n", Fraction(2)),
    ("tenths.csv", "x,y\n0.1,1\n0.3,-1\n", Fraction(10)),
    ("digits.csv", "x,y\n0.1000000000000000000001,1\n0.1,-1\n", Fraction(2 * 10**22)),
    ("thirds.csv", "x,y\n1/3,1\n2/3,-1\n", Fraction(6)),
    ("comma.csv", "x;y\n0,1;1\n0,2;-1\n", Fraction(20)),
    ("small.csv", "x,y\n1e-200,1\n3e-200,-1\n", Fraction(10**200)),
    ("large.csv", "x,y\n1e200,1\n3e200,-1\n", Fraction(1, 10**200)),
    ("plane.csv", "p,q,y\n0.3,0.4,1\n0,0,-1\n", Fraction(4)),
    ("npz", np.array([[T], [T + 300]]), Fraction(2, 300)),
    ("npz", np.array([[2**64 - 1], [2**64 - 3]], dtype=np.uint64), Fraction(1)),
    ("npz", np.array([["1/3"], ["2/3"]]), Fraction(6)),
    ("npz", np.array([[0.5], [0.25]], dtype=np.float16), Fraction(8)),
]


@pytest.mark.parametrize(("name", "content", "least"), EXACT, ids=range(len(EXACT)))
def test_bounds_are_about_the_numbers_of_the_file(capsys: pytest.CaptureFixture[str], name: str, content: Any, least: Fraction) -> None:
    if name == "npz":
        name = "d.npz"
        np.savez(name, X=content, y=[1, -1])
    else:
        write(name, content)
    code, found = ask(capsys, "bounds", name, "--width", "1")
    values = {bound["claim"]: Fraction(bound["exact"]) for bound in found["bounds"]}
    assert code == 0 and least * (1 - Fraction(1, 10**11)) <= values["mcshane"] <= least      # two points: the least constant of all fits
    assert all(value <= least for value in values.values())
    code, checked = ask(capsys, "verify", f"{Path(name).stem}.width1.json", "--data", name)
    assert code == 0 and checked["failed"] == 0 and checked["checked"] == len(values)


def test_fit_and_radius_are_about_the_numbers_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    write("t.csv", f"t,y\n{T},1\n{T + 300},-1\n{T + 600},1\n")
    code, found = ask(capsys, "fit", "t.csv", "--kinks", "1", "--budget", "5", "--out", "fit.json", "--save-network", "fit.npz")
    low, high = Fraction(found["lower_exact"]), Fraction(found["upper_exact"])
    assert code == 0 and found["certified"] and low <= Fraction(2, 300) <= high < Fraction(201, 30000)
    assert call(capsys, "verify", "fit.json", "--data", "t.csv")[0] == 0
    code, found = ask(capsys, "radius", "fit.npz", "t.csv", "--time", "5", "--out", "radius.json")
    # the network is −1, 1, −1 at neighbours 300 apart, with slopes between 2/300 and 2.01/300
    assert code == 0 and all(148 < Fraction(point["radius_exact"]) < 152 for point in found["points"])
    assert call(capsys, "verify", "radius.json", "--data", "t.csv", "--network", "fit.npz")[0] == 0


def test_points_on_a_line_have_the_radius_of_their_exact_places(capsys: pytest.CaptureFixture[str]) -> None:
    save_network(Network([[1.0]], [0.0], [1.0], "identity"), "net.npz")
    write("d.csv", "x,y\n0.1,1\n-1/3,-1\n")
    code, found = ask(capsys, "radius", "net.npz", "d.csv", "--time", "2", "--out", "radius.json")
    for point, place in zip(found["points"], (Fraction(1, 10), Fraction(1, 3)), strict=True):
        assert place * (1 - Fraction(1, 10**9)) <= Fraction(point["radius_exact"]) <= place
    assert code == 0 and call(capsys, "verify", "radius.json", "--data", "d.csv")[0] == 0
    write("other.csv", "x,y\n0.1000000000000000055511151231257827,1\n-1/3,-1\n")      # the double next to 1/10, nearly
    code, out, _ = call(capsys, "verify", "radius.json", "--data", "other.csv")
    assert code == 1 and "point 0 of the certificate, with the label 1, is no row of the data" in out


@pytest.mark.parametrize("scale", ["1e200", "1e-200", "1e150", "1e-150", "1e20"])
@pytest.mark.parametrize("domain", ["hull", "ball", "box"])
def test_fit_at_any_scale(capsys: pytest.CaptureFixture[str], scale: str, domain: str) -> None:
    write("d.csv", f"p,y\n0,1\n{scale},-1\n2{scale[1:]},1\n")
    code, found = ask(capsys, "fit", "d.csv", "--kinks", "1", "--budget", "5", "--domain", domain)
    least = 2 / Fraction(scale)
    assert code == 0 and found["certified"]
    assert Fraction(found["lower_exact"]) <= least <= Fraction(found["upper_exact"]) <= least * Fraction(1002, 1000)


def test_audit_says_where_doubles_do_not_do(capsys: pytest.CaptureFixture[str]) -> None:
    write("t.csv", f"t,y\n{T},1\n{T + 300},-1\n")
    save_network(Network([[1.0]], [0.0], [1.0], "relu"), "net.npz")
    code, _, err = call(capsys, "audit", "net.npz", "t.csv")
    assert code == 2 and f"X[1, 0] is {T + 300}" in err and err.count("\n") == 1
    write("d.csv", "x,y\n0.1,1\n0.3,-1\n")
    assert call(capsys, "audit", "net.npz", "d.csv")[0] == 0


# --- labels -------------------------------------------------------------------------------------------------------------------

LABELS = [
    (("1", "-1"), {"-1": -1, "1": 1}), (("1", "0"), {"0": -1, "1": 1}), (("2", "1"), {"1": -1, "2": 1}),
    (("+", "-"), {"'-'": -1, "'+'": 1}), (("yes", "no"), {"'no'": -1, "'yes'": 1}), (("True", "False"), {"'False'": -1, "'True'": 1}),
    (("positive", "negative"), {"'negative'": -1, "'positive'": 1}), (("pos", "neg"), {"'neg'": -1, "'pos'": 1}),
    (("dog", "cat"), {"'cat'": -1, "'dog'": 1}), (("0.5", "0.25"), {"0.25": -1, "0.5": 1}), (("Y", "N"), {"'N'": -1, "'Y'": 1}),
    (("-", "+"), {"'-'": -1, "'+'": 1}),
]


@pytest.mark.parametrize(("names", "classes"), LABELS, ids=["/".join(names) for names, _ in LABELS])
def test_what_labels_become_is_said_and_kept(capsys: pytest.CaptureFixture[str], names: tuple[str, str], classes: dict[str, int]) -> None:
    write("d.csv", f"x,y\n0,{names[0]}\n1,{names[1]}\n2,{names[0]}\n")
    code, found = ask(capsys, "bounds", "d.csv", "--width", "1", "--out", "c.json")
    kept = json.loads(Path("c.json").read_text())
    assert code == 0 and found["data"]["classes"] == classes and kept["sources"]["data"]["classes"] == classes
    signs = [str(classes.get(name, classes.get(repr(name)))) for name in names]
    assert kept["data"]["y"] == [signs[0], signs[1], signs[0]]
    _, out, _ = call(capsys, "bounds", "d.csv", "--width", "1")
    first = out.splitlines()[0]
    assert first.startswith("read d.csv: 3 points in dimension 1; label column 'y'")
    assert all(shown == str(sign) or f"{shown} -> {sign:+d}" in first for shown, sign in classes.items())


AUDITED = [
    # labels in the file, the values of the network there, whether it fits
    (("+", "-"), (1.0, -1.0), True), (("+", "-"), (-1.0, 1.0), False), (("1", "0"), (1.0, 0.0), True), (("0", "1"), (0.0, 1.0), True),
    (("1", "0"), (1.0, -1.0), True), (("1", "0"), (0.0, 1.0), False), (("2", "1"), (2.0, 1.0), True), (("5", "3"), (1.0, -1.0), True),
    (("yes", "no"), (1.0, -1.0), True), (("yes", "no"), (1.0, 0.0), False), (("-1", "1"), (-1.0, 1.0), True),
    (("0.5", "-0.5"), (0.5, -0.5), True),
]


@pytest.mark.parametrize(("labels", "values", "fits"), AUDITED, ids=["/".join((*a, *map(str, b))) for a, b, _ in AUDITED])
def test_audit_compares_in_the_labels_that_the_network_was_made_for(
    capsys: pytest.CaptureFixture[str], labels: tuple[str, str], values: tuple[float, float], fits: bool
) -> None:
    save_network(Network([[1.0]], [0.0], [values[1] - values[0]], "relu", c=values[0]), "net.npz")
    write("d.csv", f"x,y\n0,{labels[0]}\n1,{labels[1]}\n")
    code, found = ask(capsys, "audit", "net.npz", "d.csv")
    assert code == 0 and found["fits"] is fits
    assert fits is not any("train longer" in margin["reason"] for margin in found["margins"])


def test_audit_of_several_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    network = VectorNetwork(np.eye(2), [0, 0], [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], "relu", c=[0, 0, 0.5])
    save_network(network, "net.npz")
    write("d.csv", "p,q,y\n1,0,0\n0,1,1\n-1,-1,2\n")
    code, _, err = call(capsys, "audit", "net.npz", "d.csv")
    assert code == 2 and "its largest is that of the label at 3 of 3 points" in err and "--output J --minus K" in err
    code, found = ask(capsys, "audit", "net.npz", "d.csv", "--output", "0", "--minus", "1")
    assert code == 0 and found["fits"] and found["data"]["n"] == 2
    assert "label 0 -> +1, 1 -> -1, 1 points of other classes left out" in found["data"]["note"]
    code, found = ask(capsys, "audit", "net.npz", "d.csv", "--output", "0")
    assert code == 0 and not found["fits"] and found["data"]["n"] == 3 and found["residual"] == 1
    for wrong in (("--minus", "1"), ("--output", "7"), ("--output", "0", "--minus", "0")):
        assert call(capsys, "audit", "net.npz", "d.csv", *wrong)[0] == 2
    write("signs.csv", "p,q,y\n1,0,1\n0,1,-1\n")
    assert ask(capsys, "audit", "net.npz", "signs.csv", "--output", "0")[1]["data"]["classes"] == {"-1": -1, "1": 1}


# --- points alone, options ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("labels", [[0.0, 0.3, 0.7, 1.1], ["a", "b", "c", "d"], [1, 1, -1, -1], None])
@pytest.mark.parametrize("domain", ["hull", "box"])
def test_the_labels_of_a_hull_do_not_matter(capsys: pytest.CaptureFixture[str], labels: Any, domain: str) -> None:
    save_network(Network([[1.0, 2.0]], [0.0], [1.0], "relu"), "net.npz")
    np.savez("d.npz", X=np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), **({} if labels is None else {"y": np.array(labels)}))
    code, found = ask(capsys, "lipschitz", "net.npz", "--domain", domain, "--data", "d.npz", "--out", "c.json")
    assert code == 0 and found["upper"] == pytest.approx(5**0.5) and found["data"]["n"] == 4
    code, out, _ = call(capsys, "verify", "c.json", "--data", "d.npz")
    assert code == 0 and "1 of 1 hold and are about d.npz" in out
    np.savez("e.npz", X=np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [2.0, 1.0]]))
    assert call(capsys, "verify", "c.json", "--data", "e.npz")[0] == 1


def test_how_a_file_is_read_can_be_said_to_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    write("d.csv", "0;1\n1,5;-1\n2,5;1\n")
    said = ("--header", "--delimiter", ";", "--decimal", ",")
    save_network(Network([[1.0]], [0.0], [1.0], "relu"), "net.npz")
    for argv in (("bounds", "d.csv", "--width", "1"), ("fit", "d.csv", "--kinks", "1", "--budget", "1"), ("audit", "net.npz", "d.csv"),
                 ("radius", "net.npz", "d.csv", "--time", "1"), ("lipschitz", "net.npz", "--domain", "box", "--data", "d.csv")):
        code, found = ask(capsys, *argv, *said)
        assert code == 0 and found["data"]["n"] == 2 and "decimal comma" in found["data"]["note"]
    assert call(capsys, "verify", "d.width1.json", "--data", "d.csv", *said)[0] == 0
    code, _, err = call(capsys, "bounds", "d.csv", "--width", "1", "--delimiter", ";", "--decimal", ",", "--no-header", "--label", "1")
    assert code == 2 and "it has no header" in err
    code, _, err = call(capsys, "verify", "d.width1.json", "--label", "1")
    assert code == 2 and "give --data" in err


# --- verify -------------------------------------------------------------------------------------------------------------------

OTHER = [
    ("x,y\n0.1,1\n0.3,-1\n0.4,1\n", ""),
    ("y,x\n1,0.1\n-1,0.30\n1,4e-1\n", ""),
    ("x,y\n0.1,good\n0.3,bad\n0.4,good\n", "its classes are -1 -> -1, 1 -> +1 and those of the file 'bad' -> -1, 'good' -> +1"),
    ("x,y\n0.1,1\n0.3,0\n0.4,1\n", "its classes are -1 -> -1, 1 -> +1 and those of the file 0 -> -1, 1 -> +1"),
    ("x,y\n0.1,1\n0.3000000000000000001,-1\n0.4,1\n", "coordinate 0 of row 1 is 3/10 in the certificate and 30000000000000000"),
    ("x,y\n0.1,1\n0.3,-1\n0.4,-1\n", "the label of row 2 is 1 in the certificate and -1 in the data"),
    ("x,y\n0.3,-1\n0.1,1\n0.4,1\n", "coordinate 0 of row 0 is 1/10 in the certificate and 3/10 in the data"),
    ("x,y\n0.1,1\n0.3,-1\n", "it is about 3 points in dimension 1, the data are 2 in dimension 1"),
    ("x,z,y\n0.1,0,1\n0.3,0,-1\n0.4,0,1\n", "it is about 3 points in dimension 1, the data are 3 in dimension 2"),
    ("x,y\n0.1,-1\n0.3,1\n0.4,-1\n", "the label of row 0 is 1 in the certificate and -1 in the data"),
]


@pytest.mark.parametrize(("content", "reason"), OTHER, ids=range(len(OTHER)))
@pytest.mark.parametrize("command", [("bounds", "--width", "1"), ("fit", "--kinks", "1", "--budget", "2")])
def test_a_certificate_is_about_the_same_data_or_not(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...], content: str, reason: str
) -> None:
    write("d.csv", OTHER[0][0])
    name, *options = command
    assert call(capsys, name, "d.csv", *options, "--out", "c.json")[0] == 0
    write("other.csv", content)
    code, out, _ = call(capsys, "verify", "c.json", "--data", "other.csv", "--label", "y")
    assert code == (1 if reason else 0) and reason in out and ("it is not about other.csv: " in out) is bool(reason)


def test_a_changed_digest_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    write("d.csv", OTHER[0][0])
    call(capsys, "bounds", "d.csv", "--width", "1", "--out", "c.json")
    document = json.loads(Path("c.json").read_text())
    for record, code in (({"sha256": "0" * 64}, 1), ({"sha256": "0"}, 2), ({}, 2), ([], 2)):
        write("bad.json", json.dumps({**document, "sources": {"data": record}}))
        assert call(capsys, "verify", "bad.json")[0] == code


def test_certificates_without_a_digest_hold_their_data(capsys: pytest.CaptureFixture[str]) -> None:
    write("d.csv", OTHER[0][0])
    call(capsys, "bounds", "d.csv", "--width", "1", "--out", "c.json")
    document = json.loads(Path("c.json").read_text())
    del document["sources"]
    write("old.json", json.dumps(document))
    assert call(capsys, "verify", "old.json", "--data", "d.csv")[0] == 0
    save_network(Network([[1.0]], [0.0], [1.0], "relu"), "net.npz")
    assert call(capsys, "lipschitz", "net.npz", "--out", "whole.json")[0] == 0
    code, out, _ = call(capsys, "verify", "whole.json", "--data", "d.csv")
    assert code == 1 and "the certificate holds no points" in out


@pytest.mark.parametrize("content", ["[]", "{}", "7", "not JSON", '{"format": "lawbook-certificate"}', '{"a": 1, "a": 2}', ""])
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_checked(capsys: pytest.CaptureFixture[str], content: str) -> None:
    write("d.csv", OTHER[0][0])
    call(capsys, "bounds", "d.csv", "--width", "1", "--out", "good.json")
    write("bad.json", content)
    code, alone, err = call(capsys, "verify", "good.json")
    assert code == 0 and not err and alone.count("CERTIFIED") > 1
    for argv in (("good.json", "bad.json"), ("bad.json", "good.json")):
        code, out, err = call(capsys, "verify", *argv)
        assert code == 2 and err.startswith("lawbook: ") and "bad.json" in err and err.count("\n") == 1
        assert out == alone
    code, found = ask(capsys, "verify", "good.json", "bad.json")
    assert code == 2 and found["checked"] == alone.count("CERTIFIED") and "bad.json" in found["error"]
    code, out, err = call(capsys, "verify", "bad.json")
    assert (code, out) == (2, "") and "bad.json" in err
