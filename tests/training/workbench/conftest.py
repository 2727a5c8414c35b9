"""One workbench for all tests: it takes seconds to load Keras."""

from collections.abc import Iterator

import pytest

from fer_core.training.workbench import Workbench


@pytest.fixture(scope="session")
def workbench() -> Iterator[Workbench]:
    """A workbench; a test may kill its child, the next one gets another."""
    with Workbench() as bench:
        yield bench
