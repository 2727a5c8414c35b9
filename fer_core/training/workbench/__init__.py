"""Keras at the service of those who must not load it: a child process that answers requests.

Nothing here loads Keras but `server` and what it asks: `preview`, `speed` and `conversion`.
"""

from fer_core.training.workbench.client import Workbench
from fer_core.training.workbench.probe import Probe

__all__ = ["Probe", "Workbench"]
