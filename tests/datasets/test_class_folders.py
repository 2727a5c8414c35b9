"""A tree's pictures are found in one order, on any kind of tree; what reads them tests the rest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import pytest

from fer_core.datasets.class_folders import WHOLE_SPLIT, find_pictures, has_class_folders
from fer_core.domain.errors import DatasetError


@dataclass
class Node:
    """A tree in memory that counts how often its folders are looked into."""

    name: str
    members: dict[str, Self] | None = None
    visits: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"tree/{self.name}"

    def is_dir(self) -> bool:
        return self.members is not None

    def iterdir(self) -> Iterator[Self]:
        self.visits.append(self.name)
        return iter((self.members or {}).values())


def tree(*paths: str) -> Node:
    root = Node("root", {})
    for path in paths:
        node = root
        *folders, file = path.split("/")
        for name in folders:
            assert node.members is not None
            node = node.members.setdefault(name, Node(name, {}, root.visits))
        assert node.members is not None
        if file:
            node.members[file] = Node(file)
    return root


def test_pictures_come_in_the_order_of_their_paths() -> None:
    found, labels = find_pictures(
        tree(
            "train/Sadness/2.png",
            "test/happy/PublicTest_1.png",
            "train/Sadness/10.png",
            "train/fear/",
        )
    )
    assert [(p.parts, p.label, p.split) for p in found] == [
        (("test", "happy", "PublicTest_1.png"), "happy", "PublicTest"),
        (("train", "Sadness", "10.png"), "sad", "Training"),
        (("train", "Sadness", "2.png"), "sad", "Training"),
    ]
    assert labels == {"happy", "sad", "fear"}


def test_a_tree_without_splits_is_one() -> None:
    found, _ = find_pictures(tree("happy/a.png"))
    assert [(p.parts, p.split) for p in found] == [(("happy", "a.png"), WHOLE_SPLIT)]


def test_one_picture_is_enough_to_know() -> None:
    root = tree(*(f"{name}/{i}.png" for name in ("angry", "happy", "sad") for i in range(3)))
    assert has_class_folders(root)
    assert "happy" not in root.visits
    assert not has_class_folders(tree("a.png", "train/b.png", "x/y/z/c.png", "notes/d.txt"))


def test_errors_name_the_tree() -> None:
    with pytest.raises(DatasetError, match=r"^tree/root: expected pictures in folders named after"):
        find_pictures(tree("a.png"))
    with pytest.raises(
        DatasetError, match=r"^tree/train: the folders 'anger' and 'angry' both mean"
    ):
        find_pictures(tree("train/anger/a.png", "train/angry/a.png"))
