"""What a life needs to know, told across processes."""

from pathlib import Path

from pydantic import BaseModel


class Birth(BaseModel):
    """What a life needs to know: files, addresses, and where its parent listens."""

    wall: Path
    control: Path
    community: Path
    log: Path
    settings: dict[str, str]
