"""Files and real data: round trips, and one clear sentence for every way a file can be bad."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from theory.errors import BadData, LawbookError, ShapeError
from verify.objects.data.files import load_dataset, load_points, real_dataset, standardise
from verify.objects.data.reading import FileReading

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
        load_dataset(path, FileReading(**options))
    assert "\n" not in str(caught.value)


def test_npz_round_trip(tmp_path):
    np.savez(tmp_path / "d.npz", X=X, y=Y, other=-Y)
    data = load_dataset(tmp_path / "d.npz")
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.y, Y)
    assert data.name == "d.npz"
    assert np.array_equal(load_dataset(str(tmp_path / "d.npz"), FileReading("other")).y, -Y)


READ = [
    # what is in the file, options, points, labels, what is said of it
    ("no header", "0.5,1,1\n2,-3,-1\n\n 0 , 0.25,1\n", {}, X, Y, "labels in column 3"),
    ("header", "p,q,label\n0.5,1,1\n2,-3,-1\n0,0.25,1\n", {}, X, Y, "label column 'label'"),
    ("BOM", "\ufeffp,q,label\n0.5,1,1\n2,-3,-1\n0,0.25,1\n", {}, X, Y, "label column 'label'"),
    ("UTF-16", "p,q,label\n0.5,1,1\n2,-3,-1\n0,0.25,1\n".encode("utf-16"), {}, X, Y, "label column 'label'"),
    ("UTF-16, big end first", "\ufeffp,q,y\n0.5,1,1\n2,-3,-1\n0,0.25,1\n".encode("utf-16-be"), {}, X, Y, "label column 'y'"),
    ("carriage returns", "p,q,label\r\n0.5,1,1\r\n2,-3,-1\r\n0,0.25,1\r\n", {}, X, Y, "label column 'label'"),
    ("returns alone", "p,q,label\r0.5,1,1\r2,-3,-1\r0,0.25,1\r", {}, X, Y, "label column 'label'"),
    ("ratios", "p,q,y\n1/2,1,1\n2,-3,-1\n0,1/4,1\n", {}, X, Y, "cells such as 1/2 are ratios"),
    ("no last line end", "p,q,label\n0.5,1,1\n2,-3,-1\n0,0.25,1", {}, X, Y, "label column 'label'"),
    ("quoted", '"p","q","label"\n"0.5","1","1"\n"2","-3","-1"\n"0","0.25","1"\n', {}, X, Y, "label column 'label'"),
    ("semicolons", "0.5;1;1\n2;-3;-1\n0;0.25;1\n", {}, X, Y, "columns separated by a semicolon, decimal point; labels in column 3"),
    ("decimal comma", "p;q;y\n0,5;1;1\n2;-3;-1\n0;0,25;1\n", {}, X, Y, "columns separated by a semicolon, decimal comma; label column 'y'"),
    ("decimal comma and tabs", "0,5\t1\t1\n2\t-3\t-1\n0\t0,25\t1\n", {}, X, Y, "columns separated by a tab, decimal comma"),
    ("tabs", "p\tq\ty\n0.5\t1\t1\n2\t-3\t-1\n0\t0.25\t1\n", {}, X, Y, "columns separated by a tab, decimal point"),
    ("bars", "0.5|1|1\n2|-3|-1\n0|0.25|1\n", {}, X, Y, "columns separated by a bar"),
    ("spaces, as numpy.savetxt", "5.0e-01 1.0e+00 1\n2 -3 -1\n0  0.25 1\n", {}, X, Y, "columns separated by a space"),
    ("named by a spreadsheet", "sep=;\n0.5;1;1\n2;-3;-1\n0;0.25;1\n", {}, X, Y, "columns separated by a semicolon"),
    ("comments", "# made by hand\n0.5,1,1\n# half\n2,-3,-1\n0,0.25,1\n", {}, X, Y, "2 comment lines left out"),
    ("trailing delimiters", "p,q,y,\n0.5,1,1,\n2,-3,-1,\n0,0.25,1,\n", {}, X, Y, "label column 'y'"),
    ("a named label", "p,class,q\n0.5,yes,1\n2,no,-3\n0,yes,0.25\n", {"label": "class"}, X, Y,
     "label column 'class'; labels 'no' -> -1, 'yes' -> +1"),
    ("classes without header", "0.5,1,dog\n2,-3,cat\n0,0.25,dog\n", {}, X, Y, "labels 'cat' -> -1, 'dog' -> +1"),
    ("plus and minus", "p,q,y\n0.5,1,+\n2,-3,-\n0,0.25,+\n", {}, X, Y, "labels '-' -> -1, '+' -> +1"),
    ("years as names", "2019,2020,y\n0.5,1,1\n2,-3,-1\n0,0.25,1\n", {}, X, Y, "label column 'y'"),
    ("names that are words for numbers", "nan,inf,y\n0.5,1,1\n2,-3,-1\n0,0.25,1\n", {}, X, Y, "label column 'y'"),
    ("names of pandas", "0,1,2\n0.5,1.0,1.0\n2.0,-3.0,-1.0\n0.0,0.25,1.0\n", {}, X, Y, "line 1 (0, 1, 2) is the header; label column '2'"),
    ("names of pandas, as is said", "0,1,2\n0.5,1,1\n2,-3,-1\n0,0.25,1\n", {"header": True}, X, Y, "line 1 (0, 1, 2) is the header"),
    ("no names, as is said", "0.5,1,1\n2,-3,-1\n0,0.25,1\n", {"header": False}, X, Y, "labels in column 3"),
    ("years, as is said", "2019,2020,2021\n0.5,1,1\n2,-3,-1\n0,0.25,1\n", {"header": True}, X, Y, "(2019, 2020, 2021) is the header"),
    ("a saved index", ",p,q,y\n0,0.5,1,1\n1,2,-3,-1\n2,0,0.25,1\n", {}, X, Y, "column 1, which counts the rows, left out"),
    ("an index beside names of pandas", ",0,1,2\n0,0.5,1,1\n1,2,-3,-1\n2,0,0.25,1\n", {}, X, Y, "column 1, which counts the rows, left"),
    ("an index from 1", '"","p","q","y"\n"1",0.5,1,1\n"2",2,-3,-1\n"3",0,0.25,1\n', {}, X, Y, "column 1, which counts the rows, left out"),
    ("an index saved twice", "Unnamed: 0,p,q,y\n0,0.5,1,1\n1,2,-3,-1\n2,0,0.25,1\n", {}, X, Y, "column 1, which counts the rows, left"),
    ("thousands, as is said", "1,125;1\n2,250;-1\n", {"decimal": ","}, [[1.125], [2.25]], [1, -1], "decimal comma"),
    ("one coordinate, as is said", "0,25;1\n1,75;-1\n", {"delimiter": ";"}, [[0.25], [1.75]], [1, -1], "decimal comma"),
    ("one class", "1,7\n2,7\n", {}, [[1], [2]], [1, 1], "one class only: label 7 -> +1"),
    ("equal points", "1,1\n1,1\n", {}, [[1], [1]], [1, 1], "labels in column 2"),
]


@pytest.mark.parametrize(("content", "options", "points", "labels", "said"), [c[1:] for c in READ], ids=[c[0] for c in READ])
def test_a_table_is_read_as_what_it_is(tmp_path, content, options, points, labels, said):
    path = write(tmp_path, "d.csv", content)
    data = load_dataset(path, FileReading(**options))
    assert np.array_equal(data.X, points)
    assert np.array_equal(data.y, labels)
    assert said in data.note
    assert data.is_double


def test_decimals_are_the_numbers_that_are_written(tmp_path):
    data = load_dataset(write(tmp_path, "d.csv", "p,q,y\n0.1,1/3,0.2\n1700000000000000300,-2.50,1e-3\n"), FileReading(real_labels=True))
    assert data.exact.points == ((Fraction(1, 10), Fraction(1, 3)), (Fraction(1700000000000000300), Fraction(-5, 2)))
    assert data.exact.labels == (Fraction(1, 5), Fraction(1, 1000))
    assert not data.is_double
    assert data.X.tolist() == [[0.1, 1 / 3], [1700000000000000300.0, -2.5]]


BAD_CSV = [
    ("empty", "", "is empty"),
    ("blank", "\n , \n", "has no rows"),
    ("header only", "p,q,y\n", "a header but no points"),
    ("one column", "1\n-1\n", "one column only"),
    ("ragged", "1,2,1\n3,-1\n", "line 2 has 2 columns, line 1 has 3"),
    ("text cell", "p,q,y\n1,2,1\n3,oops,-1\n", "line 3, column 2: 'oops' is not a number"),
    ("text cell after blank line", "1,2,1\n\nx,4,-1\n", "line 3, column 1: 'x' is not a number"),
    ("text cell after a comment", "# c\n1,2,1\nx,4,-1\n", "line 3, column 1: 'x' is not a number"),
    ("first line half text", "abc,1.5,1\n2,3,-1\n", "line 1, column 1: 'abc' is not a number"),
    ("empty cell", "1,2,1\n3,,-1\n", "line 2, column 2: '' is not a number: the value is missing"),
    ("missing cell", "1,2,1\n3,NA,-1\n", "line 2, column 2: 'NA' is not a number: the value is missing"),
    ("underscore", "1_0,1\n2,-1\n", "line 1, column 1: '1_0' is not a number"),
    ("digits of another script", "١,1\n2,-1\n", "line 1, column 1: '١' is not a number"),
    ("missing label", "1,2,1\n3,4,\n", "line 2, column 3: the label is missing"),
    ("spoilt label", "1,2,1\n3,4,-l\n", "line 2, column 3: '-l' is not a number as other labels are"),
    ("unnamed column", "p,,y\n5,1,1\n7,2,-1\n", "column 2 has no name"),
    ("a shuffled index", ",p,y\n5,1,1\n3,2,-1\n", "column 1 has no name"),
    ("nan", "1,1\nnan,-1\n", "line 2, column 1: 'nan' is not a number"),
    ("infinite", "1e999,1\n1,-1\n", "X[0, 0] is inf"),
    ("three classes", "1,0\n2,1\n3,2\n", "3 distinct values (0, 1, 2)"),
    ("contradiction", "1,1\n2,1\n1,-1\n", "rows 0 and 2 of X are the same point"),
    ("no text", b"\xff\xfe\x00,\x01", "is not text"),
    ("no UTF-8", "p,y\n1,é\n".encode("latin-1"), "is not text in UTF-8"),
    ("UTF-16 without mark", "p,y\n1,1\n".encode("utf-16-le"), "zero bytes"),
    ("an open quote", 'p,y\n"1,1\n2,-1\n', "is not a table of text"),
    ("two decimal signs", "x;y\n0,5;1\n0.5;-1\n", "is not a number"),
    ("names or a point", "0,1\n1,-1\n", "line 1 (0, 1) may be the header or the first point; say which by --header or --no-header"),
    ("years or a point", "2019,2020,2021\n1,2,1\n3,4,-1\n", "line 1 (2019, 2020, 2021) may be the header"),
    ("years two apart", "2018,2020,2022\n1,2,1\n3,4,-1\n", "line 1 (2018, 2020, 2022) may be the header"),
    ("years above classes", "2019,2020,y\n1,2,good\n3,4,good\n", "line 1 (2019, 2020, y) may be the header"),
    ("numbers in a row", "1,2,3\n4,5,7\n", "line 1 (1, 2, 3) may be the header"),
    ("thousands or fractions", "x;y\n1,234;1\n2,345;-1\n", "'1,234' may be 1.234 or 1234"),
    ("two delimiters", "0,25;1\n1,75;-1\n",
     "columns separated by a comma, decimal point or columns separated by a semicolon, decimal comma"),
    *((f"label {word}", f"a,b,y\n1,2,good\n3,4,{word}\n", f"line 3, column 3: the label is missing ({word!r})")
      for word in ("NA", "N/A", "n/a", "null", "NULL", "None", "?", "-", "nan", "NaN", "<NA>", ".", "#N/A")),
    *((f"numeric labels and {word}", f"a,b,y\n1,2,1\n3,4,{word}\n", "line 3, column 3: the label is missing")
      for word in ("NA", "nan", "?")),
]


@pytest.mark.parametrize(("content", "words"), [c[1:] for c in BAD_CSV], ids=[c[0] for c in BAD_CSV])
def test_bad_csv(tmp_path, content, words):
    refused(write(tmp_path, "bad.csv", content), words)


def test_csv_label_column_must_be_named_once(tmp_path):
    refused(write(tmp_path, "a.csv", "p,q\n1,1\n"), "exactly one column 'z' (its header is p, q)", label="z")
    refused(write(tmp_path, "b.csv", "p,p,q\n1,2,1\n"), "exactly one column 'p'", label="p")
    # "1" is in the first line, but as a number: taking that line for a header would lose a point.
    refused(write(tmp_path, "c.csv", "0.5,1\n2,-1\n"), "exactly one column '1' (it has no header)", label="1")
    assert load_dataset(write(tmp_path, "d.csv", "0,1\n5,-1\n"), FileReading("1", header=True)).X.tolist() == [[5.0]]


@pytest.mark.parametrize(("options", "words"), [
    ({"delimiter": "x"}, "the delimiter is 'x'"), ({"decimal": ";"}, "the decimal sign is ';'"),
    ({"delimiter": ",", "decimal": ","}, "both the delimiter and the decimal sign")])
def test_options_that_say_nothing_sensible(options, words):
    with pytest.raises(BadData, match=re.escape(words)):
        FileReading(**options)


def test_options_of_text_files_belong_to_text_files(tmp_path):
    np.savez(tmp_path / "d.npz", X=X, y=Y)
    refused(tmp_path / "d.npz", "is no text file; leave out --header", header=True)
    refused("digits:3v8", "leave out the options of a text file", delimiter=";")


def test_points_alone_need_no_labels_of_two_classes(tmp_path):
    np.savez(tmp_path / "reg.npz", X=X, y=[0.0, 0.3, 1.1])
    np.savez(tmp_path / "bare.npz", X=X)
    for path in (tmp_path / "reg.npz", tmp_path / "bare.npz", write(tmp_path, "d.csv", "p,q,y\n0.5,1,a\n2,-3,b\n0,0.25,c\n")):
        assert np.array_equal(load_points(path).X, X)


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
    refused(tmp_path / "a.npz", "has points and no labels")
    refused(tmp_path / "a.npz", "no array 'z' (found: X)", label="z")
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
    refused(write(tmp_path, "data.xlsx", "x"), "give .npz, .csv, .tsv or .parquet")
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
    assert np.array_equal(load_dataset(path, FileReading("y")).X, X)


def test_parquet_holds_exact_numbers_and_drops_a_row_index(tmp_path):
    pa = pytest.importorskip("pyarrow", reason="pyarrow is an optional dependency")
    from pyarrow import parquet

    columns = {
        "t": pa.array([1_700_000_000_000_000_000, 1_700_000_000_000_000_300], pa.int64()), "u": pa.array([2**64 - 1, 0], pa.uint64()),
        "price": pa.array([Decimal("0.10"), Decimal("12.34")], pa.decimal128(10, 2)), "half": pa.array([0.1, 0.5], pa.float32()),
        "on": pa.array([True, False]), "named": pa.array([7, 8]), "y": pa.array(["no", "yes"]).dictionary_encode()}
    table = pa.table(columns).replace_schema_metadata({"pandas": json.dumps({"index_columns": ["named"]})})
    parquet.write_table(table, tmp_path / "d.parquet")
    data = load_dataset(tmp_path / "d.parquet")
    assert data.exact.points == (
        (1_700_000_000_000_000_000, 2**64 - 1, Fraction(1, 10), Fraction(float(np.float32(0.1))), 1),
        (1_700_000_000_000_000_300, 0, Fraction(617, 50), Fraction(1, 2), 0))
    assert data.note == "row index 'named' left out; label column 'y'; labels 'no' -> -1, 'yes' -> +1"


@pytest.mark.parametrize(
    ("columns", "label", "words"),
    [
        ({"p": [1.0, 2.0], "y": [1, -1]}, "z", "no column 'z' of its own (found: p, y)"),
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


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_reading_parquet_starts_no_thread(tmp_path):
    # a process that ends while pyarrow still starts a thread is aborted
    write_parquet(tmp_path / "d.parquet", {"p": [], "y": []})
    code = """
import os, sys
from theory.errors import BadData
from verify.objects.data.files import load_dataset
import pyarrow.parquet
before = len(os.listdir("/proc/self/task"))
try:
    load_dataset(sys.argv[1])
except BadData as error:
    print(error, len(os.listdir("/proc/self/task")) - before)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "d.parquet")], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("give points and a label column 0\n")


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
