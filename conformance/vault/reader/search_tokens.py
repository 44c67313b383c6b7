"""Blind tokens of values, names and dates: docs/formats/search-tokens.md."""
import datetime
import hashlib
import hmac
import re
import unicodedata

from derivation import derived


def token(account_key: bytes, field: str, value: str) -> int:
    digest = hmac.new(derived(account_key, "search", field), value.encode("utf-8"), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def name_marks(value: str) -> "set[str]":
    marks = set()
    for group in value.split("="):
        for word in re.split(r"[\^\s,=-]+", fold(group)):
            if word:
                marks |= _word_marks(word)
    return marks


def _word_marks(word: str) -> "set[str]":
    marks = {"word " + word[:64]}
    marks |= {"begins " + word[:n] for n in range(1, min(12, len(word)) + 1)}
    alphabetic = [_is_alphabetic(sign) for sign in word]
    for at in range(len(word)):
        if not alphabetic[at]:
            marks.add("has " + word[at])
        if at + 1 < len(word) and not all(alphabetic[at : at + 2]):
            marks.add("has " + word[at : at + 2])
        if at + 2 < len(word) and all(alphabetic[at : at + 3]):
            marks.add("has " + word[at : at + 3])
    return marks


def fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).upper().lower().replace("ς", "σ")
    kept, drops = [], False
    for sign in unicodedata.normalize("NFKD", text):
        if unicodedata.category(sign).startswith("M"):
            if drops:
                continue
        else:
            drops = _is_stripped_script(sign)
        kept.append(sign)
    return unicodedata.normalize("NFKC", "".join(kept))


def _is_stripped_script(sign: str) -> bool:
    # Python knows no scripts; the names of these letters say theirs.
    name = unicodedata.name(sign, "")
    return unicodedata.category(sign).startswith("L") and any(
        script in name for script in ("LATIN ", "GREEK ", "CYRILLIC ")
    )


def _is_alphabetic(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category == "Nd" or category[0] in "PM" or _is_stripped_script(sign)


def date_marks(value: str) -> "set[str]":
    found = re.fullmatch(r"(\d{4})(\d\d)?(\d\d)?", value.strip().replace(".", ""))
    if not found:
        return set()
    year, month, day = (int(part or 1) for part in found.groups())
    # Python's calendar has the years 1 to 9999: reckoned in the like year of another cycle of 400.
    cycle = year - (2000 + year % 400)
    first = datetime.date(year - cycle + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    rolled = first + datetime.timedelta(days=day - 1)
    year = rolled.year + cycle
    held = min(max(year, 1800), 2200)
    return {f"{held:04d}", f"{year:04d}{rolled.month:02d}", f"{year:04d}{rolled.month:02d}{rolled.day:02d}"}
