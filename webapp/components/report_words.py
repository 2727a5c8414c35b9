"""A report's figures read out in a sentence each, for captions and for those who cannot see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

_CORRUPTIONS = {
    "square": "Square covered",
    "eyes": "Eyes covered",
    "mouth": "Mouth covered",
    "jpeg": "JPEG compression",
    "size": "Fewer pixels",
}


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one class was read as another.

    Attributes:
        true: The class.
        predicted: What it was read as.
        count: How many pictures.
        support: How many pictures of the class there are.
    """

    true: str
    predicted: str
    count: int
    support: int

    @property
    def share(self) -> float:
        """Part of the true class, 0 to 1."""
        return self.count / self.support if self.support else 0.0


def confusions(report: Row, by_share: bool = False) -> list[Confusion]:
    """All pairs of different classes that were confused at all, the most often first."""
    labels, matrix = report["labels"], report["confusion"]
    pairs = [
        Confusion(labels[row], labels[column], count, sum(counts))
        for row, counts in enumerate(matrix)
        for column, count in enumerate(counts)
        if row != column and count
    ]
    return sorted(pairs, key=lambda pair: -(pair.share if by_share else pair.count))


def confusion_sentence(report: Row, by_share: bool = False) -> str:
    """Which class is most often read as which."""
    pairs = confusions(report, by_share)
    if not pairs:
        return "No class was ever confused with another."
    pair = pairs[0]
    how = "Largest share of a class confused" if by_share else "Most often confused"
    return (
        f"{how}: {pair.true} read as {pair.predicted} "
        f"({pair.count:,} of {pair.support:,}, {pair.share:.0%})."
    )


def history_sentence(history: Sequence[Row]) -> str:
    """The best epoch, and how far training ran ahead of it."""
    best = max(history, key=lambda row: row["val_accuracy"])
    last = history[-1]
    text = (
        f"Best epoch {best['epoch']:.0f} of {last['epoch']:.0f}: {best['val_accuracy']:.1%} on the "
        f"pictures that the epoch was chosen on; training ended at {last['accuracy']:.1%}."
    )
    rates = [row["learning_rate"] for row in history if row.get("learning_rate") is not None]
    if rates:
        text += f" The learning rate peaked at {max(rates):.2g} and ended at {rates[-1]:.2g}."
    return text


def folds_sentence(folds: Row) -> str:
    """The mean over the folds, and how far they are apart."""
    accuracies = [row["accuracy"] for row in folds["each"]]
    return (
        f"Mean accuracy {folds['accuracy_mean']:.1%} over {folds['folds']} folds "
        f"({min(accuracies):.1%} to {max(accuracies):.1%}; n = {folds['pooled']['n']:,} in all)."
    )


def class_sentence(report: Row) -> str:
    """The classes that are read best and worst."""
    rows = {label: row for label, row in report["per_class"].items() if row["support"]}
    ranked = sorted(rows, key=lambda label: -rows[label]["f1"])
    best, worst = ranked[0], ranked[-1]
    return (
        f"Read best: {best} (F1 {rows[best]['f1']:.2f}); "
        f"worst: {worst} (F1 {rows[worst]['f1']:.2f})."
    )


def ranks_sentence(ranks: Row) -> str:
    """How often the true label is first, and second when it is not."""
    overall = ranks["overall"]
    total = sum(overall)
    text = f"The true label comes first on {overall[0] / total:.1%} of {total:,} faces"
    second = ranks.get("second_when_wrong")
    if second is None:
        return f"{text}."
    return f"{text}; when it does not, it is second {second:.0%} of the time."


def reliability_sentence(bins: Sequence[Row]) -> str:
    """How far stated probabilities and the share that is right are apart."""
    total = sum(row["count"] for row in bins)
    gap = sum(row["count"] * (row["confidence"] - row["accuracy"]) for row in bins) / total
    apart = sum(row["count"] * abs(row["confidence"] - row["accuracy"]) for row in bins) / total
    leaning = "more" if gap > 0 else "less"
    return (
        f"Stated probability and share that is right are {apart:.1%} apart on average; taken "
        f"together, the model is {abs(gap):.1%} {leaning} sure than right."
    )


def roc_sentence(roc: Row) -> str:
    """The areas under the curves, largest and smallest."""
    areas = {label: row["auc"] for label, row in roc["per_class"].items()}
    best, worst = max(areas, key=areas.__getitem__), min(areas, key=areas.__getitem__)
    return (
        f"Mean area under the curve {roc['macro_auc']:.3f}; largest for {best} "
        f"({areas[best]:.3f}), smallest for {worst} ({areas[worst]:.3f})."
    )


def robustness_sentence(robustness: Row) -> str:
    """What hurts most and what least, at its strongest level."""
    clean = robustness["clean_accuracy"]
    lowest = {name: min(row["accuracy"]) for name, row in robustness["corruptions"].items()}
    worst, mildest = min(lowest, key=lowest.__getitem__), max(lowest, key=lowest.__getitem__)
    return (
        f"Of {clean:.1%} on unchanged pictures, {lowest[worst]:.1%} are left at worst "
        f"({corruption_title(worst).lower()}); {corruption_title(mildest).lower()} harms least: "
        f"{lowest[mildest]:.1%}."
    )


def corruption_title(name: str) -> str:
    """What is done to pictures, in words."""
    return _CORRUPTIONS.get(name, name.capitalize())


def levels_sentence(row: Row) -> str:
    """The accuracies at each level of one corruption."""
    pairs = zip(row["levels"], row["accuracy"], strict=True)
    return f"{', '.join(f'{share:.0%} at {level:g}' for level, share in pairs)} ({row['unit']})."


def mistakes_sentence(mistakes: Sequence[Row]) -> str:
    """The surest wrong answer."""
    row = mistakes[0]
    return f"Surest mistake: {row['true']} read as {row['predicted']} with {row['confidence']:.1%}."
