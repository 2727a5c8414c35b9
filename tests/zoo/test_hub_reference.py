"""A model on the Hub is named by its repository, commit and hash, and by nothing less."""

import pytest

from fer_core.domain.errors import ModelError
from fer_core.zoo.hub_reference import HubReference, check_repo_id, is_hub_name

COMMIT, HASH = "0123456789" * 4, "abcdef01" * 8


def test_a_reference_is_read_and_written() -> None:
    text = f"some-one/fer7-v1.2@{COMMIT}:{HASH}"
    reference = HubReference.parse(text)
    assert reference == HubReference("some-one/fer7-v1.2", COMMIT, HASH)
    assert str(reference) == text


@pytest.mark.parametrize(
    "text",
    [
        "o/n",
        "o/n@",
        "o/n@main",
        f"o/n@main:{HASH}",
        f"o/n@{COMMIT[:7]}:{HASH}",
        f"o/n@{COMMIT}",
        f"o/n@{COMMIT}:",
        f"o/n@{COMMIT}:{HASH[:12]}",
        f"o/n@{COMMIT}:{HASH}0",
        f"o/n@{COMMIT}:{HASH.upper()}",
        f"o/n@{COMMIT}:{HASH}\n",
    ],
)
def test_anything_less_is_told_what_is_missing(text: str) -> None:
    assert is_hub_name(text)  # and not one more unknown name
    with pytest.raises(ModelError, match="expected OWNER/NAME@COMMIT:SHA256") as told:
        HubReference.parse(text)
    assert repr(text) in str(told.value)
    assert "\n" not in str(told.value)


def test_a_reference_cannot_be_built_of_less() -> None:
    with pytest.raises(ModelError, match="'o/n@main:"):
        HubReference("o/n", "main", HASH)


@pytest.mark.parametrize(
    "name", ["default", "fer7-v1.2", "", "../o", "o/../n", "/o/n", "o/n/m", ".o/n", "o\\n@x"]
)
def test_other_names_are_not_the_hubs(name: str) -> None:
    assert not is_hub_name(name)


def test_a_repository_is_somebodys() -> None:
    check_repo_id("some-one/fer7")
    for repo_id in ("fer7", "o/n@main", "o/n/m", "https://huggingface.co/o/n", ""):
        with pytest.raises(ModelError, match="expected OWNER/NAME"):
            check_repo_id(repo_id)
