"""Options and profiles that all tests share."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import settings

# No database and no random seed: the same examples on every machine, so that a failure is a fact about the commit.
settings.register_profile("lawbook", derandomize=True, deadline=None, database=None, print_blob=False)
settings.load_profile("lawbook")

# a script, not a test: it needs frameworks that no extra installs
collect_ignore = ["data/onnx/export.py"]

_CACHES = count()


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache for each test: no result of a test, and none of the user's, reaches another."""
    monkeypatch.setenv("LAWBOOK_CACHE", str(tmp_path_factory.getbasetemp() / "caches" / str(next(_CACHES))))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="also run the tests that take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-slow"):
        return
    skip = pytest.mark.skip(reason="slow: run with --run-slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
