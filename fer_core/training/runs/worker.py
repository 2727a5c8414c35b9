"""Does a run's work from its place in the queue to its model: `-m … worker RUN LOCK`.

The same code runs in a detached process and within `train`.
"""

import contextlib
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING

from fer_core.domain.errors import FerError, TrainingStopped
from fer_core.domain.file_lock import FileLock
from fer_core.training.runs.failures import reason_of
from fer_core.training.runs.launcher import FINISH_FILE, STOP_FILE
from fer_core.training.runs.process import own_identity
from fer_core.training.runs.run import Run
from fer_core.training.runs.slots import training_slot
from fer_core.training.runs.state import RunState, StateRecord, read_state, write_state
from fer_core.training.runs.tracking import Tracker
from fer_core.zoo.keras_model import import_keras

if TYPE_CHECKING:
    from fer_core.datasets.base import FaceDataset
    from fer_core.training.callbacks import EpochReport
    from fer_core.zoo.card import ModelCard

Tell = Callable[[str], None]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Worker:
    """One run's work, and the record of how it goes.

    Args:
        run: A run that this process has claimed.
        tell: Receives lines of progress.
        data: The run's data if it is in memory already, as `prepare` makes it.
    """

    def __init__(self, run: Run, tell: Tell, data: "FaceDataset | None" = None) -> None:
        self.run = run
        self.tell = tell
        self.data = data
        self.record = read_state(run.folder) or StateRecord(RunState.queued)
        self.tracker = Tracker(run, tell)
        self._signalled = False

    def work(self) -> None:
        """Wait for a slot, train, export; whatever happens is written down.

        Raises:
            TrainingStopped: It was stopped on request; it can be resumed.
            FerError: It failed; the text is the reason.
        """
        try:
            with self._signals_ask(), training_slot(self.run, self._stop_asked, self.tell):
                card = self._train()
        except (TrainingStopped, KeyboardInterrupt):
            done = len(self.run.history())
            epochs = self.run.recipe.optimization.epochs
            self._end(RunState.stopped, f"stopped on request, {done} of {epochs} epochs done")
            raise TrainingStopped(
                f"Run {self.run.id} was {self.record.reason}; it goes on with: "
                f"python -m fer_core runs resume {self.run.id}"
            ) from None
        except Exception as error:
            with contextlib.suppress(FileNotFoundError):  # its folder was deleted under it
                self._fail(error)
            raise FerError(f"Run {self.run.id} failed. {self.record.reason}") from error
        self._end(RunState.finished, self._cut_short(), card)

    def _train(self) -> "ModelCard":
        self._enter("loading")
        self.tracker.begin()
        import_keras()
        from fer_core.datasets.base import open_dataset
        from fer_core.training.cross_validation import cross_validate
        from fer_core.training.engine import fit
        from fer_core.training.export import export_run
        from fer_core.training.preparation import prepare
        from fer_core.training.runs.callbacks import AfterEpoch, StopWhenAsked

        run = self.run
        data = self.data or prepare(run.recipe, open_dataset(run.data))
        self._enter("training")
        own = (AfterEpoch(self.tracker.send_epochs), StopWhenAsked(self._stop_asked))
        fit(
            run.recipe,
            data,
            run.folder,
            _progress(self.tell),
            callbacks=own,
            is_enough=(run.folder / FINISH_FILE).exists,
        )
        folds = None
        if run.recipe.cross_validation is not None:
            self._enter("cross-validating")
            plan, place = run.recipe.cross_validation, run.folder / "folds"
            folds = cross_validate(run.recipe, plan, data, place, self.tell, own[1:])
        self._enter("exporting")
        places = run.model_folder, run.auxiliary_folder
        card = export_run(run.recipe, data, run.folder, *places, cross_validation=folds)
        for split, figures in card.metrics.items():
            self.tell(f"{split}: accuracy {figures['accuracy']:.4f}, ECE {figures['ece']:.4f}")
        self.tell(f"exported to {run.model_folder}")
        return card

    def _cut_short(self) -> str:
        """That somebody had the run finish before its last epoch; "" if nobody did."""
        done, epochs = len(self.run.history()), self.run.recipe.optimization.epochs
        if done >= epochs or not (self.run.folder / FINISH_FILE).exists():
            return ""
        return f"finished on request after {done} of {epochs} epochs"

    def _enter(self, phase: str) -> None:
        if self._stop_asked():
            raise TrainingStopped("Stopped on request.")
        since = self.record.since if self.record.state is RunState.running else time.time()
        self._write(state=RunState.running, phase=phase, since=since)

    def _fail(self, error: Exception) -> None:
        self._end(RunState.failed, reason_of(error, self.run.folder))
        if not isinstance(error, FerError):
            self.run.log("".join(traceback.format_exception(error)))

    def _end(self, state: RunState, reason: str = "", card: "ModelCard | None" = None) -> None:
        self._write(state=state, reason=reason, phase="", since=time.time())
        self.tracker.end(state, reason, card)

    def _write(self, **changes: object) -> None:
        self.record = replace(self.record, **changes)  # type: ignore[arg-type]  # by name
        write_state(self.run.folder, self.record)

    def _stop_asked(self) -> bool:
        return self._signalled or (self.run.folder / STOP_FILE).exists()

    @contextlib.contextmanager
    def _signals_ask(self) -> Iterator[None]:
        """Ctrl-C and the like ask to stop; a second one has its usual effect."""

        def ask(number: int, frame: FrameType | None) -> None:
            self._signalled = True
            signal.signal(number, usual[number])

        usual = {int(number): signal.getsignal(number) for number in _SIGNALS}
        for number, handler in usual.items():
            if handler is not signal.SIG_IGN:  # as under nohup
                signal.signal(number, ask)
        try:
            yield
        finally:
            for number, handler in usual.items():
                signal.signal(number, handler)


def _progress(tell: Tell) -> "Callable[[EpochReport], None]":
    started = time.monotonic()

    def tell_epoch(report: "EpochReport") -> None:
        metrics = "  ".join(f"{name} {value:.4f}" for name, value in report.metrics.items())
        tell(
            f"epoch {report.epoch}/{report.epochs}  {metrics}  "
            f"best {report.best_accuracy:.4f}  {time.monotonic() - started:.0f} s"
        )

    return tell_epoch


def main(run_id: str, descriptor: int) -> int:
    """Do a run that the parent process has claimed; returns the exit code."""
    lock = FileLock.inherit(descriptor)
    run = Run.open(run_id)
    own_identity().write(run.folder)
    try:
        Worker(run, run.log).work()
    except FerError as error:
        run.log(f"Error: {error}")
        return 1
    finally:
        lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
