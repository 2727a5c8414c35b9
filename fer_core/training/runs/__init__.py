"""Training runs as processes: beginning, watching, stopping and resuming them.

Nothing here loads Keras or MLflow; only a run's own process does, in `worker`.
"""

from fer_core.training.runs.control import delete, finish, stop
from fer_core.training.runs.label import label_run
from fer_core.training.runs.launcher import launch, resume
from fer_core.training.runs.promotion import promote
from fer_core.training.runs.queue import move, move_first
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState
from fer_core.training.runs.status import RunStatus, list_runs
from fer_core.training.runs.usage import GpuUse, Usage, usage_of

__all__ = [
    "GpuUse",
    "Run",
    "RunState",
    "RunStatus",
    "Usage",
    "delete",
    "finish",
    "label_run",
    "launch",
    "list_runs",
    "move",
    "move_first",
    "promote",
    "resume",
    "stop",
    "usage_of",
]
