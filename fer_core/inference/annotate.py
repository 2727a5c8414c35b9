"""Draws an analysis on its picture: a box and a readable label for each face."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from fer_core.domain.analysis import AnalyzedFace, FrameAnalysis
from fer_core.domain.emotions import colour_rgb
from fer_core.domain.scaling import scaled
from fer_core.inference.fonts import readable_font

Rect = tuple[float, float, float, float]  # left, top, right, bottom

# Below this a picture is enlarged first: a label that can be read would hide a 48 px face.
_SMALLEST_LONG_SIDE_PX = 800
_SMALLEST_FONT_PX = 11


def annotate(image_rgb: npt.NDArray[np.uint8], analysis: FrameAnalysis) -> npt.NDArray[np.uint8]:
    """Draw the faces of an analysis, each in its emotion's colour, with emotion and confidence.

    Args:
        image_rgb: (H, W, 3) RGB uint8, the picture that was analysed, at any scale.
        analysis: What was found in it.

    Returns:
        A new picture, (H', W', 3) RGB uint8; one under 800 px is enlarged by a whole factor.
    """
    enlarge = -(-_SMALLEST_LONG_SIDE_PX // max(image_rgb.shape[:2]))
    image = scaled(image_rgb, max(1, enlarge))
    factor = image.shape[1] / analysis.size_wh[0]
    canvas = Image.fromarray(image)
    draw = ImageDraw.Draw(canvas)
    # Sizes follow the picture, since a page shows every picture at about the same width.
    unit = max(canvas.size) / 1000
    boxes = [(face, _rect(face, factor)) for face in analysis.faces]
    for face, box in boxes:
        _draw_box(draw, box, face, unit)
    text_px = max(_SMALLEST_FONT_PX, round(_font_share(len(boxes)) * max(canvas.size)))
    taken: list[Rect] = []
    for face, box in boxes:
        taken.append(_draw_label(draw, box, face, text_px, canvas.size, taken))
    return np.asarray(canvas)


def label_of(face: AnalyzedFace) -> str:
    """The text beside a face: "happy 97%"."""
    return f"{face.scores.emotion} {face.scores.confidence:.0%}"


def _rect(face: AnalyzedFace, factor: float) -> Rect:
    x, y, width, height = (value * factor for value in face.face.box_xywh)
    return x, y, x + width, y + height


def _draw_box(draw: ImageDraw.ImageDraw, box: Rect, face: AnalyzedFace, unit: float) -> None:
    stroke = max(2, round(3.5 * unit))
    radius = 0.08 * min(box[2] - box[0], box[3] - box[1])
    # A dark edge on both sides keeps every colour visible on every background.
    edge = max(1, stroke // 3)
    outer = (box[0] - edge, box[1] - edge, box[2] + edge, box[3] + edge)
    draw.rounded_rectangle(outer, radius, outline=(0, 0, 0), width=stroke + 2 * edge)
    draw.rounded_rectangle(box, radius, outline=colour_rgb(face.scores.emotion), width=stroke)


def _draw_label(
    draw: ImageDraw.ImageDraw,
    box: Rect,
    face: AnalyzedFace,
    text_px: int,
    canvas_wh: tuple[int, int],
    taken: list[Rect],
) -> Rect:
    """Write the label where it hides least; returns the place that it took."""
    text = label_of(face)
    font = readable_font(text_px, text)
    pad = font.size * 0.35
    left, _, right, _ = font.getbbox(text)
    width, height = right - left + 2 * pad, font.size * 1.15 + pad
    place = _free_place(box, width, height, canvas_wh, taken)
    colour = colour_rgb(face.scores.emotion)
    draw.rounded_rectangle(place, height * 0.2, fill=colour)
    middle = ((place[0] + place[2]) / 2, (place[1] + place[3]) / 2)
    draw.text(middle, text, fill=ink_on(colour), font=font, anchor="mm")
    return place


def _free_place(
    box: Rect,
    width: float,
    height: float,
    canvas_wh: tuple[int, int],
    taken: list[Rect],
) -> Rect:
    """Above the box, else below, else inside; the first that no earlier label has taken."""
    # Two rows above and below keep the labels of narrow neighbours apart; a crowd needs more.
    rows = [
        top
        for gap in (height * (0.1 + 1.05 * row) for row in range(4))
        for top in (box[1] - height - gap, box[3] + gap)
    ]
    candidates = []
    for top in (*rows[:4], box[1], box[3] - height, *rows[4:]):
        for left in (box[0], box[2] - width):
            x = min(max(left, 0.0), max(canvas_wh[0] - width, 0.0))
            y = min(max(top, 0.0), max(canvas_wh[1] - height, 0.0))
            candidates.append(((x, y, x + width, y + height), abs(y - top)))
    free = [
        place
        for place, moved in candidates
        if moved < 1 and not any(_overlap(place, other) for other in taken)
    ]
    return free[0] if free else candidates[0][0]


def _overlap(a: Rect, b: Rect) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def ink_on(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    """Black or white, whichever reads better on a colour (WCAG 2 relative luminance)."""
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # Contrast with white equals contrast with black at a luminance of 0.179.
    return (0, 0, 0) if luminance > 0.179 else (255, 255, 255)


def _font_share(faces: int) -> float:
    """Height of a label's letters as a share of the picture: a crowd's labels need less room."""
    if faces <= 6:
        return 0.034
    return 0.026 if faces <= 15 else 0.018
