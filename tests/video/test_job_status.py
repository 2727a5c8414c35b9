"""A task is at work while it waits and while it runs, and at no other time."""

import pytest

from fer_core.video.job_status import JobState, JobStatus


@pytest.mark.parametrize("state", JobState)
def test_who_waits_or_runs_is_active(state: JobState) -> None:
    assert state.active == (state in {"waiting", "running"})


def test_what_was_never_asked_for_has_done_nothing() -> None:
    status = JobStatus()
    assert (status.state, status.share, status.frames, status.problem) == ("none", None, 0, "")
