"""Files that are replaced whole or not at all."""

import os
import secrets
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file, so that a kill or a full disk at any moment leaves the old one or the new.

    Several writers may be at it at once: the last one's content stands.

    Raises:
        OSError: It could not be written; nothing of it is left.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with fresh.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
