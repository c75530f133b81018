"""Every photo here is made by the test, bad ones as they would arrive."""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from bot.errors import RuleError
from bot.intake.decode import PAPER, upright
from bot.intake.header import check_photo
from bot.intake.limits import PhotoLimits
from bot.intake.near import BITS, SIDE
from bot.intake.photos import CleanPhoto, PhotoStore, clean_photo
from tests.intake.made import encoded, jpeg, picture, png_header, refusal

LIMITS = PhotoLimits()


def rgb(data: bytes, name: str = "a.jpg", limits: PhotoLimits = LIMITS) -> Image.Image:
    return upright(check_photo(data, name, limits))


def code(data: bytes, name: str = "a.jpg", limits: PhotoLimits = LIMITS) -> str:
    return refusal(lambda: rgb(data, name, limits))[0]


def mean(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, ...]:
    return tuple(int(x) for x in np.asarray(image.crop(box)).reshape(-1, 3).mean(axis=0).round())


def near(colour: tuple[int, ...], wanted: tuple[int, ...], by: int = 6) -> bool:
    return max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) <= by


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "store")


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.jpg", "photo.empty"),
        (b"hello, I am no picture", "a.jpg", "photo.format"),
        (b"GIF89a" + bytes(50), "a.gif", "photo.format"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "a.jpg", "photo.format"),
        (b"II*\0" + bytes(50), "a.jpg", "photo.format"),
        (encoded(picture(1), "PNG"), "a.jpg", "photo.suffix"),
        (encoded(picture(1), "WEBP"), "a.png", "photo.suffix"),
        (jpeg(1), "a.webp", "photo.suffix"),
        (jpeg(1), "a", "photo.suffix"),
        (png_header(50_000, 50_000), "a.png", "photo.pixels"),
        (png_header(7746, 7747), "a.png", "photo.pixels"),
        (png_header(400, 300), "a.png", "photo.damaged"),
        (jpeg(1)[:2000], "a.jpg", "photo.damaged"),
        (jpeg(1, progressive=True)[:2000], "a.jpg", "photo.damaged"),
        (jpeg(1)[:40], "a.jpg", "photo.damaged"),
        (encoded(picture(1), "PNG")[:5000], "a.png", "photo.damaged"),
        (encoded(picture(1), "PNG")[:20], "a.png", "photo.damaged"),
        (encoded(picture(1), "WEBP")[:500], "a.webp", "photo.damaged"),
        (encoded(picture(1), "WEBP")[:22], "a.webp", "photo.damaged"),
        (jpeg(1, (199, 400)), "a.jpg", "photo.small"),
        (jpeg(1, (200, 1601)), "a.jpg", "photo.narrow"),
    ],
)
def test_a_bad_photo_is_refused_with_its_reason(data: bytes, name: str, reason: str) -> None:
    assert code(data, name) == reason


def webp_header(width: int, height: int) -> bytes:
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def test_the_size_of_every_kind_of_webp_is_known_before_its_decoder_runs() -> None:
    image = picture(1, (640, 480))
    plain, lossless = encoded(image, "WEBP"), encoded(image, "WEBP", lossless=True)
    extended = encoded(image, "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")
    assert [made[12:16] for made in (plain, lossless, extended)] == [b"VP8 ", b"VP8L", b"VP8X"]
    for made in (plain, lossless, extended):
        assert check_photo(made, "a.webp", LIMITS).size == (640, 480)
    assert refusal(lambda: check_photo(webp_header(16_384, 16_384), "a.webp", LIMITS))[0] == "photo.pixels"


def test_a_second_header_that_says_another_size_is_not_believed() -> None:
    real = encoded(picture(1, (250, 250)), "PNG")
    assert rgb(real, "a.png").size == (250, 250)
    both_heads = png_header(300, 300)[:33] + real[8:]
    assert check_photo(both_heads, "a.png", LIMITS).size == (300, 300)
    assert code(both_heads, "a.png") == "photo.damaged"


@pytest.mark.parametrize(("place", "value"), [(9, 0), (9, 7), (11, 0)])
def test_a_frame_without_planes_or_samples_is_refused(place: int, value: int) -> None:
    data = bytearray(jpeg(1))
    data[data.index(b"\xff\xc0") + place] = value
    assert refusal(lambda: check_photo(bytes(data), "a.jpg", LIMITS))[0] == "photo.damaged"


