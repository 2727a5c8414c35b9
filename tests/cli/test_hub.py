"""`hub`, from the words typed to what is printed and the exit code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PHOTO
from tests.zoo.hub_stand_in import HubStandIn

FerCore = Callable[..., Any]  # words in, (code, out, err) out


def test_what_push_prints_is_what_analyze_takes(
    command: FerCore,
    hub: HubStandIn,
    served_models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pushed = command("hub", "push", "default", "someone/faces")
    assert pushed.code == 0
    (reference,) = pushed.out.splitlines()
    here = command("analyze", PHOTO, "--format", "json")
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "none"))
    there = command("analyze", PHOTO, "--format", "json", "--model", reference)
    assert (there.code, there.err) == (0, "")
    assert json.loads(there.out)[0]["faces"] == json.loads(here.out)[0]["faces"]
    # The cache that HF_HOME names serves from now on, whether there is a Hub or not.
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    again = command("analyze", PHOTO, "--format", "json", "--model", reference)
    assert json.loads(again.out)[0]["faces"] == json.loads(here.out)[0]["faces"]


def test_fetch_prints_the_folder(fer_core: FerCore, hub: HubStandIn) -> None:
    reference = fer_core("hub", "push", "default", "someone/faces", "--private").out.strip()
    assert hub.repositories["someone/faces"].private
    ended = fer_core("hub", "fetch", reference)
    assert ended.code == 0
    names = {path.name for path in Path(ended.out.strip()).iterdir()}
    assert names == {"card.json", "model.onnx", "report.json"}


def test_a_model_that_is_not_pinned_is_one_line_on_stderr(
    fer_core: FerCore, hub: HubStandIn
) -> None:
    for words in (("hub", "fetch"), ("analyze", PHOTO, "--model")):
        ended = fer_core(*words, "someone/faces@main")
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.startswith("Error: Model on the Hub 'someone/faces@main': expected OWNER/")
        assert ended.err.count("\n") == 1
    assert hub.requests == []
