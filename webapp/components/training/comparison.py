"""Runs side by side: curves over one another, what was asked for, and whether one is better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from fer_core.domain.durations import duration
from fer_core.domain.errors import FerError, ModelError
from fer_core.evaluation.answers import ANSWERS_FILE, load_answers
from fer_core.evaluation.comparison import Comparison, compare
from fer_core.evaluation.metrics import measure
from fer_core.training.runs import Run, RunStatus, list_runs
from fer_core.zoo.card import ModelCard
from webapp.components import report_charts
from webapp.components.text import plain, text_colour
from webapp.components.training import run_charts
from webapp.components.training.plan import flat

Counts = npt.NDArray[np.int64]

_CHOSEN, _FIGURE = "training-compared", "training-compared-figure"
_NO_PARAMETER = ("name", "description", "published")
_NAMES = {
    "val_accuracy": "Validation accuracy",
    "val_loss": "Validation loss",
    "val_macro_f1": "Validation macro F1",
    "accuracy": "Training accuracy",
    "loss": "Training loss",
    "learning_rate": "Learning rate",
}


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two models' answers to the same pictures.

    Attributes:
        found: The paired comparison.
        confusions: The K labels, and the (K, K) confusion matrix of each.
    """

    found: Comparison
    confusions: tuple[tuple[str, ...], Counts, Counts]


def show_comparison() -> None:
    """Draw the whole tab."""
    known = {status.run: status for status in list_runs()}
    if len(known) < 2:
        st.info("Two runs are needed to compare.", icon=":material/compare_arrows:")
        return
    trained = [run for run, status in known.items() if status.epoch]
    st.session_state.setdefault(_CHOSEN, trained[:2])
    st.session_state[_CHOSEN] = [run for run in st.session_state[_CHOSEN] if run in known]
    chosen = st.multiselect(
        "Runs",
        list(known),
        key=_CHOSEN,
        format_func=lambda run: _called(known[run]),
        max_selections=run_charts.MOST_RUNS,
    )
    if len(chosen) < 2:
        st.caption("Choose two or more.")
        return
    runs = [Run.open(run) for run in chosen]
    names = [_called(known[run]) for run in chosen]
    _show_curves(dict(zip(names, runs, strict=True)))
    _show_figures(names, runs, [known[run] for run in chosen])
    _show_parameters(names, runs)
    _show_pair(dict(zip(names, runs, strict=True)))


def _called(status: RunStatus) -> str:
    """A run's title, and its id where that alone does not say which it is."""
    return status.run if status.title == status.name else f"{status.title} ({status.run})"


def _show_curves(runs: Mapping[str, Run]) -> None:
    figure = st.selectbox("Curve", list(_NAMES), key=_FIGURE, format_func=_NAMES.__getitem__)
    histories = {name: run.history() for name, run in runs.items()}
    st.plotly_chart(
        run_charts.overlay(histories, figure),
        config=report_charts.CONFIG,
        key="training-overlay",
        alt=f"{_NAMES[figure]} by epoch of {', '.join(runs)}.",
    )


def _show_figures(names: Sequence[str], runs: Sequence[Run], statuses: Sequence[RunStatus]) -> None:
    st.subheader("Figures")
    rows = []
    for name, run, status in zip(names, runs, statuses, strict=True):
        row: dict[str, Any] = {"run": name, "state": str(status.state), "epochs": status.epoch}
        best = status.best.get("val_accuracy")
        row["best in training"] = "" if best is None else f"{best:.1%}"
        row["time"] = duration(status.elapsed_s) if status.elapsed_s else ""
        rows.append(row | _card_figures(run))
    columns = dict.fromkeys(column for row in rows for column in row)
    rows = [{column: row.get(column, "") for column in columns} for row in rows]
    st.dataframe(rows, hide_index=True, width="stretch", alt="Figures of each run.")


def _card_figures(run: Run) -> dict[str, Any]:
    try:
        card = ModelCard.read(run.model_folder)
    except ModelError:  # it has not come that far
        return {}
    for split, figures in card.metrics.items():
        low, high = figures["accuracy_ci95"]
        return {
            "accuracy": f"{figures['accuracy']:.1%} ({low:.1%} to {high:.1%})",
            "macro F1": f"{figures['macro_f1']:.3f}",
            "top 2": f"{figures['top2_accuracy']:.1%}",
            "calibration error": f"{figures['ece']:.1%}",
            "on": f"{card.dataset['name']} {split}, n = {figures['n']:,}",
            "parameters": f"{card.parameters:,}",
        }
    return {}


