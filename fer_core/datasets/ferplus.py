"""FER+ (Barsoum et al. 2016): ten people's votes on each picture of FER2013, from fer2013new.csv.

The file has a row for each of fer2013.csv's, in the same order. A row without an image name is no
face: FER+ removed that picture.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fer_core.datasets.base import FaceDataset
from fer_core.datasets.crowd_votes import VOTE_NAMES
from fer_core.domain.emotions import canonical
from fer_core.domain.errors import DatasetError

FILE_NAME = "fer2013new.csv"
NOT_A_FACE = np.array([10 * (name == "NF") for name in VOTE_NAMES], np.uint8)
"""(10,) uint8 votes of a picture that FER+ removed."""

_COLUMNS = ["Usage", "Image name", *VOTE_NAMES]
_MOST_VOTES = 255
_ROW_NAME = re.compile(r"(Training|PublicTest|PrivateTest)_(\d{1,9})")
_IMAGE_NAME = re.compile(r"fer\d+\.png")
# Below this many pictures, agreement by chance and agreement by sight overlap too much.
_FEWEST_TO_COMPARE = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class FerPlusFile:
    """The rows of a fer2013new.csv.

    Attributes:
        where: The file's path, for error texts.
        usages: (M,) split of each row.
        image_names: (M,) names such as "fer0000012.png"; empty for what is no face.
        votes: (M, 10) uint8 in the order of `VOTE_NAMES`.
        lines: (M,) each row's line in the file.
    """

    where: str
    usages: tuple[str, ...]
    image_names: tuple[str, ...]
    votes: npt.NDArray[np.uint8]
    lines: tuple[int, ...]


def read_ferplus(path: Path) -> FerPlusFile:
    """Read a fer2013new.csv.

    Raises:
        DatasetError: The header or a row is wrong; the text names its line.
    """
    # A byte that is not UTF-8 becomes a character that no column allows.
    return parse_ferplus(path.read_text(encoding="utf-8-sig", errors="replace"), str(path))


def parse_ferplus(text: str, where: str) -> FerPlusFile:
    """Read the content of a fer2013new.csv.

    Raises:
        DatasetError: The header or a row is wrong; the text names its line.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    usages, names, votes, lines = [], [], [], []
    try:
        if [name.strip() for name in next(reader, [])] != _COLUMNS:
            raise DatasetError(f"{where}, line 1: expected the columns {', '.join(_COLUMNS)}.")
        for row in filter(None, reader):
            usage, name, counts = _parse_row(row, f"{where}, line {reader.line_num}")
            usages.append(usage)
            names.append(name)
            votes.append(counts)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise DatasetError(f"{where}, line {reader.line_num}: {error}.") from None
    table = np.array(votes, np.uint8).reshape(-1, len(VOTE_NAMES))
    table[np.array([not name for name in names], np.bool_)] = NOT_A_FACE
    return FerPlusFile(where, tuple(usages), tuple(names), table, tuple(lines))


def with_votes_by_row(data: FaceDataset, votes: FerPlusFile) -> FaceDataset:
    """Add the votes to the pictures of fer2013.csv, row by row.

    Raises:
        DatasetError: The files do not have the same rows.
    """
    if len(votes.usages) != len(data.images):
        raise DatasetError(
            f"{votes.where} has {len(votes.usages):,} rows for {len(data.images):,} pictures: "
            "expected a row for each, in the same order. Put the matching file there, or move "
            "this one elsewhere."
        )
    for line, usage, split in zip(votes.lines, votes.usages, data.splits.tolist(), strict=True):
        if usage != split:
            raise DatasetError(
                f"{votes.where}, line {line}: expected Usage {split!r} as in the same row of the "
                f"pictures, got {usage!r}."
            )
    _check_agreement(data, votes.votes, votes.where)
    return replace(data, votes=votes.votes)


def named_like_fer2013(file_names: Sequence[str]) -> bool:
    """Whether a name could tell a row, so that the file of votes is worth reading."""
    return any(_IMAGE_NAME.fullmatch(n) or _ROW_NAME.fullmatch(Path(n).stem) for n in file_names)


def with_votes_by_name(
    data: FaceDataset, file_names: Sequence[str], votes: FerPlusFile
) -> FaceDataset:
    """Add the votes to pictures whose file names tell their rows; others have none.

    A name is FER+'s own ("fer0000012.png"), or the split and the number of the row from 0
    ("Training_12.jpg"). Numbers beyond the last row are not rows (one copy of FER2013 on Kaggle has
    eight digits), so then no number is taken for one.

    Args:
        data: Labelled faces.
        file_names: (N,) the file's name of each.
        votes: FER+'s rows.

    Returns:
        The data with votes, or as it was if no name tells a row.

    Raises:
        DatasetError: A row's split is not that of the picture, or the votes fit other pictures.
    """
    by_name = {name: row for row, name in enumerate(votes.image_names) if name}
    numbered = [_ROW_NAME.fullmatch(Path(name).stem) for name in file_names]
    are_rows = all(match is None or int(match[2]) < len(votes.usages) for match in numbered)
    table = np.zeros((len(file_names), len(VOTE_NAMES)), np.uint8)
    for i, (name, match) in enumerate(zip(file_names, numbered, strict=True)):
        row = by_name.get(name)
        if row is None and match is not None and are_rows:
            row = int(match[2])
            if votes.usages[row] != match[1]:
                raise DatasetError(
                    f"{votes.where}, line {votes.lines[row]}: expected Usage {match[1]!r} as in "
                    f"the name of {name}, got {votes.usages[row]!r}."
                )
        if row is not None:
            table[i] = votes.votes[row]
    if not table.any():
        return data
    _check_agreement(data, table, votes.where)
    return replace(data, votes=table)


def _parse_row(row: list[str], where: str) -> tuple[str, str, list[int]]:
    if len(row) != len(_COLUMNS):
        raise DatasetError(f"{where}: expected {len(_COLUMNS)} columns, got {len(row)}.")
    usage, name, *counts = (field.strip() for field in row)
    for column, count in zip(VOTE_NAMES, counts, strict=True):
        is_number = count.isascii() and count.isdigit() and len(count) <= len(str(_MOST_VOTES))
        if not is_number or int(count) > _MOST_VOTES:
            raise DatasetError(
                f"{where}: {column} must be a count of 0 to {_MOST_VOTES}, got {count!r}."
            )
    return usage, name, [int(count) for count in counts]


def _check_agreement(data: FaceDataset, votes: npt.NDArray[np.uint8], where: str) -> None:
    """Tell of votes that agree with the labels no better than by chance.

    On FER2013 they agree on 63% of the pictures, and on 18% if rows are out of step.
    """
    voted = votes.any(axis=1)
    names = np.array([canonical(name) for name in VOTE_NAMES])
    chosen = names[votes[voted].argmax(axis=1)]
    own = np.array([canonical(label) for label in data.labels])[data.targets[voted]]
    count, classes = len(own), set(own.tolist())
    if count < _FEWEST_TO_COMPARE or len(classes) < 2:
        return
    chance = sum(float((own == name).mean() * (chosen == name).mean()) for name in classes)
    agreement = float((own == chosen).mean())
    # Four standard deviations of a binomial share.
    if agreement <= chance + 4 * (chance * (1 - chance) / count) ** 0.5:
        raise DatasetError(
            f"{where}: its votes agree with the labels of {agreement:.0%} of the pictures, no "
            "more than by chance: expected the votes of these pictures, in their order. Put the "
            "matching file there, or move this one elsewhere."
        )
