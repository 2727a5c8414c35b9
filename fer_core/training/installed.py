"""Whether training is installed: what only serves lacks the libraries for it."""

import importlib.util

from fer_core.domain.errors import FerError

LIBRARIES = ("keras", "mlflow")


def require_training() -> None:
    """Look for what training needs, without loading it.

    Raises:
        FerError: It is not installed.
    """
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise FerError(
            f"Training is not installed here ({', '.join(missing)} missing), so that models are "
            "only used: install requirements.txt, or build the image with TRAINING=1."
        )
