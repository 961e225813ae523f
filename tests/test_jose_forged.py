"""No bent token and no bent key set is ever accepted."""

import pytest

from keystone_check import jose
from keystone_check.iam.jwk import Jwk, KeySet, read_key_set
from keystone_check.iam.sts import Granted, Refused, Undecided
from tests.forged.forgery import Forgery, honest, published
from tests.forged.table import FORGED
from tests.iam.exchanges import JWKS, ask, response


def keys(text: str) -> tuple[Jwk, ...]:
    read = read_key_set(text)
    return read.keys if isinstance(read, KeySet) else ()


def answer(token: str, served: str) -> Granted | Refused | Undecided:
    """What the exchange says when everything else holds."""
    return ask(token=jose.decode(token, keys(served)), key_set=response(JWKS, served))


def test_the_token_that_nobody_bent_is_granted() -> None:
    assert isinstance(answer(honest(), published()), Granted)


@pytest.mark.parametrize("forgery", FORGED.values(), ids=FORGED.keys())
def test_no_forgery_is_accepted_and_the_right_step_refuses_it(forgery: Forgery) -> None:
    told = answer(forgery.token, forgery.keys or published())
    assert not isinstance(told, Granted)
    assert (told.first.step if isinstance(told, Refused) else None) is forgery.step


def test_the_ways_to_forge_are_many() -> None:
    assert len(FORGED) >= 60
