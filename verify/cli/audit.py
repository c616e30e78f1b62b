"""`lawbook audit`: the margin of every applicable claim on a network and its data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from theory.errors import BadData
from verify.cli.console import output
from verify.cli.exits import DOES_NOT_HOLD, DONE, emit
from verify.cli.outputs import Choice
from verify.objects.data.dataset import Dataset
from verify.objects.data.files import load_dataset
from verify.objects.data.reading import FileReading
from verify.objects.data.reals import number
from verify.objects.networks import Network, VectorNetwork, load_network, load_vector_network
from verify.report.audit import audit_document, show_audit
from verify.report.data import show_data, with_data
from verify.trials.audit import audit


def run_audit(network: Path, source: str, reading: FileReading, choice: Choice, seed: int, *, as_json: bool) -> int:
    """Every claim about fitted networks, measured on one, in the labels that it was made for."""
    whole = load_vector_network(network)
    choice.check(whole.m, None)
    if whole.m == 1:
        loaded = load_network(network, choice.output, choice.minus)
        data = _as_meant(loaded, load_dataset(source, reading))
    else:
        data = _of_outputs(whole, source, reading, choice)
        loaded = load_network(network, choice.output, choice.minus)
    report = audit(loaded, data, seed=seed)
    if as_json:
        emit(with_data(data, audit_document(report)))
    else:
        show_data(output(), data)
        show_audit(output(), report)
    return DOES_NOT_HOLD if report.violated else DONE


def _as_meant(network: Network, data: Dataset) -> Dataset:
    """The data with the numbers of the file as labels, where the network comes nearer to these than to −1 and +1."""
    given = {sign: number(shown) for shown, sign in data.classes.items()}
    if None in given.values() or all(sign == value for sign, value in given.items()):
        return data
    said = "the network is nearer to the labels as given, and compared with these"
    as_given = data.relabelled([given[int(sign)] for sign in data.y], said)
    return as_given if network.residual(as_given) < network.residual(data) else data


def _of_outputs(network: VectorNetwork, source: str, reading: FileReading, choice: Choice) -> Dataset:
    """The data with +1 for the class of the chosen output, and −1 for the others or for the one that is subtracted.

    Labels are the numbers of the outputs; two other classes are the −1 and +1 that the chosen output is to take.
    Raises: BadData (no output chosen, no point of the two classes).
    """
    try:
        data = load_dataset(source, replace(reading, real_labels=True))
    except BadData:                                         # class names, or no data at all: the next line says so
        data = load_dataset(source, reading)
    if not np.isin(data.y, range(network.m)).all():
        data = load_dataset(source, reading)
        if choice.output is None:
            raise BadData(f"the network has {network.m} outputs and the labels are not their numbers; give --output J")
        return data
    if choice.output is None:
        right = int((np.argmax(network(data.X), axis=1) == data.y).sum())
        raise BadData(f"the network has {network.m} outputs, and its largest is that of the label at {right} of {data.n} points; the "
                      "claims are about one output: give --output J, or --output J --minus K")
    own = data.y == choice.output
    if choice.minus is None:
        return data.relabelled(np.where(own, 1, -1), f"label {choice.output} -> +1, others -> -1")
    rows = np.flatnonzero(own | (data.y == choice.minus))
    if not rows.size:
        raise BadData(f"no point has the label {choice.output} or {choice.minus}; choose outputs that the labels name")
    said = f"label {choice.output} -> +1, {choice.minus} -> -1, {data.n - rows.size} points of other classes left out"
    return data.relabelled(np.where(own[rows], 1, -1), said, rows)
