"""A run's state, times and progress in a few words."""

from datetime import datetime

from fer_core.domain.durations import duration
from fer_core.training.runs import RunState, RunStatus

STATE_COLOURS = {
    RunState.queued: "gray",
    RunState.running: "blue",
    RunState.finished: "green",
    RunState.stopped: "orange",
    RunState.failed: "red",
    RunState.lost: "red",
}
STATE_ICONS = {
    RunState.queued: ":material/hourglass_empty:",
    RunState.running: ":material/play_circle:",
    RunState.finished: ":material/check_circle:",
    RunState.stopped: ":material/pause_circle:",
    RunState.failed: ":material/error:",
    RunState.lost: ":material/link_off:",
}


def share_done(status: RunStatus) -> float:
    """Part of the epochs that are finished, 0 to 1; a finished run is done, wherever it ended."""
    if status.state is RunState.finished:
        return 1.0
    return min(status.epoch / status.epochs, 1.0)


def progress_line(status: RunStatus) -> str:
    """Epochs, best accuracy and times, as far as they are known."""
    parts = [f"epoch {status.epoch} of {status.epochs}"]
    if status.queue_place is not None:
        parts = ["next in the queue" if status.queue_place == 1 else _place(status.queue_place)]
    best = status.best.get("val_accuracy")
    if best is not None:
        parts.append(f"best {best:.1%}")
    if status.eta_s is not None:
        parts.append(f"{duration(status.eta_s)} left")
    elif status.elapsed_s:
        parts.append(f"took {duration(status.elapsed_s)}")
    return " · ".join(parts)


def facts(status: RunStatus) -> str:
    """Where and when a run ran, and how long its epochs take."""
    parts = [f"begun {moment(status.created)}"]
    if status.host:
        process = f", process {status.pid}" if status.pid else ""
        parts.append(f"on {status.host}{process}")
    if status.elapsed_s:
        parts.append(f"{duration(status.elapsed_s)} of training")
    if status.seconds_per_epoch is not None:
        parts.append(f"{duration(status.seconds_per_epoch)} an epoch")
    return " · ".join(parts)


def moment(created: str) -> str:
    """A time of ISO 8601 as people write it."""
    try:
        return f"{datetime.fromisoformat(created):%-d %B %Y, %H:%M}"
    except ValueError:
        return created or "at an unknown time"


def _place(place: int) -> str:
    return f"{place - 1} before it in the queue"
