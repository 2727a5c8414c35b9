"""What was read from a video: its picture at a moment, the people, their time, and files of it."""

import base64
import mimetypes
from collections.abc import Callable
from pathlib import PurePosixPath

import streamlit as st

from fer_core.domain.emotions import colour_of
from fer_core.domain.errors import FerError
from fer_core.domain.images import encode_jpeg
from fer_core.inference.overlay import Overlay, draw_overlay
from fer_core.inference.session import STRESS_LABELS, STRESS_THRESHOLD
from fer_core.inference.smoothing import TIME_CONSTANT_S
from fer_core.preprocessing.crop import crop_face
from fer_core.preprocessing.spec import THUMBNAIL
from fer_core.video import exports
from fer_core.video.html_report import html_report
from fer_core.video.jobs import JobState, Task, VideoJob, ViewChoices
from fer_core.video.people import PEOPLE_FILE, People
from fer_core.video.reading import VideoReader
from fer_core.video.record import VideoRecord
from fer_core.video.summary import STRESSED_RATIO, PersonSummary, Smoothing
from fer_core.video.view import VideoView
from webapp.components.text import count, plain, text_colour
from webapp.components.video import charts
from webapp.components.video.queue import ended_line, progress_line

_TIME, _LABELS = "video-time", "video-labels"
_SMOOTHINGS = {
    Smoothing.exponential: "Exponential",
    Smoothing.path: "Likeliest path",
    Smoothing.none: "None",
}
_DRAWN_AT_FIRST, _PEOPLE_AT_FIRST = 2, 12
_THUMBNAIL_PX = 64
_EVERY_S = 1.0


def show_results(job: VideoJob) -> None:
    """Draw everything that was read of a video until now."""
    try:
        looked_at = _view_choices(job)
        view = _view(job, looked_at)
    except FerError:
        return  # nothing was read yet: its line in the queue says why
    if not len(view.raw.frame_times_s):
        st.info("No frame lies in the part that was to be read.", icon=":material/movie:")
        return
    picture, beside = st.columns([5, 3], gap="medium")
    with picture:
        _show_picture(job, view, looked_at)
    with beside:
        _show_people(job, view)
    if not view.persons:
        st.info(
            "**No face found.** If there is one, try *Find smaller faces*, or a lower minimum face "
            "confidence, and read the video again.",
            icon=":material/face_retouching_off:",
        )
        return
    _show_timeline(view)
    _show_summaries(job, view)
    _show_files(job, view)


def _view_choices(job: VideoJob) -> ViewChoices:
    """Smoothing and threshold, as the controls say that are drawn further down."""
    chosen = ViewChoices(
        st.session_state.get("video-smoothing", Smoothing.exponential),
        st.session_state.get("video-constant", TIME_CONSTANT_S),
        st.session_state.get("video-threshold", STRESS_THRESHOLD),
    )
    if chosen.smoothing is Smoothing.none:
        return ViewChoices(chosen.smoothing, TIME_CONSTANT_S, chosen.stress_threshold)
    return chosen


