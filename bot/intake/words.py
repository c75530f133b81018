"""What people and files may be called: characters that can be seen."""

import unicodedata

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def hidden_character(words: str) -> str | None:
    """Name the first character that cannot be seen or turns the line around: `U+202E`; None if none."""
    for c in words:
        if c in _BIDI or unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}:
            return f"U+{ord(c):04X}"
    return None


def shown(name: str) -> str:
    """Write a file's name so that a terminal can print it: what cannot be seen becomes `?`."""
    return "".join(c if c.isprintable() else "?" for c in name)
