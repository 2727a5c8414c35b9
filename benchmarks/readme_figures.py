"""Writes the figures of README.md from the files that hold them: `make figures`.

The default model's figures come from its card and report; speed, parity and memory from
`benchmarks/bench.json`, which `make figures` measures anew. No figure is typed by hand.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
START, END = "<!-- figures -->", "<!-- /figures -->"


def figures() -> str:
    """The Markdown between the README's two marks."""
    model = ROOT / "models" / "default"
    report = json.loads((model / "report.json").read_text(encoding="utf-8"))
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    bench = json.loads((ROOT / "benchmarks" / "bench.json").read_text(encoding="utf-8"))
    size_mb = (model / "model.onnx").stat().st_size / 1e6
    lines = [
        f"| `default` on {report['single']['data']} {report['single']['split']} "
        f"(n = {report['single']['n']:,}) | one view | ten views |",
        "| --- | --- | --- |",
        _row("accuracy", report, lambda r: f"{r['accuracy']:.1%}"),
        _row("95% interval", report, lambda r: "{:.1%} to {:.1%}".format(*r["accuracy_ci95"])),
        _row("macro F1", report, lambda r: f"{r['macro_f1']:.3f}"),
        _row(
            "true label among the two most probable", report, lambda r: f"{r['top2_accuracy']:.1%}"
        ),
        _row("calibration error (ECE)", report, lambda r: f"{r['ece']:.3f}"),
        "",
        f"{card['parameters']:,} parameters, {size_mb:.1f} MB as ONNX. Calibration error before "
        f"the temperature ({report['temperature']:.2f}): {report['ece_before_temperature']:.3f}.",
        "",
        "| on two shared CPU cores | |",
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
    ]
    return "\n".join(lines)


def with_figures(readme: str) -> str:
    """A README with the text between its marks replaced."""
    before, rest = readme.split(START)
    return f"{before}{START}\n{figures()}\n{END}{rest.split(END)[1]}"


def _row(name: str, report: dict[str, Any], show: Any) -> str:
    return f"| {name} | {show(report['single'])} | {show(report['ten_views'])} |"


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(with_figures(path.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(figures() + "\n")
