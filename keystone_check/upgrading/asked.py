"""What `--target` asks for: `karpenter=1.14`, `ack-s3=1.10`, `kubernetes=1.36.2`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keystone_check.errors import UsageError
from keystone_check.knowledge.store import controllers
from keystone_check.model.operators import KARPENTER
from keystone_check.near import did_you_mean
from keystone_check.operators.version import Version, version

KUBERNETES = "kubernetes"
PRESENT = "now"
"""`--target now`: what is, whatever the configuration says."""
_SHAPE = re.compile(r"v?\d{1,4}\.\d{1,4}(\.\d{1,4})?([-+][0-9A-Za-z.+-]{1,40})?", re.ASCII)
_FORM = "write product=version, such as karpenter=1.14, ack-s3=1.10 or kubernetes=1.36"


@dataclass(frozen=True, slots=True)
class Asked:
    """One product and the version that it is to have."""

    product: str
    version: Version
    whole: bool
    """Whether the patch was named too; otherwise the newest of the minor is meant."""

    def __str__(self) -> str:
        return f"{self.product}={self.version if self.whole else self.version.line}"


def asked(words: Iterable[str]) -> tuple[Asked, ...]:
    """What these words ask for; UsageError where one is no target, or a product is named twice."""
    found = tuple(map(_one, words))
    products = [each.product for each in found]
    for product in dict.fromkeys(products):
        if products.count(product) > 1:
            raise UsageError(f"--target names {product} {products.count(product)} times", "name it once")
    return found


def asked_for(words: Sequence[str], configured: Sequence[str]) -> tuple[Asked, ...]:
    """What is asked for where it is; the configuration's targets where nothing is."""
    return asked(word for word in words or configured if word != PRESENT)


def _one(word: str) -> Asked:
    product, equals, said = word.partition("=")
    if not equals or not product:
        raise UsageError(f"--target {word!r} is no target", _FORM)
    if product not in (known := tuple(_products())):
        raise UsageError(f"--target {word}: there is no product {product!r}", did_you_mean(product, known))
    shaped = _SHAPE.fullmatch(said)
    read = version(said) if shaped else None
    if shaped is None or read is None:
        raise UsageError(f"--target {word}: {said!r} is no version", _FORM)
    return Asked(product, read, shaped[1] is not None)


def _products() -> Iterator[str]:
    yield from (KARPENTER, KUBERNETES)
    yield from (f"ack-{service}" for service in controllers())
