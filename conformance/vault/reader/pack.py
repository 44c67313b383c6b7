"""Instances admitted in one commit: docs/formats/pack.md."""
import hashlib
import json
from dataclasses import dataclass
from typing import Callable, Iterator

import zstandard

import chunks
from derivation import Refused, context, derived
from sealed_cell import open_wrap
from sealed_stream import Key, ReadAt, open_range, open_whole

MOST_MANIFEST_BYTES = 256 * 2**20

StudyKey = Callable[[str, dict], bytes]  # chain and row
"""What a row's halves are opened with, of the chain that is named."""


@dataclass
class Stored:
    """A pack's row, and its two objects where it has them."""

    row: dict
    identity: "bytes | None"
    image: "ReadAt | None"


def stream_key(study_key: bytes, chain: str, half: str, row: dict) -> Key:
    key_id = hashlib.sha256(f"{chain}/study/{row['study_id']}".encode()).digest()[:16]
    ids = (row["account_id"], row["study_id"], row["series_id"], row["id"], row["version"])
    return Key(_pack_key(study_key, chain, row), key_id, context("pack", half, *ids))


def image_stream_key(study_key: bytes, row: dict) -> Key:
    if (row["version"] == 2) != (row["image_key"] is not None):
        raise Refused("PACK_DAMAGED")
    if row["version"] != 2:
        return stream_key(study_key, "image", "image", row)
    wrapping = derived(_pack_key(study_key, "image", row), "image-key")
    ids = (row["account_id"], row["study_id"], row["series_id"], row["id"], 2)
    key = open_wrap(wrapping, context("wrap", "image", "pack", *ids), row["image_key"])
    key_id = hashlib.sha256(f"image/pack/{row['id']}".encode()).digest()[:16]
    return Key(key, key_id, context("pack", "image", row["account_id"], row["id"], 2))


def _pack_key(study_key: bytes, chain: str, row: dict) -> bytes:
    return derived(derived(study_key, "series", chain, row["series_id"]), "pack", chain, row["id"])


def open_manifest(study_key: StudyKey, row: dict) -> dict:
    if row["version"] not in (1, 2, 3):
        raise Refused("PACK_VERSION_UNKNOWN")
    key = stream_key(study_key("identity", row), "identity", "manifest", row)
    manifest = json.loads(_decompressed(_opened(key, row["manifest"]), MOST_MANIFEST_BYTES))
    if manifest["version"] != (2 if row["version"] == 3 else 1):
        raise Refused("PACK_VERSION_UNKNOWN")
    return manifest


def original_files(study_key: StudyKey, stored: Stored) -> "Iterator[tuple[dict, bytes]]":
    """Each instance of the pack with the file as it was sent, in the order of the manifest."""
    row = stored.row
    manifest = open_manifest(study_key, row)
    if stored.identity is None or len(stored.identity) < row["identity_sealed_bytes"]:
        raise Refused("PACK_DAMAGED")
    key = stream_key(study_key("identity", row), "identity", "identity", row)
    sealed = stored.identity[: row["identity_sealed_bytes"]]
    halves = _decompressed(_opened(key, sealed), manifest["identityBytes"])
    if len(halves) != manifest["identityBytes"]:
        raise Refused("PACK_DAMAGED")
    for instance in manifest["instances"]:
        at = instance["identityAt"]
        file = _joined(instance, halves[at : at + instance["identityBytes"]], _image_half(study_key, stored, instance))
        if len(file) != instance["bytes"] or hashlib.sha256(file).hexdigest() != instance["sha256"]:
            raise Refused("PACK_DAMAGED")
        yield instance, file


def _image_half(study_key: StudyKey, stored: Stored, instance: dict) -> bytes:
    if instance["imageBytes"] == 0:
        return b""
    if stored.image is None:
        raise Refused("PACK_DAMAGED")
    row = stored.row
    start = instance["imageAt"]
    table = instance.get("compressed") if row["version"] == 3 else None
    stored_bytes = instance["imageBytes"] if table is None else sum(table["chunks"][1::3])
    try:
        key = image_stream_key(study_key("image", row), row)
        kept = open_range(key, stored.image, row["image_sealed_bytes"], start, start + stored_bytes)
    except Refused:
        raise Refused("PACK_DAMAGED") from None
    return kept if table is None else chunks.opened(table, kept, instance["imageBytes"])


def _joined(instance: dict, identity: bytes, image: bytes) -> bytes:
    pieces, identity_at, image_at = [], 0, 0
    for cut in instance["cuts"]:
        pieces += [identity[identity_at : cut["at"]], image[image_at : image_at + cut["bytes"]]]
        identity_at, image_at = cut["at"], image_at + cut["bytes"]
    return b"".join([*pieces, identity[identity_at:]])


def _opened(key: Key, sealed: bytes) -> bytes:
    try:
        return open_whole(key, sealed)
    except Refused:
        raise Refused("PACK_DAMAGED") from None


def _decompressed(frame: bytes, most: int) -> bytes:
    try:
        with zstandard.ZstdDecompressor().stream_reader(frame) as reader:
            opened = reader.read(most + 1)
    except zstandard.ZstdError:
        raise Refused("PACK_DAMAGED") from None
    if len(opened) > most:
        raise Refused("PACK_DAMAGED")
    return opened
