"""What is no video is told in one line, and opens nothing else."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from fer_core.domain.errors import VideoError
from fer_core.video.reading import VideoReader
from tests.video.clips import counting, refusal, write_clip


def test_what_is_no_video_is_told_in_one_line(tmp_path: Path) -> None:
    assert "found none there" in refusal(tmp_path / "nowhere.mp4")
    assert "received a folder" in refusal(tmp_path)
    for name, content, words in [
        ("empty.mp4", b"", "received an empty file"),
        ("text.mp4", b"dear diary\n" * 100, "received plain text"),
        ("page.mp4", b"<!doctype html><html>", "received a web page"),
        ("noise.mp4", bytes(range(128, 256)) * 99, "received data of an unknown kind"),
    ]:
        (tmp_path / name).write_bytes(content)
        assert words in refusal(tmp_path / name)
    with pytest.raises(VideoError, match="cannot be read"):
        VideoReader(tmp_path / ("x" * 300))


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif", "bmp", "tiff"])
def test_a_picture_is_to_be_opened_as_a_photo(tmp_path: Path, suffix: str) -> None:
    from PIL import Image as Pictures

    picture = tmp_path / f"photo.{suffix}"
    Pictures.fromarray(next(counting())).save(picture)
    picture.rename(tmp_path / "photo.mp4")
    assert refusal(tmp_path / "photo.mp4").endswith("picture. Open it as a photo.")


def test_sound_alone_is_no_video_with_a_cover_or_without(tmp_path: Path) -> None:
    for name, cover in (("song.mp4", False), ("album.mp4", True)):
        with av.open(str(tmp_path / name), "w") as container:
            sound: Any = container.add_stream("aac", rate=16_000, layout="mono")
            picture: Any = container.add_stream("mjpeg") if cover else None
            if picture is not None:
                picture.width, picture.height, picture.pix_fmt = 160, 120, "yuvj420p"
                picture.disposition = av.stream.Disposition.attached_pic
                image = av.VideoFrame.from_ndarray(next(counting()), format="rgb24")
                container.mux(picture.encode(image.reformat(format="yuvj420p")))
                container.mux(picture.encode())
            for number in range(20):
                tone = av.AudioFrame.from_ndarray(
                    np.zeros((1, 1024), np.int16), format="s16", layout="mono"
                )
                tone.rate, tone.pts = 16_000, 1024 * number
                tone.time_base = Fraction(1, 16_000)
                container.mux(sound.encode(tone))
            container.mux(sound.encode())
        assert "received sound only" in refusal(tmp_path / name)


def test_a_list_of_other_files_opens_none_of_them(tmp_path: Path) -> None:
    """Both would play with FFmpeg's own choices: the files that they name are there."""
    write_clip(tmp_path / "secret.mp4", counting(5))
    write_clip(tmp_path / "secret.ts", counting(5))
    lists = {
        "concat.mp4": "ffconcat version 1.0\nfile secret.mp4\n",
        "hls.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        with av.open(str(tmp_path / name)) as container:
            assert len(list(container.decode(video=0))) == 5
        assert "received plain text" in refusal(tmp_path / name)


def test_a_frame_larger_than_any_is_refused(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "wall.avi", counting(1, 9216, 4608), codec="mjpeg", pixels="yuvj420p"
    )
    assert "at most 37,748,736 pixels, received 9,216 × 4,608" in refusal(path)


def test_a_coding_that_nobody_knows_is_told(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", counting(5))
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    assert "in a coding that is not known here" in refusal(path)
