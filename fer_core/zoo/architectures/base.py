"""What an architecture is, and the registry of them."""

import re
from typing import TYPE_CHECKING, Any, Protocol

from fer_core.domain.errors import RecipeError
from fer_core.domain.registry import Registry

if TYPE_CHECKING:
    import keras


class Architecture(Protocol):
    """A function that builds a network.

    It takes the input shape (height, width, channels), the number of classes, and its own
    settings as keywords; it returns an untrained `keras.Model` from float32 pixels, scaled by
    a `PreprocessSpec`, to (N, classes) float32 logits.
    """

    def __call__(
        self, input_shape: tuple[int, int, int], classes: int, **settings: Any
    ) -> "keras.Model":
        """Build the untrained network."""
        ...


architectures: Registry[Architecture] = Registry("architecture", "fer_core.zoo.architectures")


def build(
    name: str, input_shape: tuple[int, int, int], classes: int, settings: dict[str, Any]
) -> "keras.Model":
    """Build the network registered under `name`.

    Raises:
        UnknownNameError: There is no such architecture.
        RecipeError: It has no such setting, or not with such a value.
    """
    architecture = architectures.get(name)
    try:
        return architecture(input_shape, classes, **settings)
    except (TypeError, ValueError, LookupError, ArithmeticError) as error:
        # Keras frames what it has to say in bold, and lists all arguments of the call below it.
        told = re.sub(r"\x1b\[\d+m", "", str(error)).partition("\n\nArguments received")[0]
        reason = " ".join(told.split()).rstrip(".")
        raise RecipeError(
            f"Architecture {name!r} does not take these settings: {reason}."
        ) from None