def _show_parameters(names: Sequence[str], runs: Sequence[Run]) -> None:
    st.subheader("What was asked for")
    asked = [{"data": run.data} | flat(run.recipe) for run in runs]
    rows = []
    for key in dict.fromkeys(key for values in asked for key in values):
        if key.partition(".")[0] in _NO_PARAMETER:
            continue
        values = [_shown(each.get(key)) for each in asked]
        differs = len(set(values)) > 1
        mark = {"differs": "●" if differs else ""}
        rows.append({"parameter": key} | mark | dict(zip(names, values, strict=True)))
    differing = [row for row in rows if row["differs"]]
    show_all = st.toggle("Show what is the same too", key="training-compare-all")
    if not (show_all or differing):
        st.caption("They were asked for the same.")
        return
    st.dataframe(
        rows if show_all else differing,
        hide_index=True,
        width="stretch",
        column_order=["parameter", *(["differs"] if show_all else []), *names],
        alt="Parameters of each run.",
    )


def _shown(value: Any) -> str:
    return "" if value is None or value == "" else str(value)


def _show_pair(runs: Mapping[str, Run]) -> None:
    st.subheader("Is one better?")
    finished = [name for name, run in runs.items() if (run.model_folder / ANSWERS_FILE).is_file()]
    if len(finished) < 2:
        st.caption("Two finished runs can be compared picture by picture.")
        return
    left, right = st.columns(2)
    with left:
        first = st.selectbox("First", finished, key="training-first")
    with right:
        second = st.selectbox("Second", [n for n in finished if n != first], key="training-second")
    files = [runs[name].model_folder / ANSWERS_FILE for name in (first, second)]
    try:
        versions = files[0].stat().st_mtime_ns, files[1].stat().st_mtime_ns
        pair = _pair(str(files[0]), str(files[1]), versions)
    except (FerError, OSError) as error:
        st.warning(plain(str(error)), icon=":material/broken_image:")
        return
    if pair is None:
        st.info(
            "These two were scored on different pictures or classes, so that pictures cannot be "
            "paired. `python -m fer_core evaluate --against` scores both on the same.",
            icon=":material/difference:",
        )
        return
    st.markdown(plain(pair_sentence(first, second, pair.found)))
    st.plotly_chart(
        run_charts.confusion_difference(*pair.confusions, text_colour()),
        config=report_charts.CONFIG,
        key="training-difference",
        alt="Confusion matrix of the first less that of the second.",
    )
    st.caption(
        "Pictures that the first puts into a cell, less those that the second does: blue on the "
        "diagonal is more right, orange off it is fewer mistakes."
    )


@st.cache_data(show_spinner="Comparing picture by picture…", max_entries=16)
def _pair(first: str, second: str, versions: tuple[int, int]) -> Pair | None:
    """Two models' answers compared; None where they are to different questions."""
    one, other = load_answers(Path(first)), load_answers(Path(second))
    if (one.fingerprint, one.labels) != (other.fingerprint, other.labels):
        return None
    found = compare(one.probabilities, other.probabilities, one.targets)
    counts = [measure(a.probabilities, a.targets, a.labels).confusion for a in (one, other)]
    return Pair(found, (one.labels, counts[0], counts[1]))


def pair_sentence(first: str, second: str, found: Comparison) -> str:
    """What a paired comparison says, in words."""
    low, high = found.accuracy_difference_ci95
    sure = "the interval holds zero" if low <= 0 <= high else "the interval leaves zero out"
    return (
        f"{first} has {found.accuracy[0]:.1%} and {second} {found.accuracy[1]:.1%} of the same "
        f"{found.n:,} pictures: {100 * found.accuracy_difference:+.1f} points (paired 95% interval "
        f"{100 * low:+.1f} to {100 * high:+.1f}; {sure}). Only the first is right on "
        f"{found.only_first_right:,}, only the second on {found.only_second_right:,} "
        f"(McNemar p = {found.mcnemar_p:.2g})."
    )
