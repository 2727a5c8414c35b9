"""What a browser reports of camera and connection, in words that say what to do."""

import pytest

from webapp.components.live.camera_check import camera_problem, findings
from webapp.ice import IceServers

STUN: IceServers = [{"urls": ["stun:a"]}]
TURN: IceServers = [{"urls": ["turn:a"]}]


def camera(**report: object) -> dict[str, object]:
    return {"secure": True, "permission": "prompt", "cameras": 1} | report


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (camera(secure=False, cameras=0), "https"),
        (camera(cameras=0, permission="denied"), "no camera"),
        (camera(permission="denied"), "Allow it"),
    ],
)
def test_a_problem_is_told_at_once(report: dict[str, object], words: str) -> None:
    problem = camera_problem(report)
    assert problem is not None
    assert words in problem
    assert "Upload page" in problem


@pytest.mark.parametrize("permission", ["prompt", "granted", "unknown"])
def test_a_camera_that_may_serve_is_no_problem(permission: str) -> None:
    assert camera_problem(camera(permission=permission)) is None
    assert camera_problem({}) is None


@pytest.mark.parametrize(
    ("answer", "is_well", "words"),
    [
        ("ok", True, "answers"),
        ("NotAllowedError", False, "Allow it"),
        ("NotFoundError", False, "Connect one"),
        ("NotReadableError", False, "Another program"),
        ("missing", False, "not secure"),
        ("<b>Odd</b>", False, r"\<b\>"),
    ],
)
def test_the_camera_is_tested(answer: str, is_well: bool, words: str) -> None:
    (found, text), _ = findings({"camera": answer, "candidates": ["host"]}, [])
    assert found is is_well
    assert words in text


@pytest.mark.parametrize(
    ("kinds", "servers", "is_well", "words"),
    [
        (["host", "relay"], TURN, True, "everywhere"),
        (["host", "srflx"], TURN, False, "TURN server does not answer"),
        (["host", "srflx"], STUN, True, "home networks"),
        (["host"], STUN, True, "one network"),
        (["host"], [], True, "one network"),
        ([], STUN, False, "TURN server over TCP"),
    ],
)
def test_the_connection_is_tested(
    kinds: list[str], servers: IceServers, is_well: bool, words: str
) -> None:
    _, (found, text) = findings({"camera": "ok", "candidates": kinds}, servers)
    assert found is is_well
    assert words in text
