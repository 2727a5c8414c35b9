"""Draws an analysis on a frame of live video: quick enough for each, calm enough to watch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from fer_core.domain.analysis import AnalyzedFace, EmotionScores, FrameAnalysis
from fer_core.domain.emotions import colour_rgb
from fer_core.inference.annotate import ink_on, label_of
from fer_core.inference.fonts import can_write, readable_font

Frame = npt.NDArray[np.uint8]
Rect = tuple[int, int, int, int]  # left, top, right, bottom
Mask = npt.NDArray[np.float32]

_PANEL_RGB, _PANEL_OPACITY = (16, 20, 26), 0.62
_TEXT_RGB, _TRACK_RGB = (236, 240, 244), (64, 72, 84)
_ROWS_IN_A_FRAME, _LEAST_ROW_PX, _MOST_ROW_PX = 26, 13, 26
_LONGEST_NAME = 16
_BAR_ROWS = 4.2  # length of a full bar, in heights of a row


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn on a frame.

    Attributes:
        boxes: A frame around each face, in its emotion's colour.
        names: Number or name, emotion and probability above it.
        bars: A translucent panel beside it, with all probabilities.
        landmarks: The five points.
        pace: Frames a second and the number of frames, in a corner.
    """

    boxes: bool = True
    names: bool = True
    bars: bool = True
    landmarks: bool = False
    pace: bool = True


def overlay_for(analysis: FrameAnalysis | None) -> Overlay:
    """What to draw where nobody chooses: several panels of bars would hide the neighbours."""
    return Overlay(bars=analysis is not None and len(analysis.faces) == 1, pace=False)


def draw_overlay(
    frame_rgb: Frame,
    analysis: FrameAnalysis | None,
    overlay: Overlay,
    pace: str = "",
    names: Mapping[int, str] | None = None,
) -> Frame:
    """Draw the faces of an analysis.

    Args:
        frame_rgb: (H, W, 3) RGB uint8.
        analysis: Faces in pixels of that frame; None for none yet.
        overlay: What to draw.
        pace: The line in the corner.
        names: What to call a face in the place of its number, where somebody has named it in
            letters that some font has.

    Returns:
        A new frame of the same size; the one given stays as it is.
    """
    canvas = np.array(frame_rgb, order="C")
    row = _row_px(canvas)
    faces = analysis.faces[::-1] if analysis else ()  # the largest is drawn last, over the others
    taken = [_bounds(face) for face in faces]
    for face in faces:
        if overlay.boxes:
            _draw_box(canvas, face, row)
        if overlay.landmarks:
            _draw_landmarks(canvas, face, row)
        if overlay.bars:
            taken.append(_draw_panel(canvas, face, row, taken))
        if overlay.names:
            _draw_name(canvas, face, row, (names or {}).get(face.track_id or 0))
    if overlay.pace and pace:
        _draw_note(canvas, pace, row)
    return canvas


def _row_px(canvas: Frame) -> int:
    row: int = round(canvas.shape[0] / _ROWS_IN_A_FRAME)
    return min(max(row, _LEAST_ROW_PX), _MOST_ROW_PX)


def _bounds(face: AnalyzedFace) -> Rect:
    x, y, width, height = face.face.box_xywh
    return round(x), round(y), round(x + width), round(y + height)


