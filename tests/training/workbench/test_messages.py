"""What is sent is received, and what breaks off is nothing."""

import io

import numpy as np
import pytest

from fer_core.training.workbench.messages import Message


def sent(*messages: Message) -> bytes:
    stream = io.BytesIO()
    for message in messages:
        message.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "array",
    [None, np.zeros((0, 3), np.uint8), np.arange(12, dtype=np.float32).reshape(3, 4)],
    ids=["none", "empty", "float32"],
)
def test_messages_are_received_as_sent(array: np.ndarray | None) -> None:
    stream = io.BytesIO(sent(Message({"do": "żółć"}, array), Message({"next": [1, None]})))
    first, second = Message.read(stream), Message.read(stream)
    assert first is not None
    assert second is not None
    assert (first.header, second.header) == ({"do": "żółć"}, {"next": [1, None]})
    assert second.array is None
    if array is None:
        assert first.array is None
    else:
        assert first.array is not None
        assert first.array.dtype == array.dtype
        assert np.array_equal(first.array, array)
    assert Message.read(stream) is None


def test_what_breaks_off_is_nothing() -> None:
    whole = sent(Message({"do": "preview"}, np.zeros((2, 2), np.uint8)))
    for length in range(0, len(whole), 7):
        assert Message.read(io.BytesIO(whole[:length])) is None


def test_no_code_travels() -> None:
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        sent(Message({}, np.array([object()])))
