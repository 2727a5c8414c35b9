"""How live video keeps up: the handler alone, with a slow network, and through a real browser.

    python -m benchmarks.live

Everything shares this machine, the browser too. Frames are 640×480 with one face. Needs
requirements-dev.txt and a Chromium; other work on the machine spoils the figures.
"""

import argparse
import base64
import itertools
import json
import re
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import av
import cv2
import numpy as np
import numpy.typing as npt
from aiortc.codecs.vpx import Vp8Encoder
from playwright.sync_api import Frame, Page, sync_playwright

from fer_core import load_analyzer
from fer_core.detection.geometry import carried
from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.images import decode_image
from fer_core.domain.scaling import scaled
from fer_core.domain.settings import sample_photo
from fer_core.inference.analyzer import EmotionAnalyzer
from fer_core.inference.overlay import Overlay, draw_overlay
from tests.browser.film import FPS, MOVING_S, moving
from tests.browser.server import free_port, running
from webapp.live import DETECTION_SIDE, LiveReader
from webapp.live_places import LivePlaces
from webapp.live_video import LiveChoices, LiveVideo

Image = npt.NDArray[np.uint8]
T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
HANDLER_FRAMES, PACED_S, PART_S, SLOW_S, SETTLE_S = 600, 15, 5, 10, 8
SLOW_MODEL_S = 0.5
PATIENCE_MS = 60_000

