"""What deploys the app holds together: image, compose file, settings and their description."""

import ipaddress
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from docker.utils.build import exclude_paths
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from streamlit import config as streamlit_config

from tests.browser.server import ROOT, free_port, running
from webapp.ice import ice_servers

TOOLS = Path(sys.executable).parent
TRAINING_ONLY = {"tensorflow", "keras", "tf2onnx", "mlflow-skinny", "sqlalchemy", "alembic"}
FILLED_IN = {
    "FER_ADMIN_PASSWORD": "swordfish",
    "PUBLIC_HOST": "fer.example.org",
    "PUBLIC_IP": "203.0.113.7",
    "TURN_PASSWORD": "sesame",
}
PRIVATE = (
    ".env",
    ".git/config",
    ".streamlit/secrets.toml",
    ".venv/bin/python",
    "data/fer2013.csv",
    "dist/space/app.py",
    "fer2013.csv",
    "fer_core/__pycache__/bench.pyc",
    "runs/mlflow.db",
    "tests/conftest.py",
    "webapp/components/__pycache__/text.pyc",
)
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\}")


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """Instructions and what they are given, in order."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    words = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(instruction, " ".join(given.split())) for instruction, given in words]


@pytest.fixture(scope="module")
def image_settings(dockerfile: list[tuple[str, str]]) -> dict[str, str]:
    """The environment that the image sets."""
    pairs = [shlex.split(given) for instruction, given in dockerfile if instruction == "ENV"]
    return dict(pair.split("=", 1) for some in pairs for pair in some)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file as it stands."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def filled_compose(compose: dict[str, Any]) -> dict[str, Any]:
    """The compose file with its variables filled in, as Compose does."""

    def fill(match: re.Match[str]) -> str:
        value = FILLED_IN.get(match["name"], "")
        assert value or match["how"] == "-", f"{match['name']} has neither value nor default"
        return value or match["rest"]

    content: dict[str, Any] = json.loads(VARIABLE.sub(fill, json.dumps(compose)))
    return content


def given_to(dockerfile: list[tuple[str, str]], instruction: str) -> str:
    """What the last such instruction is given, as the last one counts."""
    return [given for name, given in dockerfile if name == instruction][-1]


def sources(dockerfile: list[tuple[str, str]]) -> list[str]:
    """The paths that the image takes from the project."""
    copied = [given.split() for instruction, given in dockerfile if instruction == "COPY"]
    return [path for words in copied if "--from=" not in words[0] for path in words[:-1]]


def build_context(root: Path) -> set[str]:
    """The files that Docker would send to a build."""
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in patterns if line and not line.startswith("#")]
    return {path for path in exclude_paths(str(root), rules) if (root / path).is_file()}


def read_by_the_code(prefix: str) -> set[str]:
    """Variables of the environment that our code names."""
    files = [path for part in ("fer_core", "webapp") for path in (ROOT / part).rglob("*.py")]
    named = rf'"({prefix}[A-Z_]+)"'
    return {name for path in files for name in re.findall(named, path.read_text("utf-8"))}


def test_the_linter_finds_nothing_in_the_dockerfile() -> None:
    linted = subprocess.run(
        [TOOLS / "hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_compose_file_is_as_the_specification_says() -> None:
    checked = subprocess.run(
        [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_the_image_copies_is_sent_to_its_build(
    dockerfile: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert "webapp" in sources(dockerfile)
    for source in sources(dockerfile):
        assert (ROOT / source).exists(), source
        # A tree of its own, since the project's environment alone has 100,000 files.
        target = tmp_path / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_file():
            shutil.copy(ROOT / source, target)
        else:
            target.mkdir(exist_ok=True)
            (target / "something.py").touch()
    sent = build_context(tmp_path)
    for source in sources(dockerfile):
        assert {source, f"{source}/something.py"} & sent, f"{source} is left out"


def test_nothing_private_is_sent_to_a_build(tmp_path: Path) -> None:
    for name in PRIVATE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "fer_core" / "bench.py").touch()
    assert build_context(tmp_path) == {"fer_core/bench.py"}


def test_every_setting_is_one_that_is_read(
    image_settings: dict[str, str], compose: dict[str, Any]
) -> None:
    set_here = image_settings.keys() | compose["services"]["app"]["environment"].keys()
    own = {name for name in set_here if name.startswith("FER_")}
    assert {"FER_RUNS_DIR", "FER_ADMIN_PASSWORD"} <= own
    assert own <= read_by_the_code("FER_")
    options = {option.env_var for option in streamlit_config.get_config_options().values()}
    theirs = {name for name in set_here if name.startswith("STREAMLIT_")}
    assert "STREAMLIT_SERVER_ADDRESS" in theirs
    assert theirs <= options


def test_the_description_lists_every_setting() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(FER_\w+)`", text, re.MULTILINE))
    assert listed == read_by_the_code("FER_")


def test_the_example_of_settings_is_what_the_compose_file_asks_for() -> None:
    asked = list(VARIABLE.finditer((ROOT / "compose.yaml").read_text(encoding="utf-8")))
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert example.keys() == {match["name"] for match in asked}
    # Nobody's password is the example's: without one of their own Compose does not start.
    required = {match["name"] for match in asked if match["how"] == "?"}
    assert required == FILLED_IN.keys()
    assert not example["FER_ADMIN_PASSWORD"]
    assert not example["TURN_PASSWORD"]


def test_the_webcam_page_is_told_of_the_turn_server(
    filled_compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    services = filled_compose["services"]
    monkeypatch.setenv("FER_ICE_SERVERS", services["app"]["environment"]["FER_ICE_SERVERS"])
    (server,) = ice_servers(is_local=False)
    assert server["urls"][0] == "turn:fer.example.org:3478?transport=udp"
    account = f"--user={server['username']}:{server['credential']}"
    assert account == "--user=fer:sesame"
    assert account in services["turn"]["command"]
    assert services["turn"]["networks"]["fer"]["aliases"] == ["fer.example.org"]


def test_the_turn_server_relays_to_the_app_alone(filled_compose: dict[str, Any]) -> None:
    turn, app = filled_compose["services"]["turn"], filled_compose["services"]["app"]
    (pool,) = filled_compose["networks"]["fer"]["ipam"]["config"]
    address = app["networks"]["fer"]["ipv4_address"]
    assert ipaddress.ip_address(address) in ipaddress.ip_network(pool["subnet"])
    options = [option.partition("=")[::2] for option in turn["command"]]
    assert [value for name, value in options if name == "--allowed-peer-ip"] == [address]
    denied = [value.split("-") for name, value in options if name == "--denied-peer-ip"]
    ranges = [(ipaddress.ip_address(part[0]), ipaddress.ip_address(part[-1])) for part in denied]
    for inside in ("10.1.2.3", "127.0.0.1", "169.254.169.254", "172.17.0.1", "192.168.1.1", "::1"):
        peer = ipaddress.ip_address(inside)
        assert any(peer.version == low.version and low <= peer <= high for low, high in ranges)
    ports = dict(options)["--min-port"], dict(options)["--max-port"]
    assert "{0}-{1}:{0}-{1}/udp".format(*ports) in turn["ports"]


def test_every_service_is_kept_small_and_watched(compose: dict[str, Any]) -> None:
    assert compose["services"].keys() == {"app", "turn", "caddy"}
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert name == "app" or "healthcheck" in service  # the app's is the image's own
        if name != "app":
            assert re.fullmatch(r"[\w/]+:\d+\.\d+\.\d+[\w.-]*", service["image"]), service["image"]


def test_models_and_runs_outlive_a_container(
    image_settings: dict[str, str], compose: dict[str, Any]
) -> None:
    mounted = dict(volume.split(":")[:2] for volume in compose["services"]["app"]["volumes"])
    for name in ("models", "runs"):
        assert name in compose["volumes"]
        assert mounted[name] == image_settings[f"FER_{name.upper()}_DIR"]
    # Runs know a machine by its name, which would change with every container.
    assert compose["services"]["app"]["hostname"]


def test_caddy_stands_before_the_app(
    dockerfile: list[tuple[str, str]], compose: dict[str, Any]
) -> None:
    text = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert f"reverse_proxy app:{given_to(dockerfile, 'EXPOSE')}\n" in text
    for name in re.findall(r"\{\$(\w+)\}", text):
        assert name in compose["services"]["caddy"]["environment"]


def test_the_image_starts_and_tells_that_it_is_well(
    dockerfile: list[tuple[str, str]], image_settings: dict[str, str], tmp_path: Path
) -> None:
    start = json.loads(given_to(dockerfile, "ENTRYPOINT")) + json.loads(given_to(dockerfile, "CMD"))
    words = given_to(dockerfile, "HEALTHCHECK").partition(" CMD ")[2]
    ask = [sys.executable, *json.loads(words)[1:]]
    assert json.loads(words)[0] == "python"
    port = free_port()
    environment = {
        **image_settings,
        "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PORT": str(port),
        "FER_MODELS_DIR": str(tmp_path / "models"),
        "FER_RUNS_DIR": str(tmp_path / "runs"),
    }
    (tmp_path / "models").mkdir()
    asking = {**os.environ, **environment}
    assert subprocess.run(ask, env=asking, capture_output=True).returncode != 0
    with running(f"exec {shlex.join(start)}", port, tmp_path / "log.txt", environment):
        answered = subprocess.run(ask, env=asking, capture_output=True, text=True)
        assert answered.returncode == 0, answered.stderr
    assert (tmp_path / "models" / "default" / "model.onnx").is_file()


def test_shipped_models_join_those_of_the_volume_and_replace_none(tmp_path: Path) -> None:
    models = tmp_path / "models"
    (models / "default").mkdir(parents=True)
    (models / "default" / "card.json").write_text("mine")
    subprocess.run(
        ["sh", "deploy/entrypoint.sh", "true"],
        cwd=ROOT,
        env={**os.environ, "FER_MODELS_DIR": str(models)},
        check=True,
    )
    assert [path.name for path in (models / "default").iterdir()] == ["card.json"]
    assert (models / "default" / "card.json").read_text() == "mine"
    shipped = {path.parent.name for path in (ROOT / "models").glob("*/card.json")}
    assert {path.name for path in models.iterdir()} == shipped
    served = (models / "ferplus" / "model.onnx").read_bytes()
    assert served == (ROOT / "models" / "ferplus" / "model.onnx").read_bytes()


def serving_requirements() -> list[Requirement]:
    lines = (ROOT / "webapp" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert "-c ../requirements.txt" in lines
    return [Requirement(line) for line in lines if not line.startswith(("#", "-"))]


def with_all_they_need(wanted: list[Requirement]) -> set[str]:
    """Names of packages, and of all packages that come with them."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    while wanted:
        requirement = wanted.pop()
        for extra in ("", *requirement.extras):
            name = canonicalize_name(requirement.name)
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            found.add(name)
            for needed in map(Requirement, requires(name) or ()):
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    wanted.append(needed)
    return found


