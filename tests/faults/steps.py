"""Which steps somebody may take next, and how often each is taken."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import casework
import custody
import programme
import reading
from campaign_world import Someone, World

Act = Callable[[World, Someone], Awaitable[None]]
May = Callable[[World, Someone], bool]


@dataclass(frozen=True)
class Step:
    """Something that may be done next; `weight` against the others that may."""

    weight: float
    may: May
    act: Act


def _known(_world: World, someone: Someone) -> bool:
    return bool(someone.person_id)


def _held(world: World, someone: Someone) -> bool:
    before_the_end = someone.inside or someone.day < someone.traveller.leaves_on - timedelta(days=20)
    return (
        bool(someone.person_id)
        and someone.state in ("HELD", "AWAY", "MOVING")
        and before_the_end
        and (someone.day < world.today - timedelta(days=8))
    )


def _leaves(_world: World, someone: Someone) -> bool:
    return bool(someone.person_id) and someone.state == "HELD" and not someone.inside


def _enrolled(_world: World, someone: Someone) -> bool:
    return bool(someone.enrolment_id) and someone.group is not None


def _trains(_world: World, someone: Someone) -> bool:
    return bool(someone.training_id)


def _cased(_world: World, someone: Someone) -> bool:
    """There is a case, and whoever carries it sees the person."""
    return bool(someone.case_id) and someone.agrees_to(someone.org)


def _followed(world: World, someone: Someone) -> bool:
    return _cased(world, someone) and someone.state == "RELEASED"


def _unasked(world: World, someone: Someone) -> bool:
    return _known(world, someone) and someone.state not in ("DEAD", "MOVING") and len(someone.consents) < 2


def _answers(_world: World, someone: Someone) -> bool:
    return bool(someone.case_id and someone.handovers) and someone.agrees_to(someone.handovers[-1][1])


def _near(world: World, someone: Someone) -> bool:
    return bool(someone.person_id) and someone.traveller.leaves_on < world.today + timedelta(days=360)


def _unnamed(world: World, someone: Someone) -> bool:
    ours = {world.users[name].account_id for name in casework.WORKER.values()}
    return _cased(world, someone) and someone.worker not in ours


STEPS: tuple[Step, ...] = (
    Step(50, lambda _w, s: not s.person_id, custody.admit),
    Step(6, _held, custody.move),
    Step(3, lambda w, s: _leaves(w, s) and w.dice.random() < (0.2 if s.releases else 1), custody.prepare_release),
    Step(8, lambda w, s: _leaves(w, s) and bool(s.releases), custody.approve_release),
    Step(0.1, lambda w, s: s.inside and _held(w, s) and s.state == "HELD", custody.die),
    Step(0.6, _known, custody.correct),
    Step(2, lambda w, s: _known(w, s) and s.state != "DEAD", custody.update),
    Step(1.5, _unasked, custody.consent),
    Step(9, lambda w, s: _unasked(w, s) and bool(s.case_id) and not s.agrees_to(s.org), custody.consent),
    Step(0.7, lambda _w, s: bool(s.consents), custody.withdraw),
    Step(6, lambda w, s: _known(w, s) and not s.enrolment_id and s.state == "HELD" and bool(programme.fitting(w, s)),
         programme.enrol),
    Step(1, lambda w, s: _known(w, s) and not s.enrolment_id and s.state == "HELD" and not programme.fitting(w, s),
         programme.open_fitting),
    Step(14, _enrolled, programme.hold_session),
    Step(2, _enrolled, programme.test),
    Step(0.3, _enrolled, programme.complete),
    Step(4, lambda w, s: _known(w, s) and not s.training_id and s.facility == "HUY" and s.state == "HELD",
         programme.train),
    Step(7, _trains, programme.teach),
    Step(3, _trains, programme.assess),
    Step(1, _trains, programme.judge_whole),
    Step(5, lambda w, s: _near(w, s) and not s.case_id, casework.find_case),
    Step(3, _cased, casework.read_case),
    Step(6, _unnamed, casework.assign),
    Step(1, lambda _w, s: bool(s.case_id) and s.state == "HELD", casework.evaluate),
    Step(3, _cased, casework.plan),
    Step(1, _cased, casework.offer),
    Step(6, _answers, casework.decide),
    Step(8, _followed, casework.visit),
    Step(2, _followed, casework.raise_flag),
    Step(5, lambda w, s: _cased(w, s) and bool(s.flags), casework.work_on_flag),
    Step(0.3, _followed, casework.ask_closure),
    Step(1, lambda w, s: _cased(w, s) and bool(s.closures), casework.decide_closure),
    Step(18, _known, reading.journey),
    Step(5, _known, reading.person),
    Step(5, _known, reading.custody),
    Step(3, _known, reading.enrolments),
    Step(2, _known, reading.trainings),
    Step(2, _cased, reading.schedule),
    Step(2, _known, reading.consents),
    Step(4, _known, reading.lists),
    Step(0.5, _known, reading.access_log),
)  # fmt: skip


def next_step(world: World, someone: Someone) -> Act:
    """One of the steps somebody may take now."""
    open_to = [step for step in STEPS if step.may(world, someone)]
    return world.dice.choices(open_to, [step.weight for step in open_to])[0].act
