"""One account of each role in the gateway."""

from collections.abc import Mapping

from fleet import Deployed
from gateway_scene import make_account

REACH: Mapping[str, dict[str, object]] = {
    "rcs_intake_officer": {"facilities": ("HUY",)},
    "rcs_psychosocial_officer": {"facilities": ("HUY",)},
    "tvet_instructor": {"facilities": ("HUY",)},
    "supervisor": {"agency": "PFR", "org": "PFR"},
    "caseworker": {"agency": "PFR", "org": "PFR"},
    "administrator": {},
    "data_protection_officer": {},
    "me_officer": {},
}


async def accounts_of(gateway: Deployed) -> dict[str, str]:
    """Make them; user name by role."""
    names = {role: role.replace("_", "-") for role in REACH}
    for role, reach in REACH.items():
        await make_account(gateway.api, names[role], role, **reach)  # type: ignore[arg-type]  # keywords by name
    return names
