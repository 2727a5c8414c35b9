"""The video page by Streamlit's harness: what is there without a browser, and bad addresses."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.video.job_status import JobState, Task
from fer_core.video.jobs import VideoJob
from fer_core.video.people import People
from fer_core.video.record import VideoRecord
from tests.conftest import GroupPhoto
from tests.video.clips import SIZE_WH, write_clip
from webapp.components.video.queue import ended_line, progress_line

HOME = Path(__file__).resolve().parents[2] / "webapp" / "Home.py"
PATIENCE_S = 120.0


@pytest.fixture(autouse=True)
def videos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_VIDEOS_DIR", str(tmp_path / "videos"))


@pytest.fixture
def read(tmp_path: Path, group_photo: GroupPhoto) -> VideoJob:
    """A second of one face, read."""
    frames = (group_photo(SIZE_WH, [(200 + 3 * n, 240, 140)])[0] for n in range(25))
    clip = write_clip(tmp_path / "clip.mp4", frames)
    job = VideoJob.begin("my <i>clip</i>.mp4", [clip.read_bytes()], "default", "yunet")
    return ended(job)


def ended(job: VideoJob) -> VideoJob:
    deadline = time.monotonic() + PATIENCE_S
    while job.status(Task.analyze).state.active and time.monotonic() < deadline:
        time.sleep(0.05)
    return job


def page_of(*ids: str) -> AppTest:
    app = AppTest.from_file(str(HOME), default_timeout=60)
    app.query_params["videos"] = ",".join(ids)
    app.session_state["video-ids"] = list(ids)
    return app.run().switch_page("app_pages/3_video.py").run()


def texts(app: AppTest) -> str:
    return " ".join(str(item.value) for item in (*app.markdown, *app.caption)).replace("\\", "")


def picture_of(app: AppTest) -> str:
    """Address of the moment's picture, which is another one if its content is."""
    (picture,) = app.get("image")
    return str(picture.value[0])


def test_it_opens_and_names_the_law(open_page: Callable[[str], AppTest]) -> None:
    app = open_page("3_video.py")
    assert not app.exception
    assert not app.error
    assert "2024/1689" in texts(app)
    assert "not a feeling" in texts(app)


def test_an_unknown_address_shows_an_empty_page() -> None:
    app = page_of("nobody", "../../etc", "x" * 22)
    assert not app.exception
    assert not app.error
    assert "Files" not in {item.value for item in app.subheader}


def test_what_was_read_is_shown(read: VideoJob) -> None:
    assert read.status(Task.analyze).state is JobState.done
    app = page_of(read.id)
    assert not app.exception
    shown = texts(app)
    assert "25 frames" in shown
    assert "1 person" in shown
    titles = {item.value for item in app.subheader}
    assert titles >= {"Over time", "Each person's time", "Files"}
    assert {metric.label for metric in app.metric} >= {"Happiness ratio", "Stress ratio"}


def test_what_could_not_be_read_is_not_among_the_results(read: VideoJob) -> None:
    wrong = ended(VideoJob.begin("notes.mp4", [b"hello"], "default", "yunet"))
    assert not wrong.has_results
    app = page_of(read.id, wrong.id)
    assert any("received plain text" in error.value for error in app.error)
    assert not [box for box in app.selectbox if box.label == "Results of"]  # there is one alone
    assert "25 frames" in texts(app)
    assert "Files" in {item.value for item in app.subheader}


def test_names_are_text_and_nothing_else(read: VideoJob) -> None:
    People().renamed(1, "**Ann** <b>").write(read.folder)
    app = page_of(read.id)
    assert not app.exception
    assert People.read(read.folder).name_of(1) == "**Ann** <b>"
    assert "<i>" not in "".join(str(item.value) for item in app.markdown).replace("\\<i\\>", "")


def test_smoothing_and_threshold_change_what_is_shown(read: VideoJob) -> None:
    app = page_of(read.id)
    for smoothing in ("none", "path", "exponential"):
        app.selectbox(key="video-smoothing").set_value(smoothing).run()
        assert not app.exception
    app.slider(key="video-threshold").set_value(0.1).run()
    assert not app.exception
    assert "pass 10%" in texts(app)


def test_a_deleted_video_is_gone_from_the_page(read: VideoJob) -> None:
    app = page_of(read.id)
    app.button(key=f"delete-{read.id}").click().run()
    assert not app.exception
    assert not read.folder.exists()
    assert "25 frames" not in texts(app)


