"""Writes the figures of README.md from the files that hold them: `make figures`.

The models' figures come from their cards and reports; speed, parity and memory from the JSON
files beside this one, which `make figures` measures anew, but for `input_pipeline.json`, which
takes FER2013: `python -m benchmarks.input_pipeline --data fer2013.csv`. No figure is typed by hand.
"""

import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MODELS = ("default", "ferplus", "fer7_labels")
CK48_MODELS = (
    "ck48_small",
    "comp3710_model1",
    "comp3710_model1_augmented",
    "comp3710_model2",
)
START, END = "<!-- figures -->", "<!-- /figures -->"


def figures() -> str:
    """The Markdown between the README's two marks."""
    bench = _measured("bench")
    models = {name: _read(name) for name in MODELS}
    lines = [
        f"| PublicTest | {' | '.join(f'`{name}`' for name in models)} |",
        f"| --- |{' --- |' * len(models)}",
        _row("scored on", models, lambda card, report: report["single"]["data"]),
        _row("pictures, classes", models, lambda card, report: _size(report["single"])),
        _row("accuracy, one view", models, lambda card, report: _accuracy(report["single"])),
        _row("accuracy, ten views", models, lambda card, report: _accuracy(report["ten_views"])),
        _row("without copies of Training's", models, lambda card, report: _unseen(report)),
        _row("on the other labels", models, lambda card, report: _other(report)),
        _row("macro F1", models, lambda card, report: f"{report['single']['macro_f1']:.3f}"),
        _row(
            "among the top two",
            models,
            lambda c, report: f"{report['single']['top2_accuracy']:.1%}",
        ),
        _row("ECE, before temperature", models, lambda card, report: _calibration(report)),
        _row("parameters", models, lambda card, report: f"{card['parameters']:,}"),
        "",
        *_published(),
        "",
        *_on_ck48(),
        "",
        "| `default` on two shared CPU cores | |",
        "| --- | --- |",
        f"| `import fer_core` | {bench['import fer_core, s']:.3f} s |",
        f"| all that serving needs, imported | {bench['import all that serving needs, s']:.2f} s |",
        f"| network, one face, one core | {bench['network, ms a face']:.1f} ms |",
        f"| photo of {bench['photo, longer side, px']:,.0f} px, end to end | "
        f"{bench['end to end, ms']:.0f} ms, "
        f"{bench['end to end / (detector + network)']:.2f} × (detector alone + network alone) |",
        f"| a face alone or among others, largest difference | "
        f"{bench['batch against single, largest difference']:.1g} |",
        f"| ONNX against Keras, largest difference | "
        f"{bench['ONNX against Keras, largest difference']:.1g} |",
        f"| memory over {bench['photos analysed for memory']:.0f} photos, second and last fifth | "
        f"{bench['memory, median of the second fifth, MB']:.0f} MB, "
        f"{bench['memory, median of the last fifth, MB']:.0f} MB |",
        "",
        *_on_live_video(),
        "",
        *_on_videos(),
        "",
        *_on_the_demo(),
        "",
        *_on_training(),
    ]
    return "\n".join(lines)


def _published() -> list[str]:
    """A row for each recipe that names a published figure."""
    lines = ["| recipe | published | reproduced here |", "| --- | --- | --- |"]
    for path in sorted((ROOT / "configs").glob("*.toml")):
        published = tomllib.loads(path.read_text(encoding="utf-8")).get("published")
        if not published:
            continue
        there = f"{published.get('split') or 'an unnamed split'}{_count(published.get('n'))}"
        here = "not trained yet"
        if (ROOT / "models" / path.stem / "card.json").is_file():
            _, report = _read(path.stem)
            single = report["single"]
            here = f"{_accuracy(single)}, {single['data']} {single['split']}{_count(single['n'])}"
        lines.append(f"| `{path.stem}` | {published['value']:.1%}, {there} | {here} |")
    return lines


def _on_ck48() -> list[str]:
    """CK+ divided at random, which leaks, beside CK+ with each person in one fold."""
    lines = [
        "| CK+48 | parameters | 324 random pictures | people kept apart |",
        "| --- | --- | --- | --- |",
    ]
    for name in CK48_MODELS:
        card, report = _read(name)
        folds = report.get("cross_validation")
        apart = "not measured"
        if folds:
            apart = (
                f"{folds['accuracy_mean']:.1%}, mean of {folds['folds']} folds, last epoch"
                f"{_count(folds['pooled']['n'])}"
            )
        lines.append(
            f"| `{name}` | {card['parameters']:,} | {_accuracy(report['single'])} | {apart} |"
        )
    return lines


def _on_training() -> list[str]:
    """What the engine's input and the Training page cost, by the benchmarks' own files."""
    pipeline, pages, watching = map(_measured, ("input_pipeline", "training_page", "watching"))
    opening, refresh = pages["first_opening"]["ms"], pages["refresh"]["ms"]
    return [
        "| training, on the same cores | |",
        "| --- | --- |",
        f"| a step on FER2013 as the engine feeds it, against the same step on one batch | "
        f"{pipeline['engine / one batch']:.2f} × |",
        f"| the same read by `ImageDataGenerator` | "
        f"{pipeline['ImageDataGenerator / one batch']:.2f} × |",
        f"| memory, both ways in one process | {pipeline['peak_memory_mb']:,.0f} MB |",
        f"| Training page over {pages['runs']} runs of {pages['epochs']} epochs: first opening, "
        f"refresh of a running run | {opening:.0f} ms, {refresh:.0f} ms |",
        f"| the machine's share that the server takes to watch a run, and a browser beside it | "
        f"{watching['server, share of the machine']:.1%}, "
        f"{watching['browser, share of the machine']:.1%} |",
    ]


