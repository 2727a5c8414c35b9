"""The training page in a real Chromium: from a first run on drawn faces to a model in use."""

import contextlib
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fer_core.domain.settings import models_dir
from tests.browser.conftest import WAIT_MS
from tests.browser.server import free_port, running

TRAINING_MS = 400_000
_PLACES = ("FER_RUNS_DIR", "FER_MODELS_DIR", "FER_DATA_DIRS")
TABS = ("Runs", "New run", "Compare", "Label review")


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The app over the runs and models in a folder; its log must show no traceback."""
    places = {name: str(folder / name.split("_")[1].lower()) for name in _PLACES}
    port = free_port()
    streamlit = f"{shlex.quote(sys.executable)} -m streamlit"
    command = f"{streamlit} run webapp/Home.py --server.port {port} --server.headless true"
    log = folder / f"log-{port}.txt"
    with running(f"exec {command}", port, log, places) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs and models of these tests' own."""
    folder = tmp_path_factory.mktemp("training")
    shutil.copytree(models_dir() / "default", folder / "models" / "default")
    return folder


@pytest.fixture(scope="module")
def own_url(own_folder: Path) -> Iterator[str]:
    """The app over `own_folder`."""
    with served(own_folder) as url:
        yield url


def open_tab(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab, exact=True).click()


def choose_quickstart(page: Page) -> None:
    """From a list without runs to the form, with the recipe that needs no data."""
    page.get_by_role("button", name="New run").click()
    recipe = page.get_by_role("combobox", name=re.compile("^Recipe"))
    recipe.fill("quickstart")
    recipe.press("Enter")


def start(page: Page, **numbers: int) -> None:
    """Fill in the form for a new run and start it."""
    for label, value in numbers.items():
        field = page.get_by_role("spinbutton", name=re.compile(f"^{label}"))
        field.fill(str(value))
        field.press("Enter")
        command = page.locator("[data-testid=stCode]", has_text="fer_core train")
        expect(command).to_contain_text(f"{label.lower()}={value}", timeout=WAIT_MS)
    button = page.get_by_role("button", name="Start", exact=True)
    expect(button).to_be_enabled(timeout=WAIT_MS)
    button.click()
    expect(page.get_by_role("tab", name="Runs", exact=True)).to_have_attribute(
        "aria-selected", "true", timeout=WAIT_MS
    )


def detail(page: Page) -> Locator:
    return page.locator("[class*=st-key-training-detail]")


def expect_state(page: Page, state: str, patience_ms: int = WAIT_MS) -> None:
    badge = detail(page).locator("[data-testid=stMarkdownBadge], .stMarkdownBadge").first
    expect(badge).to_contain_text(state, timeout=patience_ms)


def points(page: Page) -> int:
    """How many epochs the first curve shows."""
    return int(
        page.evaluate("document.querySelector('.js-plotly-plot')?.data?.[0]?.x?.length ?? 0")
    )


def test_from_a_first_run_to_a_model_in_use(page: Page, own_url: str, keep_picture: Path) -> None:
    page.goto(f"{own_url}/training")
    choose_quickstart(page)
    start(page, Epochs=40)

    # Watched while it grows.
    expect(detail(page).locator(".js-plotly-plot").first).to_be_visible(timeout=TRAINING_MS)
    page.wait_for_function(
        "document.querySelector('.js-plotly-plot')?.data?.[0]?.x?.length >= 2", timeout=TRAINING_MS
    )
    seen = points(page)
    page.wait_for_function(
        f"document.querySelector('.js-plotly-plot')?.data?.[0]?.x?.length > {seen}",
        timeout=TRAINING_MS,
    )
    page.screenshot(path=keep_picture / "training.png")

    # Stopped and resumed: no epoch is lost, none is done twice.
    page.get_by_role("button", name="Stop", exact=True).click()
    expect_state(page, "stopped", TRAINING_MS)
    page.get_by_role("button", name="Resume", exact=True).click()
    expect_state(page, "finished", TRAINING_MS)
    expect(detail(page).get_by_text("epoch 40 of 40")).to_be_visible(timeout=WAIT_MS)
    assert points(page) == 40

    # A second one, compared with the first.
    page.get_by_role("button", name="Duplicate with changes").click()
    start(page, Epochs=2)
    expect(detail(page).get_by_text("of 2")).to_be_visible(timeout=WAIT_MS)
    expect_state(page, "finished", TRAINING_MS)
    open_tab(page, "Compare")
    expect(page.get_by_text(re.compile(r"of the same 280 pictures: .* points"))).to_be_visible(
        timeout=WAIT_MS
    )
    page.screenshot(path=keep_picture / "pages" / "training-compared.png", full_page=True)

    # Promoted, and reading the astronaut at once.
    open_tab(page, "Runs")
    name = page.get_by_role("textbox", name=re.compile("^Name of the model"))
    name.fill("drawn")
    name.press("Enter")
    page.get_by_role("button", name="Promote", exact=True).click()
    expect(page.get_by_text("Model drawn is ready on every page.")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("link", name="Read photos with it").click()
    page.get_by_role("button", name="Try the sample photo").click()
    expect(page.get_by_role("heading", name="1 photo, 1 face")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("combobox", name=re.compile("^Model"))).to_have_value("drawn")


def kill_server(url: str) -> None:
    """End a server as a crash would: without a word."""
    (server,) = [
        child for child in psutil.Process().children() if url.rpartition(":")[2] in child.cmdline()
    ]
    server.kill()
    server.wait()


def test_a_run_outlives_the_server_and_is_lost_only_with_its_own_process(
    page: Page, tmp_path: Path
) -> None:
    with served(tmp_path) as url:
        page.goto(f"{url}/training")
        choose_quickstart(page)
        start(page, Epochs=20)
        expect_state(page, "running", TRAINING_MS)
        kill_server(url)
    with served(tmp_path) as url:
        page.goto(f"{url}/training")
        expect_state(page, "running")
        (running,) = tmp_path.glob("runs/*/process.json")
        kill_server(url)
        psutil.Process(json.loads(running.read_text())["pid"]).kill()
    with served(tmp_path) as url:
        page.goto(f"{url}/training")
        expect_state(page, "lost")
        page.get_by_role("button", name="Resume", exact=True).click()
        expect_state(page, "finished", TRAINING_MS)
        expect(detail(page).get_by_text("epoch 20 of 20")).to_be_visible(timeout=WAIT_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_tab_fits_every_screen(
    browser: Browser, own_url: str, keep_picture: Path, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{own_url}/training")
    for tab in TABS:
        open_tab(page, tab)
        panel = page.get_by_role("tabpanel").filter(visible=True)
        expect(panel.locator("button").filter(visible=True).first).to_be_visible(timeout=WAIT_MS)
        expect(page.locator("[data-testid=stSpinner]")).to_have_count(0, timeout=WAIT_MS)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        name = tab.lower().replace(" ", "-")
        page.screenshot(
            path=keep_picture / "pages" / f"training-{name}-{scheme}-{width}.png", full_page=True
        )
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{tab} is {overflow} px too wide"
    context.close()