def test_a_video_is_read_again_in_another_way(read: VideoJob) -> None:
    People().renamed(1, "Ann").write(read.folder)
    app = page_of(read.id)
    app.selectbox(key="video-pace").set_value("5 frames/s").run()
    app.button(key=f"again-{read.id}").click().run()
    assert not app.exception
    again = VideoJob.open(read.id)
    assert again is not None
    assert again.choices.most_fps == 5.0
    assert ended(again).status(Task.analyze).frames == 5
    assert not People.read(read.folder).names  # another number may be another person now


def test_what_was_drawn_before_is_not_shown_for_another_model(read: VideoJob) -> None:
    before = picture_of(page_of(read.id))
    assert picture_of(page_of(read.id)) == before
    ended(read.begin_again("ferplus", read.detector, read.choices))
    assert picture_of(page_of(read.id)) != before


def test_an_address_of_what_is_gone_says_so(read: VideoJob) -> None:
    read.delete()
    app = page_of(read.id)
    assert not app.exception
    assert "no longer here" in app.info[0].value
    assert "Files" not in {item.value for item in app.subheader}


def seen_as(read: VideoJob, numbers: list[int]) -> None:
    """Have the one face of each frame carry these numbers, one after the other."""
    rows = VideoRecord.read(read.folder)
    faces = rows.faces.copy()
    faces["track_id"] = np.repeat(numbers, -(-len(faces) // len(numbers)))[: len(faces)]
    (read.folder / "faces.rows").write_bytes(faces.tobytes())


def test_several_numbers_become_one_person_and_come_apart_again(read: VideoJob) -> None:
    seen_as(read, [1, 2, 3])
    app = page_of(read.id)
    assert "3 people" in texts(app)
    app.multiselect(key=f"merge-{read.id}-2").set_value([1, 3]).run()
    assert "side by side" not in texts(app)
    app.button(key="do-merge-2").click().run()
    assert not app.exception
    assert "1 person" in texts(app)
    assert People.read(read.folder).merged == {1: 2, 3: 2}
    app.button(key="separate-2").click().run()
    assert "3 people" in texts(app)


def test_two_of_one_name_can_be_told_apart_and_merged(read: VideoJob) -> None:
    seen_as(read, [1, 2, 3])
    People({1: "Ann", 2: "Ann", 3: "Bo"}).write(read.folder)
    app = page_of(read.id)
    app.multiselect(key=f"merge-{read.id}-3").set_value([2]).run()
    app.button(key="do-merge-3").click().run()
    assert not app.exception
    assert People.read(read.folder).merged == {2: 3}


def test_who_was_seen_together_is_merged_with_a_warning(read: VideoJob) -> None:
    rows = VideoRecord.read(read.folder)
    faces = np.repeat(rows.faces, 2)
    faces["track_id"] = np.tile([1, 2], len(rows.faces))
    (read.folder / "faces.rows").write_bytes(faces.tobytes())
    app = page_of(read.id)
    app.multiselect(key=f"merge-{read.id}-1").set_value([2]).run()
    assert "side by side in 25 frames" in texts(app)


def test_many_people_are_chosen_from_lists(read: VideoJob) -> None:
    rows = VideoRecord.read(read.folder)
    faces = np.repeat(rows.faces, 14)
    faces["track_id"] = np.tile(np.arange(1, 15), len(rows.faces))
    (read.folder / "faces.rows").write_bytes(faces.tobytes())
    app = page_of(read.id)
    assert not app.exception
    assert "14 people" in texts(app)
    (chosen,) = [box for box in app.multiselect if box.label == "People"]
    assert len(chosen.options) == 14
    (person,) = [box for box in app.selectbox if box.label == "Person"]
    person.set_value(7).run()
    assert not app.exception


def test_a_part_that_cannot_be_is_one_line(open_page: Callable[[str], AppTest]) -> None:
    app = open_page("3_video.py")
    app.number_input(key="video-start").set_value(5.0)
    app.number_input(key="video-end").set_value(2.0).run()
    assert not app.exception
    (error,) = app.error
    assert "end must be after the start" in error.value.replace("\\", "")


def test_lines_say_how_far_it_is(read: VideoJob) -> None:
    status = read.status(Task.analyze)
    assert ended_line(read, status) == "25 frames · default, yunet, every frame"
    assert "100%" in progress_line(status)
    assert "0 s left" in progress_line(status)
