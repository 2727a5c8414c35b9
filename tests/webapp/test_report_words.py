"""The sentences say what the figures say; all numbers by hand."""

import pytest

from webapp.components import report_words as words

REPORT = {
    "labels": ["fear", "sad", "disgust"],
    "confusion": [[300, 103, 93], [40, 600, 10], [0, 20, 36]],
    "per_class": {
        "fear": {"f1": 0.52, "support": 496},
        "sad": {"f1": 0.87, "support": 650},
        "disgust": {"f1": 0.0, "support": 0},
    },
}


def test_the_most_often_confused_pair_is_by_number() -> None:
    sentence = words.confusion_sentence(REPORT)
    assert sentence == "Most often confused: fear read as sad (103 of 496, 21%)."


def test_by_share_a_small_class_comes_first() -> None:
    sentence = words.confusion_sentence(REPORT, by_share=True)
    assert sentence == "Largest share of a class confused: disgust read as sad (20 of 56, 36%)."


def test_pairs_that_never_happened_are_left_out() -> None:
    pairs = words.confusions(REPORT)
    assert [pair.count for pair in pairs] == [103, 93, 40, 20, 10]


def test_a_model_without_a_mistake_is_told() -> None:
    perfect = {"labels": ["a", "b"], "confusion": [[3, 0], [0, 4]]}
    assert words.confusion_sentence(perfect) == "No class was ever confused with another."


def test_classes_that_do_not_occur_are_neither_best_nor_worst() -> None:
    assert words.class_sentence(REPORT) == "Read best: sad (F1 0.87); worst: fear (F1 0.52)."


def test_the_best_epoch_is_by_the_selection_split() -> None:
    rows = [
        {"epoch": 1, "accuracy": 0.5, "val_accuracy": 0.45, "learning_rate": 0.1},
        {"epoch": 2, "accuracy": 0.7, "val_accuracy": 0.60, "learning_rate": 0.15},
        {"epoch": 3, "accuracy": 0.8, "val_accuracy": 0.55, "learning_rate": 0.01},
    ]
    assert words.history_sentence(rows) == (
        "Best epoch 2 of 3: 60.0% on the pictures that the epoch was chosen on; "
        "training ended at 80.0%. The learning rate peaked at 0.15 and ended at 0.01."
    )


def test_calibration_is_weighted_by_the_number_of_answers() -> None:
    bins = [
        {"confidence": 0.5, "accuracy": 0.4, "count": 30},
        {"confidence": 0.9, "accuracy": 0.95, "count": 70},
    ]
    # 0.3 × 10 points over, 0.7 × 5 points under: 6.5 apart, 0.5 under.
    assert words.reliability_sentence(bins) == (
        "Stated probability and share that is right are 6.5% apart on average; taken together, "
        "the model is 0.5% less sure than right."
    )


@pytest.mark.parametrize(
    ("ranks", "sentence"),
    [
        (
            {"overall": [70, 20, 10], "second_when_wrong": 2 / 3},
            "The true label comes first on 70.0% of 100 faces; when it does not, it is second "
            "67% of the time.",
        ),
        (
            {"overall": [4, 0], "second_when_wrong": None},
            "The true label comes first on 100.0% of 4 faces.",
        ),
        (
            {"overall": [3, 0, 1], "second_when_wrong": 0.0},
            "The true label comes first on 75.0% of 4 faces; when it does not, it is second "
            "0% of the time.",
        ),
    ],
)
def test_the_rank_of_the_true_label(ranks: dict[str, object], sentence: str) -> None:
    assert words.ranks_sentence(ranks) == sentence


def test_the_areas_under_the_curves() -> None:
    roc = {"macro_auc": 0.8, "per_class": {"sad": {"auc": 0.7}, "happy": {"auc": 0.9}}}
    assert words.roc_sentence(roc) == (
        "Mean area under the curve 0.800; largest for happy (0.900), smallest for sad (0.700)."
    )


def test_what_harms_most_and_least() -> None:
    robustness = {
        "clean_accuracy": 0.7,
        "corruptions": {
            "size": {"accuracy": [0.7, 0.2]},
            "brightness": {"accuracy": [0.6, 0.7, 0.65]},
        },
    }
    assert words.robustness_sentence(robustness) == (
        "Of 70.0% on unchanged pictures, 20.0% are left at worst (fewer pixels); "
        "brightness harms least: 60.0%."
    )


def test_the_levels_of_one_corruption() -> None:
    row = {"levels": [0, 0.5], "accuracy": [0.7, 0.4], "unit": "sigma, px"}
    assert words.levels_sentence(row) == "70% at 0, 40% at 0.5 (sigma, px)."


def test_folds_are_read_out_as_mean_and_range() -> None:
    folds = {
        "folds": 2,
        "accuracy_mean": 0.85,
        "each": [{"n": 10, "accuracy": 0.9}, {"n": 10, "accuracy": 0.8}],
        "pooled": {"n": 20},
    }
    expected = "Mean accuracy 85.0% over 2 folds (80.0% to 90.0%; n = 20 in all)."
    assert words.folds_sentence(folds) == expected
