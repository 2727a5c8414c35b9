"""Many files in, one result for each; a bad one never stops the others."""

import io
import zipfile
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.domain.archives import RejectedFile
from fer_core.domain.images import encode_png
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.batch import AnalyzedPhoto, analyze_files

Speckle = Callable[..., npt.NDArray[np.uint8]]


@pytest.fixture
def picture(speckle: Speckle) -> bytes:
    return encode_png(speckle(50, 60))


def zipped(**members: bytes) -> bytes:
    """A ZIP of files; an underscore in a keyword stands for the dot of its name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def test_a_picture_comes_back_with_its_analysis(
    full_frame_analyzer: EmotionAnalyzer, picture: bytes, speckle: Speckle
) -> None:
    (photo,) = analyze_files(full_frame_analyzer, [("me.png", picture)])
    assert isinstance(photo, AnalyzedPhoto)
    assert np.array_equal(photo.image_rgb, speckle(50, 60))
    assert photo.analysis.source == "me.png"
    assert photo.analysis.size_wh == (60, 50)
    assert len(photo.analysis.faces) == 1


def test_bad_files_are_told_and_the_others_read(
    full_frame_analyzer: EmotionAnalyzer, picture: bytes
) -> None:
    files = [
        ("notes.txt", b"dear diary"),
        ("me.png", picture),
        ("cut.png", picture[: len(picture) // 2]),
        ("empty.jpg", b""),
        ("you.png", picture),
    ]
    results = list(analyze_files(full_frame_analyzer, files))
    read = [r.analysis.source for r in results if isinstance(r, AnalyzedPhoto)]
    bad = [r for r in results if isinstance(r, RejectedFile)]
    assert read == ["me.png", "you.png"]
    assert [r.name for r in bad] == ["notes.txt", "cut.png", "empty.jpg"]
    for rejected in bad:
        assert rejected.reason.startswith(f"{rejected.name}: expected ")
        assert "\n" not in rejected.reason


def test_a_zips_members_are_read_one_by_one(
    full_frame_analyzer: EmotionAnalyzer, picture: bytes
) -> None:
    archive = zipped(a_png=picture, b_txt=b"dear diary", c_png=picture)
    first, second, third = analyze_files(full_frame_analyzer, [("trip.zip", archive)])
    assert isinstance(first, AnalyzedPhoto)
    assert isinstance(third, AnalyzedPhoto)
    assert (first.analysis.source, third.analysis.source) == ("trip.zip/a.png", "trip.zip/c.png")
    assert isinstance(second, RejectedFile)
    assert second.name == "trip.zip/b.txt"


def test_a_broken_zip_is_told(full_frame_analyzer: EmotionAnalyzer, picture: bytes) -> None:
    archive = zipped(a_png=picture)[:-30]
    (rejected,) = analyze_files(full_frame_analyzer, [("trip.zip", archive)])
    assert isinstance(rejected, RejectedFile)
    assert "truncated or damaged" in rejected.reason


def test_files_are_drawn_only_when_their_turn_comes(
    full_frame_analyzer: EmotionAnalyzer, picture: bytes
) -> None:
    drawn = []

    def files() -> Iterator[tuple[str, bytes]]:
        for name in ("a.png", "b.png", "c.png"):
            drawn.append(name)
            yield name, picture

    results = analyze_files(full_frame_analyzer, files())
    assert drawn == []
    next(results)
    assert drawn == ["a.png"]
    assert len(list(results)) == 2


def test_no_files_give_no_results(full_frame_analyzer: EmotionAnalyzer) -> None:
    assert list(analyze_files(full_frame_analyzer, [])) == []
