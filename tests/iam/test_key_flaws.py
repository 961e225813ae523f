import pytest

from tests.iam.test_jwk import key


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"n": "AQAB"}, "its modulus has 17 bits, fewer than 2048"),
        ({"n": "AQAB="}, "n or e is missing or not base64url"),
        ({"e": None}, "n or e is missing or not base64url"),
        ({"e": "AQ"}, "n or e is no RSA number: both are odd, and e is more than 1"),
        ({"e": "Ag"}, "n or e is no RSA number: both are odd, and e is more than 1"),
        ({"n": "A" * 683}, "n or e is missing or not base64url"),
        ({"n": "_" * 2732 + "8"}, "n or e is missing or not base64url"),
        ({"n": "_" * 2732}, "its modulus has 16392 bits and its exponent 17: it was not tried"),
        ({"e": "_" * 8}, "its modulus has 2048 bits and its exponent 48: it was not tried"),
        ({"alg": 256, "use": []}, "alg is not a string"),
        ({"kty": "OKP"}, "its type OKP is neither RSA nor EC"),
        ({"kty": "EC", "crv": "secp256k1"}, "its curve is none of P-256, P-384, P-521"),
        ({"kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB"}, "x or y is malformed"),
    ],
)
def test_a_key_that_sts_cannot_use_is_told(members: dict[str, object], said: str) -> None:
    assert said in key(**members).problems[0]
