"""Probabilities as bars in plain HTML: redrawn every second, they must not flicker."""

from html import escape

from fer_core.domain.analysis import EmotionScores
from fer_core.domain.emotions import colour_of

_ROW = (
    '<div style="display:flex;align-items:center;gap:.6rem;height:1.5rem" role="meter" '
    'aria-label="{name}" aria-valuenow="{percent:.0f}" aria-valuemin="0" aria-valuemax="100">'
    '<span style="width:5.2rem">{name}</span>'
    '<span style="flex:1;height:.6rem;border-radius:.3rem;background:rgba(128,140,155,.25)">'
    '<span style="display:block;height:100%;width:{percent:.1f}%;border-radius:.3rem;'
    'background:{colour}"></span></span>'
    '<span style="width:2.6rem;text-align:right;font-variant-numeric:tabular-nums">'
    "{percent:.0f}%</span></div>"
)


def bars(scores: EmotionScores) -> str:
    """A row for each emotion, in the model's own order so that none jumps about."""
    return "".join(
        _ROW.format(name=escape(label), percent=100 * share, colour=colour_of(label))
        for label, share in scores.to_dict().items()
    )
