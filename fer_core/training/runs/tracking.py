"""A run as MLflow shows it: parameters, the figures of each epoch, status and reports.

The run's folder is what counts; MLflow gets a copy. A tracking server that cannot be reached
costs one line in the log, and is sent what it missed when it answers again.
"""

import contextlib
import os
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from fer_core.domain.errors import FerError
from fer_core.domain.settings import runs_dir
from fer_core.training.runs.current_state import current_state
from fer_core.training.runs.label import read_label
from fer_core.training.runs.run import Run
from fer_core.training.runs.state import RunState
from fer_core.zoo.card import CARD_FILE, REPORT_FILE, ModelCard

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

EXPERIMENT = "fer-studio"

_STATUS = {
    RunState.running: "RUNNING",
    RunState.finished: "FINISHED",
    RunState.failed: "FAILED",
    RunState.lost: "FAILED",
    RunState.stopped: "KILLED",
}
_RUN_TAG, _HOST_TAG, _FOLDER_TAG = "fer.run", "fer.host", "fer.folder"


def tracking_uri() -> str:
    """Where MLflow keeps runs: `MLFLOW_TRACKING_URI`, or SQLite in the folder of runs."""
    local = f"sqlite:///{runs_dir().absolute() / 'mlflow.db'}"
    return os.environ.get("MLFLOW_TRACKING_URI") or local


class Tracker:
    """Copies one run to MLflow.

    Args:
        run: The run.
        tell: Receives a line if MLflow cannot be reached.
    """

    def __init__(self, run: Run, tell: Callable[[str], None]) -> None:
        self.run = run
        self._tell = tell
        self._client: MlflowClient | None = None
        self._id = ""
        self._sent = 0
        self._begun = self._silent = False

    def begin(self) -> None:
        """Tell MLflow that the run is running."""
        self._begun = True
        self._try(lambda client: _settle_others(client, self._id))

    def send_epochs(self) -> None:
        """Tell MLflow of the finished epochs that it has not heard of."""
        self._try(self._send_epochs)

    def end(self, state: RunState, reason: str = "", card: ModelCard | None = None) -> None:
        """Tell MLflow how a run that began ended, and of its model if there is one."""
        if not self._begun:
            return

        def finish(client: "MlflowClient") -> None:
            self._send_epochs(client)
            _bring_words(client, client.get_run(self._id), self.run)
            if card is not None:
                _log_card(client, self._id, card)
                for name in (CARD_FILE, REPORT_FILE):
                    client.log_artifact(self._id, str(self.run.model_folder / name))
            _set_status(client, self._id, state, reason)

        self._try(finish)

    def _try(self, then: "Callable[[MlflowClient], None]") -> None:
        """Do something with MLflow; of failures on end, the first is told."""
        prepare_environment()
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        try:
            then(self._connected())
            self._silent = False
        except (MlflowException, SQLAlchemyError, OSError) as error:
            if not self._silent:
                reason = str(error).partition("\n")[0]
                self._tell(f"MLflow at {tracking_uri()} does not take the run's figures: {reason}")
            self._silent = True

    def _connected(self) -> "MlflowClient":
        if self._client is None:
            from mlflow import MlflowClient

            client = MlflowClient(tracking_uri())
            experiment = _experiment(client)
            known = client.search_runs([experiment], f"tags.`{_RUN_TAG}` = '{self.run.id}'")
            if known:
                self._id = known[0].info.run_id
                sent = client.get_metric_history(self._id, "val_loss")
                self._sent = max((metric.step for metric in sent), default=0)
                _bring_words(client, known[0], self.run)
            else:
                self._id = _create(client, experiment, self.run)
            _set_status(client, self._id, RunState.running)
            self._client = client
        return self._client

    def _send_epochs(self, client: "MlflowClient") -> None:
        from mlflow.entities import Metric

        now = time.time_ns() // 1_000_000
        for epoch in self.run.history():
            number = int(epoch["epoch"])
            if number > self._sent:
                figures = {name: value for name, value in epoch.items() if name != "epoch"}
                metrics = [Metric(name, value, now, number) for name, value in figures.items()]
                client.log_batch(self._id, metrics)
                self._sent = number


