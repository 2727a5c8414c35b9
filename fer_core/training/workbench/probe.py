"""What a short trial of a recipe says of the whole."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Probe:
    """How fast a recipe would train on this machine, as busy as it is.

    Attributes:
        seconds_per_epoch: Training and validation; what is done between epochs, as saving the
            checkpoint, comes on top.
        steps_per_second: Steps of the optimiser.
        parameters: Weights of the network, trained or not.
    """

    seconds_per_epoch: float
    steps_per_second: float
    parameters: int
