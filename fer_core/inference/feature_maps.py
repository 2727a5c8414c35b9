"""What a network makes of one face, stage by stage: feature maps by ONNX Runtime."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fer_core.domain.errors import ImageError, ModelError
from fer_core.zoo.card import ModelCard
from fer_core.zoo.onnx_session import open_session

if TYPE_CHECKING:
    import onnx

    Node = onnx.NodeProto

Maps = npt.NDArray[np.float32]

_POOLS = ("MaxPool", "AveragePool")
_ACTIVATIONS = ("Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Clip", "Sigmoid", "Tanh")
# What may stand between a convolution and the next stage without being a stage itself.
_FOLLOWERS = (*_ACTIVATIONS, "BatchNormalization", "Add", "Sub", "Mul", "Div", "Identity")
_TO_CHANNELS_LAST = (0, 2, 3, 1)


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMap:
    """The output of one stage for one face.

    Attributes:
        name: Kind and number of the stage, as in "Residual block 3".
        layer: The Keras layer that gave it, "" where the file does not tell.
        maps: (H, W, C) float32, one picture for each channel.
    """

    name: str
    layer: str
    maps: Maps

    def strongest(self, count: int) -> list[int]:
        """Up to `count` channels that vary most over the face, in that order; silent ones never."""
        spread = self.maps.std(axis=(0, 1))
        order = np.argsort(-spread, kind="stable")[:count]
        return [int(channel) for channel in order if spread[channel] > 0]


def feature_maps(card: ModelCard, network: bytes, face: Maps) -> tuple[FeatureMap, ...]:
    """Run one face through a network and keep what each of its stages gives.

    A stage is the first convolution with its activation, a pooling, the end of a residual
    block, and the last convolution where none of these follows it. A network that has neither
    pooling nor residual blocks gives all its convolutions.

    Args:
        card: The model's card.
        network: The content of its ONNX file.
        face: (1, height, width, channels) float32, as `crop_faces` prepares it by the card.

    Returns:
        The stages in the network's order; none for a network that does not convolve.

    Raises:
        ImageError: The face is of another shape or type than the card says.
        ModelError: The content is not a network that can run.
    """
    expected = (1, *card.spec.input_shape)
    if face.shape != expected or face.dtype != np.float32:
        raise ImageError(f"feature_maps expects {expected} float32, got {face.shape} {face.dtype}.")
    graph, widened, names = _with_outputs(network)
    try:
        session = open_session(widened)
        outputs = session.run(names, {session.get_inputs()[0].name: face}) if names else []
    except Exception as error:  # noqa: BLE001  ONNX Runtime's errors share no narrower base
        reason = " ".join(str(error).split())
        raise ModelError(f"Model {card.name!r} is not a network that can run: {reason}") from None
    pictures = _pictures(graph, dict(zip(names, outputs, strict=True)))
    # Keras' export gives each layer's name a number of its own: "re_lu_1" becomes "re_lu_1_2".
    layers = filter(None, map(_layer, graph.nodes))
    suffixed = all(re.search(r"._\d+$", layer) for layer in layers)
    return tuple(_named(pictures, suffixed))


class _Graph:
    """An ONNX graph with what its stages are found by.

    Args:
        graph: The graph; its input is (N, H, W, C), what convolutions give is (N, C, H, W).
    """

    def __init__(self, graph: "onnx.GraphProto") -> None:
        self.consumers: dict[str, list[Node]] = {}
        self._channels_last: dict[str, bool] = {}
        constants = {tensor.name for tensor in graph.initializer}
        # What depends on the face; a bias or a folded scale does not.
        self._moving = {value.name for value in graph.input} - constants
        self.nodes = list(graph.node)
        for node in self.nodes:
            for name in self.moving_inputs(node):
                self.consumers.setdefault(name, []).append(node)
            if self.moving_inputs(node):
                self._moving.update(node.output)
            self._channels_last[node.output[0]] = self._gives_channels_last(node)

    def moving_inputs(self, node: "Node") -> list[str]:
        """Inputs of a node that depend on the face."""
        return [name for name in node.input if name in self._moving]

    def channels_last(self, tensor: str) -> bool:
        """Whether a tensor is (N, H, W, C), where it is a picture at all."""
        return self._channels_last.get(tensor, True)

    def joins(self, node: "Node") -> bool:
        """Whether a node adds two branches: the end of a residual block."""
        return node.op_type in ("Add", "Sum") and len(self.moving_inputs(node)) > 1

    def end_of(self, node: "Node") -> "Node":
        """The last node of a stage: behind normalisation and activation."""
        following = self.consumers.get(node.output[0], [])
        if len(following) != 1 or following[0].op_type not in _FOLLOWERS:
            return node
        alone = len(self.moving_inputs(following[0])) == 1
        return self.end_of(following[0]) if alone else node

    def stages(self) -> Iterator[tuple[str, "Node"]]:
        """Kind and last node of everything that might be shown, in order."""
        for node in self.nodes:
            if node.op_type == "Conv":
                yield "Convolution", self.end_of(node)
            elif self.joins(node):
                yield "Residual block", self.end_of(node)
            elif node.op_type in _POOLS:
                behind = self.consumers.get(node.output[0], [])
                if not any(map(self.joins, behind)):  # or it is a branch of a block
                    yield "Pooling", node

    def _gives_channels_last(self, node: "Node") -> bool:
        if node.op_type in ("Conv", "BatchNormalization", "GlobalAveragePool", *_POOLS):
            return False
        if node.op_type == "Transpose":
            order = next((tuple(a.ints) for a in node.attribute if a.name == "perm"), ())
            return order == _TO_CHANNELS_LAST
        inputs = self.moving_inputs(node)
        return self.channels_last(inputs[0]) if inputs else True


def _with_outputs(network: bytes) -> tuple[_Graph, bytes, list[str]]:
    """The graph, its file with the stages' tensors as outputs, and their names in order."""
    import onnx

    try:
        model = onnx.load_model_from_string(network)
    except Exception as error:  # noqa: BLE001  protobuf's error has no public name
        raise ModelError(f"The file is not an ONNX network: {error}") from None
    graph = _Graph(model.graph)
    names = list(dict.fromkeys(node.output[0] for _, node in graph.stages()))
    there = {value.name for value in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in there)
    return graph, model.SerializeToString(), names


