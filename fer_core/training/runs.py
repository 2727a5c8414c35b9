"""A training run on disk: one folder that says what was asked, and holds what came of it."""

import dataclasses
import json
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fer_core.domain.errors import FerError, ModelError, RecipeError
from fer_core.domain.settings import runs_dir
from fer_core.training.recipe import Recipe, recipe_from_dict
from fer_core.zoo.card import CARD_FILE, ModelCard
from fer_core.zoo.store import model_folder, new_folder, verified_file

_REQUEST_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One training run.

    Attributes:
        id: Its name: the recipe's, and when it began.
        recipe: What was asked for.
        data: Path of the data as given ("drawn_faces" needs none).
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
        return self.folder / "model"

    @classmethod
    def begin(cls, recipe: Recipe, data: str) -> "Run":
        """Make the folder of a new run and write down what was asked for."""
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        run = cls(f"{recipe.name}-{stamp}-{secrets.token_hex(2)}", recipe, data)
        request = {"recipe": recipe.to_dict(), "data": data}
        try:
            run.folder.mkdir(parents=True)
            (run.folder / _REQUEST_FILE).write_text(json.dumps(request, indent=2) + "\n")
        except OSError as error:
            raise FerError(f"Cannot write {run.folder} ({error.strerror}).") from None
        return run

    @classmethod
    def open(cls, run_id: str) -> "Run":
        """Find a run by its id.

        Raises:
            FerError: There is no such run.
        """
        path = runs_dir() / run_id / _REQUEST_FILE
        if not re.fullmatch(r"\w[\w.-]*", run_id):  # no path out of the folder
            raise FerError(f"No run {run_id!r} in {runs_dir()}.")
        try:
            request: dict[str, Any] = json.loads(path.read_text())
            return cls(run_id, recipe_from_dict(request["recipe"]), request["data"])
        except (FileNotFoundError, NotADirectoryError):
            raise FerError(f"No run {run_id!r} in {runs_dir()}.") from None
        except (ValueError, KeyError, TypeError, OSError, RecipeError) as error:
            raise FerError(f"{path} is damaged ({error}): the run cannot be opened.") from None


def promote(run: Run, name: str) -> ModelCard:
    """Copy a finished run's model into the folder of models, under a name that serving finds.

    Raises:
        ModelError: The run has no complete model.
        FerError: The name could not be a folder's.
    """
    folder = model_folder(name)
    if not run.model_folder.is_dir():
        raise ModelError(f"Run {run.id} has no model yet: it has not finished, or it failed.")
    if folder.exists() and not (folder / CARD_FILE).is_file():
        raise ModelError(f"{folder} is no model's folder, so it stays: choose another name.")
    card = ModelCard.read(run.model_folder)
    for file in card.sha256:
        verified_file(card, run.model_folder, file)
    card = dataclasses.replace(card, name=name)
    try:
        with new_folder(folder) as work:
            for file in card.sha256:
                shutil.copyfile(run.model_folder / file, work / file)
            card.write(work)
    except OSError as error:
        raise ModelError(f"Cannot write {folder} ({error.strerror}).") from None
    return card
