"""When the rows of a generation that is being filled are counted."""

from inzira_gateway.rebuild.domain import is_to_be_counted


def test_rows_are_counted_each_time_there_are_four_times_as_many() -> None:
    pages = range(0, 20_000_000, 1_000)
    counted = [page for page in pages if is_to_be_counted(page, page + 1_000)]
    assert counted == [4_000, 16_000, 65_000, 262_000, 1_048_000, 4_194_000, 16_777_000]


def test_a_few_thousand_are_not_worth_it() -> None:
    assert not any(is_to_be_counted(page, page + 500) for page in range(0, 3_500, 500))
