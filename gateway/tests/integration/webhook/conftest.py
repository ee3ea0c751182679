"""A partner that may follow the returns to one district, and where its webhooks arrive."""

from collections.abc import Iterator

import pytest
from inzira_platform.testing.client import Api, Caller
from partner_scene import Partner, fresh, granted, registered
from webhook_scene import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that has seen nothing."""
    with receiving() as running:
        yield running


@pytest.fixture
async def partner(api: Api, door: Api) -> Partner:
    """With a grant for the feed."""
    made = await registered(api, door)
    await granted(api, made, route="feed")
    await fresh(api)
    return made


@pytest.fixture
async def caller(partner: Partner) -> Caller:
    """Signed in as that partner."""
    return await partner.sign_in()
