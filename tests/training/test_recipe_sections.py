"""Each section refuses what could not be meant, and names the key."""

from typing import Any

import pytest

from fer_core.domain.errors import RecipeError
from fer_core.training.recipe_sections import (
    Augmentation,
    CrossValidation,
    Holdout,
    Optimization,
    Published,
    Targets,
)


@pytest.mark.parametrize(
    ("section", "values", "message"),
    [
        (Augmentation, {"shear_deg": 61.0}, "augmentation.shear_deg must be 0 to 60, got 61"),
        (Augmentation, {"mixup": 1.5}, "augmentation.mixup must be 0 to 1"),
        (Augmentation, {"cutmix": -0.1}, "augmentation.cutmix must be 0 to 1"),
        (Optimization, {"optimizer": "lion"}, "optimizer must be one of sgd, adam, adamw"),
        (Optimization, {"schedule": "step"}, "schedule must be one of cosine, constant, plateau"),
        (Optimization, {"class_weights": "x"}, "class_weights must be one of none, balanced"),
        (Optimization, {"plateau_factor": 1.0}, "plateau_factor must be 0 to 1"),
        (Optimization, {"plateau_patience": 0}, "plateau_patience must be 1 or more"),
        (Optimization, {"early_stopping": -1}, "early_stopping must be 0 or more"),
        (Optimization, {"schedule": "constant", "warmup_epochs": 1.0}, "belongs to the cosine"),
        (Targets, {"vote_share": 1.5}, "targets.vote_share must be 0 to 1"),
        (Targets, {"auxiliary_weight": 0.0}, "targets.auxiliary_weight must be above 0"),
        (Holdout, {"size": 0}, "holdout.size must be a count, or a share"),
        (Holdout, {"size": 0.5, "by": "face"}, "holdout.by must be one of picture, group"),
        (CrossValidation, {"folds": 1}, "cross_validation.folds must be 2 or more, got 1"),
        (CrossValidation, {"by": "face"}, "cross_validation.by must be one of picture, group"),
        (Published, {"source": "A", "value": 65.0}, "published.value must be 0 to 1, got 65"),
    ],
)
def test_a_bad_value_is_told(section: type, values: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        section(**values)
