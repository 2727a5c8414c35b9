"""A record as somebody looks at it: with their names for people, smoothing and thresholds."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from fer_core.inference.session import STRESS_THRESHOLD
from fer_core.inference.smoothing import TIME_CONSTANT_S
from fer_core.video.people import People
from fer_core.video.record import VideoRecord
from fer_core.video.summary import (
    Indices,
    PersonSeries,
    PersonSummary,
    Smoothing,
    person_series,
    summarize_person,
)

LEAST_S = 0.4
"""Who was seen for less is probably no face: left out of lists, kept in tables."""


@dataclass(frozen=True)
class VideoView:
    """What pages draw and exports write of a video. Costs nothing until it is asked.

    Attributes:
        raw: All that was read, with faces' numbers.
        people: Names and merges.
        smoothing: How flicker is taken out; the raw values stay beside.
        time_constant_s: Of the smoothing, in seconds.
        stress_threshold: What angry, fear, sad and disgust together must pass to count.
    """

    raw: VideoRecord
    people: People = field(default_factory=People)
    smoothing: Smoothing = Smoothing.exponential
    time_constant_s: float = TIME_CONSTANT_S
    stress_threshold: float = STRESS_THRESHOLD

    @cached_property
    def record(self) -> VideoRecord:
        """What was read, with persons' numbers."""
        return self.people.applied(self.raw)

    @property
    def labels(self) -> tuple[str, ...]:
        """Class names, in the order of the probabilities."""
        return self.raw.header.labels

    @cached_property
    def series(self) -> dict[int, PersonSeries]:
        """Every person over time, in the order in which they came."""
        return {
            person: person_series(self.record, person, self.smoothing, self.time_constant_s)
            for person in self.record.track_ids()
        }

    @cached_property
    def smoothed(self) -> VideoRecord:
        """The record with smoothed probabilities in the place of the raw ones, row by row."""
        faces = self.record.faces.copy()
        for person, series in self.series.items():
            faces["probabilities"][self.record.faces["track_id"] == person] = series.probabilities
        return replace(self.record, faces=faces)

    @cached_property
    def leading(self) -> Indices:
        """(N,) index of the smoothed label that leads, for each row of the record."""
        leading = np.zeros(len(self.record.faces), np.intp)
        for person, series in self.series.items():
            leading[self.record.faces["track_id"] == person] = series.leading
        return leading

    @cached_property
    def summaries(self) -> dict[int, PersonSummary]:
        """What every person's time adds up to."""
        return {
            person: summarize_person(series, self.labels, self.stress_threshold)
            for person, series in self.series.items()
        }

    @cached_property
    def persons(self) -> list[int]:
        """Who was seen for `LEAST_S` or has a name, the longest first; all if nobody was."""
        seen = [
            person
            for person, summary in self.summaries.items()
            if summary.seconds >= LEAST_S or person in self.people.names
        ]
        # By tenths, as it is shown: who was there all the time is in the order of coming.
        return sorted(seen or self.summaries, key=lambda p: -round(self.summaries[p].seconds, 1))

    def name_of(self, person: int) -> str:
        """What a person is called."""
        return self.people.name_of(person)

    def choice_of(self, person: int) -> str:
        """What a person is called in a list: with the number, if somebody else is called so too."""
        name = self.name_of(person)
        is_shared = any(self.name_of(other) == name for other in self.series if other != person)
        return f"{name} ({person})" if is_shared else name

    def side_by_side(self, persons: Collection[int]) -> int:
        """Frames in which more than one of these is seen, who can hardly be one person."""
        times = [self.series[person].times_s for person in persons]
        _, seen = np.unique(np.concatenate([np.empty(0), *times]), return_counts=True)
        return int((seen > 1).sum())


@dataclass(frozen=True, slots=True)
class ViewChoices:
    """How a video's results are looked at, beside names; see `VideoView`."""

    smoothing: Smoothing = Smoothing.exponential
    time_constant_s: float = TIME_CONSTANT_S
    stress_threshold: float = STRESS_THRESHOLD

    def view(self, record: VideoRecord, people: People) -> VideoView:
        """The record looked at in this way."""
        return VideoView(
            record, people, self.smoothing, self.time_constant_s, self.stress_threshold
        )
