"""What many faces add up to: the mood of a group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fer_core.domain.analysis import AnalyzedFace
from fer_core.domain.emotions import MOODS, Mood, mood_of


@dataclass(frozen=True, slots=True)
class GroupMood:
    """The mood of a group of faces (after Hasan 2021).

    Attributes:
        mood: The mood with the largest share; None when there is no face.
        shares: Mean probability of each mood over the faces, 0 to 1, summing to 1.
        faces: Number of faces for each leading emotion, most frequent first.
    """

    mood: Mood | None
    shares: dict[Mood, float]
    faces: dict[str, int]


def group_mood(faces: Sequence[AnalyzedFace]) -> GroupMood:
    """Sum up the mood of faces: each gives its probabilities, so a doubtful face counts less."""
    shares: dict[Mood, float] = dict.fromkeys(MOODS, 0.0)
    for face in faces:
        for label, probability in face.scores.to_dict().items():
            shares[mood_of(label)] += probability / len(faces)
    leading = Counter(face.scores.emotion for face in faces)
    mood = max(MOODS, key=shares.__getitem__)
    return GroupMood(mood if faces else None, shares, dict(leading.most_common()))
