"""What `analyze` prints as it comes is what is exported in whole."""

import itertools
from pathlib import Path

import pytest

from fer_core.cli.printer import Format, Printer
from fer_core.domain.analysis import FrameAnalysis
from fer_core.inference.analyzer import load_analyzer
from fer_core.inference.exports import to_csv, to_json
from tests.cli.test_analyze_video import rolled
from tests.conftest import Image


@pytest.mark.parametrize("format_", [Format.json, Format.csv])
def test_what_is_printed_bit_by_bit_is_what_is_exported_in_whole(
    served_models: Path, capsys: pytest.CaptureFixture[str], astronaut: Image, format_: Format
) -> None:
    analyzer = load_analyzer()
    analyses = [analyzer.analyze(image, "=a\u2028b\n.jpg") for image in rolled(astronaut, 3)]
    whole = {Format.json: to_json, Format.csv: to_csv}[format_]
    for count in (0, 1, 3):
        printer, printed = Printer(format_, has_videos=False), ""
        for analysis in itertools.islice(analyses, count):
            printer.add(analysis)
            bit = capsys.readouterr().out
            assert bit  # at once
            printed += bit
        printer.end()
        printed += capsys.readouterr().out
        assert printed.rstrip("\r\n") == whole(analyses[:count]).rstrip("\r\n")


def test_a_person_gets_lines_for_photos_and_sums_for_videos(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printer = Printer(Format.table, has_videos=True)
    printer.add(FrameAnalysis("photo.jpg", (30, 20)))
    printer.add(FrameAnalysis("clip.mp4", (30, 20), time_s=0.0))
    printer.add_lines("clip.mp4 in sum")
    printer.end()
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("photo.jpg  30×20")
    assert second == "clip.mp4 in sum"


def test_what_sums_up_is_no_json(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(Format.json, has_videos=True)
    printer.add_lines("clip.mp4 in sum")
    printer.end()
    assert capsys.readouterr().out == "[]\n"


def test_videos_have_a_column_for_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(Format.csv, has_videos=True)
    printer.end()
    assert capsys.readouterr().out.startswith("source,face,")
