"""Asking the cells of a service: every request for real, on its database, and what was answered against the policy.

Reads leave nothing but access records. A write that is to be refused is sent as it is, and nothing may have changed
afterwards; one that is to be let through is carried out whole, and then taken back with the transaction around it.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from cells import DONE, NOBODY, Matrix, Rule, matrix
from fleet import Deployed
from inzira_platform.testing.client import Caller
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession
from views import View, views
from world import PLACES, World, facility_of

RULED = frozenset({409, 412, 422})
"""Refusals by a rule of the domain, to somebody who may ask."""


@dataclass(frozen=True)
class Sent:
    """What is sent besides method and path."""

    body: Any = None
    content: bytes | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """One principal asking one operation about one situation."""

    rule: Rule
    who: str
    situation: str

    @property
    def label(self) -> str:
        about = "" if self.situation == "-" else f" about {self.situation}"
        return f"{self.rule.service} {self.rule.label} as {self.who}{about}"


Writing = Callable[[World, Cell], Sent]
"""How an operation is asked about one situation."""


@dataclass
class Outcome:
    """What a run brought: cells asked, differences, and what was seen of each view."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seen: dict[str, set[str]] = field(default_factory=dict)
    carried_out: set[tuple[str, str]] = field(default_factory=set)
    shown: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)