def _draw_box(canvas: Frame, face: AnalyzedFace, row: int) -> None:
    left, top, right, bottom = _bounds(face)
    stroke = max(2, row // 7)
    colour = colour_rgb(face.scores.emotion)
    cv2.rectangle(canvas, (left, top), (right, bottom), (0, 0, 0), stroke + 2, cv2.LINE_AA)
    cv2.rectangle(canvas, (left, top), (right, bottom), colour, stroke, cv2.LINE_AA)


def _draw_landmarks(canvas: Frame, face: AnalyzedFace, row: int) -> None:
    for x, y in face.face.landmarks_xy:
        cv2.circle(canvas, (round(x), round(y)), max(2, row // 6), _TEXT_RGB, -1, cv2.LINE_AA)


def _draw_name(canvas: Frame, face: AnalyzedFace, row: int, name: str | None) -> None:
    number = "" if face.track_id is None else str(face.track_id)
    who = name if name and can_write(name) else number  # no rows of empty boxes
    if len(who) > _LONGEST_NAME:
        who = f"{who[:_LONGEST_NAME].rstrip()}…"  # or it would lie over the neighbours
    text = _text(f"{who}  {label_of(face)}".lstrip(), row)
    left, top, _, bottom = _bounds(face)
    pad = row // 3
    height, width = text.shape[0] + pad, text.shape[1] + 2 * pad
    y = top - height if top >= height else min(bottom, canvas.shape[0] - height)
    x = min(max(left, 0), canvas.shape[1] - width)
    colour = colour_rgb(face.scores.emotion)
    _fill(canvas, x, y, width, height, colour, 1.0)
    _write(canvas, x + pad, y + pad // 2, text, ink_on(colour))


def _draw_note(canvas: Frame, note: str, row: int) -> None:
    text, pad = _text(note, row), row // 3
    _fill(canvas, 0, 0, text.shape[1] + 2 * pad, text.shape[0], _PANEL_RGB, _PANEL_OPACITY)
    _write(canvas, pad, 0, text, _TEXT_RGB)


def _draw_panel(canvas: Frame, face: AnalyzedFace, row: int, taken: Sequence[Rect]) -> Rect:
    """All probabilities, in the model's own order so that no bar jumps about; returns its place."""
    scores, pad = face.scores, row // 2
    names = [_text(label, row) for label in scores.labels]
    text_px, bar_px = max(name.shape[1] for name in names), round(_BAR_ROWS * row)
    width, height = text_px + bar_px + 3 * pad, row * len(names) + 2 * pad
    x, y = _beside(canvas, face, width, height, taken)
    _fill(canvas, x, y, width, height, _PANEL_RGB, _PANEL_OPACITY)
    for index, (name, (label, share)) in enumerate(zip(names, _pairs(scores), strict=True)):
        top = y + pad + index * row
        _write(canvas, x + pad, top + (row - name.shape[0]) // 2, name, _TEXT_RGB)
        left, middle, thick = x + 2 * pad + text_px, top + row // 2, max(2, row // 4)
        _fill(canvas, left, middle - thick // 2, bar_px, thick, _TRACK_RGB, 1.0)
        filled = round(share * bar_px)
        _fill(canvas, left, middle - thick // 2, filled, thick, colour_rgb(label), 1.0)
    return x, y, x + width, y + height


def _pairs(scores: EmotionScores) -> list[tuple[str, float]]:
    return list(scores.to_dict().items())


def _beside(
    canvas: Frame, face: AnalyzedFace, width: int, height: int, taken: Sequence[Rect]
) -> tuple[int, int]:
    """Where a panel fits: beside the face where it hides least, or at the frame's edge."""
    left, top, right, _ = _bounds(face)
    gap, edge = 6, canvas.shape[1] - width
    y = min(max(top, 0), max(canvas.shape[0] - height, 0))
    places = [x for x in (right + gap, left - gap - width) if 0 <= x <= edge]
    hidden = [sum(_shared((x, y, x + width, y + height), other) for other in taken) for x in places]
    return (places[hidden.index(min(hidden))] if places else max(edge, 0)), y


def _shared(a: Rect, b: Rect) -> int:
    """Pixels that lie in both."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0) * max(height, 0)


def _fill(
    canvas: Frame,
    x: int,
    y: int,
    width: int,
    height: int,
    colour: tuple[int, int, int],
    opacity: float,
) -> None:
    """Lay a colour over a part of the canvas; what lies outside is left out."""
    part = canvas[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)]
    if not part.size:
        return
    if opacity == 1.0:
        part[:] = colour
    else:
        flat = np.empty_like(part)
        flat[:] = colour
        part[:] = cv2.addWeighted(part, 1.0 - opacity, flat, opacity, 0.0)


def _write(canvas: Frame, x: int, y: int, text: Mask, colour: tuple[int, int, int]) -> None:
    """Lay a text over the canvas; what lies outside is left out."""
    x0, y0 = max(x, 0), max(y, 0)
    part = canvas[y0 : max(y + text.shape[0], 0), x0 : max(x + text.shape[1], 0)]
    if not part.size:
        return
    mask = text[y0 - y :, x0 - x :][: part.shape[0], : part.shape[1], np.newaxis]
    part[:] = np.round(part + mask * (np.array(colour, np.float32) - part)).astype(np.uint8)


@lru_cache(maxsize=512)
def _text(text: str, row: int) -> Mask:
    """A text as (H, W) float32 opacities of 0 to 1, for rows of that height."""
    font = readable_font(round(0.72 * row), text)
    left, _, right, _ = font.getbbox(text)
    ascent, descent = font.getmetrics()
    image = Image.new("L", (max(1, round(right - left)), ascent + descent))
    ImageDraw.Draw(image).text((-left, 0), text, fill=255, font=font)
    mask: Mask = np.asarray(image, np.float32) / np.float32(255)
    return mask
