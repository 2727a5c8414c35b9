"""Class folders are read bit by bit, in one order, whatever the system put beside the pictures."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fer_core.datasets.base import FaceDataset, open_dataset
from fer_core.datasets.image_folder import ImageFolder
from fer_core.domain.emotions import FER7_LABELS
from fer_core.domain.errors import DatasetError
from fer_core.evaluation.report import evaluate
from fer_core.zoo.classifier import load_classifier

FACES = np.random.default_rng(48).integers(0, 256, (8, 48, 48), np.uint8)
# CK+'s folders; its names differ from FER2013's, and contempt is a class of its own.
CK_FOLDERS = ("anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise")
CK_LABELS = ("angry", "contempt", "disgust", "fear", "happy", "sad", "surprise")

AddPicture = Callable[..., Path]


@pytest.fixture
def add(tmp_path: Path) -> AddPicture:
    """Write a picture into the tree at `tmp_path / "faces"`; returns its path."""

    def write(name: str, image: npt.NDArray[np.uint8] = FACES[0]) -> Path:
        path = tmp_path / "faces" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        packed = cv2.imencode(path.suffix, image)[1]
        path.write_bytes(packed.tobytes())
        return path

    return write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The tree that `add` writes."""
    folder = tmp_path / "faces"
    folder.mkdir()
    return folder


def pairs(data: FaceDataset) -> list[tuple[str, str]]:
    labels = [data.labels[target] for target in data.targets]
    return list(zip(data.splits.tolist(), labels, strict=True))


# --- Forms ---


def test_kaggles_form_is_read_with_its_splits(root: Path, add: AddPicture) -> None:
    for i, label in enumerate(FER7_LABELS):
        add(f"train/{label}/Training_{i}.png", FACES[i])
    add("test/happy/PublicTest_7.png", FACES[7])
    add("test/sad/PrivateTest_8.png", FACES[0])
    data = open_dataset(str(root))
    assert (data.name, data.labels) == ("faces", FER7_LABELS)
    assert data.licence == "unknown: the user's own data"
    # By path: test before train, and the classes of each by name.
    assert pairs(data)[:2] == [("PublicTest", "happy"), ("PrivateTest", "sad")]
    assert pairs(data)[2:] == [("Training", label) for label in sorted(FER7_LABELS)]
    order = [7, 0, *(FER7_LABELS.index(label) for label in sorted(FER7_LABELS))]
    assert np.array_equal(data.images, FACES[order])
    assert (data.images.dtype, data.targets.dtype) == (np.uint8, np.int64)


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train/happy/a.png", "Training"),
        ("Train/happy/a.png", "Training"),
        ("train/happy/PublicTest_1.png", "Training"),
        ("test/happy/a.png", "Test"),
        ("test/happy/PublicTest.png", "Test"),
        ("test/happy/my_PublicTest_1.png", "Test"),
        ("test/happy/Training_1.png", "Training"),
        ("val/happy/a.png", "Validation"),
        ("validation/happy/a.png", "Validation"),
        ("validation/happy/PublicTest_1.png", "PublicTest"),
        ("val/happy/PrivateTest_1.jpg", "PrivateTest"),
        ("happy/a.png", "All"),
        ("happy/PublicTest_1.png", "All"),
    ],
)
def test_folder_and_file_name_tell_the_split(
    root: Path, add: AddPicture, name: str, split: str
) -> None:
    add(name)
    assert pairs(open_dataset(str(root))) == [(split, "happy")]


def test_a_plain_tree_is_one_split(root: Path, add: AddPicture) -> None:
    for i, folder in enumerate(CK_FOLDERS):
        add(f"{folder}/S010_00{i}_00000014.png", FACES[i])
    data = open_dataset(str(root))
    assert data.labels == CK_LABELS
    assert pairs(data) == [("All", label) for label in CK_LABELS]
    assert np.array_equal(data.images, FACES[:7])


def test_fer2013s_seven_have_its_order_in_any_spelling(root: Path, add: AddPicture) -> None:
    for name in ("Anger", "Disgusted", "fearful", "Happiness", "neutral", "Sadness", "SURPRISED"):
        add(f"{name}/a.png")
    assert open_dataset(str(root)).labels == FER7_LABELS


def test_other_classes_are_in_the_order_of_their_names(root: Path, add: AddPicture) -> None:
    for name in ("smiling", "Happy", "bored"):
        add(f"{name}/a.png")
    data = open_dataset(str(root))
    assert data.labels == ("bored", "happy", "smiling")
    # Files are sorted by path, where capitals come first.
    assert data.targets.tolist() == [1, 0, 2]


def test_a_part_of_a_split_form_is_a_plain_tree(root: Path, add: AddPicture) -> None:
    add("train/happy/a.png")
    data = open_dataset(str(root / "train"))
    assert (data.name, pairs(data)) == ("train", [("All", "happy")])


