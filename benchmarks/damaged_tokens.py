"""No damaged token, key set or discovery document takes long: `python -m benchmarks.damaged_tokens [NUMBER]`.

Every answer is measured in CPU time of its own, and so are the inputs that cost a verifier most: very many
keys, very large ones, very many members, documents of the 1 MiB that a probe reads at most. Exits with 1
when an answer takes more than 50 ms.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from keystone_check import jose
from keystone_check.iam.base64url import encoded
from keystone_check.iam.jwk import read_key_set
from tests.forged.forgery import bent, claims, elliptic, header, honest, key_set
from tests.forged.signatures import raw_signer
from tests.iam.exchanges import JWKS, ask, response
from tests.mutations import damaged, judged, keys_of
from tests.tokens import members, rsa_key

LIMIT = 0.05
"""Seconds of CPU for one answer."""


def main(number: int) -> int:
    seconds = [_measured(partial(judged, *damaged(seed))) for seed in range(number)]
    kinds = Counter(kind for _, kind in seconds)
    slowest = max(range(number), key=lambda seed: seconds[seed][0])
    print(f"{number} damaged inputs: {dict(kinds)}")
    print(f"slowest: {seconds[slowest][0] * 1000:.1f} ms of CPU (seed {slowest})")
    costly = {name: _measured(run)[0] for name, run in _costly().items()}
    for name, cost in costly.items():
        print(f"{cost * 1000:7.1f} ms  {name}")
    return int(max(seconds[slowest][0], *costly.values()) > LIMIT)


def _measured(run: Callable[[], object]) -> tuple[float, str]:
    start = time.process_time()
    answer = run()
    return time.process_time() - start, type(answer).__name__


def _costly() -> dict[str, Callable[[], object]]:
    """Inputs made to cost, each made before it is measured."""
    long_signature = bent(signer=lambda signed: b"\1" * 1024)
    modulus, power = rsa_key().public_key().public_numbers().n | 1 << 8191, encoded((2**17 - 1).to_bytes(3))
    large = [encoded((modulus + 2 * number).to_bytes(1024)) for number in range(100)]
    own = {"kid": header()["kid"], "alg": None}
    same = key_set(*(members("RSA", **own, n=n, e=power) for n in large))
    many = key_set(*(members("RSA other", kid=f"k{number}", alg=None) for number in range(2500)))
    curves = key_set(*(members("P-521", **{**own, "kid": members("P-521")["kid"]}) for _ in range(100)))
    elliptic_token = elliptic("P-521", raw_signer(), "ES512")
    repeated = (
        "{" + ",".join(f'"{letter}{digit}":1' for digit in range(900) for letter in "ab") + "," + '"a1":1}'
    )
    twice = json.dumps({"keys": []})[:-1] + "," + ",".join('"a":1' for _ in range(170_000)) + "}"
    thousand = bent(told=claims(**{f"c{number}": number for number in range(1000)}))
    audiences = bent(told=claims(aud=[f"a{number}" for number in range(1500)]))
    return {
        "a good token": lambda: _asked(honest(), key_set(members("RSA"))),
        "100 keys of 8192 bits under the token's kid": lambda: _asked(long_signature, same),
        "2,500 keys in 1 MiB": lambda: _asked(honest(), many),
        "100 keys of P-521 under the token's kid": lambda: _asked(elliptic_token, curves),
        "1,800 members, one of them twice": lambda: _asked(
            bent(told=repeated.encode()), key_set(members("RSA"))
        ),
        "a key set with a member 170,000 times in 1 MiB": lambda: read_key_set(twice),
        "1,000 claims": lambda: _asked(thousand, key_set(members("RSA"))),
        "1,500 audiences": lambda: _asked(audiences, key_set(members("RSA"))),
        "a key set nested 100,000 deep": lambda: read_key_set(
            '{"keys":' + "[" * 100_000 + "]" * 100_000 + "}"
        ),
    }


def _asked(token: str, served: str) -> object:
    return ask(token=jose.decode(token, keys_of(served)), key_set=response(JWKS, served))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
