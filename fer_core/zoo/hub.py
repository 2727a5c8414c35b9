"""Models on the Hugging Face Hub: fetched by an exact reference, pushed with a model card.

What is fetched lies in the Hub client's own cache (`HF_HOME`) and is not asked for again.
`HF_ENDPOINT` names another Hub, and `HF_TOKEN` opens what is private and may write.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fer_core.domain.errors import FerError, ModelError
from fer_core.zoo.card import CARD_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.hub_readme import hub_readme
from fer_core.zoo.hub_reference import HubReference, check_repo_id
from fer_core.zoo.store import load_card, load_report, model_folder, sha256_of, verified_file

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

README_FILE = "README.md"

# For a Hub that does not answer; the client would wait for ever.
_PATIENCE_S = 10.0


def fetch_model(reference: str, *file_names: str) -> Path:
    """Fetch a model from the Hub, unless it is there already, and check every byte.

    Args:
        reference: `OWNER/NAME@COMMIT:SHA256`.
        file_names: Which files are wanted beside card.json; what the card does not know is left
            out.

    Returns:
        The folder that holds the files, within the Hub client's cache; do not change it.

    Raises:
        ModelError: The reference is not exact, the Hub cannot be reached or has no such model, or
            a file is not the one that the reference or the card vouches for.
    """
    wanted = HubReference.parse(reference)
    folder = _fetched(wanted, CARD_FILE, wanted.card_sha256).parent
    card = ModelCard.read(folder)
    for name in file_names:
        if name in card.sha256:
            _fetched(wanted, name, card.sha256[name])
    return folder


def push_model(name: str, repo_id: str, private: bool = False) -> HubReference:
    """Upload a model's folder, with its card as the Hub's README.md too, in one commit.

    Args:
        name: A folder's name in `models/`.
        repo_id: "owner/name" on the Hub; made if it is not there.
        private: Let only its owner see it.

    Returns:
        What to ask for the model by from now on.

    Raises:
        UnknownNameError: There is no such model.
        ModelError: It has no weights, is not whole, or the Hub does not take it.
    """
    check_repo_id(repo_id)
    folder = model_folder(name)
    card = load_card(name)
    if not card.serves:
        raise ModelError(
            f"Model {name!r} is figures only, its weights are not shipped: expected a model that "
            "serves, see `models`."
        )
    report = load_report(card) if REPORT_FILE in card.sha256 else {}
    files: dict[str, Path | bytes] = {
        file_name: verified_file(card, folder, file_name) for file_name in card.sha256
    }
    files[CARD_FILE] = content = (folder / CARD_FILE).read_bytes()
    card_sha256 = hashlib.sha256(content).hexdigest()
    files[README_FILE] = hub_readme(card, report, repo_id, card_sha256).encode()
    return HubReference(repo_id, _committed(name, repo_id, private, files), card_sha256)


def _committed(name: str, repo_id: str, private: bool, files: dict[str, Path | bytes]) -> str:
    """The id of the commit that puts all files into a repository."""
    with _told(repo_id):
        from huggingface_hub import CommitOperationAdd

        api = _client()
        api.create_repo(repo_id, private=private or None, exist_ok=True)
        if private and not api.model_info(repo_id, timeout=_PATIENCE_S).private:
            raise ModelError(
                f"{repo_id} is there already, and public: make it private in its settings on the "
                "Hub, or push without --private."
            )
        additions = [CommitOperationAdd(path, content) for path, content in files.items()]
        commit = api.create_commit(repo_id, additions, commit_message=f"Add the model {name}")
    return commit.oid


def _fetched(wanted: HubReference, file_name: str, sha256: str) -> Path:
    """The path of one file in the cache, once it has the hash that it must have."""
    path = _download(wanted, file_name)
    if sha256_of(path) != sha256:  # a cache on a full or broken disk can be mended
        path = _download(wanted, file_name, anew=True)
    received = sha256_of(path)
    if received != sha256:
        raise ModelError(
            f"{file_name} of {wanted.repo_id} on the Hub is not the one asked for: expected "
            f"SHA-256 {sha256[:12]}…, got {received[:12]}…; take the reference from who pushed it."
        )
    return path


def _download(wanted: HubReference, file_name: str, anew: bool = False) -> Path:
    with _told(wanted.repo_id):
        from huggingface_hub import try_to_load_from_cache

        repo_id, commit = wanted.repo_id, wanted.commit
        cached = try_to_load_from_cache(repo_id, file_name, revision=commit)
        if isinstance(cached, str) and not anew:
            return Path(cached)
        api = _client()
        # This tries once, and tells a missing repository from a missing commit; downloading tries
        # six times within 23 s.
        api.model_info(repo_id, revision=commit, timeout=_PATIENCE_S)
        return Path(api.hf_hub_download(repo_id, file_name, revision=commit, force_download=anew))


def _client() -> "HfApi":
    """The Hub's client, without reports to its makers."""
    from huggingface_hub import HfApi, constants

    # Not by the environment, which is read at the first import: Gradio's may have been that.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    return HfApi(endpoint=_endpoint())


def _endpoint() -> str:
    from huggingface_hub import constants

    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


@contextlib.contextmanager
def _told(repo_id: str) -> Iterator[None]:
    """Tell in one line what the Hub's client could not do."""
    from huggingface_hub import errors

    where = f"{repo_id} on {_endpoint()}"
    try:
        yield
    except FerError:
        raise
    except errors.RepositoryNotFoundError:
        reason = "there is no such model, or it is private: check the name, or set HF_TOKEN."
    except errors.RevisionNotFoundError:
        reason = "there is no such commit: copy the whole reference that `hub push` printed."
    except errors.RemoteEntryNotFoundError as error:
        reason = f"there is no {Path(error.response.url.path).name} at this commit."
    except errors.HfHubHTTPError as error:
        reason = _refusal(error)
    except Exception as error:  # noqa: BLE001  the client's own and those under it share no base
        reason = (
            f"cannot be reached, or breaks off ({_cause(error)}): check network and HF_ENDPOINT."
        )
    else:
        return
    raise ModelError(f"{where}: {reason}")


def _refusal(error: "HfHubHTTPError") -> str:
    status = error.response.status_code
    if status in (401, 403):
        return f"not allowed (HTTP {status}): set HF_TOKEN to a token that may do this."
    return f"the Hub answers HTTP {status} ({_cause(error)}): check HF_ENDPOINT, or try later."


def _cause(error: BaseException) -> str:
    """The first line of what went wrong first."""
    while error.__cause__:
        error = error.__cause__
    return next(iter(str(error).splitlines()), type(error).__name__)
