"""Many files in, one result for each: what the upload page and the command line share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from fer_core.domain.analysis import FrameAnalysis
from fer_core.domain.archives import RejectedFile, expand_archives
from fer_core.domain.errors import ImageError
from fer_core.domain.file_names import display_name
from fer_core.domain.images import decode_image
from fer_core.inference.analyzer import EmotionAnalyzer


@dataclass(frozen=True, slots=True, eq=False)
class AnalyzedPhoto:
    """A picture and what was read from it; the pixels are (H, W, 3) RGB uint8."""

    image_rgb: npt.NDArray[np.uint8]
    analysis: FrameAnalysis


def analyze_files(
    analyzer: EmotionAnalyzer, files: Iterable[tuple[str, bytes]]
) -> Iterator[AnalyzedPhoto | RejectedFile]:
    """Analyse pictures and ZIPs of pictures, one at a time; a bad one never stops the others.

    Args:
        analyzer: Reads the pictures.
        files: (name, content) pairs; drawn from one by one, so that they need not all be in
            memory.

    Yields:
        An `AnalyzedPhoto`, or a `RejectedFile` that names the file and says why.
    """
    for item in expand_archives(files):
        if isinstance(item, RejectedFile):
            yield item
            continue
        try:
            image = decode_image(item.data, item.name)
            analysis = analyzer.analyze(image, source=item.name)
        except ImageError as error:
            yield RejectedFile(item.name, str(error))
        except (MemoryError, cv2.error) as error:
            reason = (
                f"could not be analysed ({type(error).__name__}). Make it smaller and try again."
            )
            yield RejectedFile(item.name, f"{display_name(item.name)}: {reason}")
        else:
            yield AnalyzedPhoto(image, analysis)
