"""Nobody leads a webhook anywhere but to the public receiver it was registered for (security.md 8 and 10.25)."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inzira_gateway.webhook.address import Reach
from inzira_gateway.webhook.domain import Outcome
from inzira_gateway.webhook.transport import Answer, Sender, SystemResolver, open_socket, tls_context
from webhook_scene import NAME, ON_THIS_MACHINE, Authority, Names, Receiver, receiving

OUTSIDE = Reach(frozenset({443}))
PUBLIC = "8.8.8.8"
SENT = {"webhook-id": "msg_1"}


class Dialled:
    """Opens sockets to this machine, notes every address asked for, and lets none go elsewhere."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    def __call__(self, info: Any) -> socket.socket:  # noqa: ANN401 - aiohttp's address tuple
        self.addresses.append(info[4][0])
        if info[4][0] != "127.0.0.1":
            raise OSError("a test connects to nobody outside")
        return open_socket(info)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made_in(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def plain() -> Iterator[Receiver]:
    """A receiver by plain HTTP on the loopback: what must never be reached from outside."""
    with receiving() as running:
        yield running


@pytest.fixture
def secure(authority: Authority) -> Iterator[Receiver]:
    """A receiver by HTTPS, with a certificate of its name."""
    with receiving((authority.certificate, authority.key)) as running:
        yield running


async def posted(sender: Sender, url: str, seconds: float = 3.0) -> Answer:
    return await sender.post(url, SENT, b"{}", seconds=seconds, answer_bytes=1024)


def at_port(receiver: Receiver, name: str = NAME) -> str:
    return f"https://{name}:{receiver.port}/hook"


async def test_the_name_is_resolved_once_and_is_what_the_receiver_hears(authority: Authority, secure: Receiver) -> None:
    names, dialled = Names([["127.0.0.1"], ["10.0.0.1"]]), Dialled()
    sender = Sender(names, Reach(frozenset({secure.port}), loopback=True), tls_context(authority.trusted), dialled)
    answer = await posted(sender, at_port(secure))
    assert (answer.outcome, answer.status) == (Outcome.ACCEPTED, 204)
    assert names.asked == [NAME]
    assert dialled.addresses == ["127.0.0.1"]
    assert secure.seen[0].headers["host"] == f"{NAME}:{secure.port}"
    assert "cookie" not in secure.seen[0].headers


@pytest.mark.parametrize(
    "path", ["//127.0.0.1/x", "//other.example/x", "/a/../b", "/%2e%2e/b?x=//y", "/?http://127.0.0.1"]
)
async def test_no_path_changes_who_is_asked(authority: Authority, secure: Receiver, path: str) -> None:
    dialled = Dialled()
    reach = Reach(frozenset({secure.port}), loopback=True)
    sender = Sender(Names([["127.0.0.1"]]), reach, tls_context(authority.trusted), dialled)
    answer = await posted(sender, f"https://{NAME}:{secure.port}{path}")
    assert answer.outcome is Outcome.ACCEPTED
    assert secure.seen[0].headers["host"] == f"{NAME}:{secure.port}"
    assert secure.seen[0].target == path


async def test_a_certificate_of_another_name_or_authority_is_refused(
    authority: Authority, secure: Receiver, tmp_path: Path
) -> None:
    reach = Reach(frozenset({secure.port}), loopback=True)
    other = Authority.made_in(tmp_path)
    for trusted, name in ((other.trusted, NAME), (authority.trusted, "other.partner.example")):
        answer = await posted(Sender(Names([["127.0.0.1"]]), reach, tls_context(trusted)), at_port(secure, name))
        assert (answer.outcome, answer.status) == (Outcome.TLS, None)
    assert secure.seen == []


async def test_a_name_that_turns_inside_after_it_was_looked_at_is_not_connected_to(plain: Receiver) -> None:
    """Rebinding: the first answer is public and the next one this machine. The first is what is connected to."""
    names, dialled = Names([[PUBLIC], ["127.0.0.1"]]), Dialled()
    sender = Sender(names, Reach(frozenset({plain.port})), tls_context(None), dialled)
    first = await posted(sender, at_port(plain))
    assert first.outcome is Outcome.UNREACHABLE
    assert dialled.addresses == [PUBLIC]
    second = await posted(sender, at_port(plain))
    assert second.outcome is Outcome.ADDRESS
    assert dialled.addresses == [PUBLIC], "nothing was dialled"
    assert plain.seen == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        ["169.254.169.254"],
        ["10.1.2.3"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["fd00::1"],
        ["fe80::1%lo"],
        [],
    ],
    ids=str,
)
async def test_no_address_inside_is_dialled(plain: Receiver, addresses: list[str]) -> None:
    dialled = Dialled()
    sender = Sender(Names([addresses]), Reach(frozenset({plain.port})), tls_context(None), dialled)
    assert (await posted(sender, at_port(plain))).outcome is Outcome.ADDRESS
    assert dialled.addresses == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://[::1]:{port}/", "https://localhost:{port}/"],
)
async def test_an_address_that_came_into_the_database_some_other_way_is_checked_all_the_same(
    plain: Receiver, url: str
) -> None:
    dialled = Dialled()
    sender = Sender(SystemResolver(), Reach(frozenset({plain.port})), tls_context(None), dialled)
    assert (await posted(sender, url.format(port=plain.port))).outcome is Outcome.ADDRESS
    assert dialled.addresses == []


async def test_no_proxy_of_the_environment_is_used(plain: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        answer = await posted(Sender(SystemResolver(), ON_THIS_MACHINE, tls_context(None)), plain.url)
        assert answer.outcome is Outcome.ACCEPTED
        assert proxy.seen == []
        assert len(plain.seen) == 1


async def test_a_redirect_inside_is_not_followed(plain: Receiver) -> None:
    plain.plan = [307]
    answer = await posted(Sender(SystemResolver(), ON_THIS_MACHINE, tls_context(None)), plain.url)
    assert (answer.outcome, answer.status) == (Outcome.REDIRECTED, 307)
    assert len(plain.seen) == 1


async def test_a_name_that_is_never_resolved_ends_with_the_time() -> None:
    class Silent:
        async def resolve(self, host: str, port: int) -> list[str]:  # noqa: ARG002 - as the protocol has it
            await asyncio.sleep(60)
            return [PUBLIC]

    answer = await posted(Sender(Silent(), OUTSIDE, tls_context(None)), f"https://{NAME}/", seconds=0.2)
    assert answer.outcome is Outcome.TIMEOUT
    assert answer.took_ms < 2000


async def test_who_speaks_no_http_or_nothing_at_all_is_a_failure() -> None:
    async def nonsense(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\x01 no such protocol\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sender = Sender(SystemResolver(), ON_THIS_MACHINE, tls_context(None))
    async with server:
        assert (await posted(sender, f"http://127.0.0.1:{port}/")).outcome is Outcome.UNREACHABLE
    server.close()
    assert (await posted(sender, f"http://127.0.0.1:{port}/")).outcome is Outcome.UNREACHABLE


async def test_the_machines_resolver_gives_every_address_and_none_for_an_unknown_name() -> None:
    assert "127.0.0.1" in await SystemResolver().resolve("localhost", 443)
    assert await SystemResolver().resolve("no-such-name.invalid", 443) == []
