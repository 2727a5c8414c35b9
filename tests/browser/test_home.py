"""The home page in a real Chromium: what it is, a sample read on the spot, which model serves."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect


def test_home_reads_the_sample_and_names_the_model(page: Page, app_url: str) -> None:
    page.goto(app_url)
    expect(page.get_by_role("heading", name="FER Studio")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Happy, "))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Served by the model"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"PublicTest, n = 3,589"))).to_be_visible()


def test_home_leads_to_the_upload_page(page: Page, app_url: str) -> None:
    page.goto(app_url)
    page.get_by_role("button", name="Read your photos").click()
    expect(page.get_by_role("heading", name="Read photos")).to_be_visible()


@pytest.mark.parametrize("path", ["", "upload"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_every_screen(
    browser: Browser, app_url: str, keep_picture: Path, path: str, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{app_url}/{path}")
    if path == "upload":
        page.get_by_role("button", name="Try the sample photo").click()
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=60_000)
    page.screenshot(path=keep_picture / "pages" / f"{path or 'home'}-{scheme}-{width}.png")
    overflow = page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollWidth"
        " - document.querySelector('[data-testid=stMain]').clientWidth"
    )
    background = page.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    )
    context.close()
    assert overflow <= 0
    brightness = sum(map(int, re.findall(r"\d+", background)[:3])) / 3
    assert (brightness < 64) == (scheme == "dark")
