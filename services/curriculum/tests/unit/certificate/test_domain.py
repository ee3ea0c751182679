"""Serials: readable, forgiving, and never guessed by one wrong symbol."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_curriculum.certificate.domain import ALPHABET, normalise, serial_from

randomness = st.binary(min_size=8, max_size=8)


def test_a_serial_reads_in_groups_of_four() -> None:
    assert serial_from(bytes(8)) == "IZ-0000-0000-0000"
    with pytest.raises(ValueError, match="eight bytes"):
        serial_from(b"short")


@given(randomness)
def test_a_serial_is_read_back_however_it_is_typed(given_bytes: bytes) -> None:
    serial = serial_from(given_bytes)
    assert normalise(serial) == serial
    assert normalise(serial.lower().replace("-", " ")) == serial
    assert normalise(serial.replace("0", "O").replace("1", "l")) == serial


@given(randomness, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_noticed(given_bytes: bytes, place: int, symbol: str) -> None:
    body = serial_from(given_bytes)[3:].replace("-", "")
    wrong = body[:place] + symbol + body[place + 1 :]
    assert (normalise(f"IZ-{wrong}") is None) == (wrong != body)


@pytest.mark.parametrize("written", ["", "IZ", "XX-0000-0000-0000", "IZ-0000-0000-00000", "IZ-UUUU-0000-0000", "💥"])
def test_what_is_no_serial_is_none(written: str) -> None:
    assert normalise(written) is None
