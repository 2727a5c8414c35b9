"""What a card says is shown as it stands, and never as HTML."""

from fer_core.domain.emotions import colour_of
from webapp.components.model_card import fact_list, label_chips


def test_a_chip_has_its_emotions_colour() -> None:
    html = label_chips(("happy", "sad"))
    assert html.index(colour_of("happy")) < html.index("happy</span>") < html.index("sad</span>")


def test_names_are_escaped() -> None:
    assert "<script>" not in label_chips(("<script>alert(1)</script>",))
    html = fact_list({"<b>": "<img src=x onerror=alert(1)>"})
    assert "&lt;b&gt;" in html
    assert "<img" not in html
