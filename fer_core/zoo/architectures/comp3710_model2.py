"""Model 2 of the COMP3710 project: model 1 without its second convolution.

"Facial Emotion Recognition … Using TensorFlow and Keras". The published count holds at 128×128
RGB and seven classes: 67,119,623 parameters, twice model 1's, because the dense layer now sees
a picture pooled only once. Our choice is as in model 1.
"""

from typing import TYPE_CHECKING

from fer_core.zoo.architectures.base import architectures
from fer_core.zoo.architectures.comp3710_model1 import comp3710_net

if TYPE_CHECKING:
    import keras


@architectures.register("comp3710_model2")
def comp3710_model2(
    input_shape: tuple[int, int, int], classes: int, *, dropout: float = 0.2
) -> "keras.Model":
    """Build the network.

    Args:
        input_shape: (height, width, channels); one pooling halves the picture.
        classes: Number of logits.
        dropout: Share dropped while training after the dense layer.

    Returns:
        A model from (N, height, width, channels) to (N, classes) float32 logits.
    """
    return comp3710_net(input_shape, classes, dropout, second_convolution=False)