def test_a_relative_path_has_the_folders_name(
    root: Path, add: AddPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("happy/a.png")
    monkeypatch.chdir(root)
    assert open_dataset(".").name == "faces"
    assert not ImageFolder().accepts("")


# --- Pixels ---


def test_pictures_of_48_pixels_are_kept_bit_by_bit(root: Path, add: AddPicture) -> None:
    add("happy/1.png", FACES[1])
    add("happy/2.png", cv2.cvtColor(FACES[2], cv2.COLOR_GRAY2BGR))
    add("happy/3.bmp", FACES[3])
    add("happy/4.PNG", FACES[4])
    assert np.array_equal(open_dataset(str(root)).images, FACES[1:5])


@pytest.mark.parametrize("shape", [(96, 96), (24, 24), (130, 90), (90, 130, 3), (1, 1)])
def test_other_sizes_become_48_pixels(root: Path, add: AddPicture, shape: tuple[int, ...]) -> None:
    add("happy/1.png", FACES[1])
    add("happy/2.png", np.full(shape, 77, np.uint8))
    images = open_dataset(str(root)).images
    assert images.shape == (2, 48, 48)
    assert (images[1] == 77).all()


# --- What is passed over ---


@pytest.fixture
def cluttered(root: Path, add: AddPicture) -> Path:
    """One picture among what systems and people leave in folders."""
    add("happy/a.png")
    for name in (".DS_Store", "._a.png", "Thumbs.db", "desktop.ini", "notes.txt", "a.png.part"):
        (root / name).write_bytes(b"junk")
        (root / "happy" / name).write_bytes(b"junk")
    add("cover.png")
    add("__MACOSX/happy/a.png")
    add("__MACOSX/a.png")
    add(".cache/a.png")
    add("happy/.thumbnails/a.png")
    (root / "happy" / "folder.png").mkdir()
    (root / "docs").mkdir()
    (root / "docs" / "README.md").write_text("No class.")
    return root


def test_hidden_and_other_files_are_passed_over(cluttered: Path) -> None:
    data = open_dataset(str(cluttered))
    assert (data.labels, len(data.images)) == (("happy",), 1)


def test_hidden_and_other_files_are_passed_over_in_splits(
    cluttered: Path, root: Path, add: AddPicture
) -> None:
    kaggle = root.parent / "kaggle"
    kaggle.mkdir()
    cluttered.rename(kaggle / "train")
    data = open_dataset(str(kaggle))
    assert (data.labels, data.splits.tolist()) == (("happy",), ["Training"])


def test_an_empty_class_folder_is_a_class(root: Path, add: AddPicture) -> None:
    for label in FER7_LABELS:
        (root / "train" / label).mkdir(parents=True)
    (root / "train" / "disgust" / ".DS_Store").write_bytes(b"junk")
    add("train/happy/a.png")
    add("test/sad/PublicTest_1.png")
    data = open_dataset(str(root))
    assert data.labels == FER7_LABELS
    assert data.counts()["Training"]["disgust"] == 0
    assert pairs(data) == [("PublicTest", "sad"), ("Training", "happy")]


def test_pictures_to_try_out_are_no_class(root: Path, add: AddPicture) -> None:
    add("happy/a.png")
    add("test/mine.png")
    assert pairs(open_dataset(str(root))) == [("All", "happy")]


# --- Beside the pictures ---


def test_ck_names_tell_whose_picture_it_is(root: Path, add: AddPicture) -> None:
    for name in ("anger/S010_004_00000019", "anger/S011_004_00000021", "happy/S010_006_00000015"):
        add(f"{name}.png")
    groups = open_dataset(str(root)).groups
    assert groups is not None
    assert groups.tolist() == ["S010", "S011", "S010"]
    add("happy/mine.png")
    assert open_dataset(str(root)).groups is None


FERPLUS = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
    "Training,fer0000000.png,0,10,0,0,0,0,0,0,0,0\n"
    "PublicTest,fer0000001.png,3,0,0,7,0,0,0,0,0,0\n"
)


@pytest.mark.parametrize("place", ["fer2013new.csv", "../fer2013new.csv"])
def test_votes_reach_pictures_named_after_their_row(
    root: Path, add: AddPicture, place: str
) -> None:
    add("train/happy/Training_0.png")
    add("test/sad/PublicTest_1.png")
    assert open_dataset(str(root)).votes is None
    (root / place).write_text(FERPLUS)
    votes = open_dataset(str(root)).votes
    assert votes is not None
    assert votes[:, [0, 1, 3]].tolist() == [[3, 0, 7], [0, 10, 0]]


