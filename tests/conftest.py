"""Options and profiles that all tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings

# No database and no random seed: the same examples on every machine, so that a failure is a fact about the commit.
settings.register_profile("lawbook", derandomize=True, deadline=None, database=None, print_blob=False)
settings.load_profile("lawbook")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="also run the tests that take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-slow"):
        return
    skip = pytest.mark.skip(reason="slow: run with --run-slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
