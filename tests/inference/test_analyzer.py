"""An image goes in, a `FrameAnalysis` comes out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from fer_core.domain.errors import ImageError, UnknownNameError
from fer_core.domain.faces import Face
from fer_core.domain.images import read_image
from fer_core.inference.analyzer import EmotionAnalyzer, load_analyzer
from fer_core.zoo.classifier import EmotionClassifier

Image = npt.NDArray[np.uint8]
Speckle = Callable[..., Image]

ASTRONAUT = Path(__file__).resolve().parents[2] / "fer_core" / "samples" / "astronaut.jpg"


class GivenFaces:
    """A detector that answers what it was told, where a test needs exact boxes."""

    def __init__(self, *boxes: tuple[float, float, float, float]) -> None:
        self.faces = tuple(Face(box, 0.9) for box in boxes)

    def detect(self, image_rgb: Image) -> tuple[Face, ...]:
        return self.faces


def test_a_real_photo_gives_a_face_with_everything_known_of_it(served_models: Path) -> None:
    photo = read_image(ASTRONAUT)
    analysis = load_analyzer().analyze(photo, source="astronaut.jpg", time_s=1.5)
    assert (analysis.source, analysis.time_s) == ("astronaut.jpg", 1.5)
    assert analysis.size_wh == (photo.shape[1], photo.shape[0])
    assert analysis.elapsed_ms > 0
    (face,) = analysis.faces
    assert len(face.face.landmarks_xy) == 5
    assert sum(face.scores.probabilities) == pytest.approx(1, abs=1e-5)
    # By eye, the face spans columns 175 to 270 and rows 60 to 180 of the 512 px photo.
    assert face.face.centre_xy == pytest.approx((222, 120), abs=12)
    assert face.quality.size_px == min(face.face.box_xywh[2:])
    assert face.quality.roll_deg is not None
    assert face.track_id is None


def test_no_face_is_a_result(served_models: Path) -> None:
    analysis = load_analyzer().analyze(np.full((200, 300, 3), 128, np.uint8), "wall.jpg")
    assert analysis.faces == ()
    assert analysis.size_wh == (300, 200)


def test_several_faces_are_told_largest_first(served_models: Path) -> None:
    photo = read_image(ASTRONAUT)[:420, :420]
    scene = np.full((420, 640, 3), 90, np.uint8)
    scene[100:310, 420:630] = photo[::2, ::2]
    scene[:, :420] = photo
    large, small = load_analyzer().analyze(scene).faces
    assert large.quality.size_px > 1.5 * small.quality.size_px
    assert large.face.centre_xy[0] < 420 < small.face.centre_xy[0]


def test_faces_keep_the_detectors_order(
    tiny_classifier: EmotionClassifier, speckle: Speckle
) -> None:
    boxes = [(100.0, 10.0, 48.0, 48.0), (10.0, 10.0, 30.0, 40.0), (50.0, 60.0, 20.0, 20.0)]
    analyzer = EmotionAnalyzer(GivenFaces(*boxes), tiny_classifier)
    analysis = analyzer.analyze(speckle(120, 160))
    assert [face.face.box_xywh for face in analysis.faces] == boxes


def test_neighbours_do_not_change_a_faces_probabilities(
    tiny_classifier: EmotionClassifier, speckle: Speckle
) -> None:
    image = speckle(300, 400)
    boxes = [(float(x), float(y), 60.0, 70.0) for x in (5, 130, 260) for y in (10, 150, 260)]
    together = EmotionAnalyzer(GivenFaces(*boxes), tiny_classifier).analyze(image).faces
    assert len(together) == 9
    for box, face in zip(boxes, together, strict=True):
        (alone,) = EmotionAnalyzer(GivenFaces(box), tiny_classifier).analyze(image).faces
        assert alone.scores.probabilities == pytest.approx(face.scores.probabilities, abs=1e-5)


def test_an_already_cropped_face_reads_like_the_classifier_says(
    full_frame_analyzer: EmotionAnalyzer, tiny_classifier: EmotionClassifier, speckle: Speckle
) -> None:
    photo = speckle(48, 48)
    (face,) = full_frame_analyzer.analyze(photo).faces
    expected = tiny_classifier.predict(photo[np.newaxis])[0]
    assert face.scores.probabilities == pytest.approx(expected, abs=1e-6)


def test_the_image_is_not_written_to(
    full_frame_analyzer: EmotionAnalyzer, speckle: Speckle
) -> None:
    photo = speckle(60, 70)
    photo.flags.writeable = False
    full_frame_analyzer.analyze(photo)
    assert np.array_equal(photo, speckle(60, 70))


@pytest.mark.parametrize(
    ("image", "received"),
    [
        (np.zeros((48, 48), np.uint8), r"\(48, 48\) uint8"),
        (np.zeros((48, 48, 4), np.uint8), r"\(48, 48, 4\) uint8"),
        (np.zeros((48, 48, 1), np.uint8), r"\(48, 48, 1\) uint8"),
        (np.zeros((1, 48, 48, 3), np.uint8), r"\(1, 48, 48, 3\) uint8"),
        (np.zeros((48, 48, 3), np.float32), r"\(48, 48, 3\) float32"),
        (np.zeros((0, 48, 3), np.uint8), r"\(0, 48, 3\) uint8"),
        (np.zeros(3, np.uint8), r"\(3,\) uint8"),
        ([[[0, 0, 0]]], "list"),
        (None, "NoneType"),
    ],
)
def test_another_array_is_refused_and_told(
    full_frame_analyzer: EmotionAnalyzer, image: object, received: str
) -> None:
    with pytest.raises(ImageError, match=rf"\(H, W, 3\) RGB uint8, got {received}\."):
        full_frame_analyzer.analyze(image)  # type: ignore[arg-type]


@pytest.mark.parametrize("names", [{"model": "nobody"}, {"detector": "nothing"}])
def test_an_unknown_name_is_answered_with_the_known(
    served_models: Path, names: dict[str, str]
) -> None:
    with pytest.raises(UnknownNameError, match=r"expected one of .*(default|yunet)"):
        load_analyzer(**names)
