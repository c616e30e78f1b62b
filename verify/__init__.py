"""What is measured: claims on instances, certified bounds on data, Lipschitz constants of networks.

The names below are imported when they are first used, so that the command line starts fast.

>>> import verify
>>> report = verify.bounds([[1.0, 0.0], [-1.0, 0.0]], [1.0, -1.0], width=1)     # two points at distance 2
>>> float(report.best.value)
1.0
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Dataset": "verify.objects.data",
    "Instance": "verify.objects.instance",
    "Measurement": "verify.laws.measure",
    "Network": "verify.objects.networks",
    "bounds": "verify.fits.lower_bounds",
    "evaluate_formula": "verify.evaluate",
    "lipschitz_enclosure": "verify.lipschitz",
    "load_dataset": "verify.objects.data.files",
    "load_network": "verify.objects.networks",
    "sample": "verify.trials.trial",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"verify has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)