SAMPLES = [
    (jpeg(1, (200, 210)), "a.jpg"),
    (jpeg(1, (200, 210), progressive=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"), "a.jpg"),
    (encoded(picture(1, (200, 210), "RGBA"), "PNG"), "a.png"),
    (encoded(picture(1, (200, 210)), "WEBP", lossless=True), "a.webp"),
    (encoded(picture(1, (200, 210), "RGBA"), "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"), "a.webp"),
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(
        st.tuples(st.one_of(st.integers(0, 200), st.integers(0, 99_999)), st.binary(max_size=4)), max_size=4
    ),
    st.integers(0, 300),
)
def test_hostile_bytes_are_cleaned_or_refused(
    sample: tuple[bytes, str], changes: list[tuple[int, bytes]], cut: int
) -> None:
    data, name = bytearray(sample[0]), sample[1]
    for place, new in changes:
        at = place % len(data)
        data[at : at + len(new)] = new
    with suppress(RuleError):  # and nothing else: no other error, no warning
        image = rgb(bytes(data[: len(data) - cut]), name, PhotoLimits(max_pixels=1_000_000))
        assert image.mode == "RGB"


def test_the_size_of_a_jpeg_is_refused_before_it_is_decoded() -> None:
    data = bytearray(jpeg(1))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    assert code(bytes(data)) == "photo.pixels"


def test_a_moving_picture_is_refused() -> None:
    frames = [picture(seed) for seed in (1, 2, 3)]
    for form, name in (("PNG", "a.png"), ("WEBP", "a.webp")):
        assert code(encoded(frames[0], form, save_all=True, append_images=frames[1:]), name) == "photo.moving"


def test_a_heavy_file_is_refused_with_both_sizes() -> None:
    found, sentence = refusal(lambda: rgb(bytes(2_400_000), limits=PhotoLimits(max_bytes=2_000_000)))
    assert found == "photo.heavy"
    assert sentence == "This file has 2.4 MB; a photo may have at most 2 MB."


def test_what_would_not_fit_in_memory_is_refused_before_it_is_decoded() -> None:
    big = png_header(7000, 7000)
    found, sentence = refusal(lambda: check_photo(big, "a.png", LIMITS))
    assert found == "photo.memory"
    assert "208.3 MB of memory, more than the 180 MB allowed" in sentence
    tight = PhotoLimits(memory=90_000_000)
    assert rgb(jpeg(1, (3000, 3000)), limits=tight).size == (1600, 1600)
    assert code(jpeg(1, (3000, 3000), progressive=True), limits=tight) == "photo.memory"


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = jpeg(1, progressive=True)
    at = data.rindex(b"\xff\xda")
    assert code(data[:at] + data[at:-2] * 101 + data[-2:]) == "photo.damaged"


def test_the_sentence_says_what_to_do() -> None:
    assert refusal(lambda: rgb(encoded(picture(1), "PNG"), "photos/a.jpg"))[1] == (
        "This is a PNG picture, but its name ends in “.jpg”. Let it end in “.png”."
    )
    assert refusal(lambda: rgb(png_header(50_000, 50_000), "a.png"))[1] == (
        "This picture has 2,500 megapixels (50000 × 50000); a photo may have at most 60."
    )


# ------------------------------------------------------------------ made plain


@pytest.mark.parametrize("suffix", [".jpg", ".JPG", ".jpeg", ".Jpeg"])
def test_every_way_to_end_a_jpegs_name_is_fine(suffix: str) -> None:
    assert rgb(jpeg(1), "a" + suffix).size == (300, 400)


def quadrants(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Draw red, green, blue and white quarters, clockwise from the top left."""
    image = Image.new("RGB", size, "white")
    w, h = size[0] // 2, size[1] // 2
    image.paste("red", (0, 0, w, h))
    image.paste((0, 255, 0), (w, 0, 2 * w, h))
    image.paste("blue", (w, h, 2 * w, 2 * h))
    return image


TURNS: list[tuple[int, Callable[[Image.Image], Image.Image]]] = [
    (1, lambda image: image),
    (2, lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    (3, lambda image: image.rotate(180)),
    (4, lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)),
    (5, lambda image: image.transpose(Image.Transpose.TRANSPOSE)),
    (6, lambda image: image.rotate(90, expand=True)),
    (7, lambda image: image.transpose(Image.Transpose.TRANSVERSE)),
    (8, lambda image: image.rotate(270, expand=True)),
]


@pytest.mark.parametrize(("orientation", "stored"), TURNS)
@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_a_photo_is_turned_upright(
    orientation: int, stored: Callable[[Image.Image], Image.Image], form: str, name: str
) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    image = rgb(encoded(stored(quadrants()), form, exif=exif), name)
    assert image.size == (400, 300)
    assert near(mean(image, (20, 20, 180, 130)), (255, 0, 0))
    assert near(mean(image, (220, 20, 380, 130)), (0, 255, 0))
    assert near(mean(image, (220, 170, 380, 280)), (0, 0, 255))


def test_broken_exif_costs_the_turn_and_not_the_photo() -> None:
    assert rgb(jpeg(1, exif=b"Exif\0\0II*\0\xff\xff\xff\xff\xff\xff")).size == (300, 400)
    assert rgb(jpeg(1, exif=b"Exif\0\0nonsense")).size == (300, 400)


def test_a_phones_multi_picture_file_is_its_first_picture() -> None:
    out = io.BytesIO()
    picture(1).save(out, "MPO", save_all=True, append_images=[picture(2)])
    assert Image.open(io.BytesIO(out.getvalue())).format == "MPO"
    image = rgb(out.getvalue(), "a.jpg")
    assert np.abs(np.asarray(image).astype(int) - np.asarray(picture(1))).mean() < 4


def sixteen_bits(grey: int, size: tuple[int, int] = (300, 300)) -> bytes:
    return encoded(Image.fromarray(np.full(size, grey, np.uint16)), "PNG")


def sixteen_bit_rgb(colour: tuple[int, int, int], side: int = 300) -> bytes:
    row = b"\0" + struct.pack(">3H", *colour) * side
    made = png_header(side, side)
    head = struct.pack(">IIBBBBB", side, side, 16, 2, 0, 0, 0)
    body = zlib.compress(row * side)
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    )
    return made[:8] + chunks


def test_sixteen_bits_keep_their_tone() -> None:
    image = rgb(sixteen_bits(0x8000), "a.png")
    assert image.mode == "RGB"
    assert image.getpixel((150, 150)) == (128, 128, 128)
    assert rgb(sixteen_bit_rgb((0xFF00, 0x8000, 0)), "a.png").getpixel((9, 9)) == (255, 128, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_few_colours_become_rgb(mode: str) -> None:
    image = quadrants().convert(mode)
    made = rgb(encoded(image, "PNG"), "a.png")
    assert made.mode == "RGB"
    assert np.array_equal(np.asarray(made), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.png"), ("WEBP", "a.webp")])
def test_what_is_transparent_shows_the_paper(form: str, name: str) -> None:
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 400, 200))
    image.paste((200, 0, 0, 128), (0, 200, 200, 400))
    made = rgb(encoded(image, form, **({"lossless": True} if form == "WEBP" else {})), name)
    half = tuple(round((c + p) / 2) for c, p in zip((200, 0, 0), PAPER, strict=True))
    assert made.getpixel((300, 300)) == PAPER
    assert made.getpixel((300, 100)) == (200, 0, 0)
    assert near(mean(made, (20, 220, 180, 380)), half, 2)


def test_a_transparent_colour_of_any_mode_shows_the_paper() -> None:
    palette = Image.new("P", (300, 300), 1)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    grey = Image.new("L", (300, 300), 7)
    colour = Image.new("RGB", (300, 300), (1, 2, 3))
    grey_alpha = Image.new("LA", (300, 300), (9, 0))
    for image, clear in ((palette, 1), (grey, 7), (colour, (1, 2, 3)), (grey_alpha, None)):
        options = {} if clear is None else {"transparency": clear}
        assert rgb(encoded(image, "PNG", **options), "a.png").getpixel((5, 5)) == PAPER


def test_cmyk_becomes_rgb() -> None:
    image = Image.new("CMYK", (300, 300), (0, 255, 255, 0))
    made = rgb(encoded(image, "JPEG", quality=95))
    assert made.mode == "RGB"
    assert near(mean(made, (0, 0, 300, 300)), (255, 0, 0))


def linear_profile() -> bytes:
    """Make an RGB profile with sRGB's colours on a straight curve, which changes every middle tone."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", made, 128)[0]
    tags = [struct.unpack_from(">4sII", made, 132 + 12 * n) for n in range(count)]
    for name, at, _ in tags:
        if name in {b"rTRC", b"gTRC", b"bTRC"}:
            made[at : at + 12] = b"curv" + bytes(8)  # a curve of no points is the identity
    return bytes(made)


def test_an_icc_profile_is_converted_and_dropped(store: PhotoStore) -> None:
    profile = linear_profile()
    image = Image.new("RGB", (300, 300), (55, 55, 55))
    plain, tagged = rgb(encoded(image, quality=95)), rgb(encoded(image, quality=95, icc_profile=profile))
    assert plain.getpixel((9, 9)) == (55, 55, 55)
    assert near(mean(tagged, (0, 0, 300, 300)), (128, 128, 128), 3)  # 55/255 in light is 128/255 in sRGB
    assert "icc_profile" not in tagged.info
    clear = image.convert("RGBA")
    clear.putalpha(0)
    assert rgb(encoded(clear, "PNG", icc_profile=profile), "a.png").getpixel((9, 9)) == PAPER


def test_a_profile_that_is_broken_or_of_another_space_is_ignored() -> None:
    for profile in (b"not a profile", linear_profile()[:200]):
        assert rgb(jpeg(1, icc_profile=profile)).size == (300, 400)
    grey = encoded(Image.new("L", (300, 300), 55), "PNG", icc_profile=linear_profile())
    assert rgb(grey, "a.png").getpixel((9, 9)) == (55, 55, 55)


@pytest.mark.parametrize(
    ("size", "cleaned"),
    [
        ((400, 300), (400, 300)),
        ((1600, 1200), (1600, 1200)),
        ((1601, 1200), (1600, 1199)),
        ((3000, 4000), (1200, 1600)),
        ((5001, 3333), (1600, 1066)),
        ((6400, 801), (1600, 200)),
    ],
)
@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png")])
def test_a_large_photo_is_brought_to_1600_and_a_small_one_left(
    size: tuple[int, int], cleaned: tuple[int, int], form: str, name: str
) -> None:
    image = quadrants(size)
    made = rgb(encoded(image, form), name)
    assert made.size == cleaned
    small = np.asarray(image.resize(cleaned, Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(np.asarray(made).astype(int) - small).mean() < 1.5


# ------------------------------------------------------------------ kept


def segments(data: bytes) -> list[int]:
    """List the marker of every segment before a JPEG's picture data."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        found.append(data[at + 1])
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return found


def test_nothing_but_the_picture_is_kept(store: PhotoStore) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretPhone"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (48.0, 51.0, 29.0)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = jpeg(1, exif=exif, xmp=b"<x>SecretTown</x>", comment=b"SecretNote", icc_profile=srgb)
    data += b"SecretTail"
    read_back = Image.open(io.BytesIO(data)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert read_back[ExifTags.GPS.GPSLatitude] == (48.0, 51.0, 29.0)
    assert {0xE1, 0xE2, 0xFE} <= set(segments(data))
    photo = clean_photo(data, "a.jpg", store)
    for path in (store.path(photo.hash), store.tile_path(photo.hash), store.thumb_path(photo.hash)):
        kept = path.read_bytes()
        assert b"Secret" not in kept
        assert set(segments(kept)) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDD}
        assert not dict(Image.open(io.BytesIO(kept)).getexif())


def test_png_and_webp_text_is_gone(store: PhotoStore) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretPhone"
    for form, name in (("PNG", "a.png"), ("WEBP", "a.webp")):
        photo = clean_photo(encoded(picture(2), form, exif=exif, xmp=b"SecretTown"), name, store)
        assert b"Secret" not in store.path(photo.hash).read_bytes()


def test_a_photo_is_kept_under_the_hash_of_its_bytes_with_a_tile_and_a_thumb(store: PhotoStore) -> None:
    data = jpeg(3, (900, 1200))
    photo = clean_photo(data, "a.jpg", store)
    file = store.path(photo.hash)
    assert file == store.root / photo.hash[:2] / f"{photo.hash}.jpg"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == photo.hash
    assert hashlib.sha256(data).hexdigest() == photo.source_hash
    with Image.open(file) as kept, Image.open(store.tile_path(photo.hash)) as tile:
        assert kept.size == (photo.width, photo.height) == (900, 1200)
        assert tile.size == (480, 600)
        assert imagehash.hex_to_hash(photo.phash) - imagehash.phash(kept, hash_size=SIDE) <= 8
    assert len(photo.phash) == BITS // 4
    assert store.has(photo.hash)


def test_a_thumb_is_the_same_crop_on_paper(store: PhotoStore) -> None:
    tall = Image.new("RGB", (400, 1000), "white")
    tall.paste("red", (0, 0, 400, 185))  # the crop is 536 high and starts at 186
    tall.paste("blue", (0, 722, 400, 1000))
    photo = clean_photo(encoded(tall), "a.jpg", store)
    with Image.open(store.thumb_path(photo.hash)) as thumb:
        assert thumb.size == (384, 512)
        assert near(mean(thumb, (4, 4, 380, 508)), (255, 255, 255), 8)
        for edge in ((0, 0, 384, 4), (0, 508, 384, 512), (0, 0, 4, 512), (380, 0, 384, 512)):
            assert near(mean(thumb, edge), PAPER, 2)


def test_a_tile_keeps_the_middle_and_a_little_more_of_the_top(store: PhotoStore) -> None:
    tall = Image.new("RGB", (400, 1000), "white")
    tall.paste("red", (0, 0, 400, 200))  # the crop is 500 high and starts at 200
    tall.paste("blue", (0, 700, 400, 1000))
    photo = clean_photo(encoded(tall), "a.jpg", store)
    with Image.open(store.tile_path(photo.hash)) as tile:
        assert near(mean(tile, (0, 20, 480, 580)), (255, 255, 255), 2)
        assert near(mean(tile, (0, 0, 480, 600)), (255, 255, 255), 8)


def test_cleaning_twice_changes_nothing(store: PhotoStore) -> None:
    photo = clean_photo(jpeg(1), "a.jpg", store)
    before = {path: path.stat().st_mtime_ns for path in store.root.rglob("*.jpg")}
    assert clean_photo(jpeg(1), "b.jpeg", store) == photo
    assert {path: path.stat().st_mtime_ns for path in store.root.rglob("*.jpg")} == before
    assert len(before) == 3


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../../etc/passwd",
        "a" * 63,
        "a" * 65,
        "A" * 64,
        "g" * 64,
        "a" * 63 + "/",
        "a" * 64 + "\n",
        "é" * 64,
    ],
)
def test_only_a_hash_names_a_photo(store: PhotoStore, name: str) -> None:
    for call in (store.path, store.tile_path, store.thumb_path, store.has):
        assert refusal(partial(call, name))[0] == "photo.unknown"


def both(store: PhotoStore, *seeds: int) -> list[CleanPhoto]:
    return [clean_photo(jpeg(seed), "a.jpg", store) for seed in seeds]


def files(store: PhotoStore) -> list[str]:
    return sorted(path.name for path in store.root.rglob("*") if path.is_file())


def test_a_staging_store_is_adopted_once(tmp_path: Path, store: PhotoStore) -> None:
    staging = PhotoStore(tmp_path / "staging")
    (known,) = both(store, 1)
    staged = both(staging, 1, 2, 3)
    assert store.adopt(staging) == 2
    assert all(store.has(photo.hash) for photo in staged)
    assert files(staging) == []
    assert store.adopt(staging) == 0
    assert store.adopt(PhotoStore(tmp_path / "never")) == 0
    assert store.has(known.hash)
    assert len(files(store)) == 9


def test_adopting_across_disks_copies_whole_files(
    tmp_path: Path, store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = PhotoStore(tmp_path / "staging")
    (photo,) = both(staging, 1)
    kept = staging.path(photo.hash).read_bytes()
    rename = Path.replace

    def across(self: Path, target: Path) -> Path:
        if staging.root in self.parents:
            raise OSError(18, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", across)
    assert store.adopt(staging) == 1
    assert store.path(photo.hash).read_bytes() == kept
    assert files(staging) == []
    assert len(files(store)) == 3


def test_a_store_that_adopts_itself_loses_nothing(store: PhotoStore) -> None:
    (photo,) = both(store, 1)
    assert store.adopt(PhotoStore(store.root)) == 0
    assert store.has(photo.hash)


def test_a_write_that_fails_leaves_nothing_half(store: PhotoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.intake.photos.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        clean_photo(jpeg(1), "a.jpg", store)
    assert files(store) == []


@pytest.mark.parametrize("part", [PhotoStore.path, PhotoStore.tile_path, PhotoStore.thumb_path])
def test_a_photo_that_lacks_a_part_is_made_whole(
    store: PhotoStore, part: Callable[[PhotoStore, str], Path]
) -> None:
    (photo,) = both(store, 1)
    part(store, photo.hash).unlink()
    assert not store.has(photo.hash)
    both(store, 1)
    assert store.has(photo.hash)
