"""The same token written in another way: other letters, other JSON, other parts."""

import base64
import json
from collections.abc import Iterator

from keystone_check.iam.base64url import encoded
from keystone_check.iam.sts_answers import Step
from tests.forged.forgery import Forgery, bent, claims, header, honest

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def table() -> Iterator[tuple[str, Forgery]]:
    good = honest()
    for name, text in {**_letters(good), **_parts(good)}.items():
        yield name, Forgery(text, Step.FORM)
    for name, raw in _json().items():
        yield f"claims: {name}", Forgery(bent(told=raw), Step.FORM)
    for name, raw in _headers().items():
        yield f"header: {name}", Forgery(bent(raw), Step.FORM)
    yield "three characters", Forgery("a.b", Step.SHAPE)
    yield "empty", Forgery("", Step.SHAPE)
    yield "20001 characters", Forgery(good + "A" * (20_001 - len(good)), Step.SHAPE)
    yield "a million characters", Forgery(bent(told=claims(x="x" * 750_000)), Step.SHAPE)


def _letters(good: str) -> dict[str, str]:
    said, told, signature = good.split(".")
    plain = base64.b64encode(b"\xfb\xff" + bytes(253)).decode().rstrip("=")
    return {
        "padding after the signature": good + "==",
        "padding after the header": f"{said}={'=' * (-len(said) % 4)}.{told}.{signature}",
        "plain base64": f"{said}.{told}.{plain}",
        "other bits beyond the last byte": f"{said}.{told}.{restated(signature)}",
        "a line feed at the end": good + "\n",
        "a carriage return and a line feed at the end": good + "\r\n",
        "a space before it": " " + good,
        "a tab in the signature": f"{said}.{told}.{signature[:9]}\t{signature[9:]}",
        "a line feed in the claims": f"{said}.{told[:9]}\n{told[9:]}.{signature}",
        "a zero byte at the end": good + "\0",
        "a byte order mark before it": "\ufeff" + good,
        "quoted": f'"{good}"',
        "with its scheme": f"Bearer {good}",
        "percent encoding": good.replace(".", "%2E"),
        "full-width dots": good.replace(".", "．"),
        "beyond ASCII": good + "é",
        "full-width letters": good[:-1] + "Ａ",
        "half of a surrogate pair": good + "\ud800",
        "hexadecimal": f"{said}.{told}.{'0g' * 256}.",
        "the file's path": "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    }


def _parts(good: str) -> dict[str, str]:
    said, told, signature = good.split(".")
    general = {"payload": told, "signatures": [{"protected": said, "signature": signature}]}
    return {
        "header and claims exchanged": f"{told}.{said}.{signature}",
        "claims and signature exchanged": f"{said}.{signature}.{told}",
        "without the signature": f"{said}.{told}",
        "only the claims": told,
        "four parts": f"{good}.{signature}",
        "five parts, as an encrypted token": f"{said}.{signature}.{signature}.{told}.{signature}",
        "an empty header": f".{told}.{signature}",
        "detached claims": f"{said}..{signature}",
        "only dots": "....",
        "two tokens": f"{good},{good}",
        "JSON serialization": json.dumps(general),
        "flattened JSON serialization": json.dumps(
            {"payload": told, "protected": said, "signature": signature}
        ),
        "a nested token": bent(header(cty="JWT"), good.encode()),
        "a nested token as a string": bent(header(cty="JWT"), json.dumps(good).encode()),
        "compressed claims": bent(header(zip="DEF"), b"\xabV*\x03\x00"),
        "an opaque token": encoded(bytes(range(96))),
    }


def _json() -> dict[str, bytes]:
    good = json.dumps(claims())
    again = json.dumps(str(claims()["sub"]))
    return {
        "sub twice": f'{good[:-1]}, "sub": {again}}}'.encode(),
        "sub twice, once with an escape": f'{good[:-1]}, "s\\u0075b": {again}}}'.encode(),
        "a member twice far within": f'{good[:-1]}, "a": [{{"b": {{"c": 1, "c": 2}}}}]}}'.encode(),
        "not UTF-8": good.encode()[:-1] + b', "a": "\xff"}',
        "UTF-16": good.encode("utf-16"),
        "overlong UTF-8": good.encode()[:-1] + b', "a": "\xc0\xaf"}',
        "a byte order mark": b"\xef\xbb\xbf" + good.encode(),
        "half of a surrogate pair": good.encode()[:-1] + b', "a": "\\ud800"}',
        "NaN": good.encode()[:-1] + b', "a": NaN}',
        "Infinity": good.encode()[:-1] + b', "exp": -Infinity}',
        "a number without end": good.encode()[:-1] + b', "a": 1e400}',
        "5000 digits": good.encode()[:-1] + b', "a": ' + b"9" * 5000 + b"}",
        "nested 70 deep": good.encode()[:-1] + b', "a": ' + b"[" * 70 + b"]" * 70 + b"}",
        "nested 3000 deep": good.encode()[:-1] + b', "a": ' + b"[" * 3000 + b"]" * 3000 + b"}",
        "a comma too many": good.encode()[:-1] + b",}",
        "a comment": b"/* */" + good.encode(),
        "single quotes": good.replace('"', "'").encode(),
        "text behind it": good.encode() + b"{}",
        "a list": b"[]",
        "a string": b'"claims"',
        "a number": b"1",
        "null": b"null",
        "nothing": b"",
    }


def _headers() -> dict[str, bytes]:
    good = json.dumps(header()).encode()
    return {
        "alg twice": good[:-1] + b', "alg": "none"}',
        "alg twice, once with an escape": good[:-1] + b', "\\u0061lg": "RS256"}',
        "kid twice": good[:-1] + b', "kid": "other"}',
        "not UTF-8": good[:-1] + b', "a": "\xff"}',
        "a byte order mark": b"\xef\xbb\xbf" + good,
        "a list": b'["RS256"]',
        "a string": b'"RS256"',
        "null": b"null",
        "no JSON": b"RS256",
        "NaN": good[:-1] + b', "a": NaN}',
    }


def restated(text: str) -> str:
    """Another text of the same bytes: bits beyond the last byte are set."""
    assert len(text) % 4, "this text has no bits beyond its last byte"
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) + 1]
