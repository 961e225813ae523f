"""What the issuer's address answers to a stranger, as far as the bucket's settings let its objects out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from keystone_check.iam.s3 import anonymous_get, locate, object_key
from keystone_check.model.aws import Bucket, PublicAccessBlock
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.web import Response
from keystone_check.model.world import World


@dataclass(frozen=True, slots=True)
class Publication:
    """Reads the live bucket at each question, so that a repair shows at the next one."""

    bucket: Callable[[str, str], Bucket | Absent]
    """By name, with the object of that key."""
    account_public_access: Callable[[], PublicAccessBlock | Absent]
    fixed: Mapping[str, Response] = field(default_factory=dict)
    """Answers by URL that stand in front of the bucket: another web server, a proxy, a broken document."""

    def answer(self, url: str) -> Response | Missing:
        """The answer to an anonymous GET of that URL."""
        if url in self.fixed:
            return self.fixed[url]
        location = locate(url)
        if location is None:
            return Missing(url, f"nothing is served at {url}")
        answer = anonymous_get(
            self.bucket(location.bucket, object_key(location, url)), self.account_public_access(), url
        )
        if isinstance(answer, Response):
            return answer
        return Missing(url, f"what S3 answers for {url} is not known: {answer.because}")


def in_front(world: World) -> dict[str, Response]:
    """The published documents that do not come from the bucket as the world says it is.

    Another web server or a cache answers for them then, and a change of the bucket does not show there.
    """
    answers = [answer for answer in (world.discovery, world.key_set) if isinstance(answer, Response)]
    return {answer.url: answer for answer in answers if answer != _of_the_bucket(world, answer.url)}


def _of_the_bucket(world: World, url: str) -> Response | Missing:
    if isinstance(world.bucket, Missing):
        return world.bucket
    answer = anonymous_get(world.bucket, world.account_public_access, url)
    return answer if isinstance(answer, Response) else Missing(url, "the bucket does not tell")