def test_the_slim_image_has_all_but_training() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    everything = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    assert everything >= TRAINING_ONLY
    serving = serving_requirements()
    assert {canonicalize_name(item.name) for item in serving} == everything - TRAINING_ONLY
    assert not with_all_they_need(serving) & TRAINING_ONLY


SERVING = """
import sys

sys.modules.update(dict.fromkeys(sys.argv[1].split(",")))  # as if they were not installed

from streamlit.testing.v1 import AppTest
import fer_core
from fer_core.domain.settings import sample_photo
from webapp.gradio_app import build_demo

(face,) = fer_core.load_analyzer().analyze(fer_core.read_image(sample_photo())).faces
assert face.scores.emotion == "happy"
build_demo()
app = AppTest.from_file("webapp/Home.py", default_timeout=120).run()
for page in ("1_upload", "2_webcam", "4_training", "5_models"):
    app = app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception, (page, app.exception)
    assert app.title, page
print("served")
"""


def test_the_app_serves_without_what_the_slim_image_lacks(tmp_path: Path) -> None:
    installed = with_all_they_need(serving_requirements())
    missing = [
        module
        for module, packages in packages_distributions().items()
        if not installed & set(map(canonicalize_name, packages))
    ]
    assert {"tensorflow", "keras", "mlflow", "jax"} <= set(missing)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "FER_RUNS_DIR": str(tmp_path / "runs"),
        "FER_MODELS_DIR": "",
    }
    served = subprocess.run(
        [sys.executable, "-c", SERVING, ",".join(missing)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert served.stdout.endswith("served\n"), served.stderr
