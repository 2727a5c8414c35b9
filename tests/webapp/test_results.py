"""What a visit keeps of a photo, and the ZIP it can take away."""

import io
import zipfile

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FaceQuality, FrameAnalysis
from fer_core.domain.faces import Face
from fer_core.domain.images import decode_image
from fer_core.inference.batch import AnalyzedPhoto
from webapp.components.results import SHOWN_SIDE_PX, PhotoView, annotated_zip


def face(x: float, score: float) -> AnalyzedFace:
    return AnalyzedFace(
        Face((x, 100.0, 200.0, 250.0), score),
        EmotionScores(("happy", "sad"), (0.9, 0.1)),
        FaceQuality(200.0, 100.0, 0.5),
    )


@pytest.fixture
def photo() -> AnalyzedPhoto:
    pixels: npt.NDArray[np.uint8] = np.full((1000, 4000, 3), 128, np.uint8)
    pixels[100:350, 2000:2200] = 255  # the second face is white
    analysis = FrameAnalysis("a/b.jpg", (4000, 1000), (face(300.0, 0.9), face(2000.0, 0.4)))
    return AnalyzedPhoto(pixels, analysis)


def test_a_view_keeps_a_small_picture_and_a_thumbnail_of_each_face(photo: AnalyzedPhoto) -> None:
    view = PhotoView.of(photo)
    assert decode_image(view.picture, "picture").shape == (SHOWN_SIDE_PX // 4, SHOWN_SIDE_PX, 3)
    grey, white = (decode_image(data, "thumbnail") for data in view.thumbnails)
    assert abs(int(grey[64, 64, 0]) - 128) < 4
    assert white[64, 64, 0] > 250


def test_faces_and_thumbnails_are_left_out_together(photo: AnalyzedPhoto) -> None:
    view = PhotoView.of(photo)
    sure = view.confident(0.5)
    assert [f.face.score for f in sure.analysis.faces] == [0.9]
    assert sure.thumbnails == view.thumbnails[:1]
    assert view.confident(0.0) == view


def test_the_annotated_picture_has_its_boxes_where_the_faces_are(photo: AnalyzedPhoto) -> None:
    view = PhotoView.of(photo).confident(0.5)
    drawn = decode_image(view.annotated(), "drawn").astype(int)
    plain = decode_image(view.picture, "plain").astype(int)
    rows, columns = np.nonzero(np.abs(drawn - plain).sum(axis=2) > 60)
    scale = SHOWN_SIDE_PX / 4000
    assert abs(columns.min() - 300 * scale) < 8
    assert abs(rows.min() - 100 * scale) < 8


def test_the_zip_numbers_its_pictures_and_has_no_folders(photo: AnalyzedPhoto) -> None:
    view = PhotoView.of(photo)
    with zipfile.ZipFile(io.BytesIO(annotated_zip([view, view]))) as archive:
        assert archive.namelist() == ["001_b.jpg", "002_b.jpg"]
        assert decode_image(archive.read("001_b.jpg"), "b").shape[1] == SHOWN_SIDE_PX
