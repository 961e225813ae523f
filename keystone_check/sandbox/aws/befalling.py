"""What befalls requests to the account on their way, and what readers are told too late."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.wrappers import Request, Response

from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.mishaps import Mishap, Mishaps

Carry = Callable[[Call, Request], Response]


@dataclass(eq=False)
class Befalling:
    """Stands before whoever carries requests out."""

    carry: Carry
    denied: Callable[[Call], Response]
    throttled: Callable[[Call], Response]
    _told: dict[tuple[str, ...], Response] = field(default_factory=dict, repr=False)
    """What readers were told last, while readers may be told late."""
    _until: dict[str, float] = field(default_factory=dict, repr=False)
    """By service, when all see what was written."""

    def answer(self, mishaps: Mishaps, call: Call, request: Request) -> Response:
        """Carry the request out, or not, or in vain."""
        if call.writes:
            return self._write(mishaps, call, request)
        return (
            self._read(mishaps, call, request) if mishaps.lag and _lags(call) else self.carry(call, request)
        )

    def _write(self, mishaps: Mishaps, call: Call, request: Request) -> Response:
        number, mishap = mishaps.arrived(call.permission)
        match mishap:
            case Mishap.DENIED:
                return self.denied(call)
            case Mishap.THROTTLED:
                return self.throttled(call)
        answer = self.carry(call, request)
        if answer.status_code < 300:
            self._until[_store(call)] = mishaps.clock() + mishaps.lag
            mishaps.took_effect(number, call.permission)
        if mishap is Mishap.LOST:
            _hang_up(request)
        return answer

    def _read(self, mishaps: Mishaps, call: Call, request: Request) -> Response:
        question = (_store(call), call.action, request.full_path, repr(sorted(call.form.items())))
        if mishaps.clock() < self._until.get(_store(call), 0.0) and question in self._told:
            return _again(self._told[question])
        answer = self.carry(call, request)
        self._told[question] = _again(answer)
        return answer


def _lags(call: Call) -> bool:
    """IAM's reads and those of a bucket's settings; objects are seen at once, and so is who asks.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
    """
    return call.service in ("iam", "s3control") or (call.service == "s3" and call.action != "GetObject")


def _store(call: Call) -> str:
    return "s3" if call.service == "s3control" else call.service


def _again(answer: Response) -> Response:
    return Response(answer.get_data(), answer.status, headers=list(answer.headers))


def _hang_up(request: Request) -> None:
    """The server's own connection, as werkzeug hands it out."""
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
