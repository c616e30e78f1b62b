"""The atlas and the experiments as pages: intervals with the networks that attain their upper ends, and points with their sentences."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from theory.certificates.exact.documents import read_certificate
from theory.certificates.exact.exact_data import parse_exact
from theory.errors import BadData
from verify.experiments.atlas.build import Entry, read_atlas
from verify.experiments.paper.experiments import EXPERIMENTS
from verify.report.atlas import READING, atlas_document
from verify.report.site.drawing import interpolant_svg, series_svg
from verify.report.words import number


def atlas_page(folder: Path) -> dict[str, Any]:
    """Every entry with its interval, and in the plane its network.  Raises: BadData (no atlas in the folder)."""
    entries = read_atlas(folder)
    found = atlas_document(entries)
    families: dict[str, list[dict[str, Any]]] = {}
    for e in entries:
        families.setdefault(e.family, []).append({
            "case": e.case, "n": e.n, "d": e.d, "kinks": e.kinks, "affine": e.affine, "certificate": e.certificate,
            "lower": "no fit" if e.is_infeasible else number(e.lower or 0.0), "upper": "" if e.upper is None else number(e.upper),
            "mcshane": number(e.mcshane), "law": "" if e.law is None else number(e.law),
            "gap": "" if e.gap is None else f"{e.gap:.1e}", "picture": _interpolant(e, folder)})
    return {"families": families, "counts": {name: found[name] for name in ("closed", "without_fit", "open")}, "reading": READING}


def certificates(folder: Path) -> dict[str, bytes]:
    """The files of the atlas that its table names, by name."""
    return {e.certificate: _content(folder / e.certificate) for e in read_atlas(folder)}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadData(f"cannot read {path} ({error.strerror}), which the atlas names; bring it up to date with: lawbook atlas {path.parent}"
                      ) from None


def _interpolant(entry: Entry, folder: Path) -> Markup | None:
    if entry.d != 2 or entry.upper is None:
        return None
    upper = read_certificate(folder / entry.certificate)["upper"]
    network = upper["network"]
    W, v = _floats(network["W"]), _floats(network["v"])
    kinks = list(zip(W, map(float, _floats(network["b"])), map(float, network["signs"]), strict=True))
    return interpolant_svg(_floats(upper["data"]["X"]), _floats(upper["data"]["y"]), kinks, v, float(_floats(network["c"])))


def _floats(value: Any) -> Any:
    """Exact numbers of a certificate, in arrays of any depth, as floats."""
    return np.array([_floats(entry) for entry in value]) if isinstance(value, list) else float(parse_exact(value, "the certificate"))


def experiment_rows(folder: Path) -> list[dict[str, Any]]:
    """A figure a table of results (NAME.csv or NAME_….csv), with the sentences of the paper put to the test on it."""
    listed = []
    for path in sorted(folder.glob("*.csv")):
        experiment = EXPERIMENTS.get(path.stem.partition("_")[0])
        if experiment is None:
            continue
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [_row(row) for row in csv.DictReader(stream)]
        found = experiment.find(rows)
        listed.append({
            "name": experiment.name, "file": path.name, "title": experiment.title, "cells": len(rows), "said": found.said,
            "tested": [{"sentence": t.sentence, "word": t.word.value, "points": t.series, "agrees": t.agrees,
                        "slope": "" if t.fit is None else f"{t.fit.points} points, slope {t.fit.slope:.3g}, R² {t.fit.r_squared:.3g}"}
                       for t in found.tested],
            "legend": [(s.label, s.theirs) for s in found.series if len(s.x)],
            "svg": series_svg(found.series, experiment.title, experiment.x, experiment.y, logarithmic=experiment.logarithmic)})
    if not listed:
        raise BadData(f"{folder} has no table of results, such as fig2.csv; make one with: lawbook experiment fig2 --out {folder}")
    return listed


def _row(cells: Mapping[str, str]) -> dict[str, Any]:
    """A line of a table of results as it was before it was written: numbers, truth values, text, None for what is empty.

    >>> _row({"n": "100", "memorises": "True", "gradient": "8.5", "upper": "", "failure": ""})
    {'n': 100, 'memorises': True, 'gradient': 8.5, 'upper': None, 'failure': None}
    """
    return {name: _value(cell) for name, cell in cells.items()}


def _value(cell: str) -> Any:
    if cell in ("", "True", "False"):
        return {"": None, "True": True, "False": False}[cell]
    for read in (int, float):
        try:
            return read(cell)
        except ValueError:
            pass
    return cell
