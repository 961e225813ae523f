"""What befalls writes to the API server on their way."""

from collections.abc import Callable

from keystone_check.sandbox.kube.routes import attributes
from keystone_check.sandbox.kube.status import StatusError, forbidden
from keystone_check.sandbox.kube.wire import Answer, Request
from keystone_check.sandbox.mishaps import Mishap, Mishaps

_WRITING = ("update", "patch", "delete", "deletecollection")


def befallen(mishaps: Mishaps, request: Request, answer: Callable[[Request], Answer]) -> Answer:
    """Carry the request out, or not, or in vain. Only reviews, tokens and probes are created: no writes."""
    asked = attributes(request)
    if asked.verb not in _WRITING or request.dry_run:
        return answer(request)
    number, mishap = mishaps.arrived(asked.permission)
    match mishap:
        case Mishap.DENIED:
            because = f'User cannot {asked.verb} resource "{asked.plural}" in API group "{asked.group}"'
            return forbidden(asked.plural, asked.group, asked.name, because).answer()
        case Mishap.THROTTLED:
            said = "The server has received too many requests and has asked us to try again later"
            return StatusError(429, "TooManyRequests", said).answer()
    given = answer(request)
    if given.status < 300:
        mishaps.took_effect(number, asked.permission)
    return Answer(504, "") if mishap is Mishap.LOST else given
