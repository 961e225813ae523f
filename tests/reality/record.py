"""Records what a real API server answers, one file for each case: `python -m tests.reality.record`."""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.reality.admission import registered, webhook
from tests.reality.apiserver import serve
from tests.reality.asking import Case, set_up
from tests.reality.cases import CASES, INJECTIONS
from tests.reality.redaction import recorded
from tests.reality.webhook import program, serve_webhook
from tests.reality.wire import Json, Request, Server, tell

FOLDER = Path(__file__).parents[2] / "fixtures" / "wire" / "kube"
SECRETS = re.compile(r"eyJ[\w-]+\.|PRIVATE KEY")


def recording(server: Server, case: Case) -> dict[str, Json]:
    """The case as its file holds it, told to this server."""
    pairs = zip(case.story, tell(server, case.story), strict=True)
    exchanges = [{"request": _request(request), "answer": recorded(answer)} for request, answer in pairs]
    return {"case": case.name, "says": case.says, "exchanges": exchanges}


def rendered(recording: Mapping[str, Json]) -> str:
    """A recording as text. Refuses to write a token or a key, should one have been missed."""
    text = json.dumps(recording, indent=2, ensure_ascii=False) + "\n"
    if SECRETS.search(text):
        raise AssertionError(f"the recording {recording['case']} holds a secret")
    return text


def load(name: str) -> dict[str, Json]:
    """The stored recording of a case."""
    stored: dict[str, Json] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return stored


def main() -> None:
    """Starts a server, tells it every case, and writes what it answered.

    What the pod identity webhook does is recorded where there is one, and kept as it is where there is none.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    webhook_program = program()
    with serve() as server:
        set_up(server)
        texts = _told(server, CASES)
        if webhook_program:
            with serve_webhook(server, webhook_program) as endpoint, registered(server, webhook(endpoint)):
                texts |= _told(server, INJECTIONS)
    kept = set() if webhook_program else {FOLDER / f"{case.name}.json" for case in INJECTIONS}
    for path in set(FOLDER.glob("*.json")) - set(texts) - kept:
        path.unlink()
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{len(texts)} cases recorded\n")


def _told(server: Server, cases: Iterable[Case]) -> dict[Path, str]:
    return {FOLDER / f"{case.name}.json": rendered(recording(server, case)) for case in cases}


def _request(request: Request) -> dict[str, Json]:
    said = {"method": request.method, "path": request.path, "caller": request.caller}
    headers = {"headers": dict(request.headers)} if request.headers else {}
    return said | headers | ({} if request.body is None else {"body": request.body})


if __name__ == "__main__":
    main()
