"""ONNX Runtime, opened in the one way that suits a program about faces: it tells nobody."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime


def open_session(network: bytes, threads: int = 0) -> "onnxruntime.InferenceSession":
    """Open a network on the CPU.

    Since 1.29 ONNX Runtime keeps a record of each process and each model on disk and sends it to
    its makers; it reads whether it may when it is imported, so only here may that be.

    Args:
        network: The ONNX file's content.
        threads: CPU threads for one call; 0 for one a core.

    Raises:
        Exception: The content is not a network that can run; ONNX Runtime's own errors share no
            narrower base.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
