"""Answers in the forms that AWS's clients parse: the Query protocol's XML and S3's."""

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

NAMESPACES = {
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
}

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped (section 2.2)."""

Tree = Mapping[str, "str | Tree | Iterable[Tree]"]


def query_result(service: str, action: str, result: Tree | None = None) -> Response:
    """The successful answer to a Query protocol action; `result` None for an action without output."""
    body = "" if result is None else f"<{action}Result>{xml(result)}</{action}Result>"
    return _xml(
        200,
        f'<{action}Response xmlns="{NAMESPACES[service]}">{body}'
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{action}Response>",
    )


def query_error(service: str, status: int, code: str, message: str) -> Response:
    """The Query protocol's error, from which every SDK raises its own exception."""
    error = xml({"Type": "Sender", "Code": code, "Message": message})
    return _xml(
        status,
        f'<ErrorResponse xmlns="{NAMESPACES.get(service, NAMESPACES["iam"])}"><Error>{error}</Error>'
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>",
    )


def s3_error(status: int, code: str, message: str) -> Response:
    """S3's error body."""
    return _xml(status, f"<Error>{xml({'Code': code, 'Message': message})}</Error>")


def json_error(status: int, code: str, message: str) -> Response:
    """The JSON protocol's error."""
    return json_result({"__type": code, "message": message}, status)


def json_result(body: Mapping[str, object], status: int = 200) -> Response:
    """The JSON protocol's answer."""
    return Response(json.dumps(body), status, content_type="application/x-amz-json-1.1")


def xml(tree: Tree) -> str:
    """Nested mappings as elements; an iterable repeats `member`."""
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in tree.items())


def _value(value: "str | Tree | Iterable[Tree]") -> str:
    match value:
        case str():
            return escape(_NO_CHARACTER.sub("\ufffd", value), {"\r": "&#13;"})
        case Mapping():
            return xml(value)
        case _:
            return "".join(f"<member>{xml(item)}</member>" for item in value)


def _xml(status: int, body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', status, content_type="text/xml")
