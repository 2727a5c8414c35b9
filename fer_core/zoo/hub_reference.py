"""The name of a model on the Hugging Face Hub: so exact that it can never be another one's."""

import re
from dataclasses import dataclass

from fer_core.domain.errors import ModelError

_REPO_ID = r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*"
_ALIKE = re.compile(rf"{_REPO_ID}(@.*)?", re.DOTALL)
_EXACT = re.compile(rf"({_REPO_ID})@([0-9a-f]{{40}}):([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class HubReference:
    """A model on the Hub, as `OWNER/NAME@COMMIT:SHA256`.

    A branch or tag may move, and whoever owns a repository may rewrite it: the commit says which
    state is meant, and the card's hash, since a card holds those of all other files, that it is
    the one.

    Attributes:
        repo_id: The repository, "owner/name".
        commit: The commit's full id, 40 lower-case hexadecimal digits.
        card_sha256: SHA-256 of card.json there, 64 lower-case hexadecimal digits.
    """

    repo_id: str
    commit: str
    card_sha256: str

    def __post_init__(self) -> None:
        if not _EXACT.fullmatch(str(self)):
            raise _not_exact(str(self))

    def __str__(self) -> str:
        return f"{self.repo_id}@{self.commit}:{self.card_sha256}"

    @classmethod
    def parse(cls, text: str) -> "HubReference":
        """Read a reference from its text.

        Raises:
            ModelError: Its commit or its hash is missing or not whole.
        """
        found = _EXACT.fullmatch(text)
        if not found:
            raise _not_exact(text)
        return cls(*found.groups())


def is_hub_name(name: str) -> bool:
    """Whether a model's name means one on the Hub, pinned as it should be or not."""
    return _ALIKE.fullmatch(name) is not None


def check_repo_id(repo_id: str) -> None:
    """Make sure that a text names a repository of somebody.

    Raises:
        ModelError: It does not.
    """
    if not re.fullmatch(_REPO_ID, repo_id):
        raise ModelError(
            f"Repository {repo_id!r}: expected OWNER/NAME, of letters, digits, dots, dashes or "
            "underscores."
        )


def _not_exact(text: str) -> ModelError:
    return ModelError(
        f"Model on the Hub {text!r}: expected OWNER/NAME@COMMIT:SHA256, the commit's 40 and "
        "card.json's 64 lower-case hexadecimal digits, as `hub push` prints them."
    )
