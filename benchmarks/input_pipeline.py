"""What feeding the network costs: a run's own steps against steps on one batch, in turns.

    python -m benchmarks.input_pipeline --data fer2013.csv

Three ways to feed the same training step, timed in turns and told as medians of their ratios:
the engine's (whole split in memory, augmentation in the step), one constant batch, and Keras'
`ImageDataGenerator` (augmentation in Python), which the published student systems use.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.datasets.base import open_dataset
from fer_core.training.preparation import prepare, training_targets, uint8_inputs
from fer_core.training.recipe import load_recipe
from fer_core.zoo.keras_model import import_keras

STEPS, ROUNDS = 24, 5
PLAIN = ("targets.auxiliary=", "targets.vote_share=0", "targets.teacher_share=0")
STILL = tuple(
    f"augmentation.{name}=0"
    for name in ("rotation_deg", "zoom", "shift", "shear_deg", "brightness", "contrast", "cutout")
)


def main() -> None:
    """Measure, and print the ratios as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--recipe", default="configs/fer7_labels.toml", type=Path)
    arguments = parser.parse_args()
    keras = import_keras()
    from fer_core.training.network import new_heads, training_model

    recipe = load_recipe(arguments.recipe, (*PLAIN, "targets.teachers=[]"))
    training = prepare(recipe, open_dataset(arguments.data)).split(recipe.train_split)
    pixels = uint8_inputs(training.images, recipe.preprocess)
    targets = training_targets(recipe, training).main
    size = recipe.optimization.batch_size
    count = STEPS * size

    def model(augmented: bool) -> Any:
        plan = (
            recipe
            if augmented
            else load_recipe(
                arguments.recipe, (*PLAIN, "targets.teachers=[]", *STILL, "augmentation.flip=false")
            )
        )
        keras.config.set_dtype_policy(plan.precision)
        try:
            heads = new_heads(plan, len(training.labels))
            return training_model(heads, plan, STEPS)
        finally:
            keras.config.set_dtype_policy("float32")

    ours, still = model(augmented=True), model(augmented=False)
    batch = [pixels[:size], targets[:size]]

    def as_the_engine_does() -> None:
        part = [pixels[:count], targets[:count]]
        ours.fit(part, targets[:count], batch_size=size, epochs=1, verbose=0)

    def one_batch() -> None:
        # The same loop, fed by a generator that has nothing to do.
        def again() -> Iterator[Any]:
            while True:
                yield tuple(batch), targets[:size]

        ours.fit(again(), steps_per_epoch=STEPS, epochs=1, verbose=0)

    def in_python() -> None:
        generator = _image_data_generator().flow(
            pixels[:count].astype(np.float32), targets[:count], batch_size=size
        )

        def batches() -> Iterator[Any]:
            for x, y in generator:
                yield (x.astype(np.uint8), y), y

        still.fit(batches(), steps_per_epoch=STEPS, epochs=1, verbose=0)

    ways = {"engine": as_the_engine_does, "one batch": one_batch, "ImageDataGenerator": in_python}
    times = _in_turns(ways)
    print(
        json.dumps(
            {
                "step_ms_on_one_batch": 1000 * statistics.median(times["one batch"]) / STEPS,
                **{f"{name} / one batch": _ratio(times[name], times["one batch"]) for name in ways},
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "rounds": ROUNDS,
            },
            indent=2,
        )
    )


def _in_turns(ways: dict[str, Callable[[], None]]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS + 1):
        for name, run in ways.items():
            start = time.perf_counter()
            run()
            if turn:  # the first compiles
                times[name].append(time.perf_counter() - start)
    return times


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 3)


def _image_data_generator() -> Any:
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    return ImageDataGenerator(
        rotation_range=10,
        zoom_range=0.1,
        width_shift_range=0.05,
        height_shift_range=0.05,
        horizontal_flip=True,
    )


if __name__ == "__main__":
    main()
