"""What the issuer's address answers to a stranger, as far as the bucket's settings let its objects out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from keystone_check.iam.s3 import anonymous_get, locate, object_key
from keystone_check.model.aws import Bucket, PublicAccessBlock
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.web import Response


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
