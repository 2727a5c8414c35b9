"""Training runs as processes: beginning, watching, stopping and resuming them.

Nothing here loads Keras or MLflow; only a run's own process does, in `worker`.
"""

from fer_core.training.runs.control import delete, stop
from fer_core.training.runs.launcher import launch, resume
from fer_core.training.runs.promotion import promote
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState
from fer_core.training.runs.status import RunStatus, list_runs

__all__ = [
    "Run",
    "RunState",
    "RunStatus",
    "delete",
    "launch",
    "list_runs",
    "promote",
    "resume",
    "stop",
]
