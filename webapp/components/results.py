"""Analysed photos as a page shows them: picture, faces, mood, table, downloads."""

import io
import mimetypes
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from fer_core.domain.analysis import AnalyzedFace, FrameAnalysis
from fer_core.domain.images import decode_image, encode_jpeg
from fer_core.domain.scaling import scaled
from fer_core.inference.annotate import annotate
from fer_core.inference.batch import AnalyzedPhoto
from fer_core.inference.exports import annotated_name, face_rows, to_csv, to_json
from fer_core.inference.summary import group_mood
from fer_core.preprocessing.crop import crop_face
from fer_core.preprocessing.spec import THUMBNAIL
from webapp.components import charts
from webapp.components.text import count, plain

SHOWN_SIDE_PX = 1600
"""Longer side of a photo as a page shows it and as the annotated ZIP holds it."""

# Label, what makes the content when asked for, file name, icon, help.
Offer = tuple[str, Callable[[], str | bytes], str, str, str | None]

_FACES_BESIDE = 2
_THUMBNAIL_SHOWN_PX = 72
_FACES_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class PhotoView:
    """What a visit keeps of a photo: enough to show it, a fraction of its pixels.

    Attributes:
        analysis: What was read from the full photo.
        picture: The photo as JPEG, at most `SHOWN_SIDE_PX` long, nothing drawn on it.
        thumbnails: One JPEG for each face of the analysis, cut from the full photo.
    """

    analysis: FrameAnalysis
    picture: bytes
    thumbnails: tuple[bytes, ...]

    @classmethod
    def of(cls, photo: AnalyzedPhoto) -> "PhotoView":
        """Shrink an analysed photo to what pages need."""
        thumbnails = [
            encode_jpeg(crop_face(photo.image_rgb, face.face, THUMBNAIL))
            for face in photo.analysis.faces
        ]
        picture = encode_jpeg(
            scaled(photo.image_rgb, min(1.0, SHOWN_SIDE_PX / max(photo.image_rgb.shape)))
        )
        return cls(photo.analysis, picture, tuple(thumbnails))

    def confident(self, min_score: float) -> "PhotoView":
        """The same view with only the faces that the detector scored `min_score` or more."""
        pairs = zip(self.analysis.faces, self.thumbnails, strict=True)
        kept = tuple(thumbnail for face, thumbnail in pairs if face.face.score >= min_score)
        return replace(self, analysis=self.analysis.confident(min_score), thumbnails=kept)

    def annotated(self) -> bytes:
        """The picture with its faces drawn, as JPEG."""
        image = decode_image(self.picture, self.analysis.source)
        return encode_jpeg(annotate(image, self.analysis))


def show_photo(view: PhotoView, key: str) -> None:
    """Show one photo: annotated picture, mood of the group, and every face's composition.

    Args:
        view: The photo.
        key: Prefix of the widgets' keys, different for each photo of a page.
    """
    analysis = view.analysis
    width, height = analysis.size_wh
    with st.container(border=True, key=f"photo-{key}"):
        st.markdown(f"#### {plain(analysis.source)}")
        st.caption(
            f"{width:,} × {height:,} px · {count(len(analysis.faces), 'face')} · "
            f"{analysis.elapsed_ms:.0f} ms"
        )
        left, right = st.columns([3, 2], gap="large")
        left.image(view.annotated(), width="stretch")
        with right:
            if not analysis.faces:
                no_face_found()
                return
            show_mood(analysis.faces, key)
            for number in range(min(len(analysis.faces), _FACES_BESIDE)):
                _show_face(view, number, key)
        _show_other_faces(view, key)


def no_face_found() -> None:
    """Say calmly that there is no face, and what may help."""
    st.info(
        "**No face found.** If there is one, lower the minimum face confidence, or choose "
        "another detector in the sidebar.",
        icon=":material/face_retouching_off:",
    )


def show_mood(faces: Sequence[AnalyzedFace], key: str) -> None:
    """Show the mood of a group: a word, who feels what, and a bar."""
    mood = group_mood(faces)
    leading = ", ".join(f"{number} {plain(label)}" for label, number in mood.faces.items())
    title = "Group mood" if len(faces) > 1 else "Mood"
    st.markdown(f"**{title}: {mood.mood}** · {leading}")
    st.plotly_chart(charts.mood_bar(mood), config=charts.CONFIG, key=f"mood-{key}")


def show_table(analyses: Sequence[FrameAnalysis]) -> None:
    """Show one row for each face of all photos."""
    rows = face_rows(analyses)
    labels = [label for a in analyses for face in a.faces for label in face.scores.labels]
    if not rows:
        st.caption("No faces, so no rows.")
        return
    columns = dict.fromkeys(labels, st.column_config.NumberColumn(format="percent"))
    columns["confidence"] = st.column_config.ProgressColumn(
        format="percent", min_value=0.0, max_value=1.0
    )
    st.dataframe(
        [{key: value for key, value in row.items() if key != "time_s"} for row in rows],
        hide_index=True,
        width="stretch",
        column_config=columns,
    )


def show_downloads(views: Sequence[PhotoView]) -> None:
    """Offer the results as CSV, JSON, and a ZIP of annotated photos (made when asked for)."""
    analyses = [view.analysis for view in views]
    pictures = f"Pictures at most {SHOWN_SIDE_PX:,} px long."
    offers: list[Offer] = [
        ("Faces as CSV", lambda: to_csv(analyses), "faces.csv", "table", None),
        ("Analyses as JSON", lambda: to_json(analyses), "analyses.json", "data_object", None),
        (
            "Annotated photos as ZIP",
            lambda: annotated_zip(views),
            "annotated.zip",
            "folder_zip",
            pictures,
        ),
    ]
    for column, (label, make, name, icon, help_text) in zip(
        st.columns(len(offers)), offers, strict=True
    ):
        column.download_button(
            label,
            make,
            name,
            mimetypes.guess_type(name)[0],
            icon=f":material/{icon}:",
            help=help_text,
            on_click="ignore",
            width="stretch",
        )


def annotated_zip(views: Iterable[PhotoView]) -> bytes:
    """Annotated pictures in one ZIP, numbered in their order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:  # JPEGs shrink no further
        for number, view in enumerate(views, start=1):
            archive.writestr(annotated_name(view.analysis.source, number), view.annotated())
    return stream.getvalue()


def _show_other_faces(view: PhotoView, key: str) -> None:
    """Show the faces that have no place beside the picture: one row at once, all on request."""
    others = range(_FACES_BESIDE, len(view.analysis.faces))
    if len(others) > 2 * _FACES_IN_A_ROW and not st.toggle(
        f"Show all {len(view.analysis.faces)} faces", key=f"all-{key}"
    ):
        others = others[:_FACES_IN_A_ROW]
    for start in range(0, len(others), _FACES_IN_A_ROW):
        row = others[start : start + _FACES_IN_A_ROW]
        for column, number in zip(st.columns(_FACES_IN_A_ROW, gap="medium"), row, strict=False):
            with column:
                _show_face(view, number, key)


def _show_face(view: PhotoView, number: int, key: str) -> None:
    scores = view.analysis.faces[number].scores
    st.markdown(f"**{number + 1}. {plain(scores.emotion)}** {scores.confidence:.0%}")
    # Columns would stack on a phone and blow the thumbnail up to the full width.
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        st.image(view.thumbnails[number], width=_THUMBNAIL_SHOWN_PX)
        st.plotly_chart(
            charts.composition(scores), config=charts.CONFIG, key=f"face-{key}-{number}"
        )