# A camera that writes into each frame when it was taken: sixteen black or white blocks along the
# lower edge are the last sixteen bits of the clock in milliseconds.
_CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const pen = canvas.getContext("2d");
  const photo = new Image();
  photo.src = "data:image/jpeg;base64,PHOTO";
  await photo.decode();
  setInterval(() => {
    const now = Date.now();
    pen.drawImage(photo, 64 + 80 * Math.sin(now / 1000), -16);
    for (let bit = 0; bit < 16; bit++) {
      pen.fillStyle = (now >> bit) & 1 ? "white" : "black";
      pen.fillRect(40 * bit, 450, 40, 30);
    }
  }, 1000 / 30);
  return canvas.captureStream(30);
};
"""
# Reads the blocks of each picture that comes back, which is mirrored.
_WATCH = """
() => {
  const video = document.querySelector("video");
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  window.delays = [];
  const look = () => {
    pen.drawImage(video, 0, 0, 640, 480);
    const now = Date.now();
    let taken = 0;
    for (let bit = 0; bit < 16; bit++) {
      const [level] = pen.getImageData(639 - (40 * bit + 20), 465, 1, 1).data;
      if (level > 127) taken |= 1 << bit;
    }
    window.delays.push((now - taken) & 0xffff);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}
"""


class SlowAnalyzer(EmotionAnalyzer):
    """One whose network takes half a second."""

    def read(self, *args: Any, **kwargs: Any) -> FrameAnalysis:
        """Read as ever, later."""
        time.sleep(SLOW_MODEL_S)
        return super().read(*args, **kwargs)


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30, help="how long to watch the browser")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        _serve(arguments.serve)
        return
    photo = decode_image(sample_photo().read_bytes(), "sample")
    film = [moving(photo, number) for number in range(FPS * MOVING_S)]
    measured = {
        **_handler_alone(film),
        **_against_its_parts(film),
        **_with_a_slow_model(film),
        **_in_a_browser(photo, arguments.seconds),
    }
    print(json.dumps(measured, indent=2))


def _handler_alone(film: Sequence[Image]) -> dict[str, float]:
    """Frames given as fast as they come back."""
    video = LiveVideo(LiveChoices(load_analyzer()), LivePlaces(1))
    frames = [_frame(image, number) for number, image in enumerate(film)]
    for frame in frames[:60]:
        video.recv(frame)
    before, began = video.figures(), time.perf_counter()
    for number in range(HANDLER_FRAMES):
        video.recv(frames[number % len(frames)])
    passed, after = time.perf_counter() - began, video.figures()
    video.on_ended()
    return {
        "handler, frames/s": round(HANDLER_FRAMES / passed, 1),
        "handler, frames read/s": round((after.analysed - before.analysed) / passed, 1),
    }


def _against_its_parts(film: Sequence[Image]) -> dict[str, float]:
    """Processor time of a frame from packet to packet, against that of its parts alone."""
    analyzer = load_analyzer()
    packets = _packets(film)
    video = LiveVideo(LiveChoices(analyzer), LivePlaces(1))
    encoder, looks = Vp8Encoder(), _counted(analyzer)
    began = time.process_time()
    shown = 0
    for frame in _paced(_decoded(packets), PACED_S):
        encoder.encode(video.recv(frame))
        shown += 1
    whole_ms = 1e3 * (time.process_time() - began) / shown
    looked, read = len(looks) / shown, video.figures().analysed / shown
    video.on_ended()

    image = film[0]
    (face,) = analyzer.detector.detect(image)
    analysis = analyzer.analyze(image)
    alone = Vp8Encoder()
    view = scaled(image, DETECTION_SIDE / max(image.shape[:2]))
    decoder = _decoded(packets)

    def encode(number: int) -> None:
        alone.encode(_frame(film[number % len(film)], number))

    parts_ms = {
        "decode": _cost_ms(lambda _: next(decoder).to_ndarray(format="rgb24")),
        "detector share": looked
        * _cost_ms(lambda _: [carried(f, view, image) for f in analyzer.detector.detect(view)]),
        "network": read * _cost_ms(lambda _: analyzer.read(image, [face])),
        "draw": _cost_ms(lambda _: draw_overlay(image, analysis, Overlay(), "30 fps")),
        "encode": _cost_ms(encode),
    }
    return {
        **{f"{part}, ms a frame": round(ms, 2) for part, ms in parts_ms.items()},
        "packet to packet, ms a frame": round(whole_ms, 2),
        "packet to packet / its parts": round(whole_ms / sum(parts_ms.values()), 3),
    }


def _with_a_slow_model(film: Sequence[Image]) -> dict[str, float]:
    whole = load_analyzer()
    slow = SlowAnalyzer(whole.detector, whole.classifier)
    video = LiveVideo(LiveChoices(slow), LivePlaces(1))
    longest_s, latencies = 0.0, []
    frames = (_frame(film[number % len(film)], number) for number in range(10**6))
    for frame in _paced(frames, SLOW_S):
        began = time.perf_counter()
        video.recv(frame)
        longest_s = max(longest_s, time.perf_counter() - began)
        latencies.append(video.figures().latency_ms or 0.0)
    figures = video.figures()
    video.on_ended()
    return {
        "slow model, frames shown/s": round(figures.shown_fps, 1),
        "slow model, frames read/s": round(figures.analysed_fps, 1),
        "slow model, longest wait for a frame, ms": round(1e3 * longest_s, 1),
        "slow model, latency in the middle, ms": round(latencies[len(latencies) // 2]),
        "slow model, latency at the end, ms": round(latencies[-1]),
    }


def _in_a_browser(photo: Image, seconds: float) -> dict[str, float]:
    """The page in Chromium, whose camera tells the time."""
    _, jpeg = cv2.imencode(".jpg", photo[:, :, ::-1])
    camera = _CAMERA.replace("PHOTO", base64.b64encode(jpeg.tobytes()).decode())
    port = free_port()
    command = f"exec {shlex.quote(sys.executable)} -m benchmarks.live --serve {port}"
    with (
        tempfile.TemporaryDirectory() as folder,
        running(command, port, log := Path(folder) / "server.log") as url,
        sync_playwright() as playwright,
    ):
        installed = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        context.add_init_script(camera)
        page = context.new_page()
        page.goto(f"{url}/webcam")
        page.get_by_text("Read my face").click()
        player = _started(page)
        page.get_by_role("meter").first.wait_for(timeout=PATIENCE_MS)
        time.sleep(SETTLE_S)
        player.evaluate(_WATCH)
        time.sleep(seconds)
        delays = player.evaluate("window.delays")
        pace = page.get_by_text(re.compile("[0-9]+ analysed")).inner_text()
        browser.close()
        told = re.findall(r"^result after (\d+) ms$", log.read_text(), re.MULTILINE)
    results = [int(ms) for ms in told][-len(delays) :]
    analysed, shown = map(float, re.findall(r"analysed (\d+) frames/s of (\d+)", pace)[0])
    latency, p95 = map(float, re.findall(r"latency (\d+) ms \(95%: (\d+)\)", pace)[0])
    return {
        "browser, frames that came/s": shown,
        "browser, frames read/s": analysed,
        "browser, arrival to result, median, ms": latency,
        "browser, arrival to result, 95%, ms": p95,
        "browser, capture to result, median, ms": round(float(np.median(results))),
        "browser, capture to result, 95%, ms": round(float(np.percentile(results, 95))),
        "browser, capture to picture shown again, median, ms": round(float(np.median(delays))),
        "browser, capture to picture shown again, 95%, ms": round(float(np.percentile(delays, 95))),
        "browser, pictures shown/s": round(len(delays) / seconds, 1),
    }


def _serve(port: int) -> None:
    """The app, which moreover says how old each result is by the clock in its frame."""
    from streamlit.web import bootstrap

    read = LiveReader._read

    def telling(reader: LiveReader, frame: Image, came: float) -> FrameAnalysis:
        blocks = frame[465, 639 - (40 * np.arange(16) + 20)].mean(axis=1) > 127
        taken = int(blocks @ (1 << np.arange(16)))
        result = read(reader, frame, came)
        print(f"result after {(int(1000 * time.time()) - taken) & 0xFFFF} ms", flush=True)
        return result

    LiveReader._read = telling  # type: ignore[method-assign]
    bootstrap.load_config_options({"server.port": port, "server.headless": True})
    bootstrap.run(str(ROOT / "webapp" / "Home.py"), False, [], {})


def _started(page: Page) -> Frame:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        for frame in page.frames:
            if (button := frame.get_by_role("button", name="Start camera")).count():
                time.sleep(2)
                button.click()
                return frame
        time.sleep(0.2)
    raise AssertionError("there is no video to start")


def _frame(image: Image, number: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, FPS)
    return frame


def _packets(film: Sequence[Image]) -> list[bytes]:
    """The film as a browser would send it: VP8 at a webcam's rate."""
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height = film[0].shape[1], film[0].shape[0]
    codec.pix_fmt, codec.bit_rate, codec.time_base = "yuv420p", 1_500_000, Fraction(1, FPS)
    codec.options = {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0"}
    return [
        bytes(packet)
        for number, image in enumerate(film)
        for packet in codec.encode(_frame(image, number).reformat(format="yuv420p"))
    ]


def _decoded(packets: Sequence[bytes]) -> Iterator[av.VideoFrame]:
    """The packets over and over; the first is a key frame."""
    codec, number = av.CodecContext.create("libvpx", "r"), 0
    while True:
        for packet in packets:
            for frame in codec.decode(av.Packet(packet)):
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                number += 1
                yield frame


def _paced(frames: Iterator[T], seconds: float) -> Iterator[T]:
    """Frames, or what stands for them, at a camera's rate."""
    began = time.monotonic()
    for number, frame in enumerate(frames):
        wait_s = began + number / FPS - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        if time.monotonic() - began > seconds:
            return
        yield frame


def _counted(analyzer: EmotionAnalyzer) -> list[float]:
    """The times at which the analyzer's detector is asked from now on."""
    times: list[float] = []
    detector = analyzer.detector

    class Counting:
        def detect(self, image_rgb: Image) -> Any:
            times.append(time.monotonic())
            return detector.detect(image_rgb)

    analyzer.detector = Counting()
    return times


def _cost_ms(work: Callable[[int], object]) -> float:
    """Processor time of one call, all threads together, at the pace of a camera."""
    for number in range(5):
        work(number)
    began, calls = time.process_time(), 0
    for calls in _paced(itertools.count(1), PART_S):
        work(4 + calls)
    return 1e3 * (time.process_time() - began) / calls


if __name__ == "__main__":
    main()