def _pictures(graph: _Graph, arrays: dict[str, Maps]) -> list[tuple[str, "Node", Maps]]:
    """Kind, node and (H, W, C) maps of each stage that is still a picture."""
    found = []
    for kind, node in graph.stages():
        maps = arrays[node.output[0]]
        if maps.ndim != 4:
            continue
        maps = maps[0] if graph.channels_last(node.output[0]) else maps[0].transpose(1, 2, 0)
        if maps.shape[0] * maps.shape[1] > 1:  # attention's averages are no pictures
            found.append((kind, node, np.ascontiguousarray(maps)))
    return found


def _named(pictures: list[tuple[str, "Node", Maps]], suffixed: bool) -> Iterator[FeatureMap]:
    """Leave out the convolutions inside of stages; name the rest."""
    plain = all(kind == "Convolution" for kind, _, _ in pictures)
    numbers: Counter[str] = Counter()
    for place, (kind, node, maps) in enumerate(pictures):
        first, last = place == 0, place == len(pictures) - 1
        if kind == "Convolution" and not (plain or first or last):
            continue
        numbers[kind] += 1
        name = f"{kind} {numbers[kind]}"
        if kind == "Convolution" and not plain:
            name = "First convolution" if first else "Last convolution"
        layer = _layer(node)
        yield FeatureMap(name, layer.rpartition("_")[0] if suffixed else layer, maps)


def _layer(node: "Node") -> str:
    """The part of a node's name that is its layer's: "re_lu_1" of "functional/re_lu_1/Relu"."""
    parts = node.name.split("/")
    return parts[1] if len(parts) > 2 else ""
