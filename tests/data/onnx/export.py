"""Writes small ONNX files with PyTorch and scikit-learn, by several exporters: python export.py FOLDER.

Needs torch, onnxscript, scikit-learn, skl2onnx; written with torch 2.13, scikit-learn 1.9, skl2onnx 1.20.  For each NAME.onnx there is a
NAME.npz with five points X and the values y that the framework gives there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn


class Standardised(nn.Module):
    """(x − mean)/scale, as models carry their scaler with them."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - torch.tensor([1.0, 2.0, 3.0, 4.0])) / torch.tensor([0.5, 3.0, 1.0, 7.0])


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.outer, self.skip = nn.Linear(4, 6), nn.Linear(6, 1), nn.Linear(4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.outer(torch.relu(self.hidden(x))) + self.skip(x)).squeeze(-1)


class Viewed(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(x.size(0), -1)


def network(psi: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Linear(4, 6), psi, nn.Linear(6, 1))


def models() -> dict[str, tuple[nn.Module, tuple[int, ...]]]:
    prelu = nn.PReLU(6)
    with torch.no_grad():
        prelu.weight.copy_(torch.rand(6))
    normal = nn.BatchNorm1d(4)
    normal.running_mean.copy_(torch.randn(4))
    normal.running_var.copy_(torch.rand(4) + 0.5)
    psis = {"relu6": nn.ReLU6(), "hardtanh": nn.Hardtanh(), "hardsigmoid": nn.Hardsigmoid(), "silu": nn.SiLU(), "prelu": prelu,
            "logsigmoid": nn.LogSigmoid(), "gelu_erf": nn.GELU()}
    return {
        **{name: (network(psi), (4,)) for name, psi in psis.items()},
        "standardised": (nn.Sequential(Standardised(), nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 1)), (4,)),
        "batchnorm_first": (nn.Sequential(normal, nn.Linear(4, 6), nn.ReLU(), nn.Dropout(), nn.Linear(6, 2)), (4,)),
        "residual": (Residual(), (4,)),
        "viewed": (nn.Sequential(Viewed(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 1)), (2, 3)),
        "half": (network(nn.ReLU()).half(), (4,)),
    }


def strip(path: Path) -> None:
    """The file without texts that only describe the exporting machine."""
    model = onnx.load(path)
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        part.ClearField("doc_string")
        if part.DESCRIPTOR.fields_by_name.get("metadata_props") is not None:
            part.ClearField("metadata_props")
    onnx.save(model, path)


def export_torch(folder: Path) -> None:
    torch.manual_seed(0)
    for name, (model, shape) in models().items():
        model.eval()
        x = torch.randn(5, *shape, dtype=next(model.parameters()).dtype)
        y = model(x).detach().double().numpy().reshape(5, -1)
        for way in ("script", "dynamo"):
            path = folder / f"torch_{name}_{way}.onnx"
            if way == "script":
                torch.onnx.export(model, (x,), path, dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "n"}},
                                  opset_version=14 if name == "gelu_erf" else 17)
            else:
                torch.onnx.export(model, (x,), path, dynamo=True, dynamic_shapes=({0: torch.export.Dim("n")},), external_data=False)
            strip(path)
            np.savez(path.with_suffix(".npz"), X=x.double().numpy().reshape(5, -1), y=y)


def export_sklearn(folder: Path) -> None:
    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    rng = np.random.default_rng(0)
    X = (rng.standard_normal((40, 3)) * [1, 10, 100] + [5, 0, -300]).astype(np.float32)
    for name, scaler in (("standard", StandardScaler()), ("minmax", MinMaxScaler())):
        model = make_pipeline(scaler, MLPRegressor(hidden_layer_sizes=(5,), max_iter=20, random_state=0)).fit(X, X[:, 0] + X[:, 1] / 10)
        path = folder / f"sklearn_{name}_scaler.onnx"
        path.write_bytes(to_onnx(model, X[:1]).SerializeToString())
        strip(path)
        np.savez(path.with_suffix(".npz"), X=X[:5].astype(float), y=model.predict(X[:5])[:, None].astype(float))


if __name__ == "__main__":
    export_torch(Path(sys.argv[1]))
    export_sklearn(Path(sys.argv[1]))
