"""Runs every capability on every stage, as docs/parity.toml says it stands there."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from _pytest.mark import ParameterSet

from tests.contract.parity import OFFERED, Cell, Stands, capabilities
from tests.contract.stage import PATIENCE, Stage
from tests.contract.stages import STAGES

BRIEF = 0.7
"""Seconds to wait for what a platform is said not to offer."""


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker that ties a test to its row."""
    config.addinivalue_line(
        "markers",
        "capability(key, stands=None, tries=True): the row of docs/parity.toml a test proves; "
        "stands: run it only where the row stands so; tries: whether to attempt what is absent",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run a platform; what is absent must fail, or is skipped where trying means nothing."""
    marker = metafunc.definition.get_closest_marker("capability")
    if marker is None:
        return
    row = capabilities()[marker.args[0]]
    only, tries = marker.kwargs.get("stands"), marker.kwargs.get("tries", True)
    runs = [
        _run(platform, cell, tries=tries)
        for platform, cell in row.cells.items()
        if platform not in row.proofs and _included(cell.stands, only)
    ]
    metafunc.parametrize(
        "alone" if "alone" in metafunc.fixturenames else "running", runs, indirect=True
    )


def _included(stands: Stands, only: str | None) -> bool:
    """Whether a test runs where its row stands so; the absent are tried by the test of `done`."""
    if only is None or stands == only:
        return True
    return stands not in OFFERED and only == Stands.DONE


def _run(platform: str, cell: Cell, *, tries: bool) -> ParameterSet:
    marks: list[pytest.MarkDecorator] = []
    if platform != "memory":
        marks.append(pytest.mark.e2e)
    if cell.stands not in OFFERED:
        why = f"{cell.stands}: {cell.words}"
        absent = pytest.mark.xfail(raises=AssertionError, strict=True, reason=why)
        marks.append(absent if tries else pytest.mark.skip(reason=why))
    return pytest.param(platform, id=platform, marks=marks)


async def _opened(platform: str) -> Stage:
    stage = STAGES[platform]()
    await stage.open()
    return stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A stage that the tests of a module share, each with people of its own."""
    stage = await _opened(request.param)
    yield stage
    await stage.close()


@pytest.fixture
def stage(running: Stage, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The shared stage, with nothing heard yet."""
    running.core.forget()
    running.patience = _patience(request)
    yield running
    _assert_honest(running)


@pytest_asyncio.fixture(loop_scope="module")
async def alone(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A stage of one's own, for tests that break it."""
    stage = await _opened(request.param)
    stage.patience = _patience(request)
    yield stage
    await stage.close()
    _assert_honest(stage)


def _patience(request: pytest.FixtureRequest) -> float:
    return BRIEF if request.node.get_closest_marker("xfail") else PATIENCE


def _assert_honest(stage: Stage) -> None:
    """No documented protocol was broken, and nobody called everybody."""
    assert stage.complaints() == ()
    assert not stage.rang_for_all()
