"""A finished run's model becomes one that serving finds by name."""

import dataclasses
import shutil

from fer_core.domain.errors import ModelError
from fer_core.training.runs.run import Run
from fer_core.zoo.card import CARD_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.store import model_folder, new_folder, verified_file


def promote(run: Run, name: str, auxiliary: bool = False, figures_only: bool = False) -> ModelCard:
    """Copy a finished run's model into the folder of models, under a name that serving finds.

    Args:
        run: The run.
        name: The model's name.
        auxiliary: Take the second head's model in place of the first's.
        figures_only: Leave the weights where they are: card and report go, and the model cannot
            serve. For networks too large to ship.

    Raises:
        ModelError: The run has no complete model.
        FerError: The name could not be a folder's.
    """
    folder = model_folder(name)
    source = run.auxiliary_folder if auxiliary else run.model_folder
    if auxiliary and not run.recipe.targets.auxiliary:
        raise ModelError(
            f"Run {run.id} has no second head: its recipe's targets.auxiliary is empty."
        )
    if not source.is_dir():
        raise ModelError(f"Run {run.id} has no model yet: it has not finished, or it failed.")
    if folder.exists() and not (folder / CARD_FILE).is_file():
        raise ModelError(f"{folder} is no model's folder, so it stays: choose another name.")
    card = ModelCard.read(source)
    for file in card.sha256:
        verified_file(card, source, file)
    hashes = {REPORT_FILE: card.sha256[REPORT_FILE]} if figures_only else card.sha256
    card = dataclasses.replace(card, name=name, sha256=hashes)
    try:
        with new_folder(folder) as work:
            for file in card.sha256:
                shutil.copyfile(source / file, work / file)
            card.write(work)
    except OSError as error:
        raise ModelError(f"Cannot write {folder} ({error.strerror}).") from None
    return card
