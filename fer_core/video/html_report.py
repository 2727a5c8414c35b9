"""One HTML file that tells what a video's people showed: without scripts, made to print."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np

from fer_core.domain.durations import clock
from fer_core.domain.emotions import MOODS, colour_of, mood_of
from fer_core.video.html_charts import (
    MOOD_COLOURS,
    Span,
    mood_chart,
    person_chart,
    time_axis,
)
from fer_core.video.summary import STRESSED_RATIO, PersonSummary, Smoothing, group_moods
from fer_core.video.view import VideoView

RESPONSIBLE_USE = (
    "An expression is not a feeling. A model has named what faces look like; it does not know what "
    "anybody felt, meant or is like, and it errs more for some people than for others.",
    "Do not decide about people by this report: not about applicants, staff or pupils.",
    "In the EU, Article 5(1)(f) of the AI Act (Regulation (EU) 2024/1689) prohibits inferring "
    "emotions at the workplace and in education, save for medical or safety reasons.",
)

_STYLE = Path(__file__).with_suffix(".css")
_MOST_MOOD_BINS = 200
_FRAMES_A_BIN = 3
# Not even a name or a picture that was made for it can make the page ask another server.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_SMOOTHINGS = {
    Smoothing.none: "Not smoothed: each frame by itself",
    Smoothing.exponential: "Smoothed exponentially over {:g} s",
    Smoothing.path: "Smoothed exponentially over {:g} s; who leads is the likeliest sequence",
}
_SIGNATURES = {b"\x89PNG": "image/png", b"RIFF": "image/webp"}  # else JPEG


def html_report(
    view: VideoView, thumbnails: Mapping[int, bytes] | None = None, notes: Sequence[str] = ()
) -> str:
    """Write the report.

    Args:
        view: The record, with names and smoothing; `VideoView.persons` are told of.
        thumbnails: A picture of a person by their number, as JPEG, PNG or WebP.
        notes: Sentences on how the video was read, such as what was left out.

    Returns:
        A whole page.
    """
    title = f"Expressions in {view.raw.header.source}"
    people = [_person(view, person, (thumbnails or {}).get(person)) for person in view.persons]
    body = [
        '<p class="eyebrow">FER Studio · video report</p>',
        f"<h1>{escape(view.raw.header.source)}</h1>",
        _use(),
        _facts(view, notes),
        _group(view) if people else '<section class="card"><p>No face was seen.</p></section>',
        *people,
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n"
        f"</head>\n<body>\n<main>\n{_lines(body)}\n</main>\n</body>\n</html>\n"
    )


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _use() -> str:
    first, *others = RESPONSIBLE_USE
    paragraphs = [f"<p><strong>{escape(first)}</strong></p>"]
    paragraphs += [f"<p>{escape(text)}</p>" for text in others]
    return f'<aside class="note" aria-label="Responsible use">{_lines(paragraphs)}</aside>'


def _span(view: VideoView) -> Span:
    times = view.record.frame_times_s
    return (float(times[0]), float(times[-1])) if len(times) else (0.0, 0.0)


def _facts(view: VideoView, notes: Sequence[str]) -> str:
    header, count = view.raw.header, len(view.record.frame_times_s)
    first_s, last_s = _span(view)
    pace = f", {(count - 1) / (last_s - first_s):.1f} a second" if last_s > first_s else ""
    facts = {
        "Part read": f"{clock(first_s)} to {clock(last_s)}",
        "Frames": f"{count:,}{pace}, {header.size_wh[0]} × {header.size_wh[1]} pixels",
        "Model": header.model,
        "Face detector": header.detector,
        "Flicker": _SMOOTHINGS[view.smoothing].format(view.time_constant_s),
        "People": str(len(view.persons)),
    }
    rows = [f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items()]
    told = [f'<p class="small soft">{escape(note)}</p>' for note in notes]
    return (
        f'<section class="card"><h2>How it was read</h2><dl class="facts">{_lines(rows)}</dl>'
        + (f"<h3>Notes</h3>{_lines(told)}" if told else "")
        + "</section>"
    )


def _group(view: VideoView) -> str:
    span = _span(view)
    # Some frames a bin, or the chance of a single one shows as a gap.
    bins = min(_MOST_MOOD_BINS, max(1, len(view.record.frame_times_s) // _FRAMES_A_BIN))
    edges = np.linspace(span[0], max(span[1], span[0] + 1e-3), bins + 1)
    moods, faces = group_moods(view.record, edges)
    legend = [_key(mood.capitalize(), MOOD_COLOURS[mood]) for mood in MOODS]
    rows = [_overview(view, view.summaries[person]) for person in view.persons]
    by_mood = {mood: [label for label in view.labels if mood_of(label) == mood] for mood in MOODS}
    sides = "; ".join(f"{mood} is {', '.join(found)}" for mood, found in by_mood.items() if found)
    return (
        '<section class="card"><h2>Everybody together</h2>'
        f'<div class="keep"><h3>Mood of all faces over time</h3>{mood_chart(moods, edges, span)}'
        f'{time_axis(span)}<div class="legend">{_lines(legend)}</div></div>'
        f'<p class="small soft">Mean probability of all faces in the picture: {escape(sides)}. '
        f"Nobody is seen where it is blank; at most {faces.max(initial=0):.0f} at once.</p>"
        '<h3>People</h3><div class="scroll"><table class="wide"><tr><th>Name</th>'
        '<th class="number">Tracked</th><th>Most of the time</th><th class="number">Happiness</th>'
        f'<th class="number">Stress</th><th class="number">Valence</th></tr>{_lines(rows)}'
        "</table></div></section>"
    )


def _overview(view: VideoView, summary: PersonSummary) -> str:
    label, share = max(summary.shares.items(), key=lambda pair: pair[1])
    return (
        f"<tr><td>{escape(view.name_of(summary.person))}</td>"
        f'<td class="number">{summary.seconds:.1f} s</td>'
        f'<td class="label">{_dot(colour_of(label))} {escape(label)} {share:.0%}</td>'
        f'<td class="number">{summary.happiness_ratio:.0%}</td>'
        f'<td class="number">{summary.stress_ratio:.0%}</td>'
        f'<td class="number">{_signed(summary.valence)}</td></tr>'
    )


def _person(view: VideoView, person: int, thumbnail: bytes | None) -> str:
    summary, name, span = view.summaries[person], view.name_of(person), _span(view)
    chart = person_chart(view.series[person], view.labels, span)
    return (
        f'<section class="card"><div class="who">{_picture(name, thumbnail)}'
        f'<div><h2>{escape(name)}</h2><p class="soft">Tracked for {summary.seconds:.1f} s, between '
        f"{clock(summary.first_s)} and {clock(summary.last_s)}</p></div></div>"
        f"{_figures(view, summary)}"
        f'<div class="keep"><h3>Share of the tracked time</h3>{_shares(summary)}</div>'
        '<div class="keep"><h3>Probabilities over time, and the leading emotion beneath</h3>'
        f"{chart}{time_axis(span)}</div>"
        f"<h3>Strongest moments</h3>{_peaks(summary)}"
        f"<h3>Changes of the leading emotion</h3>{_transitions(view, summary)}</section>"
    )


def _picture(name: str, thumbnail: bytes | None) -> str:
    if thumbnail is None:
        return f'<div class="initial" aria-hidden="true">{escape(name[:1].upper())}</div>'
    kind = _SIGNATURES.get(thumbnail[:4], "image/jpeg")
    data = base64.b64encode(thumbnail).decode("ascii")
    return f'<img alt="Face of {escape(name)}" src="data:{kind};base64,{data}">'


def _figures(view: VideoView, summary: PersonSummary) -> str:
    verdict = "called stressed, since above" if summary.is_stressed else "not above"
    figures = (
        (f"{summary.happiness_ratio:.0%}", "Happiness ratio", "time in which happy leads"),
        (
            f"{summary.stress_ratio:.0%}",
            "Stress ratio",
            "time in which p(angry) + p(fear) + p(sad) + p(disgust) > "
            f"{view.stress_threshold:g}; {verdict} {STRESSED_RATIO:.0%}",
        ),
        (
            _signed(summary.valence),
            "Valence, −1 to +1",
            "an estimate: weighted mean of probabilities, positive +1, neutral 0, negative −1",
        ),
    )
    cells = [
        f'<div class="figure"><b>{value}</b>{name}<div class="soft">{escape(how)}</div></div>'
        for value, name, how in figures
    ]
    return f'<div class="figures">{_lines(cells)}</div>'


def _shares(summary: PersonSummary) -> str:
    rows = [
        f"<span>{escape(label)}</span>"
        f'<i><b style="width:{share:.1%};background:{colour_of(label)}"></b></i>'
        f'<span class="number">{share:.0%}</span>'
        for label, share in sorted(summary.shares.items(), key=lambda pair: -pair[1])
    ]
    return f'<div class="shares">{_lines(rows)}</div>'


def _peaks(summary: PersonSummary) -> str:
    rows = []
    for label, peaks in sorted(summary.peaks.items(), key=lambda pair: -summary.shares[pair[0]]):
        moments = ", ".join(f"{clock(peak.time_s)} ({peak.probability:.0%})" for peak in peaks)
        rows.append(f"<tr><td>{_dot(colour_of(label))} {escape(label)}</td><td>{moments}</td></tr>")
    return (
        '<div class="scroll"><table><tr><th>Emotion</th><th>Time (probability)</th></tr>'
        f"{_lines(rows)}</table></div>"
    )


def _transitions(view: VideoView, summary: PersonSummary) -> str:
    counts = summary.transitions
    used = [
        index for index in range(len(view.labels)) if counts[index].any() or counts[:, index].any()
    ]
    if not used:
        return '<p class="soft">It never changed.</p>'
    heads = "".join(f'<th class="number">{escape(view.labels[index])}</th>' for index in used)
    rows = []
    for before in used:
        cells = "".join(_count(int(counts[before, after])) for after in used)
        label = view.labels[before]
        rows.append(f"<tr><td>{_dot(colour_of(label))} {escape(label)}</td>{cells}</tr>")
    return (
        '<div class="scroll"><table><tr><th>from ↓ to →</th>'
        f"{heads}</tr>{_lines(rows)}</table></div>"
    )


def _count(number: int) -> str:
    return f'<td class="number">{number or "<span class=none>–</span>"}</td>'


def _key(name: str, colour: str) -> str:
    return f"<span>{_dot(colour)}{escape(name)}</span>"


def _dot(colour: str) -> str:
    return f'<i class="dot" style="background:{colour}"></i>'


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
