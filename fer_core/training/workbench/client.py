"""Asks a child process what only Keras can answer, so that this one never loads Keras."""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

import numpy as np
import numpy.typing as npt

from fer_core.domain.errors import FerError
from fer_core.training.installed import require_training
from fer_core.training.recipe import Recipe
from fer_core.training.workbench.messages import Message
from fer_core.training.workbench.probe import Probe

PREVIEW_PATIENCE_S = 120.0
PROBE_PATIENCE_S = 180.0
TFLITE_PATIENCE_S = 180.0

_PARTING_S = 5.0
_ROOT = Path(__file__).resolve().parents[3]
_SERVER = "fer_core.training.workbench.server"


class Workbench:
    """A child process with Keras in it, started at the first request and again if it died.

    Any number of threads may ask; they take turns. The child ends with this process, however
    that ends.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def preview(
        self, recipe: Recipe, faces: npt.NDArray[np.uint8], seed: int
    ) -> npt.NDArray[np.uint8]:
        """Faces as training would show them to the network, before pictures are mixed.

        Args:
            recipe: Its crop and augmentation count.
            faces: (N, H, W) uint8, each filled by one face.
            seed: Another one changes the faces in another way.

        Returns:
            (N, height, width, channels) uint8.

        Raises:
            FerError: It failed or took too long; the text says why.
        """
        request = Message({"do": "preview", "recipe": recipe.to_dict(), "seed": seed}, faces)
        answer = self._ask(request, PREVIEW_PATIENCE_S)
        return np.asarray(answer.array, np.uint8)

    def probe(self, recipe: Recipe, data: str) -> Probe:
        """Train for a few seconds, to tell how long an epoch takes.

        Args:
            recipe: What to try.
            data: Path of the data, or "drawn_faces".

        Raises:
            FerError: The data does not fit the recipe, or it failed or took too long.
        """
        request = Message({"do": "probe", "recipe": recipe.to_dict(), "data": data})
        answer = self._ask(request, PROBE_PATIENCE_S)
        return Probe(**answer.header["probe"])

    def tflite(self, keras_file: Path, target: Path) -> None:
        """Convert a model for TensorFlow Lite; it answers as Keras does, or nothing is written.

        Args:
            keras_file: A model's `.keras` file.
            target: The `.tflite` file to write, whole or not at all.

        Raises:
            FerError: It cannot be converted or written, or its answers differ.
        """
        paths = {"keras_file": str(keras_file.absolute()), "target": str(target.absolute())}
        self._ask(Message({"do": "tflite", **paths}), TFLITE_PATIENCE_S)

    def close(self) -> None:
        """End the child; a later request would start another."""
        with self._turn:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, request: Message, patience_s: float) -> Message:
        require_training()
        with self._turn:
            if self._child is None or self._child.poll() is not None:
                self._end()
                self._child = _started()
            answer = self._exchange(self._child, request, patience_s)
            if answer.header.get("last"):
                self._end()
        if "error" in answer.header:
            raise FerError(answer.header["error"])
        return answer

    def _exchange(
        self, child: subprocess.Popen[bytes], request: Message, patience_s: float
    ) -> Message:
        late = threading.Event()

        def give_up() -> None:
            late.set()
            child.kill()

        # Killing it ends the reading and the writing too, wherever they wait.
        timer = threading.Timer(patience_s, give_up)
        timer.start()
        try:
            request.write(cast(BinaryIO, child.stdin))
            answer = Message.read(cast(BinaryIO, child.stdout))
        except OSError:
            answer = None
        finally:
            timer.cancel()
            timer.join()
        if answer is not None and not late.is_set():
            return answer
        self._end()
        if answer is not None:
            return answer
        what = request.header["do"]
        if late.is_set():
            raise FerError(
                f"No answer to {what} within {patience_s:.0f} seconds, so it was given up: "
                "try again when the machine is less busy, or with a smaller network."
            )
        raise FerError(
            f"The process that was asked for {what} died (exit code {child.returncode}), probably "
            "out of memory: try again with a smaller batch or network, or close other programs."
        )

    def _end(self) -> None:
        """Let go of the child."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):  # what was not sent yet goes nowhere
                cast(BinaryIO, stream).close()
        with contextlib.suppress(subprocess.TimeoutExpired):  # the system holds it; it will end
            child.wait(_PARTING_S)


def _started() -> subprocess.Popen[bytes]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(paths),
        # Or a look at a recipe would take all of the graphics memory from a run that trains.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
    return subprocess.Popen(
        [sys.executable, "-m", _SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