def prepare_environment() -> None:
    """MLflow reports its use to its makers, chats on stderr and waits for minutes; not here."""
    for name, value in {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_LOGGING_LEVEL": "CRITICAL",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    }.items():
        os.environ.setdefault(name, value)


def _create(client: "MlflowClient", experiment: str, run: Run) -> str:
    from mlflow.entities import Param

    tags = {
        "mlflow.user": psutil.Process().username(),
        "mlflow.source.name": "fer_core train",
        **_words(run),
        _RUN_TAG: run.id,
        _HOST_TAG: platform.node(),
        _FOLDER_TAG: str(run.folder.absolute()),
    }
    created = client.create_run(experiment, tags=tags)
    params = [Param(key, str(value)) for key, value in _flat(run.recipe.to_dict())]
    client.log_batch(created.info.run_id, params=[*params, Param("data", run.data)])
    return str(created.info.run_id)


def _experiment(client: "MlflowClient") -> str:
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        local = tracking_uri().startswith("sqlite:")
        place = (runs_dir().absolute() / "mlflow-artifacts").as_uri() if local else None
        try:
            return str(client.create_experiment(EXPERIMENT, artifact_location=place))
        except MlflowException:  # another run was quicker
            found = client.get_experiment_by_name(EXPERIMENT)
            if found is None:
                raise
    return str(found.experiment_id)


def _settle_others(client: "MlflowClient", own_id: str) -> None:
    """Bring in line what nobody told: runs killed, deleted, and renamed after their end."""
    here = f"tags.`{_HOST_TAG}` = '{platform.node()}'"
    for copy in client.search_runs([_experiment(client)], here, max_results=5000):
        folder = Path(copy.data.tags.get(_FOLDER_TAG, ""))
        if copy.info.run_id == own_id or folder.parent != runs_dir().absolute():
            continue
        if not folder.exists():
            client.delete_run(copy.info.run_id)
            continue
        with contextlib.suppress(FerError):  # its request is damaged: its status still counts
            _bring_words(client, copy, Run.open(folder.name))
        if copy.info.status == "RUNNING":
            record = current_state(folder)
            if not record.state.active:
                _set_status(client, copy.info.run_id, record.state, record.reason)


def _words(run: Run) -> dict[str, str]:
    """A run's name and description, by MLflow's tags for them: a person's words, if there are."""
    label = read_label(run.folder)
    return {
        "mlflow.runName": label.title or run.id,
        "mlflow.note.content": label.note or run.recipe.description,
    }


def _bring_words(client: "MlflowClient", copy: "MlflowRun", run: Run) -> None:
    for tag, words in _words(run).items():
        if copy.data.tags.get(tag, "") != words:
            client.set_tag(copy.info.run_id, tag, words)


def _log_card(client: "MlflowClient", tracking_id: str, card: ModelCard) -> None:
    from mlflow.entities import Metric

    now = time.time_ns() // 1_000_000
    metrics = [
        Metric(f"{split}/{name}", float(value), now, 0)
        for split, figures in card.metrics.items()
        for name, value in figures.items()
        if isinstance(value, int | float)
    ]
    metrics.append(Metric("temperature", card.temperature, now, 0))
    client.log_batch(tracking_id, metrics)


def _set_status(
    client: "MlflowClient", tracking_id: str, state: RunState, reason: str = ""
) -> None:
    client.set_tag(tracking_id, "fer.state", str(state))
    client.set_tag(tracking_id, "fer.reason", reason)
    if state is RunState.running:
        client.update_run(tracking_id, _STATUS[state])
    else:
        client.set_terminated(tracking_id, _STATUS[state])


def _flat(table: dict[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    """("optimization.epochs", 60), … of nested sections."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
