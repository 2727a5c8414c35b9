"""Pictures of a video and its faces, as JPEG, kept between reruns."""

import base64

import streamlit as st

from fer_core.domain.images import encode_jpeg
from fer_core.inference.overlay import draw_overlay, overlay_for
from fer_core.preprocessing.crop import crop_face
from fer_core.preprocessing.spec import THUMBNAIL
from fer_core.video.jobs import VideoJob
from fer_core.video.reading import VideoReader
from fer_core.video.view import ViewChoices
from webapp.components.video.views import view_of

FACE_PX = 64
"""Side of a face's picture on the page."""


@st.cache_data(show_spinner=False, max_entries=64)
def moment_jpeg(job_id: str, time_s: float, version: str) -> bytes | None:
    """The frame of a moment with its faces drawn; None if it cannot be decoded.

    Args:
        job_id: Of the video.
        time_s: In seconds since the first frame.
        version: Of what was read, see `version_of`.
    """
    job = VideoJob.open(job_id)
    if job is None:
        return None
    view = view_of(job, ViewChoices())
    with VideoReader(job.video, job.name) as reader:
        frame = reader.frame_at(time_s)
    if frame is None:
        return None
    analysis = view.record.analysis_at(frame.time_s)
    names = {person: view.name_of(person) for person in view.people.names}
    drawn = draw_overlay(frame.image_rgb, analysis, overlay_for(analysis), names=names)
    return encode_jpeg(drawn, 88)


@st.cache_data(show_spinner=False, max_entries=128)
def face_jpeg(job_id: str, person: int, time_s: float, version: str) -> bytes | None:
    """A person's face at a moment; None if it cannot be shown. Arguments as of `moment_jpeg`."""
    job = VideoJob.open(job_id)
    if job is None:
        return None
    analysis = view_of(job, ViewChoices()).record.analysis_at(time_s)
    faces = {face.track_id: face.face for face in analysis.faces} if analysis else {}
    with VideoReader(job.video, job.name) as reader:
        frame = reader.frame_at(time_s)
    if frame is None or person not in faces:
        return None
    return encode_jpeg(crop_face(frame.image_rgb, faces[person], THUMBNAIL))


def face_html(jpeg: bytes | None) -> str:
    """A face's picture; an empty place without one."""
    style = f"width:{FACE_PX}px;height:{FACE_PX}px;border-radius:.5rem;display:block"
    if jpeg is None:
        return f'<div style="{style}"></div>'
    data = base64.b64encode(jpeg).decode()
    return f'<img src="data:image/jpeg;base64,{data}" alt="" style="{style}">'
