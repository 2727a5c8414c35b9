"""Messages between the workbench and its client: a JSON header, and an array if there is one."""

import io
import json
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

_LENGTHS = struct.Struct("<IQ")  # of the header and of the array's .npy


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One request or answer.

    Attributes:
        header: Plain values for JSON.
        array: What is too large for those.
    """

    header: dict[str, Any] = field(default_factory=dict)
    array: npt.NDArray[Any] | None = None

    def write(self, stream: BinaryIO) -> None:
        """Send it.

        Raises:
            OSError: Nobody reads at the other end.
        """
        header = json.dumps(self.header).encode()
        payload = io.BytesIO()
        if self.array is not None:
            np.save(payload, self.array, allow_pickle=False)
        stream.write(_LENGTHS.pack(len(header), payload.tell()) + header)
        stream.write(payload.getbuffer())
        stream.flush()

    @classmethod
    def read(cls, stream: BinaryIO) -> "Message | None":
        """Receive one; None if the other end is closed, or closes before all of it has come."""
        lengths = stream.read(_LENGTHS.size)
        if len(lengths) < _LENGTHS.size:
            return None
        header_bytes, array_bytes = _LENGTHS.unpack(lengths)
        header, payload = stream.read(header_bytes), stream.read(array_bytes)
        if len(header) < header_bytes or len(payload) < array_bytes:
            return None
        array = np.load(io.BytesIO(payload), allow_pickle=False) if payload else None
        return cls(json.loads(header), array)
