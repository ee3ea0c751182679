"""How the gateway's own operations are asked, through its door."""

from collections.abc import Mapping

from asked_intake import ALL, IF_MATCH, query, with_body
from gateway_scene import PASSWORD
from partner_scene import END, FOR_RETURN, FORM, KIND, Partner, grant_terms, jwk_of, new_key, proposal
from runs import Cell, Sent, Writing
from world import World

NEW_ACCOUNT = {
    "username": "mutesi", "display_name": "Officer M", "role": "rcs_intake_officer", "agency": "RCS",
    "facilities": ["HUY"], "password": PASSWORD,
}  # fmt: skip


def _new_partner(_world: World, _cell: Cell) -> Sent:
    return Sent(proposal(Partner(None, "ngo-nine")))  # type: ignore[arg-type]  # it is only written down


def _new_key(_world: World, _cell: Cell) -> Sent:
    return Sent({"jwk": jwk_of(new_key()), "not_after": END})


def _new_grant(world: World, _cell: Cell) -> Sent:
    partner = Partner(None, "ngo-one")  # type: ignore[arg-type]  # only its id is looked at
    return Sent({**grant_terms(partner), "partner_id": world.objects["partner"]["-"]})


def _about(kind: str) -> Writing:
    return lambda world, _cell: Sent(path={"partner_id": world.objects[kind]["-"]})


def _dry_run(world: World, _cell: Cell) -> Sent:
    return Sent({"person_id": str(world.ids["carried"])})


def _purposeful(_world: World, _cell: Cell) -> Sent:
    return Sent(headers=FOR_RETURN)


FORGED = {"grant_type": "client_credentials", "client_assertion_type": KIND, "client_assertion": "a.b.c"}
PARTNERS = "POST /v1/admin/partners"
HOOKS, HOOK = "POST /v1/webhooks", "/v1/webhooks/{endpoint_id}"
GRANTS = "POST /v1/admin/grants"
GATEWAY: Mapping[str, Writing] = {
    "POST /v1/sessions": with_body({"username": "spare", "password": PASSWORD}),
    "POST /v1/sessions/refresh": with_body({"refresh_token": "x" * 43}),
    "POST /oauth/token": lambda _w, _c: Sent(content=_form(FORGED), headers=FORM),
    "GET /v1/persons": query(*ALL),
    "GET /v1/persons/{person_id}/journey": query(*ALL, ("lang", "en")),
    "GET /v1/persons/{person_id}/access-log": query(*ALL),
    "GET /v1/accounts": query(*ALL),
    "POST /v1/accounts": with_body(NEW_ACCOUNT),
    "PATCH /v1/accounts/{account_id}": lambda _w, _c: Sent({"display_name": "Officer Z"}, headers=IF_MATCH),
    "POST /v1/operations/gateway/events/rebuild": with_body({"reason": "a test"}),
    PARTNERS: _new_partner,
    f"{PARTNERS}/{{partner_id}}/approval": _about("proposed_partner"),
    f"{PARTNERS}/{{partner_id}}/resumption": _about("suspended_partner"),
    f"{PARTNERS}/{{partner_id}}/keys": _new_key,
    GRANTS: _new_grant,
    f"{GRANTS}/{{grant_id}}/dry-run": _dry_run,
    HOOKS: with_body({"url": "https://hooks.third.example/", "purpose": "reintegration_support"}),
    f"PATCH {HOOK}": lambda _w, _c: Sent({"url": "https://hooks.new.example/"}, headers=IF_MATCH),
    f"DELETE {HOOK}": lambda _w, _c: Sent(headers=IF_MATCH),
    f"POST {HOOK}/replay": with_body({"since": "2026-11-22T00:00:00Z"}),
    "GET /v1/partner/persons": _purposeful,
    "GET /v1/partner/persons/{pairwise_id}": _purposeful,
    "GET /v1/feed": _purposeful,
    "GET /v1/partner/stats": _purposeful,
    "GET /v1/partner/stats/{cube}": lambda _w, _c: Sent(path={"cube": "stage-by-district"}, headers=FOR_RETURN),
}


def _form(fields: Mapping[str, str]) -> bytes:
    return "&".join(f"{name}={value.replace(':', '%3A')}" for name, value in fields.items()).encode()
