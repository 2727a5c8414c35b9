"""Models on disk: finding them by name, and trusting no file that its card does not vouch for."""

import contextlib
import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from fer_core.domain.errors import FerError, ModelError, UnknownNameError
from fer_core.domain.settings import models_dir
from fer_core.zoo.card import CARD_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.hub_reference import is_hub_name

DEFAULT_MODEL = "default"

# Dots inside a name are fine ("fer7-v1.2"); a leading one would hide a folder or climb out.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def model_names() -> tuple[str, ...]:
    """Names of the models that can serve, the default first."""
    return tuple(filter(_may_serve, card_names()))


def card_names() -> tuple[str, ...]:
    """Names of all folders that hold a card, the default first; some hold figures only."""
    folder = models_dir()
    if not folder.is_dir():
        return ()
    names = (path.parent.name for path in folder.glob(f"*/{CARD_FILE}"))
    usable = filter(_NAME.fullmatch, names)
    return tuple(sorted(usable, key=lambda name: (name != DEFAULT_MODEL, name)))


def _may_serve(name: str) -> bool:
    # A damaged card stays listed: whoever asks for the model is told what is wrong with it.
    try:
        return ModelCard.read(model_folder(name)).serves
    except ModelError:
        return True


def model_folder(name: str) -> Path:
    """The folder of the model called `name`, existing or not.

    Raises:
        FerError: The name could not be a folder's.
    """
    if not _NAME.fullmatch(name):
        raise FerError(
            f"Model name {name!r}: expected 1 to 64 letters, digits, dots, dashes or underscores."
        )
    return models_dir() / name


def find_model(name: str, *file_names: str) -> Path:
    """The folder of a model that is there; what is on the Hub is fetched first.

    Args:
        name: A folder's name in `models/`, or `OWNER/NAME@COMMIT:SHA256` on the Hugging Face Hub.
        file_names: Which files are wanted beside the card; those that it vouches for are fetched.

    Raises:
        UnknownNameError: There is no such model; the text lists those there are.
        ModelError: The Hub cannot be reached, has no such model, or another one.
    """
    if is_hub_name(name):
        # Only here: what is local must not wait for the Hub's client to be imported.
        from fer_core.zoo.hub import fetch_model

        return fetch_model(name, *file_names)
    if name not in card_names():
        raise UnknownNameError("model", name, card_names())
    return model_folder(name)


def load_card(name: str) -> ModelCard:
    """Read the card of the model called `name`, here or on the Hub.

    Raises:
        UnknownNameError: There is no such model; the text lists those there are.
        ModelError: Its card cannot be read or fetched.
    """
    # The folder's name is what a model is asked for by; a copied folder is another model.
    return replace(ModelCard.read(find_model(name)), name=name)


def load_report(card: ModelCard) -> dict[str, Any]:
    """Read every figure of a model; `models/<name>/report.json`.

    Raises:
        ModelError: The report is not on the card, missing, altered, or no JSON object.
    """
    folder = find_model(card.name, REPORT_FILE)
    content = verified_bytes(card, folder, REPORT_FILE)
    try:
        report = json.loads(content)
    except ValueError:
        report = None
    if not isinstance(report, dict):
        raise ModelError(f"{folder / REPORT_FILE} is no JSON object: train the model again.")
    return report


def verified_file(card: ModelCard, folder: Path, file_name: str) -> Path:
    """The path of a model's file, once its bytes are those that the card vouches for.

    Raises:
        ModelError: The file is not on the card, missing, truncated or altered.
    """
    path = folder / file_name
    verified_bytes(card, folder, file_name)
    return path


def verified_bytes(card: ModelCard, folder: Path, file_name: str) -> bytes:
    """The content of a model's file, once it is what the card vouches for.

    Raises:
        ModelError: The file is not on the card, missing, truncated or altered.
    """
    path = folder / file_name
    expected = card.sha256.get(file_name)
    if expected is None:
        raise ModelError(f"The card of model {card.name!r} has no {file_name}{_remedy(card)}.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"{path} is missing: restore it, or train the model again.") from None
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}).") from None
    received = hashlib.sha256(content).hexdigest()
    if received != expected:
        raise ModelError(
            f"{path} is truncated or altered: expected SHA-256 {expected[:12]}…, "
            f"got {received[:12]}…; restore it, or train the model again."
        )
    return content


def _remedy(card: ModelCard) -> str:
    if card.serves:
        return ""
    recipe = card.recipe.get("name", card.name)
    return (
        ": its weights are not shipped, only its figures; train it with "
        f"python -m fer_core train --recipe configs/{recipe}.toml --data PATH, "
        f"then python -m fer_core runs promote RUN --name {card.name}"
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Fill a folder whole or not at all: what is yielded takes `folder`'s place at the end.

    What stands there is never half-written; between two renames, for an instant, nothing does.
    An error leaves the old folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as scratch:
        work = Path(scratch) / "new"
        work.mkdir()
        yield work
        old = Path(scratch) / "old"
        if folder.exists():
            folder.rename(old)
        try:
            work.rename(folder)
        except BaseException:
            if old.exists():
                old.rename(folder)
            raise
