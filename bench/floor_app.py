"""The floors of the rows over HTTP: the barest FastAPI and asyncpg that answer with the same, run as the services are.

No token, no permission, no validation, no audit, no outbox, no retry key: what is left when all of that is taken away.
"""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI, Request, Response
from inzira_platform.ids import new_id

POOL = 8
PERSON = (
    "INSERT INTO floor_person (person_id, full_name, sex, born_on, rcs_number, facility, admitted_at, body) "
    "VALUES ($1, $2, $3, $4::text::date, $5, $6, $7::text::timestamptz, $8)"
)
JOURNEY = """
SELECT json_build_object('person', to_json(h), 'items',
  (SELECT json_agg(to_json(e) ORDER BY e.occurred_at, e.event_id) FROM journey_entry e
   WHERE e.generation = h.generation AND e.person_id = h.person_id))::text
FROM person_head h WHERE h.generation = 1 AND h.person_id = $1
"""
LIST = """
SELECT json_agg(to_json(h))::text, array_agg(h.person_id) FROM (
  SELECT * FROM person_head WHERE generation = 1 AND facility = $1 ORDER BY facility, person_id LIMIT 50) h
"""
SEEN = "INSERT INTO floor_access (id, person_ids, at) VALUES ($1, $2, clock_timestamp())"


def make_app(intake: str, gateway: str) -> FastAPI:
    """`intake` and `gateway` are the databases' addresses."""
    pools: dict[str, asyncpg.Pool] = {}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pools["intake"] = await asyncpg.create_pool(intake, min_size=POOL, max_size=POOL)
        pools["gateway"] = await asyncpg.create_pool(gateway, min_size=POOL, max_size=POOL)
        yield
        for pool in pools.values():
            await pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/admissions", status_code=201)
    async def admit(request: Request, body: dict[str, Any]) -> dict[str, str]:
        person, given = new_id(), body["person"]
        await pools["intake"].execute(
            PERSON, person, given["full_name"], given["sex"], given["born_on"], given["rcs_number"], body["facility"],
            body["admitted_at"], await request.body(),
        )  # fmt: skip
        return {"id": str(person)}

    @app.get("/journey/{person_id}")
    async def journey(person_id: UUID) -> Response:
        async with pools["gateway"].acquire() as connection, connection.transaction():
            found = await connection.fetchval(JOURNEY, person_id)
            await connection.execute(SEEN, new_id(), [person_id])
        return Response(found, media_type="application/json")

    @app.get("/persons")
    async def persons(facility: str) -> Response:
        async with pools["gateway"].acquire() as connection, connection.transaction():
            found, ids = await connection.fetchrow(LIST, facility)
            await connection.execute(SEEN, new_id(), ids)
        return Response(found, media_type="application/json")

    @app.get("/same")
    async def same() -> Response:
        return Response(SAME, media_type="application/json")

    return app


SAME = b'{"items": [' + b",".join(b'{"id": "%032d", "code": "SAME"}' % number for number in range(20)) + b"]}"


def main() -> None:
    """Serve on 127.0.0.1 until ended."""
    parser = argparse.ArgumentParser()
    for name in ("--intake", "--gateway", "--port"):
        parser.add_argument(name, required=True)
    wanted = parser.parse_args()
    uvicorn.run(
        make_app(wanted.intake, wanted.gateway), host="127.0.0.1", port=int(wanted.port), loop="uvloop",
        http="httptools", log_level="warning", access_log=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
