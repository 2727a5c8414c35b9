"""Sound is carried over as it is where MP4 may hold it, and stays with the picture."""

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import pytest

from fer_core.video.reading import VideoReader
from fer_core.video.sound import carried_sound
from tests.video.flashes import FLASH_S, SECONDS, tone_s, write_flash

FILES = [
    ("mp4", "libx264", "aac", "aac"),
    ("mkv", "libx264", "aac", "aac"),
    ("mkv", "libx264", "flac", "flac"),
    ("mkv", "libx264", "ac3", "ac3"),
    ("avi", "mpeg4", "libmp3lame", "mp3"),
    ("avi", "mpeg4", "pcm_s16le", "aac"),
    ("webm", "libvpx-vp9", "libopus", "opus"),
    ("webm", "libvpx-vp9", "vorbis", "aac"),
]


def carry(source: Path, target: Path, start_s: float = 0.0, end_s: float | None = None) -> None:
    """Write the sound alone, a quarter of a second at a time."""
    with (
        VideoReader(source) as reader,
        av.open(str(target), "w", format="mp4") as container,
        carried_sound(reader, container, start_s, end_s) as until,
    ):
        for quarter in range(int(4 * SECONDS)):
            until(quarter / 4)
        until(float("inf"))


def packets(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [
            hashlib.sha256(bytes(packet)).hexdigest()
            for packet in container.demux(audio=0)
            if packet.size
        ]


def codec_of(path: Path) -> str:
    with av.open(str(path)) as container:
        return container.streams.audio[0].codec_context.codec.canonical_name


@pytest.mark.parametrize(("suffix", "picture", "sound", "expected"), FILES)
def test_sound_is_copied_or_becomes_aac_and_keeps_its_time(
    tmp_path: Path, suffix: str, picture: str, sound: str, expected: str
) -> None:
    source = write_flash(tmp_path / f"in.{suffix}", picture, sound)
    whole, part = tmp_path / "whole.mp4", tmp_path / "part.mp4"
    carry(source, whole)
    assert codec_of(whole) == expected
    # Coding moves an edge by some hundred samples; MP3 in AVI by a packet's 24 ms.
    assert tone_s(whole) == pytest.approx(tone_s(source), abs=0.025)
    carry(source, part, 1.3, 3.1)
    assert tone_s(part) == pytest.approx(tone_s(source) - 1.3, abs=0.025)
    if expected == codec_of(source):
        assert set(packets(part)) < set(packets(source))
        assert packets(whole) == packets(source)


def test_sound_ends_with_the_part(tmp_path: Path) -> None:
    source = write_flash(tmp_path / "in.mp4", "libx264", "aac")
    carry(source, tmp_path / "part.mp4", 1.0, 3.0)
    with av.open(str(tmp_path / "part.mp4")) as container:
        stream = container.streams.audio[0]
        last = [packet for packet in container.demux(stream) if packet.size][-1]
        ends = (last.pts + last.duration) * (stream.time_base or Fraction(1))
    assert 2.0 <= ends < 2.05


def test_sound_is_written_no_further_than_asked(tmp_path: Path) -> None:
    source = write_flash(tmp_path / "in.mkv", "libx264", "aac")
    target = tmp_path / "out.mp4"
    with (
        VideoReader(source) as reader,
        av.open(str(target), "w") as container,
        carried_sound(reader, container, 0.0, None) as until,
    ):
        until(FLASH_S - 0.5)
    with pytest.raises(AssertionError, match="never loud"):
        tone_s(target)


def test_a_damaged_packet_is_left_out(tmp_path: Path) -> None:
    source = write_flash(tmp_path / "in.avi", "mpeg4", "libmp3lame")
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    source.write_bytes(data)
    carry(source, tmp_path / "out.mp4")
    assert tone_s(tmp_path / "out.mp4") == pytest.approx(FLASH_S, abs=0.06)
