"""How much a campaign may bring. Every limit is a parameter with the product's default."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What one photo may be; `memory` is what opening it may take, in bytes.

    20 MB and 60 megapixels pass every phone and most cameras. `memory` is shared by the photos that
    are opened at the same time: the process itself needs about 100 MB beside it.
    """

    max_bytes: int = 20_000_000
    max_pixels: int = 60_000_000
    min_side: int = 200
    memory: int = 180_000_000


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """What a zip may unpack to. `ratio` is unpacked to packed size; photos hardly shrink at all."""

    max_entries: int = 2_000
    max_bytes: int = 4_000_000_000
    max_ratio: int = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What a whole campaign may be; `near` is the phash distance (of 256) up to which photos look alike.

    The same photo made smaller and saved again was within 18 in 120 trials; of 200 photos of clothes no
    two were nearer than 88, and of 200 flat drawings of clothes on one ground one pair was.
    """

    photo: PhotoLimits = field(default_factory=PhotoLimits)
    zip: ZipLimits = field(default_factory=ZipLimits)
    min_designs: int = 2
    max_designs: int = 300
    near: int = 20
    workers: int = 2


DEFAULTS = Limits()
