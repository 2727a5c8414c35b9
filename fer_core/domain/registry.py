"""A registry that finds its entries by importing every module of one package.

Adding a detector, an architecture or a data set is adding one file: nothing else lists it.
"""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Generic, TypeVar

from fer_core.domain.errors import UnknownNameError

T = TypeVar("T")
U = TypeVar("U")


class Registry(Generic[T]):
    """Named entries of one kind, each registered by the module that defines it.

    Args:
        kind: What an entry is, in the singular, for error texts ("detector").
        package: Dotted name of the package whose modules register entries.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._entries: dict[str, T] = {}
        self._discovered = False

    def register(self, name: str) -> Callable[[U], U]:
        """Return a decorator that files its target under `name`."""

        def file_entry(entry: U) -> U:
            if name in self._entries:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._entries[name] = entry  # type: ignore[assignment]  # U is T or a subtype of it
            return entry

        return file_entry

    def names(self) -> tuple[str, ...]:
        """All registered names, sorted."""
        self._discover()
        return tuple(sorted(self._entries))

    def get(self, name: str) -> T:
        """The entry filed under `name`.

        Raises:
            UnknownNameError: Nothing is registered under that name; the text lists the known ones.
        """
        self._discover()
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownNameError(self.kind, name, self._entries) from None

    def _discover(self) -> None:
        if self._discovered:
            return
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        self._discovered = True
