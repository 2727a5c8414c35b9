"""The report: everything is told, nothing of it can run, and no other server is asked."""

import re
from html import escape, unescape
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest

from fer_core.video.html_report import RESPONSIBLE_USE, html_report
from fer_core.video.people import People
from fer_core.video.summary import Smoothing
from fer_core.video.view import VideoView
from tests.video.views import view_of

BAD = "<script>alert('1')</script>\"&.mp4"


@pytest.fixture
def view() -> VideoView:
    """Ann is sad and after six seconds happy; the other one comes late, and is only neutral."""
    return view_of(
        {1: lambda t: "happy" if t >= 6 else "sad", 2: lambda t: "neutral" if t >= 5 else None},
        10.0,
        people=People({1: "Ann"}),
    )


class Outline(HTMLParser):
    """Tags that are open at the end, all tags and attributes, and the text."""

    EMPTY = ("meta", "img", "rect", "path", "polygon")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += f" {data}"


def text_of(page: str) -> str:
    return " ".join(Outline(page).text.split())


def test_it_is_one_whole_page_that_asks_nobody(view: VideoView) -> None:
    page = html_report(view)
    outline = Outline(page)
    assert outline.open == []
    assert not outline.tags & {"script", "link", "iframe", "object"}
    assert "://" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_it_tells_how_the_video_was_read(view: VideoView) -> None:
    text = text_of(html_report(view, notes=["The middle was left out."]))
    assert "clip.mp4" in text
    assert "Model tiny" in text
    assert "Face detector yunet" in text
    assert "Frames 250, 25.0 a second, 640 × 480 pixels" in text
    assert "Part read 0:00.0 to 0:10.0" in text
    assert "Smoothed exponentially over 0.3 s" in text
    assert "The middle was left out." in text


@pytest.mark.parametrize("smoothing", Smoothing)
def test_every_smoothing_has_its_words(view: VideoView, smoothing: Smoothing) -> None:
    assert "{" not in text_of(html_report(VideoView(view.raw, smoothing=smoothing)))


def test_it_says_what_it_must_not_be_used_for(view: VideoView) -> None:
    text = text_of(html_report(view))
    for line in RESPONSIBLE_USE:
        assert line in text
    assert "Article 5(1)(f) of the AI Act (Regulation (EU) 2024/1689)" in text


def test_it_tells_each_persons_figures(view: VideoView) -> None:
    text = text_of(html_report(view))
    ann = text[text.index("Ann Tracked for") : text.index("Person 2 Tracked for")]
    summary = view.summaries[1]
    assert "10.0 s, between 0:00.0 and 0:10.0" in ann
    assert f"{summary.happiness_ratio:.0%} Happiness ratio" in ann
    assert f"{summary.stress_ratio:.0%} Stress ratio" in ann
    assert "p(angry) + p(fear) + p(sad) + p(disgust) > 0.5; called stressed, since above 25%" in ann
    assert f"−{abs(summary.valence):.2f} Valence" in ann
    assert "estimate: weighted mean of probabilities" in ann
    assert "0:10.0 (80%)" in ann  # happy's peak: the last frame
    assert re.search(r"from ↓ to → happy sad happy – – sad 1 –", ann)
    other = text[text.index("Person 2 Tracked for") :]
    assert "not above 25%" in other
    assert "It never changed." in other


def test_shares_are_bars_as_long_as_they_are(view: VideoView) -> None:
    page = html_report(view)
    for label, share in view.summaries[1].shares.items():
        assert f"<span>{label}</span>" in page
        assert f'style="width:{share:.1%};' in page


def test_what_a_user_wrote_is_text() -> None:
    people = People({1: BAD})
    view = view_of({1: lambda _: "sad"}, 1.0, source=BAD, people=people)
    page = html_report(view, {1: b"\xff\xd8"}, [BAD])
    assert "<script" not in page
    assert page.count(escape(BAD)) >= 6  # title, heading, note, table, picture, person
    assert BAD in unescape(page)
    assert not [name for name, _ in Outline(page).attributes if name.startswith("on")]


@pytest.mark.parametrize(("suffix", "kind"), [("jpg", "jpeg"), ("png", "png"), ("webp", "webp")])
def test_a_picture_lies_within_the_page(view: VideoView, suffix: str, kind: str) -> None:
    picture = cv2.imencode(f".{suffix}", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    page = html_report(view, {1: picture})
    assert page.count("<img") == 1
    assert f'alt="Face of Ann" src="data:image/{kind};base64,' in page


@pytest.mark.parametrize("seconds", [0.0, 0.04, 2.0])
def test_a_video_without_faces_has_a_report(seconds: float) -> None:
    assert "No face was seen." in text_of(html_report(view_of({}, seconds)))


def test_one_frame_has_a_report() -> None:
    assert "Ann" in html_report(view_of({1: lambda _: "sad"}, 0.04, people=People({1: "Ann"})))


def test_a_long_video_has_no_larger_report() -> None:
    view = view_of({1: lambda t: "happy" if int(t) % 3 else "sad"}, 600.0)
    assert len(html_report(view)) < 80_000
