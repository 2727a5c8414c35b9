"""A training run on disk: one folder that says what was asked, and holds what came of it."""

import errno
import json
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fer_core.domain.errors import FerError, RecipeError
from fer_core.domain.settings import runs_dir
from fer_core.training.history import Epoch, read_history
from fer_core.training.installed import require_training
from fer_core.training.recipe import Recipe, recipe_from_dict
from fer_core.training.runs.status import REQUEST_FILE, RunStatus, status_of

LOG_FILE = "log.txt"
MODEL_FOLDER = "model"

_LONGEST_TAIL_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Run:
    """One training run.

    Attributes:
        id: Its name: the recipe's, and when it began.
        recipe: What was asked for.
        data: Absolute path of the data, or the name of data that needs no file.
    """

    id: str
    recipe: Recipe
    data: str

    @property
    def folder(self) -> Path:
        """Where the run keeps its files."""
        return runs_dir() / self.id

    @property
    def model_folder(self) -> Path:
        """Where the finished run's model is exported to."""
        return self.folder / MODEL_FOLDER

    @property
    def auxiliary_folder(self) -> Path:
        """Where the model of a second head is exported to."""
        return self.folder / f"{MODEL_FOLDER}-auxiliary"

    @classmethod
    def begin(cls, recipe: Recipe, data: str) -> "Run":
        """Make the folder of a new run and write down what was asked for.

        Raises:
            FerError: The folder cannot be written, or training is not installed.
        """
        require_training()
        now = datetime.now().astimezone()
        if Path(data).exists() and data != "drawn_faces":
            data = str(Path(data).absolute())  # a run is resumed from anywhere
        if recipe.corrections:
            recipe = replace(recipe, corrections=str(Path(recipe.corrections).absolute()))
        run = cls(f"{recipe.name}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}", recipe, data)
        created = now.isoformat(timespec="milliseconds")
        request = {"recipe": recipe.to_dict(), "data": data, "created": created}
        try:
            run.folder.mkdir(parents=True)
            (run.folder / REQUEST_FILE).write_text(
                json.dumps(request, indent=2) + "\n", encoding="utf-8"
            )
        except OSError as error:
            raise FerError(f"Cannot write {run.folder} ({error.strerror}).") from None
        return run

    @classmethod
    def open(cls, text: str) -> "Run":
        """Find a run by its id, or by a beginning of it that no other run shares.

        Raises:
            FerError: There is no such run, there are several, or its request is damaged.
        """
        run_id = _complete(text)
        path = runs_dir() / run_id / REQUEST_FILE
        try:
            request: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return cls(run_id, recipe_from_dict(request["recipe"]), request["data"])
        except (ValueError, KeyError, TypeError, OSError, RecipeError) as error:
            raise FerError(f"{path} is damaged ({error}): the run cannot be opened.") from None

    def status(self) -> RunStatus:
        """Where the run stands now.

        Raises:
            FerError: It was deleted, or its request is damaged.
        """
        status = status_of(self.folder)
        if status is None:
            raise FerError(f"{self.folder / REQUEST_FILE} cannot be read: was the run deleted?")
        return status

    def history(self) -> list[Epoch]:
        """Figures of each finished epoch."""
        return read_history(self.folder)

    def log(self, text: str) -> None:
        """Add a line to the run's log; a full disk loses it, and training itself tells of that."""
        try:
            with (self.folder / LOG_FILE).open("a", encoding="utf-8") as stream:
                stream.write(text + "\n")
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of the run's log; "" before there is one."""
        try:
            with (self.folder / LOG_FILE).open("rb") as stream:
                size = stream.seek(0, 2)
                stream.seek(max(0, size - _LONGEST_TAIL_BYTES))
                text = stream.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def _complete(text: str) -> str:
    """The one id that begins with `text`."""
    unknown = FerError(f"No run {text!r} in {runs_dir()}.")
    if not re.fullmatch(r"\w[\w.-]*", text):  # no path out of the folder
        raise unknown
    ids = sorted(path.parent.name for path in runs_dir().glob(f"{text}*/{REQUEST_FILE}"))
    if text in ids:
        return text
    if not ids:
        raise unknown
    if len(ids) > 1:
        shown = ", ".join(ids[:5]) + (", …" if len(ids) > 5 else "")
        raise FerError(f"{text!r} begins {len(ids)} runs: expected one of {shown}.")
    return ids[0]
