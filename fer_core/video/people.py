"""Who is who in a video: the user's names for numbers, and which numbers are one person.

Only what a user says, and boxes, are kept: nothing here tells a face from another by its looks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fer_core.domain.errors import VideoError
from fer_core.domain.whole_files import write_whole
from fer_core.video.record import VideoRecord

PEOPLE_FILE = "people.json"

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class People:
    """Names and merges; all methods return another one.

    Attributes:
        names: A name for a number.
        merged: Number to the number that it became; never to one that is merged itself.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    merged: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "People":
        """What was written beside a record; nobody if nothing was."""
        try:
            values = json.loads((folder / PEOPLE_FILE).read_text(encoding="utf-8"))
            return cls(
                {int(key): str(name) for key, name in values["names"].items()},
                {int(key): int(other) for key, other in values["merged"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def write(self, folder: Path) -> None:
        """Keep it beside a record."""
        values = {"names": dict(self.names), "merged": dict(self.merged)}
        write_whole(folder / PEOPLE_FILE, json.dumps(values).encode())

    def renamed(self, person: int, name: str) -> "People":
        """A person called otherwise; an empty name takes the old one away."""
        cleaned = " ".join(name.split())[:_LONGEST_NAME]
        names = {key: value for key, value in self.names.items() if key != person}
        return People(names | ({person: cleaned} if cleaned else {}), self.merged)

    def joined(self, person: int, into: int) -> "People":
        """Two persons become one, under the second one's number and name.

        Raises:
            VideoError: They are one already.
        """
        person, into = self.person_of(person), self.person_of(into)
        if person == into:
            raise VideoError(f"Person {person} cannot be merged with itself.")
        merged = {k: into if v == person else v for k, v in self.merged.items()} | {person: into}
        names = dict(self.names)
        name = names.pop(person, "")
        return People({into: name} | names if name else names, merged)

    def separated(self, person: int) -> "People":
        """All numbers that were merged into a person are persons of their own again."""
        return People(self.names, {k: v for k, v in self.merged.items() if v != person})

    def person_of(self, track_id: int) -> int:
        """The number of the person that a face's number belongs to."""
        return self.merged.get(track_id, track_id)

    def name_of(self, person: int) -> str:
        """What a person is called: the user's name, or "Person 3"."""
        return self.names.get(person) or f"Person {person}"

    def applied(self, record: VideoRecord) -> VideoRecord:
        """The record with persons' numbers in the place of faces' numbers."""
        faces = record.faces.copy()
        for track_id, person in self.merged.items():
            faces["track_id"][record.faces["track_id"] == track_id] = person
        if not self.merged or not faces.size:
            return VideoRecord(record.header, faces, record.frame_times_s)
        # Two faces of one frame cannot be one person: the larger, which comes first, stays.
        keys = np.stack([faces["time_s"], faces["track_id"].astype(np.float64)])
        first = np.unique(keys, axis=1, return_index=True)[1]
        return VideoRecord(record.header, faces[np.sort(first)], record.frame_times_s)
