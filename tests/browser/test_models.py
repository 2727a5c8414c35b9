"""The models page in a real Chromium: cards, figures, published figures and feature maps."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fer_core.domain.images import encode_jpeg
from tests.browser.conftest import WAIT_MS
from tests.conftest import Image

TABS = ("Gallery", "Published", "Figures", "Feature maps")


@pytest.fixture
def models(page: Page, app_url: str) -> Page:
    page.goto(f"{app_url}/models")
    heading = page.get_by_role("heading", name="Models", exact=True)
    expect(heading).to_be_visible(timeout=WAIT_MS)
    return page


def test_a_card_leads_to_the_models_figures(models: Page) -> None:
    card = models.locator("[class*=st-key-model-default]")
    expect(card.get_by_role("heading", name="default")).to_be_visible()
    expect(
        card.get_by_text(re.compile(r"n = [\d,]+, one view of each face; 95% interval"))
    ).to_be_visible(timeout=WAIT_MS)
    card.get_by_role("button", name="All figures").click()
    expect(models.get_by_role("heading", name="What is taken for what")).to_be_visible(
        timeout=WAIT_MS
    )
    expect(models.get_by_role("combobox", name=re.compile("Model"))).to_have_value("default")
    expect(models.get_by_text(re.compile("^Most often confused: "))).to_be_visible(timeout=WAIT_MS)
    models.get_by_text("Shares of the true class").click()
    expect(models.get_by_text(re.compile("^Largest share of a class confused: "))).to_be_visible(
        timeout=WAIT_MS
    )


def test_feature_maps_follow_the_photo(models: Page, astronaut: Image) -> None:
    models.get_by_role("tab", name="Feature maps").click()
    first = models.get_by_alt_text(re.compile(r"^First convolution, channel \d+ of"))
    expect(first.first).to_be_visible(timeout=WAIT_MS)
    before = first.first.get_attribute("src")
    chooser = models.get_by_test_id("stFileUploaderDropzone").locator("input")
    mirrored = encode_jpeg(astronaut[:, ::-1].copy())
    chooser.set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": mirrored})
    crop = models.get_by_alt_text("The face of me.jpg as the network gets it.")
    expect(crop).to_be_visible(timeout=WAIT_MS)
    expect(first.first).not_to_have_attribute("src", before or "", timeout=WAIT_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_tab_fits_every_screen(
    browser: Browser, app_url: str, keep_picture: Path, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{app_url}/models")
    for tab in TABS:
        page.get_by_role("tab", name=tab, exact=True).click()
        panel = page.get_by_role("tabpanel").filter(visible=True)
        expect(panel.locator("[data-testid=stMarkdown]").first).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        name = tab.lower().replace(" ", "-")
        page.screenshot(path=keep_picture / "pages" / f"models-{name}-{scheme}-{width}.png")
        overflow = page.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollWidth"
            " - document.querySelector('[data-testid=stMain]').clientWidth"
        )
        assert overflow <= 0, tab
    context.close()
