"""Models go to the Hub and come back whole, through its own client, or one line says why not."""

import dataclasses
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fer_core.domain.errors import FerError, ModelError, UnknownNameError
from fer_core.inference.analyzer import load_analyzer
from fer_core.zoo.card import CARD_FILE, KERAS_FILE, ONNX_FILE, REPORT_FILE, ModelCard
from fer_core.zoo.hub import README_FILE, fetch_model, push_model
from fer_core.zoo.hub_reference import HubReference
from fer_core.zoo.keras_model import load_keras_model
from fer_core.zoo.store import load_card, load_report, sha256_of
from tests.conftest import Image
from tests.zoo.hub_stand_in import HubStandIn

AddModel = Callable[[str], ModelCard]
ROOT = Path(__file__).resolve().parents[2]
REPO = "someone/faces"


@pytest.fixture
def pushed(hub: HubStandIn, add_model: AddModel) -> HubReference:
    """A model of a few bytes that is on the Hub and, for whoever asks by reference, not here."""
    add_model("few")
    return push_model("few", REPO)


def told(reference: object) -> str:
    """The one line that fetching ends with."""
    with pytest.raises(ModelError) as caught:
        fetch_model(str(reference), ONNX_FILE)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- There and back ---


def test_a_model_that_was_pushed_reads_faces_from_the_hub(
    hub: HubStandIn, served_models: Path, astronaut: Image, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    reference = str(push_model("default", REPO))
    here = load_analyzer().analyze(astronaut)
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "none"))
    there = load_analyzer(reference).analyze(astronaut)
    assert there.faces
    assert [face.scores for face in there.faces] == [face.scores for face in here.faces]
    card = load_card(reference)
    assert card.name == reference
    assert load_report(card)["single"]["n"] == 280
    assert load_keras_model(reference).count_params() >= card.parameters


def test_a_push_holds_the_whole_model_and_its_readme(hub: HubStandIn, served_models: Path) -> None:
    reference = push_model("default", REPO)
    files = hub.files(REPO)
    assert set(files) == {CARD_FILE, ONNX_FILE, KERAS_FILE, REPORT_FILE, README_FILE}
    for name in (CARD_FILE, ONNX_FILE, KERAS_FILE, REPORT_FILE):
        assert files[name] == (served_models / "default" / name).read_bytes()
    readme = files[README_FILE].decode()
    assert readme.startswith("---\n")
    assert f"{REPO}@COMMIT:{reference.card_sha256}" in readme
    assert reference.card_sha256 == hashlib.sha256(files[CARD_FILE]).hexdigest()
    assert reference.commit == list(hub.repositories[REPO].commits)[-1]
    assert set(hub.objects) == {
        hashlib.sha256(files[n]).hexdigest() for n in (ONNX_FILE, KERAS_FILE)
    }


def test_an_older_commit_stays_what_it_was(
    hub: HubStandIn, pushed: HubReference, add_model: AddModel
) -> None:
    add_model("other")
    other = push_model("other", REPO)
    assert (fetch_model(str(pushed), ONNX_FILE) / ONNX_FILE).read_bytes() == b"weights of few"
    assert (fetch_model(str(other), ONNX_FILE) / ONNX_FILE).read_bytes() == b"weights of other"


def test_what_was_fetched_is_not_asked_for_again(hub: HubStandIn, pushed: HubReference) -> None:
    folder = fetch_model(str(pushed), ONNX_FILE)
    hub.requests.clear()
    assert fetch_model(str(pushed), ONNX_FILE) == folder
    assert hub.requests == []


def test_only_the_files_wanted_are_fetched(hub: HubStandIn, served_models: Path) -> None:
    folder = fetch_model(str(push_model("default", REPO)), ONNX_FILE)
    assert {path.name for path in folder.iterdir()} == {CARD_FILE, ONNX_FILE}


def test_a_damaged_cache_is_mended(hub: HubStandIn, pushed: HubReference) -> None:
    path = fetch_model(str(pushed), ONNX_FILE) / ONNX_FILE
    path.write_bytes(b"cut")
    fetch_model(str(pushed), ONNX_FILE)
    assert path.read_bytes() == b"weights of few"


