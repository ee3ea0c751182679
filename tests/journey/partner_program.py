"""What a partner's developers write around the client generated from the gateway's document; a process of its own.

`python partner_program.py FOLDER follow|page|woken`. FOLDER holds settings.json and partner_key.json, and what the
program keeps: items.jsonl (an item a line) and cursor. It imports nothing of Inzira but the generated client.
"""

import base64
import json
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
from inzira_client import AuthenticatedClient, Client
from inzira_client.api.partner import issue_token
from inzira_client.api.partner_data import follow_feed, list_persons, read_person
from inzira_client.api.webhook import get_webhook, register_webhook
from inzira_client.models.follow_feed_start import FollowFeedStart
from inzira_client.models.issue_token_body import IssueTokenBody
from inzira_client.models.partner_persons_read import PartnerPersonsRead
from inzira_client.models.problem import Problem
from inzira_client.models.token_read import TokenRead
from inzira_client.models.webhook_create import WebhookCreate
from inzira_client.types import UNSET
from joserfc import jwt
from joserfc.jwk import ECKey
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PAUSE_SECONDS = 0.2
REFUSED = 3
"""Exit code when a problem document says that no grant opens the feed."""


class System:
    """The partner's system: signs in again before its token ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = json.loads((folder / "settings.json").read_text())
        self._key = ECKey.import_key(json.loads((folder / "partner_key.json").read_text()))
        self._client: AuthenticatedClient | None = None
        self._until = 0.0

    def client(self) -> AuthenticatedClient:
        """The generated client with a token that still holds."""
        if self._client is None or time.time() > self._until:
            self._client = self._signed_in()
        return self._client

    def _signed_in(self) -> AuthenticatedClient:
        base = self.settings["gateway"]
        body = IssueTokenBody(self._assertion(), KIND, "client_credentials")
        answer = issue_token.sync(client=Client(base_url=base), body=body)
        if not isinstance(answer, TokenRead):
            raise SystemExit(f"not let in: {answer}")
        self._until = time.time() + answer.expires_in - 30
        return AuthenticatedClient(base_url=base, token=answer.access_token, timeout=httpx.Timeout(40))

    def _assertion(self) -> str:
        now, client = int(time.time()), self.settings["client_id"]
        who = {"iss": client, "sub": client, "aud": "rw-gateway", "jti": str(uuid.uuid4())}
        header = {"alg": "ES256", "typ": "JWT", "kid": self._key.kid}
        return jwt.encode(header, {**who, "iat": now, "exp": now + 60}, self._key)


def follow(system: System) -> int:
    """Store item after item, then the cursor; go on from it after whatever happens. Ends when the grant does."""
    kept, items = system.folder / "cursor", system.folder / "items.jsonl"
    while True:
        cursor = kept.read_text() if kept.exists() else UNSET
        try:
            answer = follow_feed.sync_detailed(
                client=system.client(), cursor=cursor, start=FollowFeedStart.OLDEST, timeout=5, limit=2,
                x_purpose=system.settings["purpose"],
            )  # fmt: skip
        except httpx.TransportError:
            time.sleep(PAUSE_SECONDS)
            continue
        if isinstance(answer.parsed, Problem):
            if answer.status_code not in (429, 502, 503, 504):
                print(answer.parsed.code, flush=True)
                return REFUSED
            time.sleep(float(answer.headers.get("Retry-After", PAUSE_SECONDS)))
            continue
        with items.open("a") as file:
            file.writelines(json.dumps(item.to_dict()) + "\n" for item in answer.parsed)
        kept.write_text(answer.headers["Next-Cursor"])


def page(system: System) -> int:
    """Print everybody the partner sees, a page a line, and then one of them read alone."""
    purpose, cursor, first = system.settings["purpose"], UNSET, None
    while True:
        found = list_persons.sync(client=system.client(), limit=100, cursor=cursor, x_purpose=purpose)
        if not isinstance(found, PartnerPersonsRead):
            print(json.dumps(found.to_dict()))
            return REFUSED
        print(json.dumps([item.to_dict() for item in found.items]))
        first = first or (found.items[0].id if found.items else None)
        if not found.next_cursor:
            break
        cursor = found.next_cursor
    if first is not None:
        print(json.dumps(read_person.sync(first, client=system.client(), x_purpose=purpose).to_dict()))
    return 0


class Hook(BaseHTTPRequestHandler):
    """Where messages arrive: kept as they are, answered at once."""

    seen: tuple[dict[str, str], bytes] | None = None

    def do_POST(self) -> None:
        """A message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        Hook.seen = {name.lower(): value for name, value in self.headers.items()}, body
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: what is printed is for the test."""


def is_genuine(headers: dict[str, str], body: bytes, keys: list[str]) -> bool:
    """Whether one of the keys signed the message (Standard Webhooks 1.0, v1a), by another library than the sender's."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    signatures = [entry.removeprefix("v1a,") for entry in headers["webhook-signature"].split(" ")]
    for key in (VerifyKey(base64.b64decode(text.removeprefix("whpk_"))) for text in keys):
        for signature in signatures:
            try:
                key.verify(signed, base64.b64decode(signature))
            except BadSignatureError:
                continue
            return True
    return False


def woken(system: System) -> int:
    """Register an address and say so; once woken, check who it was and read the feed from where it stood."""
    client, purpose = system.client(), system.settings["purpose"]
    begin = follow_feed.sync_detailed(client=client, start=FollowFeedStart.LATEST, x_purpose=purpose)
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        server.timeout = 60
        wanted = WebhookCreate(purpose=purpose, url=f"http://127.0.0.1:{server.server_port}/hook")
        made = register_webhook.sync(client=client, body=wanted, idempotency_key=str(uuid.uuid4()))
        keys = [key.public_key for key in get_webhook.sync(made.id, client=client).keys]
        print("ready", flush=True)
        server.handle_request()
    headers, body = Hook.seen
    items = follow_feed.sync(client=client, cursor=begin.headers["Next-Cursor"], timeout=10, x_purpose=purpose)
    told = {
        "genuine": is_genuine(headers, body, keys), "changed": is_genuine(headers, body + b" ", keys),
        "message": json.loads(body), "items": [item.to_dict() for item in items],
    }  # fmt: skip
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    raise SystemExit({"follow": follow, "page": page, "woken": woken}[sys.argv[2]](System(Path(sys.argv[1]))))
