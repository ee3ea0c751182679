"""Where webhooks may go: the text of an address, and what its name resolves to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_gateway.webhook.address import (
    AddressNotAllowedError,
    Reach,
    UrlNotAllowedError,
    check_addresses,
    may_connect,
    parse_target,
)
from yarl import URL

OUTSIDE = Reach(frozenset({443}))
LOCAL = Reach(frozenset({443}), loopback=True)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://hooks.ngo.example", "https://hooks.ngo.example/"),
        ("https://HOOKS.Ngo.Example/A/b?c=d&e=%2F", "https://hooks.ngo.example/A/b?c=d&e=%2F"),
        ("https://hooks.ngo.example:443/x", "https://hooks.ngo.example/x"),
        ("https://xn--caf-dma.example/hook", "https://xn--caf-dma.example/hook"),
        ("https://hooks.ngo.example/@someone;v=1", "https://hooks.ngo.example/@someone;v=1"),
    ],
)
def test_an_address_has_one_form(text: str, url: str) -> None:
    assert parse_target(text, OUTSIDE).url == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hooks.ngo.example",
        "http://hooks.ngo.example/",
        "HTTPS://hooks.ngo.example/",
        "ftp://hooks.ngo.example/",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https:hooks.ngo.example",
        "https://user@hooks.ngo.example/",
        "https://user:pw@hooks.ngo.example/",
        "https://hooks.ngo.example@127.0.0.1/",
        "https://hooks.ngo.example\\@127.0.0.1/",
        "https://hooks.ngo.example/#part",
        "https://hooks.ngo.example/a b",
        "https://hooks.ngo.example/a\nb",
        "https://hooks.ngo.example/\t",
        " https://hooks.ngo.example/",
        "https://hooks.ngo.example/%zz",
        "https://hooks.ngo.example/%",
        "https://hooks.ngo.exam\u200bple/",
        "https://h\u00f6\u00f6ks.example/",
        "https://hooks\u3002ngo.example/",
        "https://hooks.ngo.example:8443/",
        "https://hooks.ngo.example:80/",
        "https://hooks.ngo.example:0443/",
        "https://hooks.ngo.example:443443/",
        "https://hooks.ngo.example:/",
        "https://hooks.ngo.example./",
        "https://.ngo.example/",
        "https://hooks..example/",
        "https://-hooks.example/",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://8.8.8.8/",
        "http://127.0.0.1:9000/",
        "https://hooks.ngo.example/" + "a" * 500,
        "https://" + "a" * 64 + ".example/",
    ],
)
def test_what_is_no_such_address_is_refused(text: str) -> None:
    with pytest.raises(UrlNotAllowedError):
        parse_target(text, OUTSIDE)


def test_this_machine_is_an_address_only_where_the_installation_says_so() -> None:
    assert parse_target("http://127.0.0.1:9000/x", LOCAL).port == 9000
    for text in (
        "http://127.0.0.2:9000/",
        "http://localhost:9000/",
        "http://hooks.ngo.example/",
        "http://127.0.0.1:70000/",
    ):
        with pytest.raises(UrlNotAllowedError):
            parse_target(text, LOCAL)


@given(st.text(max_size=60) | st.from_regex(r"https?://[\w.@:\[\]\\#?/%-]{1,40}", fullmatch=True))
def test_what_passes_is_read_alike_by_the_library_that_connects(text: str) -> None:
    try:
        target = parse_target(text, OUTSIDE)
    except UrlNotAllowedError:
        return
    read = URL(target.url, encoded=True)
    assert (read.scheme, read.host, read.port) == (target.scheme, target.host, target.port)
    assert read.user is None and read.password is None and not read.fragment
    assert read.raw_path_qs == target.path


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - an address that is refused
        "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
        "172.31.88.2", "192.0.0.8", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.1.1",
        "192.175.48.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::7f00:1",
        "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1",
        "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1",
        "fd12:3456:789a::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
        "", "hooks.ngo.example", "8.8.8.8.8", "0x7f000001", "2130706433", "127.1",
    ],
)  # fmt: skip
def test_nothing_inside_is_ever_connected_to(address: str) -> None:
    assert not may_connect(address, OUTSIDE)
    if address != "127.0.0.1":
        assert not may_connect(address, LOCAL)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "41.186.255.1", "196.12.131.1", "2606:4700::1111", "2c0f:eb00::1"]
)
def test_public_addresses_are(address: str) -> None:
    assert may_connect(address, OUTSIDE)


def test_one_address_inside_spoils_them_all() -> None:
    check_addresses(["8.8.8.8", "2606:4700::1111"], OUTSIDE)
    for found in ([], ["8.8.8.8", "10.0.0.1"], ["::1", "8.8.8.8"]):
        with pytest.raises(AddressNotAllowedError):
            check_addresses(found, OUTSIDE)