def test_nothing_is_told_to_the_clients_makers(
    hub: HubStandIn, add_model: AddModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_model("few")
    for name in ("HF_HUB_DISABLE_TELEMETRY", "DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        monkeypatch.delenv(name, raising=False)
    # In a process of its own, where the client's reports would go to this Hub too.
    code = (
        "from fer_core.zoo.hub import fetch_model, push_model\n"
        f"fetch_model(str(push_model('few', '{REPO}')), 'model.onnx')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    needed = ("/api/repos/create", "/api/validate-yaml", f"/api/models/{REPO}", f"/{REPO}", "/lfs/")
    asked = [request.split()[1] for request in hub.requests]
    assert asked
    assert [path for path in asked if not path.startswith(needed)] == []


# --- Fetching what is not as it should be ---


@pytest.mark.parametrize("name", [CARD_FILE, ONNX_FILE])
def test_a_file_that_was_changed_on_the_hub_is_refused(
    hub: HubStandIn, pushed: HubReference, name: str
) -> None:
    files = hub.files(REPO)
    files[name] = files[name].replace(b"e", b"3")
    assert f"{name} of {REPO} on the Hub is not the one asked for" in told(pushed)


def test_another_card_than_the_reference_promises_is_refused(pushed: HubReference) -> None:
    assert "card.json of" in told(dataclasses.replace(pushed, card_sha256="0" * 64))


def test_a_missing_repository_is_told(hub: HubStandIn, pushed: HubReference) -> None:
    line = told(dataclasses.replace(pushed, repo_id="someone/else"))
    assert line.startswith(f"someone/else on {hub.endpoint}: there is no such model, or it is")
    assert "HF_TOKEN" in line


def test_a_missing_commit_is_told(pushed: HubReference) -> None:
    assert "there is no such commit" in told(dataclasses.replace(pushed, commit="1" * 40))


def test_a_commit_without_the_file_is_told(hub: HubStandIn, pushed: HubReference) -> None:
    del hub.files(REPO)[ONNX_FILE]
    assert "there is no model.onnx at this commit" in told(pushed)


def test_a_private_model_needs_a_token(
    hub: HubStandIn, add_model: AddModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_model("few")
    reference = push_model("few", REPO, private=True)
    monkeypatch.setenv("HF_TOKEN", "hf_another")
    assert "or it is private" in told(reference)


def test_a_hub_that_is_not_there_is_told_at_once(
    hub: HubStandIn, pushed: HubReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9/")  # discard: nobody listens
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    line = told(pushed)
    assert line.startswith(f"{REPO} on http://127.0.0.1:9: cannot be reached, or")
    assert "Connection refused" in line
    assert waits == []


def test_what_is_no_hub_is_told(
    hub: HubStandIn, pushed: HubReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", f"{hub.endpoint}/elsewhere")
    assert "the Hub answers HTTP 404" in told(pushed)


@pytest.mark.parametrize("name", [REPO, f"{REPO}@main", f"{REPO}@0123456"])
def test_a_model_that_is_not_pinned_is_not_asked_for(hub: HubStandIn, name: str) -> None:
    for load in (fetch_model, load_card, load_analyzer):
        with pytest.raises(ModelError, match="expected OWNER/NAME@COMMIT:SHA256"):
            load(name)
    assert hub.requests == []


# --- Pushing what cannot be ---


def test_a_model_without_weights_is_not_pushed(
    hub: HubStandIn, add_model: AddModel, models: Path
) -> None:
    card = add_model("large")
    (models / "large" / REPORT_FILE).write_text("{}")
    hashes = {REPORT_FILE: sha256_of(models / "large" / REPORT_FILE)}
    dataclasses.replace(card, sha256=hashes).write(models / "large")
    with pytest.raises(ModelError, match="'large' is figures only"):
        push_model("large", REPO)
    assert hub.requests == []


def test_a_damaged_model_is_not_pushed(hub: HubStandIn, add_model: AddModel, models: Path) -> None:
    add_model("few")
    (models / "few" / ONNX_FILE).write_bytes(b"cut")
    with pytest.raises(ModelError, match=r"model\.onnx is truncated or altered"):
        push_model("few", REPO)
    assert hub.requests == []


def test_what_is_not_here_is_not_pushed(hub: HubStandIn, models: Path) -> None:
    with pytest.raises(UnknownNameError, match="Unknown model 'few'"):
        push_model("few", REPO)
    with pytest.raises(FerError, match="expected 1 to 64 letters"):
        push_model("other/model", REPO)


def test_a_repository_without_an_owner_is_refused(hub: HubStandIn, add_model: AddModel) -> None:
    add_model("few")
    with pytest.raises(ModelError, match="Repository 'faces': expected OWNER/NAME"):
        push_model("few", "faces")
    assert hub.requests == []


def test_who_may_not_write_is_told(
    hub: HubStandIn, add_model: AddModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_model("few")
    monkeypatch.setenv("HF_TOKEN", "hf_another")
    with pytest.raises(ModelError, match=r"not allowed \(HTTP 403\): set HF_TOKEN"):
        push_model("few", REPO)
    assert hub.repositories == {}


def test_a_private_model_is_not_pushed_to_a_public_repository(
    hub: HubStandIn, pushed: HubReference
) -> None:
    before = dict(hub.repositories[REPO].commits)
    with pytest.raises(ModelError, match=f"^{REPO} is there already, and public"):
        push_model("few", REPO, private=True)
    assert hub.repositories[REPO].commits == before