def _on_live_video() -> list[str]:
    """How the Webcam page keeps up, with its browser on the same machine."""
    live = _measured("live")
    return [
        "| live video, 640×480, one face, browser on the same two cores | |",
        "| --- | --- |",
        f"| frames read a second, of those that came | {live['browser, frames read/s']:.0f} of "
        f"{live['browser, frames that came/s']:.0f} |",
        f"| capture to result, median and 95% | "
        f"{live['browser, capture to result, median, ms']} ms, "
        f"{live['browser, capture to result, 95%, ms']} ms |",
        f"| capture to the picture shown again, median and 95% | "
        f"{live['browser, capture to picture shown again, median, ms']} ms, "
        f"{live['browser, capture to picture shown again, 95%, ms']} ms |",
        f"| the handler alone, frames a second | {live['handler, frames/s']:.0f} |",
        f"| packet to packet, processor time | {live['packet to packet, ms a frame']:.0f} ms, "
        f"{live['packet to packet / its parts']:.2f} × (decode + detector + network + draw + "
        "encode, each alone) |",
        f"| with a network that takes 500 ms: frames shown a second, latency after five and after "
        f"ten seconds | {live['slow model, frames shown/s']:.0f}, "
        f"{live['slow model, latency in the middle, ms']} ms, "
        f"{live['slow model, latency at the end, ms']} ms |",
    ]


def _on_videos() -> list[str]:
    """What reading a file costs by its length, drawing it, and how well people are told apart."""
    video = _measured("video")
    lengths = [int(key.split()[0]) for key in video if key.endswith("read, times real time")]
    shown = ", ".join(f"{seconds}" for seconds in lengths)

    def of_each(figure: str, unit: str) -> str:
        return ", ".join(f"{video[f'{seconds} s: {figure}']:,}{unit}" for seconds in lengths)

    took = of_each("with the process's start, s", " s")
    (hard,) = (key for key in video if key.endswith("id switches"))
    faces = video[hard.replace("id switches", "faces found")]
    return [
        f"| video files, 640×480, 25 frames/s, every frame read; {shown} s long | |",
        "| --- | --- |",
        f"| reading, times real time | {of_each('read, times real time', ' ×')} |",
        f"| from the start of the process to the end | {took} |",
        f"| most memory | {of_each('most memory, MB', ' MB')} |",
        f"| drawing {lengths[0]} s with its sound | "
        f"{video[f'{lengths[0]} s: drawn, times real time']} × real time, "
        f"{video[f'{lengths[0]} s: drawn, most memory, MB']} MB |",
        f"| two faces that cross, one leaves: numbers given | "
        f"{video['two faces cross: numbers given']} |",
        f"| {hard} | {video[hard]} in {faces:,} faces |",
    ]


def _on_the_demo() -> list[str]:
    """What the Gradio demo adds to the analyzer, and a minute of many clients."""
    demo = _measured("demo")
    sample, large = "sample", "photo of 9 megapixels"
    return [
        "| Gradio demo, clients on the same two cores | |",
        "| --- | --- |",
        f"| start to first answer | {demo['first answer after the start, s']:.1f} s |",
        *(
            f"| `/analyze`, {name}, over a kept connection | "
            f"{demo[f'{name}, answer over a kept connection, ms']:.0f} ms, "
            f"{demo[f'{name}, answer / alone']:.2f} × (decoding + analysis alone) |"
            for name in (sample, large)
        ),
        f"| `/analyze`, {sample}, from `gradio_client` | "
        f"{demo['answer to gradio_client, ms']:.0f} ms |",
        f"| twenty clients for a minute: answers, errors, for each client | "
        f"{demo['twenty clients, answers']:,}, {demo['twenty clients, errors']}, "
        f"{demo['twenty clients, fewest answers']} to {demo['twenty clients, most answers']} |",
        f"| memory meanwhile, second and last fifth | "
        f"{demo['memory, median of the second fifth, MB']} MB, "
        f"{demo['memory, median of the last fifth, MB']} MB |",
    ]


def _measured(benchmark: str) -> dict[str, Any]:
    """What a benchmark wrote down."""
    path = ROOT / "benchmarks" / f"{benchmark}.json"
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return figures


def _count(n: int | None) -> str:
    return f", n = {n:,}" if n else ""


def with_figures(readme: str) -> str:
    """A README with the text between its marks replaced."""
    before, rest = readme.split(START)
    return f"{before}{START}\n{figures()}\n{END}{rest.split(END)[1]}"


def _read(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A model's card and report."""
    folder = ROOT / "models" / name
    files = (folder / "card.json", folder / "report.json")
    card, report = (json.loads(path.read_text(encoding="utf-8")) for path in files)
    return card, report


def _row(name: str, models: dict[str, Any], show: Callable[[Any, Any], str]) -> str:
    return f"| {name} | {' | '.join(show(*model) for model in models.values())} |"


def _size(figures: dict[str, Any]) -> str:
    return f"{figures['n']:,}, {len(figures['labels'])}"


def _accuracy(figures: dict[str, Any]) -> str:
    low, high = figures["accuracy_ci95"]
    return f"{figures['accuracy']:.1%} ({low:.1%} to {high:.1%})"


def _unseen(report: dict[str, Any]) -> str:
    part = report["unseen"]
    return f"{part['accuracy']:.1%}{_count(part['n'])}"


def _other(report: dict[str, Any]) -> str:
    part = report["other_labels"]
    return f"{part['accuracy']:.1%}{_count(part['n'])}"


def _calibration(report: dict[str, Any]) -> str:
    return f"{report['single']['ece']:.3f}, {report['ece_before_temperature']:.3f}"


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(with_figures(path.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(figures() + "\n")
