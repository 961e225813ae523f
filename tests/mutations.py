"""Honest tokens, key sets and discovery documents, damaged at random from a seed."""

import json
from collections.abc import Callable
from functools import cache
from random import Random

from keystone_check import jose
from keystone_check.iam.base64url import decoded, encoded
from keystone_check.iam.jwk import Jwk, KeySet, read_key_set
from keystone_check.iam.oidc import discovery_document, discovery_url
from keystone_check.iam.sts import Granted, Refused, Undecided
from tests.forged.forgery import claims, elliptic, header, honest, published
from tests.forged.signatures import raw_signer
from tests.forged.table import FORGED
from tests.iam.exchanges import JWKS, ask, response
from tests.iam.trusts import ISSUER
from tests.tokens import compact

VALUES: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**63,
    10**400,
    "",
    "x" * 3000,
    [],
    {},
    [[]],
    {"a": {}},
)
"""What a member is replaced by."""
NOISE = '{}[]",:.-_=+/ \\\n\0Aa09\u00e9\ud800'


@cache
def seeds() -> tuple[str, ...]:
    """Tokens to start from: two that verify, and every forgery that is not too long to be bent often."""
    good = (honest(), elliptic("P-256", raw_signer()))
    return (*good * 40, *(forgery.token for forgery in FORGED.values() if len(forgery.token) < 5000))


@cache
def key_sets() -> tuple[str, ...]:
    """Key sets to start from."""
    return (*(published(),) * 20, *(forgery.keys for forgery in FORGED.values() if forgery.keys))


@cache
def document() -> str:
    return discovery_document(ISSUER, JWKS, ("RS256",))


def damaged(seed: int) -> tuple[str, str, str]:
    """The token, the key set and the discovery document of that number, one of the three damaged."""
    random = Random(seed)
    token, keys, discovery = random.choice(seeds()), published(), document()
    match random.randrange(4):
        case 0 | 1:
            token = damaged_token(random, token)
        case 2:
            keys = damaged_text(random, random.choice(key_sets()))
        case _:
            discovery = damaged_text(random, discovery)
    return token, keys, discovery


def judged(token: str, keys: str, discovery: str) -> Granted | Refused | Undecided:
    """The exchange, when all that is not among the three holds."""
    return ask(
        token=jose.decode(token, keys_of(keys)),
        key_set=response(JWKS, keys),
        discovery=response(discovery_url(ISSUER), discovery),
    )


def keys_of(text: str) -> tuple[Jwk, ...]:
    read = read_key_set(text)
    return read.keys if isinstance(read, KeySet) else ()


def damaged_token(random: Random, text: str) -> str:
    return random.choice((_one_part, _one_part, _resigned, scrambled))(random, text)


def damaged_text(random: Random, text: str) -> str:
    """A JSON document with a few members changed, or a text with a few letters changed."""
    return random.choice((_changed, _changed, scrambled))(random, text)


def scrambled(random: Random, text: str) -> str:
    """Letters taken out, put in, doubled, cut off."""
    for _ in range(random.randint(1, 6)):
        start = random.randint(0, len(text))
        end = min(len(text), start + random.choice((0, 1, 1, 4, 200)))
        filling = random.choice(
            ("", random.choice(NOISE), text[start:end] * 2, "[" * random.randint(1, 2000))
        )
        text = text[:start] + filling + text[end:]
    return text


def _one_part(random: Random, text: str) -> str:
    """One part decoded, damaged and encoded again; the signature stays."""
    parts = text.split(".")
    chosen = random.randrange(len(parts))
    raw = decoded(parts[chosen])
    if raw is None:
        return scrambled(random, text)
    damage: Callable[[Random, str], str] = _changed if chosen < 2 else scrambled
    bent = damage(random, raw.decode("latin-1")).encode("utf-8", "surrogatepass")
    return ".".join((*parts[:chosen], encoded(bent), *parts[chosen + 1 :]))


def _resigned(random: Random, text: str) -> str:
    """Header or claims damaged and signed as they are: nothing but their content can refuse them."""
    said, told = (json.dumps(part).encode() for part in (header(), claims()))
    damage = [_changed(random, part.decode()).encode("utf-8", "surrogatepass") for part in (said, told)]
    return compact(said, damage[1]) if random.random() < 0.7 else compact(damage[0], told)


def _changed(random: Random, text: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return scrambled(random, text)
    for _ in range(random.randint(1, 3)):
        value = _one_changed(random, value)
    return json.dumps(value)


def _one_changed(random: Random, value: object) -> object:
    if isinstance(value, dict) and value and random.random() < 0.9:
        name = random.choice(list(value))
        kept = {other: one for other, one in value.items() if other != name or random.random() < 0.8}
        return {**kept, name: _one_changed(random, value[name])} if name in kept else kept
    if isinstance(value, list) and value and random.random() < 0.8:
        place = random.randrange(len(value))
        several = random.choice((1, 1, 1, 120)) if len(repr(value)) < 3000 else 1
        return [*value[:place], *[_one_changed(random, value[place])] * several, *value[place + 1 :]]
    if isinstance(value, str) and random.random() < 0.6:
        return scrambled(random, value)
    return random.choice(VALUES)