@dataclass
class Run:
    """One service, its people, and how its operations are asked."""

    deployed: Deployed
    world: World
    asked: Mapping[str, Writing]
    policy: Matrix = field(default_factory=matrix)
    outcome: Outcome = field(default_factory=Outcome)
    callers: Mapping[str, Caller] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()
    """Operations that are not to be found from where the run asks."""

    def __post_init__(self) -> None:
        self.owners = self.world.owners()
        self.callers = self.callers or {name: self.caller_of(name) for name in self.policy.principals}

    def caller_of(self, name: str) -> Caller:
        """The client of a principal."""
        if name == NOBODY:
            return self.deployed.api.nobody()
        return self.deployed.api.as_principal(self.policy.principals[name].principal)

    @property
    def rules(self) -> Iterator[Rule]:
        """Rows of this service."""
        rows = self.policy.rules[self.deployed.service.name].values()
        yield from (rule for rule in rows if rule.label not in self.inside)

    def cells(self, *, reads: bool) -> Iterator[Cell]:
        """All cells of reading operations, or of the others."""
        for rule in self.rules:
            if (rule.operation[0] == "GET") == reads:
                yield from self.cells_of(rule)

    def cells_of(self, rule: Rule) -> Iterator[Cell]:
        """Every principal, in every situation of one row."""
        for who in self.policy.principals:
            for situation in self.policy.situations(rule):
                yield Cell(rule, who, situation)

    async def ask(self, cell: Cell) -> httpx2.Response:
        """Send it."""
        method, template = cell.rule.operation
        sent = self.asked.get(cell.rule.label, _plain)(self.world, cell)
        path = self.path_of(template, cell.situation, sent.path)
        content = {"content": sent.content} if sent.content is not None else {}
        body = {"json": sent.body} if sent.body is not None else content
        return await self.callers[cell.who].request(
            method, path, params=list(sent.query), headers=dict(sent.headers), **body
        )

    def path_of(self, template: str, situation: str, given: Mapping[str, str]) -> str:
        """The path about somebody or something."""
        path = template
        for part in template.split("{")[1:]:
            name = part.partition("}")[0]
            path = path.replace("{" + name + "}", given.get(name) or self.world.value(name, situation))
        return path

    async def read_all(self) -> None:
        """Every cell of every reading operation."""
        absent: dict[tuple[str, str], bytes] = {}
        for cell in self.cells(reads=True):
            answer = await self.ask(cell)
            self._judge_read(cell, answer)
            if answer.status_code == 404:
                self._judge_absence(cell, answer, absent)

    def _count(self, answer: httpx2.Response) -> None:
        self.outcome.cells += 1
        self.outcome.statuses[answer.status_code] += 1

    def _wrong(self, cell: Cell, words: str) -> None:
        self.outcome.wrong.append(f"{cell.label}: {words}")

    def _judge_read(self, cell: Cell, answer: httpx2.Response) -> None:
        self._count(answer)
        wanted = self.policy.expected(cell.rule, cell.who, cell.situation)
        if answer.status_code != wanted:
            self._wrong(cell, f"{answer.status_code}, not {wanted}: {answer.text[:120]}")
            return
        shown = self.people_in(answer.text)
        if answer.status_code != 200:
            if shown:
                self._wrong(cell, f"a refusal that shows {sorted(shown)}")
            return
        self._judge_view(cell, answer, views()[cell.rule.may[cell.who]])
        if cell.rule.about == "list":
            self._judge_list(cell, shown)
        elif cell.rule.about == "count":
            self._judge_count(cell, answer)
        elif cell.situation != "-":
            self._judge_one(cell, shown)

    def _judge_one(self, cell: Cell, shown: frozenset[str]) -> None:
        """Something of one person shows no other; something of a place, whoever is there and in reach."""
        if cell.rule.about in PLACES:
            there = frozenset(name for name in self.world.ids if facility_of(name) == facility_of(cell.situation))
            wanted = self.policy.placed(cell.rule, cell.who, there)
            if shown != wanted:
                self._wrong(cell, f"shows {sorted(shown)}, not {sorted(wanted)}")
        elif not shown <= {cell.situation}:
            self._wrong(cell, f"shows {sorted(shown - {cell.situation})} as well")

    def _judge_view(self, cell: Cell, answer: httpx2.Response, view: View) -> None:
        """The fields of the named view and no others; names only where the view has them."""
        if view.is_document:
            found = view.paths(json.loads(answer.text))
            self.outcome.seen.setdefault(view.name, set()).update(found)
            more = found - view.fields - view.also
            if more:
                self._wrong(cell, f"shows {sorted(more)}, not in the view {view.name}")
        for word in view.never:
            if word in answer.text:
                self._wrong(cell, f"says {word}, in the view {view.name}")
        if not view.names and "Kanari" in answer.text:
            self._wrong(cell, f"a name, in the view {view.name}")

    def _judge_list(self, cell: Cell, shown: frozenset[str]) -> None:
        wanted = self.policy.listed(cell.rule, cell.who)
        if shown != wanted:
            more, less = sorted(shown - wanted), sorted(wanted - shown)
            self._wrong(cell, f"shows {more} too many and {less} not")
        self.outcome.shown[cell.rule.label, cell.who] = shown

    def _judge_count(self, cell: Cell, answer: httpx2.Response) -> None:
        """A count counts whom a list would show, and shows nobody."""
        wanted = len(self.policy.listed(cell.rule, cell.who))
        if answer.json()["total"] != wanted:
            self._wrong(cell, f"counts {answer.json()['total']}, not {wanted}")
        if self.people_in(answer.text):
            self._wrong(cell, f"a count that shows {sorted(self.people_in(answer.text))}")

    def _judge_absence(self, cell: Cell, answer: httpx2.Response, absent: dict[tuple[str, str], bytes]) -> None:
        """Not yours is byte for byte not there."""
        known = _without_request_id(answer)
        first = absent.setdefault((cell.rule.label, cell.who), known)
        if known != first:
            self._wrong(cell, f"not there looks different: {known!r} and {first!r}")

    def people_in(self, text: str) -> frozenset[str]:
        """Whose ids an answer holds."""
        return frozenset(name for identifier, name in self.owners.items() if identifier in text)

    async def write_all(self) -> None:
        """Every cell of every changing operation."""
        absent: dict[tuple[str, str], bytes] = {}
        before = await self.digest()
        for cell in self.cells(reads=False):
            wanted = self.policy.expected(cell.rule, cell.who, cell.situation)
            if wanted == 200:
                async with self.rehearsal():
                    answer = await self.ask(cell)
                self._judge_write(cell, answer)
            else:
                answer = await self.ask(cell)
                self._judge_refusal(cell, answer, wanted)
            if answer.status_code == 404:
                self._judge_absence(cell, answer, absent)
        after = await self.digest()
        changed = {name for name in before if before[name] != after[name]}
        if changed:
            self.outcome.wrong.append(f"refused writes, or rehearsed ones, changed {sorted(changed)}")

    def _judge_refusal(self, cell: Cell, answer: httpx2.Response, wanted: int) -> None:
        self._count(answer)
        if answer.status_code != wanted:
            self._wrong(cell, f"{answer.status_code}, not {wanted}: {answer.text[:160]}")
        elif self.people_in(answer.text):
            self._wrong(cell, f"a refusal that shows {sorted(self.people_in(answer.text))}")

    def _judge_write(self, cell: Cell, answer: httpx2.Response) -> None:
        self._count(answer)
        if 200 <= answer.status_code < 300:
            self.outcome.carried_out.add((cell.rule.label, self.policy.principals[cell.who].role or NOBODY))
        elif answer.status_code not in RULED:
            self._wrong(cell, f"{answer.status_code}, not carried out nor ruled out: {answer.text[:200]}")

    def never_carried_out(self) -> list[str]:
        """Operations with roles that may do them but never did in this run: their cells would prove nothing."""
        wanted = {
            (rule.label, self.policy.principals[who].role or NOBODY)
            for rule in self.rules
            for who, view in rule.may.items()
            if view == DONE and rule.operation[0] != "GET" and "-" not in rule.refused.get(who, {})
        }
        excused = {(rule.label, role) for rule in self.rules for role in rule.ruled}
        return sorted(f"{label} by {role}" for label, role in wanted - excused - self.outcome.carried_out)

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[AsyncConnection]:
        """What is committed inside is taken back at the end."""
        state = self.deployed.api.app.state
        kept = state.sessions
        async with state.engine.connect() as connection:
            around = await connection.begin()
            state.sessions = async_sessionmaker(
                connection, class_=AsyncSession, expire_on_commit=False, join_transaction_mode="create_savepoint"
            )
            try:
                yield connection
            finally:
                state.sessions = kept
                await around.rollback()

    async def digest(self) -> dict[str, str]:
        """A mark of the content of every table, but for what a read or a refusal is to leave behind."""
        tables = await self.deployed.database.rows(
            "SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        found = {}
        for table in [row["name"] for row in tables if row["name"] not in LEFT_BEHIND]:
            statement = f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"  # noqa: S608 - catalogue names
            found[table] = await self.deployed.database.value(statement)
        return found


LEFT_BEHIND = frozenset({"partner_record", "login_attempt", "assertion_seen"})
"""Tables that record refusals."""


VARYING = ("x-request-id", "content-length", "ratelimit")
"""Headers that differ from one request to the next, whoever is asked about."""


def _plain(_world: World, _cell: Cell) -> Sent:
    return Sent()


def _without_request_id(answer: httpx2.Response) -> bytes:
    document = json.loads(answer.text)
    document.pop("request_id", None)
    headers = {name: value for name, value in answer.headers.items() if not name.startswith(VARYING)}
    return json.dumps([answer.status_code, document, headers], sort_keys=True).encode()
