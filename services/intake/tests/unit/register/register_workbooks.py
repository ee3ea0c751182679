"""Registers as facilities might keep them, made at random together with the truth of each row. Invented people only."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from register_vocabulary import (
    BESIDE,
    COLUMNS,
    DATE_FORMS,
    FACILITIES,
    GIVEN,
    HEADINGS,
    NOT_DATES,
    NOT_SENTENCES,
    SEXES,
    SURNAMES,
)


@dataclass
class Person:
    """The truth of one row, and the outcome it must have."""

    rcs: str
    family: str
    given: str
    sex: str
    born: date
    nid: str
    admitted: date
    start: date
    years: int
    months: int
    life: bool
    facility: str
    row: int = 0
    outcome: str = "admitted"
    fault: str | None = None
    cells: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        if self.life:
            return "LIFE"
        return "P" + (f"{self.years}Y" if self.years else "") + (f"{self.months}M" if self.months else "")


class RegisterMaker:
    """One register; the same seed makes the same one."""

    def __init__(self, seed: int, language: str, size: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - invented people, no secret
        self.language = language
        self.facility = self.random.choice(list(FACILITIES))
        self.people = [self._person(number) for number in range(size)]
        for person in self.people:
            person.cells = self._cells(person)
        self._spoil()

    def _person(self, number: int) -> Person:
        pick = self.random
        born = date(1948, 1, 1) + timedelta(days=pick.randrange(20_000))
        admitted = min(date(2026, 10, 30), born + timedelta(days=pick.randrange(18 * 366, 50 * 365)))
        sex = pick.choice("MMMF")
        nid = f"9{born.year}{'8' if sex == 'M' else '7'}{number:07d}{pick.randrange(1000):03d}"
        years, months = pick.choice((0, 1, 2, 5, 7, 15, 30)), pick.choice((0, 0, 3, 6, 11))
        if not years and not months:
            years = 10
        return Person(
            rcs=f"{self.facility[:3].upper()}-{2000 + number}",
            family=pick.choice(SURNAMES),
            given=pick.choice(GIVEN),
            sex=sex,
            born=born,
            nid=nid,
            admitted=admitted,
            start=admitted - timedelta(days=pick.randrange(0, 200)),
            years=years,
            months=months,
            life=pick.random() < 0.05,
            facility=self.facility,
        )

    def _cells(self, person: Person) -> dict[str, Any]:
        pick = self.random
        names = (
            f"{person.given} {person.family}",
            f"{person.family.upper()} {person.given}",
            f" {person.given}  {person.family} ",
        )
        nid = person.nid
        return {
            "rcs": pick.choice((person.rcs, person.rcs, f" {person.rcs}", person.rcs.lower())),
            "name": pick.choice(names),
            "sex": pick.choice(SEXES[person.sex]),
            "born": pick.choice(DATE_FORMS)(person.born),
            "nid": pick.choice((nid, f"{nid[0]} {nid[1:5]} {nid[5]} {nid[6:13]} {nid[13]} {nid[14:]}", None, int(nid))),
            "phone": pick.choice((None, "0700123456", "+250700654321", "???")),
            "kin": pick.choice((None, f"Josiane {person.family}")),
            "facility": pick.choice(FACILITIES[person.facility]),
            "admitted": pick.choice(DATE_FORMS)(person.admitted),
            "order": f"ORD/{person.admitted.year}/{pick.randrange(10_000):04d}",
            "authority": pick.choice(("TGI Nyamagabe", "High Court Nyanza", "Urukiko rwisumbuye rwa Musanze")),
            "offence": pick.choice(("Vol qualifié", "Jenoside", "Assault", "something else", None)),
            "sentence": self._sentence(person),
            "start": pick.choice(DATE_FORMS)(person.start),
            "district": pick.choice(("Huye", "KICUKIRO", "nyarugenge", "Nowhere", None)),
        }

    def _sentence(self, person: Person) -> str:
        pick = self.random
        if person.life:
            return pick.choice(
                ("Life", "burundu", "Perpétuité", "LIFE imprisonment", "igifungo cya burundu", "prison à vie")
            )
        y, m = person.years, person.months
        forms = [
            " ".join(p for p in (f"{y} years" if y else "", f"{m} months" if m else "") if p),
            " ".join(p for p in (f"{y}Y" if y else "", f"{m}M" if m else "") if p),
            " n'".join(p for p in (f"imyaka {y}" if y else "", f"amezi {m}" if m else "") if p),
            " et ".join(p for p in (f"{y} ans" if y else "", f"{m} mois" if m else "") if p),
        ]
        return pick.choice(forms)

    def _spoil(self) -> None:
        """One fault in every fifth row; then duplicates and likely persons of rows that stayed good."""
        pick = self.random
        faults: dict[str, tuple[str, Callable[[Person], Any]]] = {
            "NAME_MISSING": ("name", lambda _: pick.choice((None, "  "))),
            "BIRTH_DATE": ("born", lambda _: pick.choice(NOT_DATES)),
            "ORDER_MISSING": ("order", lambda _: pick.choice((None, " ", "-"))),
            "FACILITY_UNKNOWN": ("facility", lambda _: pick.choice(("Karongi Prison", "Nowhere"))),
            "SENTENCE_NOT_UNDERSTOOD": ("sentence", lambda _: pick.choice(NOT_SENTENCES)),
            "ADMITTED_BEFORE_BIRTH": ("admitted", lambda p: p.born - timedelta(days=400)),
            "ADMISSION_DATE_IN_FUTURE": ("admitted", lambda _: date(2027, 3, 1)),
            "SEX_NOT_UNDERSTOOD": ("sex", lambda _: "Z"),
        }
        for person in self.people:
            if pick.random() < 0.2:
                person.fault = pick.choice(list(faults))
                column, spoiled = faults[person.fault]
                person.cells[column] = spoiled(person)
                person.outcome = "rejected"
        good = [person for person in self.people if person.outcome == "admitted"]
        for number, person in enumerate(good[:6]):
            again = Person(**{**vars(person), "cells": dict(person.cells)})
            if number % 3 == 0:
                again.outcome, again.fault = "duplicate", "NUMBER_IN_FILE"
            else:
                again.rcs = f"{self.facility[:3].upper()}-{9000 + number}"
                again.cells["rcs"] = again.rcs
                again.outcome, again.fault = "review", "LIKELY"
                again.cells["nid"] = again.nid if number % 3 == 1 else None
                again.cells["name"] = (
                    f"{person.family.lower()} {person.given}" if number % 3 == 2 else again.cells["name"]
                )
                if number % 3 == 1:
                    person.cells["nid"] = person.nid
            self.people.append(again)

    def workbook(self) -> bytes:
        """The workbook; `row` of each person is set to where it stands."""
        pick = self.random
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = pick.choice(("Register", "Igitabo", "Feuil1"))
        left = pick.choice((0, 0, 1, 2))
        columns = list(COLUMNS)
        if pick.random() < 0.5:
            pick.shuffle(columns)
        for extra in BESIDE:
            if pick.random() < 0.25:
                columns.insert(pick.randrange(len(columns) + 1), extra)
        line = self._above(sheet, left)
        listed = HEADINGS[self.language]
        headings = {name: pick.choice(listed.get(name, (name,))) for name in columns}
        if pick.random() < 0.3:
            other = HEADINGS[pick.choice(list(HEADINGS))]
            headings = {
                name: f"{text} / {other[name][0]}" if name in other and name != "rcs" else text
                for name, text in headings.items()
            }
        self._line(sheet, line, left, [headings[name] for name in columns])
        line += 1
        for number, person in enumerate(self.people):
            if pick.random() < 0.05:
                line += 1
            if number and number % 25 == 0:
                self._line(sheet, line, left, [headings[name] for name in columns])
                line += 1
            person.row = line
            self._line(sheet, line, left, [person.cells.get(name, BESIDE.get(name)) for name in columns])
            line += 1
        self._below(sheet, line, left)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def _above(self, sheet: Worksheet, left: int) -> int:
        pick = self.random
        title = {
            "en": "Huye correctional facility: register",
            "rw": "Igororero rya Huye: igitabo",
            "fr": "Prison de Huye : registre",
        }
        line = pick.randrange(1, 4)
        sheet.cell(line, 1 + left, title[self.language])
        if pick.random() < 0.5:
            sheet.merge_cells(start_row=line, start_column=1 + left, end_row=line, end_column=8 + left)
        if pick.random() < 0.5:
            line += 1
            sheet.cell(line, 1 + left, "01/11/2026")
        return line + pick.randrange(1, 5)

    def _below(self, sheet: Worksheet, line: int, left: int) -> None:
        pick = self.random
        line += pick.randrange(0, 3)
        word = {"en": "Total", "rw": "Igiteranyo", "fr": "Totaux"}[self.language]
        self._line(sheet, line, left, [word, len(self.people)])
        if pick.random() < 0.5:
            signed = {"en": "Prepared by:", "rw": "Byakozwe na:", "fr": "Fait à Huye, le 1/11/2026"}[self.language]
            self._line(sheet, line + 2, left, [signed])
            self._line(sheet, line + 3, left, [None, "KAMANZI Jean"])

    @staticmethod
    def _line(sheet: Worksheet, line: int, left: int, values: Sequence[Any]) -> None:
        for at, value in enumerate(values):
            if value is not None:
                sheet.cell(line, 1 + left + at, value)
