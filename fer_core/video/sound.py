"""Carries a video's sound over into another file, as it is or coded anew."""

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import TypeAlias

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from fer_core.video.reading import VideoReader

COPIED = ("aac", "mp3", "opus", "flac", "ac3", "eac3")
"""Codecs that MP4 may hold and players know; others, like Vorbis and PCM, become AAC."""

SoundUntil = Callable[[float], None]
# When each is heard, and what to write.
Pieces: TypeAlias = "Iterator[tuple[float, list[Packet[AudioStream]]]]"

_AAC_RATE = 48_000
_PATIENCE_PACKETS = 500  # so many damaged packets in a row, and nothing more is expected
_LEAD_S = 0.2  # some packets before a moment, from which a decoder gets ready for it
_TICK_S = 1e-3  # times are rounded to the container's ticks


@contextlib.contextmanager
def carried_sound(
    reader: VideoReader, target: OutputContainer, start_s: float, end_s: float | None
) -> Iterator[SoundUntil]:
    """Open a video's sound, to be written bit by bit between the frames.

    Args:
        reader: The video.
        target: An MP4 file, nothing of which is written yet.
        start_s: The moment of the video at which the new file begins.
        end_s: Where the sound is to end; None for its own end.

    Yields:
        Call it with seconds of the new file: it writes the sound until there. For a video without
        sound, or whose sound nothing here can decode, it does nothing.
    """
    if not reader.info.has_audio:
        yield lambda _: None
        return
    with reader.opened_again() as source:
        stream = _sound_of(source)
        if stream is None:
            yield lambda _: None
            return
        zero_s = reader.origin_s + start_s
        if start_s > _LEAD_S:
            with contextlib.suppress(av.error.FFmpegError):  # then it is read from its beginning
                source.seek(int((zero_s - _LEAD_S) * av.time_base))
        part = _Part(source, stream, zero_s, math.inf if end_s is None else end_s - start_s)
        is_copied = stream.codec_context.codec.canonical_name in COPIED
        yield _writer(part.copied(target) if is_copied else part.recoded(target), target)


def _writer(pieces: Pieces, target: OutputContainer) -> SoundUntil:
    following = next(pieces, None)

    def write_until(time_s: float) -> None:
        nonlocal following
        while following is not None and following[0] <= time_s:
            target.mux(following[1])
            following = next(pieces, None)

    return write_until


def _sound_of(source: InputContainer) -> AudioStream | None:
    """The stream that players take: the one marked so, else the first; None if none is known."""
    known = [
        stream
        for stream in source.streams.audio
        if getattr(stream, "codec_context", None) is not None and stream.codec_context.sample_rate
    ]
    marked = [stream for stream in known if stream.disposition & av.stream.Disposition.default]
    return next(iter(marked or known), None)


class _Part:
    """A part of a stream, in seconds since it begins."""

    def __init__(
        self, source: InputContainer, stream: AudioStream, zero_s: float, last_s: float
    ) -> None:
        self._source, self._stream = source, stream
        self._zero_s, self._last_s = zero_s, last_s

    def copied(self, target: OutputContainer) -> Pieces:
        """The packets as they are, once the target has a stream for them."""
        return self._shifted(target.add_stream_from_template(self._stream))

    def recoded(self, target: OutputContainer) -> Pieces:
        """AAC, once the target has a stream for it."""
        channels = self._stream.codec_context.channels
        layout = "mono" if channels == 1 else "stereo"
        return self._encoded(target.add_stream("aac", _AAC_RATE, layout=layout))

    def _shifted(self, copy: AudioStream) -> Pieces:
        last_dts = -math.inf
        for packet in self._packets():
            if packet.pts is None or packet.dts is None or packet.dts <= last_dts:
                continue  # damaged
            last_dts = packet.dts
            ticks = round(self._zero_s / packet.time_base)
            begins_s = float((packet.pts - ticks) * packet.time_base)
            ends_s = begins_s + float((packet.duration or 0) * packet.time_base)
            # What ends just as the part begins comes along: from it a decoder gets ready.
            if ends_s < -_TICK_S:
                continue
            if begins_s >= self._last_s:
                return
            packet.pts, packet.dts = packet.pts - ticks, packet.dts - ticks
            packet.stream = copy
            yield begins_s, [packet]

    def _encoded(self, aac: AudioStream) -> Pieces:
        begins_s = 0.0
        for frame in self._frames():
            if frame.pts is None or frame.time_base is None:
                continue
            ticks = round(self._zero_s / frame.time_base)
            begins_s = float((frame.pts - ticks) * frame.time_base)
            if begins_s + frame.samples / frame.sample_rate <= 0:
                continue
            if begins_s >= self._last_s:
                break
            frame.pts -= ticks
            yield begins_s, aac.encode(frame)
        yield begins_s, aac.encode()

    def _frames(self) -> Iterator[AudioFrame]:
        for packet in self._packets():
            with contextlib.suppress(av.error.FFmpegError):
                yield from packet.decode()

    def _packets(self) -> "Iterator[Packet[AudioStream]]":
        packets, failures = self._source.demux(self._stream), 0
        while failures < _PATIENCE_PACKETS:
            try:
                packet = next(packets, None)
                failures = 0
            except av.error.FFmpegError:
                failures += 1
                packets = self._source.demux(self._stream)  # the old one has ended
                continue
            if packet is None:
                return
            yield packet
