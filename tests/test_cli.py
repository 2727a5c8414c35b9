"""The command line, from the words typed to what is printed and the exit code."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from fer_core.cli import main
from fer_core.domain.images import encode_png, read_image

ROOT = Path(__file__).resolve().parents[1]
ASTRONAUT = ROOT / "fer_core" / "samples" / "astronaut.jpg"


class Ended(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


def command(*words: object) -> Ended:
    """Run `python -m fer_core` as its own process."""
    ended = subprocess.run(
        [sys.executable, "-m", "fer_core", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


FerCore = Callable[..., Ended]


@pytest.fixture
def fer_core(
    served_models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> FerCore:
    """Run the same entry point within this process, which is quicker."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["fer_core", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of two small pictures, one deeper down, with things that are not for reading."""
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    picture = encode_png(np.random.default_rng(0).integers(0, 256, (50, 60, 3), np.uint8))
    for name in ("b.png", "deeper/A.PNG", ".hidden/c.png", ".d.png"):
        (folder / name).write_bytes(picture)
    (folder / "notes.txt").write_text("dear diary")
    return folder


# --- As a process of its own ---


def test_a_bad_file_is_told_while_the_others_are_printed(
    served_models: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "notes.jpg"
    bad.write_text("dear diary")
    ended = command("analyze", bad, ASTRONAUT, "--format", "json")
    assert ended.code == 1
    (line,) = ended.err.splitlines()
    assert line.startswith(f"Error: {bad}: expected a picture")
    (entry,) = json.loads(ended.out)
    # The promise of the project's design, word for word.
    assert list(entry) == ["source", "width", "height", "time_s", "elapsed_ms", "faces"]
    (face,) = entry["faces"]
    assert set(face) == {
        *("box", "emotion", "confidence", "scores", "landmarks", "track_id", "quality")
    }
    assert len(face["box"]) == 4
    assert len(face["landmarks"]) == 5
    assert face["confidence"] == max(face["scores"].values())


def test_evaluate_prints_the_documented_json(served_models: Path) -> None:
    ended = command("evaluate", "--data", "drawn_faces", "--split", "PublicTest", "--json")
    assert (ended.code, ended.err) == (0, "")
    report = json.loads(ended.out)
    assert set(report) >= {
        *("model", "data", "split", "n", "accuracy", "accuracy_ci95", "macro_f1", "top2_accuracy"),
        *("hamming_loss", "ece", "per_class", "confusion", "labels"),
    }
    assert (report["model"], report["split"], report["n"]) == ("default", "PublicTest", 280)
    low, high = report["accuracy_ci95"]
    assert low < report["accuracy"] < high
    assert list(report["per_class"]) == report["labels"]


def test_an_unknown_model_is_one_line_on_stderr(served_models: Path) -> None:
    ended = command("analyze", ASTRONAUT, "--model", "nobody")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "Error: Unknown model 'nobody': expected one of default.\n"


@pytest.mark.parametrize(
    "words", [["analyze"], ["analize"], ["analyze", "x.png", "--format", "xml"]]
)
def test_wrong_usage_ends_with_2(words: list[str]) -> None:
    ended = command(*words)
    assert ended.code == 2
    assert ended.out == ""
    assert "Usage:" in ended.err
    assert "Traceback" not in ended.err


# --- analyze ---


def test_analyze_prints_a_table_unless_told_otherwise(fer_core: FerCore) -> None:
    ended = fer_core("analyze", ASTRONAUT)
    assert (ended.code, ended.err) == (0, "")
    picture, face = ended.out.splitlines()
    assert picture.startswith(f"{ASTRONAUT}  512×512  1 face  ")
    assert face.count("%") == 3


def test_analyze_prints_csv(fer_core: FerCore, pictures: Path) -> None:
    ended = fer_core("analyze", pictures, "--detector", "full_frame", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [Path(row["source"]).name for row in rows] == ["b.png", "A.PNG"]
    assert [(row["width"], row["height"]) for row in rows] == [("60.0", "50.0")] * 2


def test_a_folder_gives_its_pictures_and_leaves_hidden_ones(
    fer_core: FerCore, pictures: Path
) -> None:
    ended = fer_core("analyze", pictures, "--format", "json")
    assert ended.code == 0
    sources = [Path(entry["source"]) for entry in json.loads(ended.out)]
    assert sources == [pictures / "b.png", pictures / "deeper" / "A.PNG"]


def test_a_zip_gives_its_pictures(fer_core: FerCore, pictures: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "trip.zip", "w") as archive:
        archive.write(pictures / "b.png", "b.png")
        archive.write(pictures / "notes.txt", "notes.txt")
    ended = fer_core("analyze", tmp_path / "trip.zip", "--format", "json")
    assert ended.code == 1
    assert [entry["source"] for entry in json.loads(ended.out)] == ["trip.zip/b.png"]
    assert ended.err.startswith("Error: trip.zip/notes.txt: expected a picture")


def test_every_bad_path_is_told_and_the_good_ones_are_read(
    fer_core: FerCore, pictures: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    nowhere, too_long = tmp_path / "nowhere.png", "x" * 5000
    ended = fer_core(*("analyze", nowhere, empty, too_long, pictures / "b.png", "--format", "json"))
    assert ended.code == 1
    assert len(json.loads(ended.out)) == 1
    first, second, third = ended.err.splitlines()
    assert first.startswith(f"Error: {nowhere}: cannot be read (No such file or directory)")
    assert second.startswith(f"Error: {empty}: no pictures in this folder; expected .jpg")
    assert third.startswith("Error: xxx")


def test_a_picture_without_faces_is_no_error(fer_core: FerCore, tmp_path: Path) -> None:
    (tmp_path / "wall.png").write_bytes(encode_png(np.full((90, 90, 3), 99, np.uint8)))
    ended = fer_core("analyze", tmp_path / "wall.png", "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)[0]["faces"] == []


def test_a_name_that_is_not_utf8_is_printed_all_the_same(fer_core: FerCore, pictures: Path) -> None:
    odd = os.fsencode(pictures) + b"/\xff.png"
    Path(os.fsdecode(odd)).write_bytes((pictures / "b.png").read_bytes())
    ended = fer_core("analyze", os.fsdecode(odd), "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)[0]["source"].endswith("/\ufffd.png")


def test_annotated_pictures_go_to_a_new_folder(
    fer_core: FerCore, pictures: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "annotated"
    ended = fer_core("analyze", pictures, "--detector", "full_frame", "--annotate", folder)
    assert ended.code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["001_b.jpg", "002_A.jpg"]
    height, width = read_image(folder / "001_b.jpg").shape[:2]
    assert (width % 60, height % 50) == (0, 0)  # enlarged by a whole factor
    assert (pictures / "b.png").read_bytes() == (pictures / "deeper" / "A.PNG").read_bytes()


def test_a_file_in_place_of_the_annotated_folder_is_wrong_usage(
    fer_core: FerCore, pictures: Path
) -> None:
    ended = fer_core("analyze", pictures, "--annotate", pictures / "notes.txt")
    assert ended.code == 2
    assert "is a file" in ended.err


def test_an_annotated_picture_that_cannot_be_written_costs_only_itself(
    fer_core: FerCore, pictures: Path
) -> None:
    within_a_file = pictures / "notes.txt" / "annotated"
    ended = fer_core("analyze", pictures, "--annotate", within_a_file, "--format", "json")
    assert ended.code == 1
    assert len(json.loads(ended.out)) == 2
    assert ended.err.count("cannot be written") == 2


# --- models ---


def test_models_lists_names_figures_and_labels(fer_core: FerCore) -> None:
    ended = fer_core("models")
    assert ended.code == 0
    first, second = ended.out.splitlines()
    assert first.startswith("default ")
    assert "PublicTest" in first
    assert "(n = 280)" in first
    assert second.strip() == "angry, disgust, fear, happy, sad, surprise, neutral"


def test_models_as_json(fer_core: FerCore) -> None:
    (model,) = json.loads(fer_core("models", "--json").out)
    assert model["name"] == "default"
    assert model["metrics"]["PublicTest"]["n"] == 280
    assert len(model["labels"]) == 7


def test_no_models_at_all_are_told(
    fer_core: FerCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path))
    ended = fer_core("models")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"Error: No models in {tmp_path}")
    assert json.loads(fer_core("models", "--json").out) == []


# --- evaluate ---


def test_evaluate_tells_split_and_views_beside_its_figures(fer_core: FerCore) -> None:
    words = ("evaluate", "--data", "drawn_faces", "--split", "PublicTest")
    single, ten = fer_core(*words), fer_core(*words, "--tta")
    assert single.code == ten.code == 0
    assert single.out.startswith("default on Drawn faces PublicTest, single view, n = 280\n")
    assert ten.out.startswith("default on Drawn faces PublicTest, ten views, n = 280\n")
    assert single.out.splitlines()[1].startswith("accuracy ")
    assert "  happy      precision " in single.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "nowhere.csv"], "Error: No data at 'nowhere.csv'"),
        (["--data", "drawn_faces", "--split", "test"], "Error: Drawn faces has no split 'test'"),
        (["--data", "drawn_faces", "--model", "nobody"], "Error: Unknown model 'nobody'"),
    ],
)
def test_evaluate_tells_what_is_missing(fer_core: FerCore, words: list[str], message: str) -> None:
    ended = fer_core("evaluate", *words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(message)
    assert len(ended.err.splitlines()) == 1


# --- train and promote ---


@pytest.fixture
def quick(tmp_path: Path) -> tuple[Any, ...]:
    """Words for a training run of one short epoch."""
    recipe = tmp_path / "quick.toml"
    shutil.copyfile(ROOT / "configs" / "quickstart.toml", recipe)
    words: list[Any] = ["train", "--recipe", recipe, "--data", "drawn_faces"]
    for override in (
        *("optimization.epochs=1", "optimization.warmup_epochs=0", "optimization.batch_size=210"),
        "architecture.settings.widths=[8]",
    ):
        words += ["--set", override]
    return tuple(words)


def test_a_trained_model_can_be_promoted_and_used(
    fer_core: FerCore, quick: tuple[Any, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("FER_MODELS_DIR", str(tmp_path / "models"))
    trained = fer_core(*quick)
    assert trained.code == 0
    first, *rest = trained.out.splitlines()
    word, run = first.split()
    assert word == "run"
    assert (tmp_path / "runs" / run / "model" / "card.json").is_file()
    assert rest[0].startswith("epoch 1/1  accuracy ")
    assert any(line.startswith("PublicTest: accuracy ") for line in rest)

    promoted = fer_core("runs", "promote", run, "--name", "mine")
    assert promoted.code == 0
    assert "model mine is ready" in promoted.out
    assert fer_core("models").out.startswith("mine ")
    used = fer_core("analyze", ASTRONAUT, "--model", "mine", "--format", "json")
    assert len(json.loads(used.out)[0]["faces"]) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "optimization.epochs=none"], "optimization.epochs must be of type int"),
        (["--set", "colour=blue"], "Unknown key colour"),
        (["--data", "nowhere.csv"], "No data at 'nowhere.csv'"),
        (["--recipe", "nowhere.toml"], "No recipe at nowhere.toml"),
    ],
)
def test_a_run_that_cannot_begin_is_told_and_leaves_nothing(
    fer_core: FerCore,
    quick: tuple[Any, ...],
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path / "runs"))
    ended = fer_core(*quick, *words)
    assert (ended.code, ended.out) == (1, "")
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "runs").exists()


