"""The demo's endpoints, called as a stranger's program would: the command line's answers."""

import io
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image as Pillow

import fer_core
from fer_core.domain.images import decode_image, encode_png
from tests.conftest import PHOTO, GroupPhoto, Image

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def client(demo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(demo_url, verbose=False, download_files=str(tmp_path_factory.mktemp("answers")))


def analyze(client: Client, path: Path, **choices: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.predict(
        photo=handle_file(str(path)), api_name="/analyze", **choices
    )
    return answer


def told_by_the_core(path: Path, **choices: Any) -> dict[str, Any]:
    image = decode_image(path.read_bytes(), path.name)
    return fer_core.load_analyzer(**choices).analyze(image, source=path.name).to_dict()


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "elapsed_ms"}


def same(answer: Any, expected: Any) -> bool:
    """Equal, numbers to a millionth."""
    if isinstance(expected, dict):
        return answer.keys() == expected.keys() and all(
            same(answer[name], value) for name, value in expected.items()
        )
    if isinstance(expected, list):
        return len(answer) == len(expected) and all(map(same, answer, expected))
    if isinstance(expected, float):
        return bool(abs(answer - expected) < 1e-6)
    return bool(answer == expected)


@pytest.mark.parametrize("model", ["default", "ferplus"])
def test_a_photo_is_read_as_the_core_reads_it(client: Client, model: str) -> None:
    answer = without_times(analyze(client, PHOTO, model=model))
    assert same(answer, without_times(told_by_the_core(PHOTO, model=model)))
    assert answer["faces"][0]["emotion"] == "happy"


def test_a_group_is_read_as_the_core_reads_it(
    client: Client, group_photo: GroupPhoto, tmp_path: Path
) -> None:
    photo, _ = group_photo((900, 500), [(200, 220, 150), (500, 200, 130), (760, 230, 110)])
    path = tmp_path / "group.png"
    path.write_bytes(encode_png(photo))
    answer = without_times(analyze(client, path))
    assert len(answer["faces"]) == 3
    assert same(answer, without_times(told_by_the_core(path)))


@pytest.mark.parametrize(("suffix", "kind"), [("jpg", "JPEG"), ("heic", "HEIF")])
def test_rotation_and_rare_formats_are_read_from_the_file_as_sent(
    client: Client, tmp_path: Path, suffix: str, kind: str
) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    turned = Pillow.open(PHOTO).rotate(90)
    exif = Pillow.Exif()
    exif[274] = 6  # "turn me right again"
    path = tmp_path / f"turned.{suffix}"
    turned.save(path, kind, exif=exif)
    answer = without_times(analyze(client, path))
    assert [face["emotion"] for face in answer["faces"]] == ["happy"]
    assert same(answer, without_times(told_by_the_core(path)))


def test_the_annotated_photo_comes_back(client: Client, astronaut: Image) -> None:
    path = client.predict(photo=handle_file(str(PHOTO)), api_name="/annotate")
    picture = decode_image(Path(path).read_bytes(), "answer")
    height, width = picture.shape[:2]
    assert width / height == astronaut.shape[1] / astronaut.shape[0]
    small = cv2.resize(picture, astronaut.shape[1::-1], interpolation=cv2.INTER_AREA).astype(int)
    changed = np.abs(small - astronaut).max(axis=2) > 60
    assert 0.001 < changed.mean() < 0.05  # a frame and a name, and the rest as it was


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("text.jpg", b"this is no picture", "expected a picture"),
        ("empty.png", b"", "empty"),
        ("half.jpg", PHOTO.read_bytes()[:2000], "half.jpg"),
    ],
)
def test_what_is_no_picture_is_one_line(
    client: Client, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Exception, match=words) as caught:
        analyze(client, path)
    assert len(str(caught.value).splitlines()) == 1


def test_an_unknown_model_is_answered_with_the_known_ones(client: Client) -> None:
    with pytest.raises(Exception, match=r"nope is not in the list of choices: .*'default'"):
        analyze(client, PHOTO, model="nope")


def test_a_file_that_is_too_large_is_refused(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(PHOTO.read_bytes() + bytes(21 << 20))
    with pytest.raises(Exception, match=r"(?i)exceed|too large|413"):
        analyze(client, path)


def test_files_of_the_server_are_not_for_reading(demo_url: str) -> None:
    answer = call(demo_url, {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}})
    assert "event: error" in answer


def test_curl_gets_the_same(demo_url: str) -> None:
    """The README's three requests."""
    answer = call(demo_url, {"path": upload(demo_url), "meta": {"_type": "gradio.FileData"}})
    assert "event: complete" in answer
    (read,) = json.loads(answer.split("data: ")[-1])
    assert same(without_times(read), without_times(told_by_the_core(PHOTO)))


def test_the_form_of_the_answer_is_told(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(endpoints) == {"/analyze", "/annotate", "/analyze_video"}
    (output,) = endpoints["/analyze"]["returns"]
    assert "faces: list[dict(box: list[float]" in output["python_type"]["type"]


def test_twenty_at_once_are_all_served_and_none_is_forgotten(demo_url: str) -> None:
    def visit(_: int) -> list[float]:
        visitor = Client(demo_url, verbose=False)
        times = []
        for _ in range(3):
            began = time.monotonic()
            assert analyze(visitor, PHOTO)["faces"][0]["emotion"] == "happy"
            times.append(time.monotonic() - began)
        return times

    with ThreadPoolExecutor(20) as pool:
        waited = list(pool.map(visit, range(20)))
    # Whoever comes first is served first: nobody waits for several rounds of the others.
    slowest = [max(times) for times in waited]
    assert max(slowest) < 6 * statistics.median(slowest)


def test_the_demo_loads_no_training_and_no_streamlit() -> None:
    program = (
        "import sys, app; "
        "loaded = {'streamlit', 'tensorflow', 'keras', 'mlflow'} & set(sys.modules); "
        "sys.exit(', '.join(loaded) or 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert list((ROOT / "webapp").rglob("*.pyi")) == []  # which Gradio writes beside subclasses


def upload(url: str) -> str:
    """Send the sample as a form, as `curl -F` does; where it lies."""
    boundary = uuid.uuid4().hex
    body = io.BytesIO()
    body.write(
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; '
        f'filename="{PHOTO.name}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode()
    )
    body.write(PHOTO.read_bytes())
    body.write(f"\r\n--{boundary}--\r\n".encode())
    request = urllib.request.Request(
        f"{url}/gradio_api/upload",
        body.getvalue(),
        {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        (path,) = json.load(response)
    return str(path)


def call(url: str, photo: dict[str, Any]) -> str:
    """Ask `/analyze` over plain HTTP; the stream of events that comes back."""
    data = {"data": [photo, "default", "yunet", 0.5]}
    request = urllib.request.Request(
        f"{url}/gradio_api/call/analyze",
        json.dumps(data).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        event = json.load(response)["event_id"]
    with urllib.request.urlopen(f"{url}/gradio_api/call/analyze/{event}", timeout=60) as stream:
        return str(stream.read().decode())
