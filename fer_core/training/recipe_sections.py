"""The sections of a recipe: frozen values, each checked when it is built."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fer_core.datasets.relabel import TARGETS
from fer_core.domain.errors import RecipeError

OPTIMIZERS = ("sgd", "adam", "adamw")
SCHEDULES = ("cosine", "constant", "plateau")
CLASS_WEIGHTS = ("none", "balanced")
HOLDOUT_UNITS = ("picture", "group")


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Random changes to a training picture; the defaults change nothing.

    Attributes:
        flip: Mirror half of the pictures.
        rotation_deg: Largest turn to either side, in degrees.
        zoom: Largest change of size, as a fraction.
        shift: Largest shift along each axis, as a fraction of the side.
        shear_deg: Largest slant of the vertical to either side, in degrees.
        brightness: Largest change of brightness, as a fraction of full scale.
        contrast: Largest change of contrast, as a fraction.
        cutout: Share of pictures of which one square is blanked (DeVries and Taylor 2017).
        cutout_side: Side of that square, as a fraction of the picture's.
        mixup: Share of pictures blended with another, targets too (Zhang et al. 2018).
        cutmix: Share of pictures of which one rectangle comes from another, targets in
            proportion (Yun et al. 2019).
    """

    flip: bool = False
    rotation_deg: float = 0.0
    zoom: float = 0.0
    shift: float = 0.0
    shear_deg: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    cutout: float = 0.0
    cutout_side: float = 0.33
    mixup: float = 0.0
    cutmix: float = 0.0

    def __post_init__(self) -> None:
        require(0 <= self.rotation_deg <= 180, "augmentation.rotation_deg", "0 to 180", self)
        require(0 <= self.shear_deg <= 60, "augmentation.shear_deg", "0 to 60", self)
        for name in ("zoom", "shift", "brightness", "contrast", "cutout_side"):
            require(0 <= getattr(self, name) < 1, f"augmentation.{name}", "0 to 1", self)
        for name in ("cutout", "mixup", "cutmix"):
            require(0 <= getattr(self, name) <= 1, f"augmentation.{name}", "0 to 1", self)


@dataclass(frozen=True, slots=True)
class Optimization:
    """How the weights are found; by default SGD, a warm-up, a cosine to zero, averaged weights.

    Attributes:
        epochs: Passes over the training split, at most.
        batch_size: Pictures a step.
        optimizer: "sgd" (with Nesterov momentum), "adam" or "adamw".
        learning_rate: Peak rate, reached after the warm-up.
        schedule: "cosine" to zero, "constant", or "plateau" (lowered when the validation loss
            stalls).
        warmup_epochs: Epochs over which a cosine's rate climbs from zero.
        plateau_factor: What a plateau multiplies the rate by.
        plateau_patience: Epochs without a better validation loss that make a plateau.
        plateau_min_delta: Smallest gain that counts as better.
        early_stopping: Epochs without a better validation loss after which training ends;
            0 goes on to the last epoch.
        momentum: Nesterov momentum of SGD.
        weight_decay: Decoupled decay of convolution and dense kernels (Loshchilov and Hutter
            2019); each step takes rate times this fraction off.
        label_smoothing: Probability mass spread evenly over all classes.
        class_weights: "balanced" weighs each class by the inverse of its share; or "none".
        ema: Momentum of the moving average of weights, which is what is validated and kept;
            0 validates and keeps the weights themselves.
    """

    epochs: int = 60
    batch_size: int = 128
    optimizer: str = "sgd"
    learning_rate: float = 0.15
    schedule: str = "cosine"
    warmup_epochs: float = 0.0
    plateau_factor: float = 0.1
    plateau_patience: int = 10
    plateau_min_delta: float = 1e-4
    early_stopping: int = 0
    momentum: float = 0.9
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    class_weights: str = "none"
    ema: float = 0.0

    def __post_init__(self) -> None:
        require(self.epochs >= 1, "optimization.epochs", "1 or more", self)
        require(self.batch_size >= 2, "optimization.batch_size", "2 or more", self)
        require(self.learning_rate > 0, "optimization.learning_rate", "above 0", self)
        require(
            0 <= self.warmup_epochs < self.epochs,
            "optimization.warmup_epochs",
            "0 or more, and fewer than the epochs",
            self,
        )
        if self.warmup_epochs and self.schedule != "cosine":
            raise RecipeError(
                f"optimization.warmup_epochs belongs to the cosine schedule, got {self.schedule!r}."
            )
        require(0 < self.plateau_factor < 1, "optimization.plateau_factor", "0 to 1", self)
        require(self.plateau_patience >= 1, "optimization.plateau_patience", "1 or more", self)
        for name in ("plateau_min_delta", "early_stopping", "weight_decay"):
            require(getattr(self, name) >= 0, f"optimization.{name}", "0 or more", self)
        for name in ("momentum", "label_smoothing", "ema"):
            require(0 <= getattr(self, name) < 1, f"optimization.{name}", "0 to 1", self)
        one_of(self.optimizer, OPTIMIZERS, "optimization.optimizer")
        one_of(self.schedule, SCHEDULES, "optimization.schedule")
        one_of(self.class_weights, CLASS_WEIGHTS, "optimization.class_weights")


