"""Files and real data: round trips, and one clear sentence for every way a file can be bad."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest

from theory.errors import BadData, LawbookError, ShapeError
from verify.objects.data.files import load_dataset, real_dataset, standardise

X = np.array([[0.5, 1.0], [2.0, -3.0], [0.0, 0.25]])
Y = np.array([1.0, -1.0, 1.0])


def write(tmp_path, name, content):
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8")
    return path


def refused(path, words, error=BadData, **options):
    with pytest.raises(error, match=re.escape(words)) as caught:
        load_dataset(path, **options)
    assert "\n" not in str(caught.value)


def test_npz_round_trip(tmp_path):
    np.savez(tmp_path / "d.npz", X=X, y=Y, other=-Y)
    data = load_dataset(tmp_path / "d.npz")
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.y, Y)
    assert data.name == "d.npz"
    assert np.array_equal(load_dataset(str(tmp_path / "d.npz"), label="other").y, -Y)


@pytest.mark.parametrize("header", ["", "p,q,label\n", "\ufeffp,q,label\n"])
def test_csv_with_and_without_header(tmp_path, header):
    path = write(tmp_path, "d.csv", header + "0.5,1,1\n2,-3,-1\n\n 0 , 0.25,1\n")
    data = load_dataset(path)
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.y, Y)


def test_csv_named_label_column_and_mapped_classes(tmp_path):
    path = write(tmp_path, "d.csv", "p,class,q\n0.5,yes,1\n2,no,-3\n0,yes,0.25\n")
    data = load_dataset(path, label="class")
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.y, Y)
    assert data.note == "labels 'no' -> -1, 'yes' -> +1"


def test_csv_without_header_may_have_text_labels(tmp_path):
    data = load_dataset(write(tmp_path, "d.csv", "1,0,cat\n2,0,dog\n"))
    assert (data.n, data.d, data.y.tolist()) == (2, 2, [-1.0, 1.0])


def test_one_class_only_is_legal(tmp_path):
    data = load_dataset(write(tmp_path, "d.csv", "1,7\n2,7\n"))
    assert data.y.tolist() == [1.0, 1.0]
    assert data.note == "one class only: label 7 -> +1"


def test_equal_points_with_equal_labels_are_legal(tmp_path):
    assert load_dataset(write(tmp_path, "d.csv", "1,1\n1,1\n")).n == 2


BAD_CSV = [
    ("empty", "", "is empty"),
    ("blank", "\n , \n", "has no rows"),
    ("header only", "p,q,y\n", "a header but no points"),
    ("one column", "1\n-1\n", "one column only"),
    ("semicolons", "1;2;1\n3;4;-1\n", "separated by commas"),
    ("ragged", "1,2,1\n3,-1\n", "line 2 has 2 columns, line 1 has 3"),
    ("text cell", "p,q,y\n1,2,1\n3,oops,-1\n", "line 3, column 2: 'oops' is not a number"),
    ("text cell after blank line", "1,2,1\n\nx,4,-1\n", "line 3, column 1: 'x' is not a number"),
    ("first line half text", "abc,1.5,1\n2,3,-1\n", "line 1, column 1: 'abc' is not a number"),
    ("empty cell", "1,2,1\n3,,-1\n", "line 2, column 2: '' is not a number"),
    ("underscore", "1_0,1\n2,-1\n", "line 1, column 1: '1_0' is not a number"),
    ("missing label", "1,2,1\n3,4,\n", "line 2, column 3: the label is missing"),
    ("spoilt label", "1,2,1\n3,4,-l\n", "line 2, column 3: '-l' is not a number as other labels are"),
    ("row index", ",p,y\n0,1,1\n1,2,-1\n", "column 1 has no name"),
    ("nan", "1,1\nnan,-1\n", "X[1, 0] is nan"),
    ("infinite", "1e999,1\n1,-1\n", "X[0, 0] is inf"),
    ("nan label", "1,1\n2,nan\n", "y[1] is nan"),
    ("three classes", "1,0\n2,1\n3,2\n", "3 distinct values (0, 1, 2)"),
    ("contradiction", "1,1\n2,1\n1,-1\n", "rows 0 and 2 of X are the same point"),
    ("not text", b"\xff\xfe\x00,\x01", "not a comma-separated text file"),
]


@pytest.mark.parametrize(("content", "words"), [c[1:] for c in BAD_CSV], ids=[c[0] for c in BAD_CSV])
def test_bad_csv(tmp_path, content, words):
    refused(write(tmp_path, "bad.csv", content), words)


def test_csv_label_column_must_be_named_once_in_words(tmp_path):
    refused(write(tmp_path, "a.csv", "p,q\n1,1\n"), "exactly one column 'z'", label="z")
    refused(write(tmp_path, "b.csv", "p,p,q\n1,2,1\n"), "exactly one column 'p'", label="p")
    # "1" is in the first line, but as a number: taking that line for a header would lose a point.
    refused(write(tmp_path, "c.csv", "0.5,1\n2,-1\n"), "the name, not a number", label="1")


def test_bad_npz(tmp_path):
    np.savez(tmp_path / "good.npz", X=np.random.default_rng(0).standard_normal((50, 4)), y=np.ones(50))
    content = (tmp_path / "good.npz").read_bytes()
    for cut in (10, len(content) // 2, len(content) - 5):
        refused(write(tmp_path, "cut.npz", content[:cut]), "not a readable .npz archive")
    flipped = bytearray(content)
    flipped[300] ^= 0xFF
    refused(write(tmp_path, "flipped.npz", bytes(flipped)), "fails its checksum")
    refused(write(tmp_path, "empty.npz", b""), "is empty")
    refused(write(tmp_path, "text.npz", "hello"), "not a readable .npz archive")


def test_npz_arrays_must_be_there_and_fit(tmp_path):
    np.savez(tmp_path / "a.npz", X=X)
    refused(tmp_path / "a.npz", "no array 'y' (found: X)")
    np.savez(tmp_path / "b.npz", data=X, y=Y)
    refused(tmp_path / "b.npz", "no array 'X' (found: data, y)")
    np.savez(tmp_path / "c.npz", X=X, y=Y[:2])
    refused(tmp_path / "c.npz", "y has shape (2,)", ShapeError)
    np.savez(tmp_path / "d.npz", X=np.array([["a"], ["b"], ["c"]]), y=Y)
    refused(tmp_path / "d.npz", "give real numbers")
    np.savez(tmp_path / "e.npz", X=X, y=np.array([1, None, -1], dtype=object))
    refused(tmp_path / "e.npz", "plain number arrays")
    np.savez(tmp_path / "f.npz", X=X[:0], y=Y[:0])
    with pytest.raises(LawbookError, match="no points"):
        load_dataset(tmp_path / "f.npz")


def test_files_that_are_no_files(tmp_path):
    refused(tmp_path / "nowhere.csv", "there is no file")
    refused(write(tmp_path, "data.xlsx", "x"), "give .npz, .csv or .parquet")
    refused("no_extension", "digits:3v8")
    (tmp_path / "folder.csv").mkdir()
    refused(tmp_path / "folder.csv", "cannot be read")


def write_parquet(path, columns):
    pa = pytest.importorskip("pyarrow", reason="pyarrow is an optional dependency")
    from pyarrow import parquet

    parquet.write_table(pa.table(columns), path)
    return path


def test_parquet_round_trip(tmp_path):
    path = write_parquet(tmp_path / "d.parquet", {"p": [0.5, 2, 0], "q": [1, -3, 0.25], "y": [1, -1, 1]})
    data = load_dataset(path)
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.y, Y)
    assert np.array_equal(load_dataset(path, label="y").X, X)


@pytest.mark.parametrize(
    ("columns", "label", "words"),
    [
        ({"p": [1.0, 2.0], "y": [1, -1]}, "z", "no column 'z' (found: p, y)"),
        ({"y": [1, -1]}, None, "give points and a label column"),
        ({"p": [], "y": []}, None, "0 rows"),
        ({"p": ["a", "b"], "y": [1, -1]}, None, "row 0, column 'p': 'a' is not a number"),
        ({"p": [1.0, None], "y": [1, -1]}, None, "row 1, column 'p': None is not a number"),
        ({"p": [1.0, 2.0], "y": [1, None]}, None, "1 missing labels"),
        ({"p": [1.0, 2.0, 3.0], "y": [1, 2, 3]}, None, "3 distinct values"),
    ],
)
def test_bad_parquet(tmp_path, columns, label, words):
    refused(write_parquet(tmp_path / "d.parquet", columns), words, label=label)


def test_truncated_parquet(tmp_path):
    path = write_parquet(tmp_path / "d.parquet", {"p": [1.0, 2.0], "y": [1, -1]})
    refused(write(tmp_path, "cut.parquet", path.read_bytes()[:60]), "not a readable Parquet file")


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refused(write(tmp_path, "d.parquet", "x"), "pip install 'lawbook[data]'")


def test_digits_are_two_classes_of_mean_squared_norm_one():
    data = load_dataset("digits:3v8")
    assert data.n == 357  # 183 threes and 174 eights
    assert int(np.sum(data.y == -1)) == 183
    assert abs(np.mean(np.sum(data.X**2, axis=1)) - 1) < 1e-12
    assert "dropped" in data.note


def test_the_order_of_the_digits_sets_the_signs_and_the_map_repeats():
    from sklearn.datasets import load_digits

    first, second = real_dataset("digits:3v8"), real_dataset("digits:8v3")
    assert np.array_equal(first.y, -second.y)
    raw, target = load_digits(return_X_y=True)
    assert np.array_equal(first.transformation(raw[(target == 3) | (target == 8)]), first.X)


def test_breast_cancer():
    data = load_dataset("breast_cancer")
    assert (data.n, data.d, int(np.sum(data.y == -1))) == (569, 30, 212)
    assert np.allclose(np.var(data.X, axis=0), 1 / 30)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("digits:3v3", "the digit 3 twice"),
        ("digits:3v12", "two digits such as digits:3v8"),
        ("digits:", "two digits such as digits:3v8"),
        ("digits:avb", "two digits such as digits:3v8"),
    ],
)
def test_bad_names(name, words):
    refused(name, words)


def test_named_data_has_no_label_column():
    refused("breast_cancer", "labels built in", label="y")


def test_constant_columns_only():
    with pytest.raises(BadData, match="all 2 columns are constant"):
        standardise([[1.0, 2.0], [1.0, 2.0]])