def _view(job: VideoJob, looked_at: ViewChoices) -> VideoView:
    """What was read until now, kept between reruns.

    Raises:
        VideoError: Nothing was.
    """
    versions = []
    for name in ("frames.rows", PEOPLE_FILE):
        path = job.folder / name
        versions.append((path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else None)
    return _cached_view(job.id, str(versions), looked_at)


@st.cache_resource(show_spinner=False, max_entries=16)
def _cached_view(job_id: str, version: str, looked_at: ViewChoices) -> VideoView:
    job = VideoJob.open(job_id)
    assert job is not None  # a moment ago it was there
    return looked_at.view(VideoRecord.read(job.folder), People.read(job.folder))


# --- The picture of a moment ---


def _show_picture(job: VideoJob, view: VideoView, looked_at: ViewChoices) -> None:
    drawn, whole = st.tabs(["Moment", "Annotated video"])
    with drawn:
        _show_moment(job, view)
    with whole:
        _show_annotated(job, looked_at)


def _show_moment(job: VideoJob, view: VideoView) -> None:
    times = view.raw.frame_times_s
    first, last = float(times[0]), max(float(times[-1]), float(times[0]) + 0.01)
    if (
        not first <= st.session_state.get(_TIME, -1.0) <= last
        or st.session_state.get("video-time-of") != job.id
    ):
        st.session_state[_TIME] = first
        st.session_state["video-time-of"] = job.id
    place = st.empty()
    time_s = st.slider(
        "Moment", first, last, step=0.01, format="%.2f s", key=_TIME, label_visibility="collapsed"
    )
    picture = _picture(job.id, time_s, len(times), str(view.people))
    if picture is None:
        place.warning("This frame cannot be decoded.", icon=":material/broken_image:")
    else:
        place.image(picture, width="stretch")


@st.cache_data(show_spinner=False, max_entries=64)
def _picture(job_id: str, time_s: float, frames: int, people: str) -> bytes | None:
    """The frame of a moment with its faces drawn, as JPEG."""
    job = VideoJob.open(job_id)
    if job is None:
        return None
    view = ViewChoices().view(VideoRecord.read(job.folder), People.read(job.folder))
    with VideoReader(job.video, job.name) as reader:
        frame = reader.frame_at(time_s)
    if frame is None:
        return None
    analysis = view.record.analysis_at(frame.time_s)
    names = {person: view.name_of(person) for person in view.people.names}
    # Panels of bars would hide the neighbours.
    overlay = Overlay(bars=analysis is not None and len(analysis.faces) == 1, pace=False)
    drawn = draw_overlay(frame.image_rgb, analysis, overlay, names=names)
    return encode_jpeg(drawn, 88)


def _show_annotated(job: VideoJob, looked_at: ViewChoices) -> None:
    """The whole video with its faces drawn: made when asked for, by a process of its own."""
    is_active = job.status(Task.annotate).state.active
    st.fragment(_draw_annotated, run_every=_EVERY_S if is_active else None)(
        job, looked_at, is_active
    )


def _draw_annotated(job: VideoJob, looked_at: ViewChoices, was_active: bool) -> None:
    status = job.status(Task.annotate)
    if was_active != status.state.active:
        st.rerun()  # this part alone cannot begin or end its looking again
    if status.state.active:
        st.progress(status.share or 0.0, f"Drawing · {progress_line(status)}")
        st.button("Cancel", key="cancel-annotate", on_click=job.cancel, args=(Task.annotate,))
        return
    if status.state is JobState.failed:
        st.error(plain(status.problem), icon=":material/error:")
    if job.annotated.is_file():
        st.video(str(job.annotated))
        st.download_button(
            "Annotated video",
            lambda: job.annotated.read_bytes(),
            f"{_stem(job)}-annotated.mp4",
            "video/mp4",
            icon=":material/movie:",
            on_click="ignore",
        )
    if job.status(Task.analyze).state.active:
        st.caption("The video can be drawn once it is read.")
        return
    again = job.annotated.is_file()
    st.button(
        "Draw it again" if again else "Draw the faces on the video",
        icon=":material/brush:",
        on_click=job.annotate,
        args=(looked_at,),
        type="secondary" if again else "primary",
        help="H.264 in an MP4, with the original sound; smoothed as chosen below.",
    )


# --- The people ---


def _show_people(job: VideoJob, view: VideoView) -> None:
    persons = view.persons
    st.markdown(f"**{count(len(persons), 'person').replace('persons', 'people')}**")
    if len(persons) > _PEOPLE_AT_FIRST and not st.toggle(f"Show all {len(persons)}"):
        persons = persons[:_PEOPLE_AT_FIRST]
    for person in persons:
        summary = view.summaries[person]
        leading = max(summary.shares, key=lambda label: summary.shares[label])
        with st.container(
            horizontal=True, wrap=False, vertical_alignment="center", key=f"person-{person}"
        ):
            st.html(_thumbnail(job, person), width=_THUMBNAIL_PX)
            with st.container(width="stretch", gap=None):
                name = plain(view.name_of(person))
                with st.popover(name, type="tertiary"):
                    _edit(job, view, person)
                st.caption(
                    f"{summary.seconds:.1f} s · {plain(leading)} {summary.shares[leading]:.0%}"
                )
    others = len(view.summaries) - len(view.persons)
    if others:
        st.caption(f"{count(others, 'face')} seen for a moment only: in the files, not here.")


def _thumbnail(job: VideoJob, person: int) -> str:
    path = job.thumbnail(person)
    return _as_html(path.read_bytes() if path.is_file() else None)


def _as_html(jpeg: bytes | None) -> str:
    """A thumbnail; an empty place without one."""
    style = f"width:{_THUMBNAIL_PX}px;height:{_THUMBNAIL_PX}px;border-radius:.5rem;display:block"
    if jpeg is None:
        return f'<div style="{style}"></div>'
    data = base64.b64encode(jpeg).decode()
    return f'<img src="data:image/jpeg;base64,{data}" alt="" style="{style}">'


def _edit(job: VideoJob, view: VideoView, person: int) -> None:
    with st.form(f"name-{person}", border=False):
        name = st.text_input("Name", view.people.names.get(person, ""), max_chars=60)
        if st.form_submit_button("Save name", icon=":material/check:"):
            view.people.renamed(person, name).write(job.folder)
            st.rerun()
    others = [other for other in view.persons if other != person]
    if others:
        into = st.selectbox(
            "The same person as", others, None, view.name_of, key=f"merge-{job.id}-{person}"
        )
        if st.button("Merge", key=f"do-merge-{person}", disabled=into is None) and into:
            view.people.joined(person, into).write(job.folder)
            st.rerun()
    if person in view.people.merged.values() and st.button(
        "Separate again", key=f"separate-{person}"
    ):
        view.people.separated(person).write(job.folder)
        st.rerun()


# --- Time ---


def _show_timeline(view: VideoView) -> None:
    st.subheader("Over time")
    st.html(_dots(view.labels))
    labels = st.pills(
        "Emotions",
        view.labels,
        selection_mode="multi",
        default=view.labels,
        key=_LABELS,
        label_visibility="collapsed",
    )
    persons = view.persons[:_DRAWN_AT_FIRST]
    if len(view.persons) > 1:
        persons = st.pills(
            "People",
            view.persons,
            selection_mode="multi",
            default=persons,
            format_func=view.name_of,
            key=f"video-persons {view.people}",  # choices are known by what they are called
            label_visibility="collapsed",
        )
    figure = charts.timeline(view, persons, labels)
    st.plotly_chart(
        figure,
        config=charts.CONFIG,
        key="video-timeline",
        on_select=_go_to_clicked,
        selection_mode="points",
    )
    st.caption("Click a moment to see its picture. Drag to zoom, double-click to see all again.")
    with st.expander("Smoothing and thresholds", icon=":material/tune:"):
        left, middle, right = st.columns(3)
        left.selectbox(
            "Smoothing",
            list(_SMOOTHINGS),
            format_func=_SMOOTHINGS.__getitem__,
            key="video-smoothing",
            help="*Likeliest path* finds the sequence of emotions that explains all frames best "
            "(Viterbi). Files hold the raw values too.",
        )
        middle.slider("Time constant, s", 0.1, 2.0, TIME_CONSTANT_S, 0.1, key="video-constant")
        right.slider(
            "Stress threshold",
            0.1,
            0.9,
            STRESS_THRESHOLD,
            0.05,
            key="video-threshold",
            help="What angry, fear, sad and disgust together must pass for a moment to count.",
        )


def _dots(labels: tuple[str, ...]) -> str:
    """A style that puts each emotion's colour before its name, so that the chips are a legend."""
    rules = "".join(
        f".st-key-{_LABELS} button:nth-of-type({number}) p::before{{background:{colour_of(label)}}}"
        for number, label in enumerate(labels, start=1)
    )
    dot = 'content:"";display:inline-block;width:.7em;height:.7em;border-radius:50%;'
    return f"<style>.st-key-{_LABELS} button p::before{{{dot}margin-right:.4em}}{rules}</style>"


def _go_to_clicked() -> None:
    chart = st.session_state.get("video-timeline")
    points = chart.selection.points if chart else []
    if points:
        point = points[0]
        # A strip's bar begins at its base.
        st.session_state[_TIME] = float(point.get("base", point.get("x", 0.0)))


# --- Sums ---


def _show_summaries(job: VideoJob, view: VideoView) -> None:
    st.subheader("Each person's time")
    together = ", ".join(STRESS_LABELS[:-1]) + f" and {STRESS_LABELS[-1]}"
    st.caption(
        "**Happiness ratio**: share of the tracked time in which *happy* leads. "
        f"**Stress ratio**: share in which {together} together pass "
        f"{view.stress_threshold:.0%}; above {STRESSED_RATIO:.0%} it reads *stressed*. "
        "**Valence**: mean probability of positive less that of negative emotions, an estimate "
        "from −1 to 1. All describe expressions, not feelings."
    )
    person = view.persons[0]
    if len(view.persons) > 1:
        person = st.pills(
            "Person",
            view.persons,
            default=person,
            format_func=view.name_of,
            required=True,
            key=f"video-person {view.people}",
            label_visibility="collapsed",
        )
    _show_summary(job, view, view.summaries[person])


def _show_summary(job: VideoJob, view: VideoView, summary: PersonSummary) -> None:
    time, happy, stress, valence = st.columns(4)
    time.metric("Tracked", f"{summary.seconds:.1f} s")
    happy.metric("Happiness ratio", f"{summary.happiness_ratio:.0%}")
    stress.metric(
        "Stress ratio",
        f"{summary.stress_ratio:.0%}",
        "stressed" if summary.is_stressed else None,
        delta_color="off",
        delta_arrow="off",
    )
    valence.metric("Valence", f"{summary.valence:+.2f}")
    shares, changes = st.columns(2, gap="large")
    with shares:
        st.markdown("**Share of the time**, and strongest moments")
        for label, share in sorted(summary.shares.items(), key=lambda item: -item[1]):
            if share:
                _show_share(job, view, summary, label)
    with changes:
        st.markdown("**What gave way to what**")
        figure = charts.transitions(summary, view.labels, text_colour())
        if figure is None:
            st.caption("One emotion led all the time.")
        else:
            st.plotly_chart(figure, config=charts.CONFIG, key=f"transitions-{summary.person}")


def _show_share(job: VideoJob, view: VideoView, summary: PersonSummary, label: str) -> None:
    """An emotion's share, its strongest moment as a picture, and buttons to go there."""
    peaks = summary.peaks.get(label, ())
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        if peaks:
            st.html(
                _as_html(_face_at(job.id, summary.person, peaks[0].time_s, str(view.people))),
                width=_THUMBNAIL_PX,
            )
        with st.container(width="stretch", gap=None):
            st.markdown(f"{plain(label)} **{summary.shares[label]:.0%}**")
            with st.container(horizontal=True, gap="small"):
                for number, peak in enumerate(peaks):
                    st.button(
                        f"{_clock(peak.time_s)} · {peak.probability:.0%}",
                        key=f"peak-{summary.person}-{label}-{number}",
                        on_click=_go_to,
                        args=(peak.time_s,),
                        type="tertiary",
                        help="Show this moment",
                    )


@st.cache_data(show_spinner=False, max_entries=128)
def _face_at(job_id: str, person: int, time_s: float, people: str) -> bytes | None:
    """A person's face at a moment, as JPEG; None if it cannot be shown."""
    job = VideoJob.open(job_id)
    if job is None:
        return None
    view = ViewChoices().view(VideoRecord.read(job.folder), People.read(job.folder))
    analysis = view.record.analysis_at(time_s)
    faces = {face.track_id: face.face for face in analysis.faces} if analysis else {}
    with VideoReader(job.video, job.name) as reader:
        frame = reader.frame_at(time_s)
    if frame is None or person not in faces:
        return None
    return encode_jpeg(crop_face(frame.image_rgb, faces[person], THUMBNAIL))


def _go_to(time_s: float) -> None:
    st.session_state[_TIME] = time_s


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"


# --- Files ---


def _show_files(job: VideoJob, view: VideoView) -> None:
    st.subheader("Files")
    status = job.status(Task.analyze)
    notes = [ended_line(status)] if not status.state.active else ["Still being read."]

    def report() -> str:
        thumbnails = {
            person: job.thumbnail(person).read_bytes()
            for person in view.persons
            if job.thumbnail(person).is_file()
        }
        return html_report(view, thumbnails, notes)

    offers: list[tuple[str, Callable[[], str | bytes], str, str]] = [
        ("CSV", lambda: exports.to_csv(view), "csv", "table"),
        ("Parquet", lambda: exports.to_parquet(view), "parquet", "view_column"),
        ("JSON", lambda: exports.to_json(view), "json", "data_object"),
        ("Captions (SRT)", lambda: exports.to_srt(view), "srt", "closed_caption"),
        ("Report (HTML)", report, "html", "description"),
    ]
    with st.container(horizontal=True):
        for label, make, suffix, icon in offers:
            name = f"{_stem(job)}.{suffix}"
            st.download_button(
                label,
                make,
                name,
                mimetypes.guess_type(name)[0] or "application/octet-stream",
                icon=f":material/{icon}:",
                on_click="ignore",
            )
    st.caption(
        "A row for each face and frame, with raw and smoothed values. The annotated video "
        "is made above, beside the moment."
    )


def _stem(job: VideoJob) -> str:
    return PurePosixPath(job.name).stem or "video"
