"""The demo's video tab gives what the core reads of a clip's beginning."""

from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file

import fer_core
from fer_core.domain.errors import FerError
from fer_core.video.analysis import VideoChoices, analyze_video
from fer_core.video.reading import VideoReader
from tests.conftest import GroupPhoto
from tests.video.clips import SIZE_WH, write_clip
from webapp.gradio_demo import video
from webapp.gradio_demo.video import analyze_clip, read_clip


@pytest.fixture(scope="module")
def clip(group_photo: GroupPhoto, tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = (group_photo(SIZE_WH, [(200 + 8 * n, 240, 140)])[0] for n in range(20))
    return write_clip(tmp_path_factory.mktemp("clip") / "walk.mp4", frames, with_sound=True)


def told_by_the_core(clip: Path) -> list[dict[str, Any]]:
    with VideoReader(clip) as reader:
        choices = VideoChoices(min_score=0.5)
        found = analyze_video(fer_core.load_analyzer(), reader, choices)
        return [analysis.to_dict() for _, analysis in found]


def test_the_endpoint_answers_as_the_command_line(demo_url: str, clip: Path) -> None:
    client = Client(demo_url, verbose=False)
    answer = client.predict(clip=handle_file(str(clip)), api_name="/analyze_video")
    expected = told_by_the_core(clip)
    assert len(answer) == len(expected) == 20
    for frame, wanted in zip(answer, expected, strict=True):
        assert frame["time_s"] == pytest.approx(wanted["time_s"])
        (face,), (wanted_face,) = frame["faces"], wanted["faces"]
        assert face["track_id"] == wanted_face["track_id"] == 1
        assert face["scores"] == pytest.approx(wanted_face["scores"], abs=1e-6)


def test_a_clip_that_is_none_is_one_line(demo_url: str, tmp_path: Path) -> None:
    client = Client(demo_url, verbose=False)
    path = tmp_path / "notes.mp4"
    path.write_text("only words\n" * 40)
    with pytest.raises(Exception, match=r"notes\.mp4: expected a video"):
        client.predict(clip=handle_file(str(path)), api_name="/analyze_video")


def test_the_tab_shows_video_people_and_files(clip: Path, tmp_path: Path) -> None:
    drawn, rows, files, line = read_clip(str(clip), "default", "yunet", 0.5, tmp_path)
    with VideoReader(drawn) as reader:
        assert len(list(reader.frames())) == 20
    assert [row[0] for row in rows] == ["Person 1"]
    assert [Path(file).name for file in files] == ["walk.csv", "walk.srt", "walk.html"]
    assert line == "**1 person** in 20 frames"


def test_only_the_beginning_of_a_long_clip_is_read(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "AT_MOST_S", 0.3)
    *_, line = read_clip(str(clip), "default", "yunet", 0.5, tmp_path)
    assert line == "**1 person** in 8 frames, of the first 0 seconds"
    assert len(analyze_clip(str(clip), "default", "yunet", 0.5)) == 8


def test_no_clip_is_told() -> None:
    with pytest.raises(FerError, match="Choose a video first"):
        analyze_clip(None, "default", "yunet", 0.5)