def test_promoting_an_unknown_run_is_told(
    fer_core: FerCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_RUNS_DIR", str(tmp_path))
    ended = fer_core("runs", "promote", "nobody")
    assert ended == Ended(1, "", f"Error: No run 'nobody' in {tmp_path}.\n")


# --- help ---


def test_help_names_every_command(fer_core: FerCore) -> None:
    ended = fer_core("--help")
    assert ended.code == 0
    for name in ("analyze", "models", "train", "evaluate", "runs", "bench"):
        assert name in ended.out


@pytest.mark.parametrize("words", [[""], [ASTRONAUT, "--annotate", ""]])
def test_an_empty_path_is_wrong_usage_not_the_current_folder(
    fer_core: FerCore, words: list[object]
) -> None:
    ended = fer_core("analyze", *words)
    assert (ended.code, ended.out) == (2, "")
    assert "empty text" in ended.err


def test_a_folder_gives_its_zips_too(fer_core: FerCore, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "holiday.zip", "w") as archive:
        archive.write(ASTRONAUT, "me.jpg")
    ended = fer_core("analyze", tmp_path, "--format", "json")
    assert ended.code == 0
    assert [entry["source"] for entry in json.loads(ended.out)] == ["holiday.zip/me.jpg"]


def test_a_line_break_in_a_name_breaks_no_line(fer_core: FerCore, tmp_path: Path) -> None:
    (tmp_path / "good\nname.jpg").write_bytes(ASTRONAUT.read_bytes())
    (tmp_path / "bad\nname.jpg").write_bytes(b"text")
    ended = fer_core("analyze", tmp_path)
    assert len(ended.err.splitlines()) == 1
    assert len(ended.out.splitlines()) == 2


def test_bad_files_of_one_name_are_told_apart(fer_core: FerCore, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "empty.jpg").touch()
    lines = fer_core("analyze", tmp_path).err.splitlines()
    for folder, line in zip("ab", lines, strict=True):
        assert f"{tmp_path}/{folder}/empty.jpg: " in line