@dataclass(frozen=True, slots=True)
class Targets:
    """What the network is asked to answer; by default the data's own labels and nothing else.

    A training target is a weighted mean of the label, of what the FER+ votes say about the
    label, and of what teachers answer; the shares below are taken from the label's.

    Attributes:
        source: "labels", the "majority" of the FER+ votes, or the "votes" as a distribution.
        vote_share: Share of the target that is the label's distribution given the picture's
            FER+ votes, as a regression on the training split has it.
        teachers: Names of models that teach (Hinton et al. 2015); several are averaged.
        teacher_share: Share of the target that is the teachers' answer.
        auxiliary: Label set of a second head over the same features, taught by the FER+ votes
            themselves; it becomes a second model. Empty for none.
        auxiliary_weight: Weight of its loss beside the first head's.
    """

    source: str = "labels"
    vote_share: float = 0.0
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.0
    auxiliary: str = ""
    auxiliary_weight: float = 0.5

    def __post_init__(self) -> None:
        one_of(self.source, TARGETS, "targets.source")
        for name in ("vote_share", "teacher_share"):
            require(0 <= getattr(self, name) <= 1, f"targets.{name}", "0 to 1", self)
        if self.vote_share + self.teacher_share > 1:
            raise RecipeError(
                "targets.vote_share and targets.teacher_share must be 1 together at most, "
                f"got {self.vote_share} and {self.teacher_share}."
            )
        if bool(self.teachers) != (self.teacher_share > 0):
            raise RecipeError("targets.teachers and targets.teacher_share belong together.")
        if self.vote_share and self.source != "labels":
            raise RecipeError(
                "targets.vote_share mixes votes into the data's own labels: "
                f"expected targets.source 'labels' beside it, got {self.source!r}."
            )
        require(self.auxiliary_weight > 0, "targets.auxiliary_weight", "above 0", self)

    @property
    def use_votes(self) -> bool:
        """Whether the FER+ votes change anything that is learned."""
        return self.source != "labels" or self.vote_share > 0 or bool(self.auxiliary)


@dataclass(frozen=True, slots=True)
class Holdout:
    """A random division of data that has no splits of its own, such as CK+.

    Attributes:
        size: Pictures of the selection split: a count, or a share below 1.
        by: "picture", or "group" to keep a person's pictures in one split.
        seed: Makes the division repeatable.
    """

    size: float
    by: str = "picture"
    seed: int = 1

    def __post_init__(self) -> None:
        require(self.size > 0, "holdout.size", "a count, or a share of 0 to 1", self)
        one_of(self.by, HOLDOUT_UNITS, "holdout.by")


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """A figure of the recipe over all of the data, after the run's own training.

    The data is divided into folds. Each in turn is scored by a network that the recipe trains
    on the others for all its epochs and that keeps the last one's weights, so that the fold
    itself chooses nothing.

    Attributes:
        folds: Into how many.
        by: "picture", or "group" to keep a person's pictures in one fold.
        seed: Makes the division repeatable.
    """

    folds: int = 10
    by: str = "group"
    seed: int = 1

    def __post_init__(self) -> None:
        require(self.folds >= 2, "cross_validation.folds", "2 or more", self)
        one_of(self.by, HOLDOUT_UNITS, "cross_validation.by")


@dataclass(frozen=True, slots=True)
class ArchitectureChoice:
    """Which network, with its own settings."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Published:
    """The figure that a recipe sets out to reproduce.

    Attributes:
        source: Who reports it.
        value: The figure, 0 to 1.
        metric: What it is a figure of.
        split: The data and part that it was measured on.
        n: Number of pictures, or 0 where the source does not say.
        note: What to know before comparing.
    """

    source: str
    value: float
    metric: str = "accuracy"
    split: str = ""
    n: int = 0
    note: str = ""

    def __post_init__(self) -> None:
        require(0 < self.value <= 1, "published.value", "0 to 1", self)
        require(self.n >= 0, "published.n", "0 or more", self)


def require(holds: bool, key: str, expected: str, section: Any) -> None:
    """Raise `RecipeError` about `section`'s value of `key` unless something holds of it."""
    if not holds:
        value = getattr(section, key.rpartition(".")[2])
        raise RecipeError(f"{key} must be {expected}, got {value}.")


def one_of(value: str, known: tuple[str, ...], key: str) -> None:
    """Raise `RecipeError` unless `value` is among the known ones."""
    if value not in known:
        raise RecipeError(f"{key} must be one of {', '.join(known)}, got {value!r}.")
