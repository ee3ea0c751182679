"""The words and forms that registers made for tests are written with, in three languages."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

COLUMNS = (
    "rcs", "name", "sex", "born", "nid", "phone", "kin", "facility", "admitted", "order", "authority", "offence",
    "sentence", "start", "district",
)  # fmt: skip
# Columns beside those that are read: their headings look alike, their cells mean nothing here.
BESIDE: dict[str, Any] = {
    "Age": 41,
    "S/N": 7,
    "Place of birth": "Huye",
    "Amazina ya se": "HABIMANA Paul",
    "Fin de peine": "01/01/2030",
    "Observations": "see file",
    "Akarere akomokamo": "Gasabo",
}
HEADINGS: dict[str, dict[str, Sequence[str]]] = {
    "en": {
        "rcs": ("RCS No", "RCS number", "No", "RCS No.", "Inmate number"),
        "name": ("Names", "Name", "Full name", "NAMES:", "Name of inmate"),
        "sex": ("Sex", "Gender", "Sex (M/F)", "SEX *"),
        "born": ("Date of birth", "DOB", "D.O.B.", "Date of\nbirth", "Date of birth (dd/mm/yyyy)"),
        "nid": ("National ID", "ID", "NID", "ID No", "National ID number"),
        "phone": ("Phone of next of kin", "Phone", "Telephone", "Tel."),
        "kin": ("Next of kin", "Next of kin:", "Emergency contact"),
        "facility": ("Facility", "Prison", "Correctional facility", "Facility name"),
        "admitted": ("Date of admission", "Admitted on", "Admission date", "Date of Admission *"),
        "order": ("Commitment order", "Order", "Commitment order no", "Committal order"),
        "authority": ("Authority", "Court", "Committing court", "Issuing authority"),
        "offence": ("Offence", "Offense", "Charge", "Crime"),
        "sentence": ("Sentence", "Length of sentence", "SENTENCE"),
        "start": ("Start of sentence", "Sentence start", "Start of sentence:", "Sentence started on"),
        "district": ("District of return", "Return district", "District"),
    },
    "rw": {
        "rcs": ("No", "Nimero", "Nimero ya RCS", "No ya RCS"),
        "name": ("Amazina", "AMAZINA", "Amazina yombi", "Amazina y'umugororwa"),
        "sex": ("Igitsina", "Igitsina:"),
        "born": ("Italiki y'amavuko", "Itariki y’amavuko", "Itariki yʼamavuko", "Igihe yavukiye"),
        "nid": ("Indangamuntu", "Nimero y'indangamuntu", "No y'indangamuntu"),
        "phone": ("Telefoni", "Telefone", "Nimero ya telefoni"),
        "kin": ("Umuryango", "Umuntu wa hafi"),
        "facility": ("Igororero", "Gereza", "Izina ry'igororero"),
        "admitted": ("Yinjiye ku wa", "Itariki yinjiriyeho", "Itariki yinjiyeho"),
        "order": ("Icyemezo", "Icyemezo cy'urukiko", "Nimero y'icyemezo"),
        "authority": ("Urukiko", "Izina ry'urukiko"),
        "offence": ("Icyaha", "Icyaha yahamijwe"),
        "sentence": ("Igihano", "Igihano yahawe"),
        "start": ("Igihano cyatangiye", "Itangira ry'igihano", "Itariki igihano cyatangiriyeho"),
        "district": ("Akarere azasubiramo", "Akarere azatahamo", "Akarere"),
    },
    "fr": {
        "rcs": ("N°", "Numéro d'écrou", "N° RCS", "Matricule", "Numéro", "N° d’écrou"),
        "name": ("Noms", "Nom et prénoms", "Noms et prénoms", "Nom complet"),
        "sex": ("Sexe", "SEXE", "Genre"),
        "born": ("Date de naissance", "Né(e) le", "DATE DE NAISSANCE", "Né le"),
        "nid": ("Carte d'identité", "N° CI", "N° carte d’identité", "CNI"),
        "phone": ("Téléphone", "Tél.", "Telephone", "N° de téléphone"),
        "kin": ("Personne à contacter", "Proche parent", "Personne à prévenir"),
        "facility": ("Établissement", "Etablissement", "Prison", "Établissement pénitentiaire"),
        "admitted": ("Date d'admission", "Date d’entrée", "Date d'écrou", "Admis le"),
        "order": ("Mandat de dépôt", "Ordre d'écrou", "N° du mandat de dépôt"),
        "authority": ("Tribunal", "Autorité", "Juridiction"),
        "offence": ("Infraction", "Motif"),
        "sentence": ("Peine", "Peine prononcée", "Durée de la peine"),
        "start": ("Début de la peine", "Début de peine", "Date de début de la peine"),
        "district": ("District de retour", "District"),
    },
}
SURNAMES = [
    "Mukeshimana",
    "Uwase",
    "Habimana",
    "Ingabire",
    "Nsengiyumva",
    "Byiringiro",
    "Tuyisenge",
    "Mugisha",
    "Kayitesi",
    "Iradukunda",
    "Bizimana",
    "Ntawukuriryayo",
    "Umutoni",
    "Gasana",
    "Karangwa",
]
GIVEN = [
    "Viateur",
    "Évariste",
    "Jean-Bosco",
    "Marie-Louise",
    "Béatrice",
    "Thérèse",
    "Donatien",
    "Agnès",
    "Épiphanie",
    "Straton",
    "Innocent",
]
FACILITIES = {
    "Huye": ("Huye", "huye ", "Karubanda", "HUYE", "Gereza ya Huye", "Igororero rya Huye", "Huye Prison"),
    "Musanze": ("Musanze", "Ruhengeri", "musanze", "Musanze correctional facility"),
    "Muhanga": ("Muhanga", "Gitarama", "Prison de Muhanga"),
    "Nyarugenge": ("Nyarugenge", "Mageragere", "mageragere prison"),
    "Rubavu": ("Rubavu", "Nyakiriba"),
    "Ngoma": ("Ngoma", "Kibungo", "Igororero rya Ngoma"),
}
SEXES = {
    "M": ("M", "m", "Male", "Gabo", "Homme", "Umugabo", "Masculin", "male "),
    "F": ("F", "f", "Female", "Gore", "Femme", "Umugore", "Féminin"),
}
RW_MONTHS = [
    "Mutarama",
    "Gashyantare",
    "Werurwe",
    "Mata",
    "Gicurasi",
    "Kamena",
    "Nyakanga",
    "Kanama",
    "Nzeri",
    "Ukwakira",
    "Ugushyingo",
    "Ukuboza",
]
FR_MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
DATE_FORMS: tuple[Callable[[date], Any], ...] = (
    lambda d: d.strftime("%d/%m/%Y"),
    lambda d: f"{d.day}-{d.month}-{d.year}",
    lambda d: d.strftime("%d.%m.%Y"),
    lambda d: d.isoformat(),
    lambda d: datetime.combine(d, time.min),
    lambda d: d,
    lambda d: f" {d:%d/%m/%Y} ",
    lambda d: f"{d.isoformat()} 00:00:00",
    lambda d: (d - date(1899, 12, 30)).days,
    lambda d: f"{d.day} {RW_MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.day} {FR_MONTHS[d.month - 1]} {d.year}",
    lambda d: d.strftime("%d %B %Y"),
)
NOT_DATES = ("31/02/1970", "1970-13-05", "?", "unknown", "00/00/1980", "12/05/85")
NOT_SENTENCES = ("?", "5", "many years", "", None, 7, "imyaka myinshi", "#N/A")
