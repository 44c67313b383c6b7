#!/usr/bin/python3
"""A second implementation of docs/formats/sealed-stream.md and sealed-cell.md, written from those pages alone.

It shares nothing with packages/vault: another language, and the primitives of python3-cryptography.

Reads a JSON array of requests on standard input, answers a JSON array. All bytes are hexadecimal.
    {"do": "open" | "seal", "key", "keyId", "context", "bytes", "log2"?, "salt"?, "prefix"?}
    {"do": "open-cell" | "seal-cell", "label", "key", "context", "bytes", "nonce"?}
    {"do": "open-tink", "hash", "derived", "segment", "key", "associated", "bytes"}
An answer is {"bytes": …} or {"refused": why}.
"""
import hashlib
import hmac
import json
import os
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = bytes.fromhex("8f53594d5345414c")
COMMITMENT_SALT = b"symbolon sealed stream version 1 key commitment"
HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha512": hashes.SHA512}


class Refused(Exception):
    pass


def hkdf(key, salt, info, hash_name="sha256", length=32):
    return HKDF(algorithm=HASHES[hash_name](), length=length, salt=salt, info=info).derive(key)


def need(condition, why):
    if not condition:
        raise Refused(why)


def tink_nonce(prefix, index, last):
    return prefix + index.to_bytes(4, "big") + (b"\x01" if last else b"\x00")


def tink_open(key, associated, sealed, segment, hash_name="sha256", derived=32):
    """The published format by itself, with all its parameters, so that its own vectors can be read as well."""
    header = 1 + derived + 7
    need(len(sealed) >= header + 16, "too short")
    need(sealed[0] == header, "header length")
    salt, prefix = sealed[1 : 1 + derived], sealed[1 + derived : header]
    cipher = AESGCM(hkdf(key, salt, associated, hash_name, derived))
    starts = [header] + list(range(segment, len(sealed), segment))
    plain = b""
    for index, start in enumerate(starts):
        last = index == len(starts) - 1
        part = sealed[start : (index + 1) * segment]
        need(index == 0 or len(part) > 16, "an empty segment that is not the first")
        plain += cipher.decrypt(tink_nonce(prefix, index, last), part, None)
    return plain


def tink_seal(key, associated, plain, segment, salt, prefix):
    header = bytes([1 + 32 + 7]) + salt + prefix
    cipher = AESGCM(hkdf(key, salt, associated))
    first = segment - len(header) - 16
    cuts = [plain[:first]] + [plain[i : i + segment - 16] for i in range(first, len(plain), segment - 16)]
    return header + b"".join(
        cipher.encrypt(tink_nonce(prefix, i, i == len(cuts) - 1), cut, None) for i, cut in enumerate(cuts)
    )


def commitment(key, key_id, context):
    return hkdf(key, COMMITMENT_SALT, key_id + context)


def open_stream(key, key_id, context, sealed):
    need(sealed[:8] == MAGIC, "magic")
    need(len(sealed) >= 120, "too short")
    need(sealed[8] == 1, "version")
    need(16 <= sealed[9] <= 20, "segment size")
    need(sealed[10:16] == bytes(6), "reserved")
    need(sealed[64] == 40, "inner header")
    need(sealed[16:32] == key_id, "key id")
    need(hmac.compare_digest(sealed[32:64], commitment(key, key_id, context)), "commitment")
    associated = hashlib.sha256(sealed[:64]).digest() + context
    return tink_open(key, associated, sealed[64:], 1 << sealed[9])


def seal_stream(key, key_id, context, plain, log2=16, salt=None, prefix=None):
    leading = MAGIC + bytes([1, log2]) + bytes(6) + key_id + commitment(key, key_id, context)
    associated = hashlib.sha256(leading).digest() + context
    return leading + tink_seal(key, associated, plain, 1 << log2, salt or os.urandom(32), prefix or os.urandom(7))


def open_cell(label, key, context, sealed):
    need(sealed[:1] == b"\x01", "version")
    need(len(sealed) >= 29, "too short")
    return AESGCM(key).decrypt(sealed[1:13], sealed[13:], label + b"\x01" + context)


def seal_cell(label, key, context, plain, nonce=None):
    nonce = nonce or os.urandom(12)
    return b"\x01" + nonce + AESGCM(key).encrypt(nonce, plain, label + b"\x01" + context)


def answer(request):
    def given(name):
        return bytes.fromhex(request[name]) if name in request else None

    key, context, data = given("key"), given("context"), given("bytes")
    do = request["do"]
    if do == "open":
        return open_stream(key, given("keyId"), context, data)
    if do == "seal":
        return seal_stream(
            key, given("keyId"), context, data, request.get("log2", 16), given("salt"), given("prefix")
        )
    if do == "open-tink":
        return tink_open(
            key, given("associated"), data, request["segment"], request["hash"], request["derived"]
        )
    label = request["label"].encode("ascii")
    if do == "open-cell":
        return open_cell(label, key, context, data)
    if do == "seal-cell":
        return seal_cell(label, key, context, data, given("nonce"))
    raise ValueError(do)


def guarded(request):
    try:
        return {"bytes": answer(request).hex()}
    except Refused as why:
        return {"refused": str(why)}
    except InvalidTag:
        return {"refused": "tag"}


if __name__ == "__main__":
    json.dump([guarded(request) for request in json.load(sys.stdin)], sys.stdout)
