"""Name garments as a lookbook does: colour, print, length, shape; what else is needed to tell them apart."""

from collections.abc import Iterator, Mapping, Sequence

_PATTERNS = {
    "stripe": "striped",
    "breton": "Breton",
    "check": "checked",
    "dot": "polka-dot",
    "floral": "floral",
    "colour-block": "colour-block",
    "cable": "cable-knit",
    "rib": "ribbed",
}
_LENGTHS = {"mini": "mini", "midi": "midi", "maxi": "maxi", "knee": "knee-length", "cropped": "cropped"}
_NOUNS: Mapping[str, Mapping[str, str]] = {
    "dress": {
        "a-line": "A-line dress",
        "fit and flare": "swing dress",
        "drop waist": "drop-waist dress",
        "sun": "sundress",
    },
    "skirt": {"a-line": "A-line skirt", "button-front": "button-front skirt", "balloon": "balloon skirt"},
    "trousers": {"wide": "wide-leg trousers", "straight": "straight trousers", "tapered": "tapered trousers"},
    "shirt": {
        "classic": "shirt",
        "boxy": "camp shirt",
        "blouse": "blouse",
        "peplum": "peplum top",
        "wrap": "wrap blouse",
        "camisole": "camisole",
        "tee": "tee",
        "tunic": "tunic",
    },
    "knit": {
        "jumper": "jumper",
        "slouchy": "slouchy jumper",
        "cardigan": "cardigan",
        "vest": "knitted vest",
        "polo": "knitted polo",
        "tunic": "knitted tunic",
    },
    "jacket": {"blazer": "blazer", "chore": "chore jacket", "gilet": "quilted gilet"},
    "coat": {"trench": "trench coat", "straight": "city coat"},
    "jumpsuit": {"wide": "wide-leg jumpsuit", "culottes": "culotte jumpsuit"},
}
_SHORTS = {"tapered": "tailored shorts", "culottes": "wide shorts"}
_SLEEVES = {
    "cap": "with cap sleeves",
    "short": "with short sleeves",
    "elbow": "with elbow sleeves",
    "long": "with long sleeves",
    "puff": "with puff sleeves",
    "bell": "with bell sleeves",
    "bishop": "with full sleeves",
    "strap": "with thin straps",
    "sleeveless": "without sleeves",
}
_NECKS = {
    "v": "a V-neck",
    "scoop": "a scoop neck",
    "square": "a square neck",
    "boat": "a boat neck",
    "crew": "a round neck",
    "sweetheart": "a sweetheart neck",
    "halter": "a halter neck",
    "turtleneck": "a roll neck",
    "cowl": "a cowl neck",
    "peter pan": "a round collar",
    "bow": "a neck bow",
    "collar": "a collar",
}
_WAISTS = {"belted": "a belt", "tied": "a tie waist"}

Look = tuple[str, Mapping[str, str]]


def titles(looks: Sequence[Look]) -> tuple[str, ...]:
    """Give every look a title of its own, as short as that allows."""
    used: set[str] = set()
    out: list[str] = []
    for look in looks:
        title = next(name for name in _names(*look) if name not in used)
        used.add(title)
        out.append(title)
    return tuple(out)


def _names(category: str, a: Mapping[str, str]) -> Iterator[str]:
    words = [a["colour"], _PATTERNS.get(a["pattern"], ""), _LENGTHS.get(a["length"], ""), _noun(category, a)]
    if a["pattern"] == "colour-block":
        words[0] = f"{a['colour']} and {a['accent']}"
    plain = _sentence(words)
    sleeve = _SLEEVES.get(a.get("sleeve", ""), "")
    neck = _NECKS.get(a.get("neckline", ""), "")
    waist = _WAISTS.get(a.get("waist", ""), "")
    yield plain
    for extra in (sleeve, neck and f"with {neck}", waist and f"with {waist}"):
        if extra:
            yield f"{plain} {extra}"
    if a["pattern"] != "colour-block":
        words[0] = f"{a['colour']} and {a['accent']}"
        plain = _sentence(words)
        yield plain
    if sleeve and neck:
        yield f"{plain} {sleeve} and {neck}"
    n = 2
    while True:
        yield f"{plain} no. {n}"
        n += 1


def _noun(category: str, a: Mapping[str, str]) -> str:
    silhouette = a["silhouette"]
    if category == "trousers" and a["length"] == "short":
        return _SHORTS.get(silhouette, "shorts")
    if silhouette == "culottes" and category == "trousers":
        return silhouette
    noun = _NOUNS[category].get(silhouette, f"{silhouette} {category}")
    return noun.removeprefix("knitted ") if a["pattern"] in ("cable", "rib") else noun


def _sentence(words: Sequence[str]) -> str:
    text = " ".join(word for word in words if word)
    return text[0].upper() + text[1:]
