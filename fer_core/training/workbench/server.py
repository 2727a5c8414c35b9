"""The workbench's child process: `-m … server`, requests on stdin, answers on stdout.

Keras lives here, loaded at the first request that needs it.
"""

import functools
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from fer_core.domain.errors import FerError
from fer_core.training.recipe import recipe_from_dict
from fer_core.training.workbench.messages import Message
from fer_core.zoo.keras_model import import_keras

if TYPE_CHECKING:
    from fer_core.datasets.base import FaceDataset

_NICENESS = 5  # a run that trains beside it goes first


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until no more can come; then this process ends at once, whatever it does."""
    received: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def receive() -> None:
        while (request := Message.read(requests)) is not None:
            received.put(request)
        os._exit(0)  # nobody waits for the answer

    threading.Thread(target=receive, daemon=True).start()
    while True:
        _answer(received.get()).write(answers)


def _answer(request: Message) -> Message:
    try:
        import_keras()
        return _ANSWERS[request.header["do"]](request)
    except FerError as error:
        return Message({"error": str(error)})
    except MemoryError:
        return Message({"error": "Out of memory: lower optimization.batch_size, or the network."})
    except Exception as error:
        logging.exception("The workbench failed.")
        reason = " ".join(str(error).split())[:500] or "no message"
        return Message({"error": f"Unexpected {type(error).__name__}: {reason}"})


def _preview(request: Message) -> Message:
    from fer_core.training.workbench.preview import augmented

    recipe = recipe_from_dict(request.header["recipe"])
    faces = np.asarray(request.array, np.uint8)
    return Message({}, augmented(recipe, faces, request.header["seed"]))


def _probe(request: Message) -> Message:
    from fer_core.training.preparation import prepare
    from fer_core.training.workbench.speed import measure_speed

    recipe = recipe_from_dict(request.header["recipe"])
    data = prepare(recipe, _open(request.header["data"]))
    # Graphics memory comes back when this process ends, and no sooner.
    return Message({"probe": asdict(measure_speed(recipe, data)), "last": _uses_accelerator()})


def _tflite(request: Message) -> Message:
    from fer_core.training.workbench.conversion import convert_to_tflite

    convert_to_tflite(Path(request.header["keras_file"]), Path(request.header["target"]))
    return Message()


_ANSWERS: dict[str, Callable[[Message], Message]] = {
    "preview": _preview,
    "probe": _probe,
    "tflite": _tflite,
}


def _open(data: str) -> "FaceDataset":
    """The data, remembered until other data is asked for or the file is another one."""
    try:
        found = Path(data).stat()
        return _opened(data, found.st_mtime_ns, found.st_size)
    except OSError:
        return _opened(data, 0, 0)  # a name, or `open_dataset` tells


@functools.lru_cache(maxsize=1)
def _opened(data: str, written_ns: int, size: int) -> "FaceDataset":
    from fer_core.datasets.base import open_dataset

    return open_dataset(data)


def _uses_accelerator() -> bool:
    keras = import_keras()
    if keras.backend.backend() not in ("tensorflow", "jax"):
        return True  # it cannot be asked
    return any(not name.startswith("cpu") for name in keras.distribution.list_devices())


def main() -> None:
    """Keep stdin and stdout for messages, and be nice to who trains."""
    os.nice(_NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is ours
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)  # what is printed must not come between
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a real file
    serve(requests, answers)


if __name__ == "__main__":
    main()