def test_votes_beside_other_pictures_are_not_even_read(root: Path, add: AddPicture) -> None:
    add("happy/a.png")
    (root.parent / "fer2013new.csv").write_text("junk")
    assert open_dataset(str(root)).votes is None


# --- What is told ---


@pytest.mark.parametrize("content", [b"", b"junk", b"\x89PNG\r\n\x1a\n"])
def test_a_damaged_picture_is_told_by_its_path(root: Path, add: AddPicture, content: bytes) -> None:
    add("happy/a.png")
    damaged = add("sad/b.png")
    damaged.write_bytes(content)
    with pytest.raises(DatasetError, match=r"sad/b\.png: expected a ") as caught:
        open_dataset(str(root))
    assert str(caught.value).startswith(f"{damaged}: ")
    assert str(caught.value).count("b.png") == 1


@pytest.mark.parametrize("parent", ["", "train/"])
@pytest.mark.parametrize(
    ("one", "other", "label"), [("anger", "angry", "angry"), ("Happy", "happiness", "happy")]
)
def test_two_folders_of_one_class_are_told(
    root: Path, add: AddPicture, parent: str, one: str, other: str, label: str
) -> None:
    add(f"{parent}{one}/a.png")
    add(f"{parent}{other}/a.png")
    with pytest.raises(DatasetError, match=f"'{one}' and '{other}' both mean '{label}'"):
        open_dataset(str(root))


def test_one_class_may_be_spelled_differently_in_each_split(root: Path, add: AddPicture) -> None:
    add("train/anger/a.png")
    add("test/angry/a.png")
    assert open_dataset(str(root)).labels == ("angry",)


def test_two_folders_of_one_split_are_told(root: Path, add: AddPicture) -> None:
    add("val/happy/a.png")
    add("validation/happy/a.png")
    with pytest.raises(DatasetError, match="'val' and 'validation' both mean 'Validation'"):
        open_dataset(str(root))


def test_classes_beside_splits_are_told(root: Path, add: AddPicture) -> None:
    add("happy/a.png")
    add("test/happy/a.png")
    with pytest.raises(DatasetError, match="the class 'happy' beside the split 'test'"):
        open_dataset(str(root))


def test_other_folders_beside_splits_are_passed_over(root: Path, add: AddPicture) -> None:
    add("figures/a.png")
    add("train/happy/a.png")
    assert pairs(open_dataset(str(root))) == [("Training", "happy")]


@pytest.mark.parametrize("name", ["a.png", "train/a.png", "x/y/z/a.png"])
def test_a_tree_without_classes_is_told(root: Path, add: AddPicture, name: str) -> None:
    add(name)
    assert not ImageFolder().accepts(str(root))
    with pytest.raises(DatasetError):
        open_dataset(str(root))
    with pytest.raises(DatasetError, match="expected pictures in folders named after their class"):
        ImageFolder().read(str(root))


def test_a_tree_without_pictures_is_told(root: Path) -> None:
    (root / "train" / "happy").mkdir(parents=True)
    assert not ImageFolder().accepts(str(root))
    with pytest.raises(DatasetError, match="found none"):
        ImageFolder().read(str(root))


def test_files_and_nothing_are_no_folder(root: Path, add: AddPicture) -> None:
    assert not ImageFolder().accepts(str(add("happy/a.png")))
    assert not ImageFolder().accepts(str(root / "nowhere"))


# --- Use ---


def test_the_fingerprint_does_not_depend_on_the_order_of_creation(
    tmp_path: Path, add: AddPicture
) -> None:
    names = [f"train/{label}/{i}.png" for label in FER7_LABELS for i in range(3)]
    prints = set()
    for turn, order in enumerate((names, names[::-1], sorted(names, key=lambda n: n[::-1]))):
        for name in order:
            add(name, FACES[names.index(name) % len(FACES)])
        (tmp_path / "faces").rename(tmp_path / f"tree{turn}")
        prints.add(open_dataset(str(tmp_path / f"tree{turn}")).fingerprint())
    assert len(prints) == 1


@pytest.mark.usefixtures("served_models")
def test_a_model_scores_on_folders_as_on_the_same_data_in_memory(
    root: Path, add: AddPicture, drawn_faces: FaceDataset
) -> None:
    part = drawn_faces.split("PublicTest").part(slice(None, None, 5))
    for i, (image, target) in enumerate(zip(part.images, part.targets, strict=True)):
        add(f"test/{FER7_LABELS[target]}/PublicTest_{i}.png", image)
    classifier = load_classifier()
    by_folder = evaluate(classifier, open_dataset(str(root)), "PublicTest")
    in_memory = evaluate(classifier, part, "PublicTest")
    assert by_folder["data"] == "faces"
    assert by_folder["confusion"] == in_memory["confusion"]
    assert by_folder["per_class"] == in_memory["per_class"]
