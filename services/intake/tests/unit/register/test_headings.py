"""Headings in three languages, with accents, apostrophes, stars and colons as people type them."""

import pytest
from inzira_intake.register.headings import Field, missing_fields, read_headings, recognise

KNOWN = {
    Field.RCS_NUMBER: (
        "Reg. No", "File No", "RCS ID", "Numéro de dossier",
        "RCS No", "No", "N°", "Numero", "Numéro d'écrou", "Matricule", "Nimero", "No.", "N° d'écrou", "N° RCS",
        "RCS Number", "RCS Nº", "Inmate number", "Prison number", "Prisoner No", "Nimero ya RCS", "RCS",
        "N° matricule", "Register No", "No RCS:", "Nimero y'umugororwa", "Numéro d’écrou", "Numéro matricule",
        "Nº d'écrou", "Registration number", "#", "Nomero", "No d'écrou *", "Numéro RCS", "Nimero y’igitabo",
        "No/RCS",
    ),
    Field.NAME: (
        "Names", "Name", "Full name", "Amazina", "Noms", "Nom et prénoms", "Nom et prénom", "Noms et prénoms",
        "Full Names", "Inmate name", "Name of inmate", "Amazina y'umugororwa", "Names / Amazina", "Nom complet",
        "Names of the prisoner", "NAMES:", "Amazina yombi", "Nom & prénoms", "Name(s)", "Nom et prénom(s)",
        "Prisoner's name", "Nom du détenu", "Izina", "Noms, prénoms",
    ),
    Field.SEX: (
        "Sex", "Gender", "Igitsina", "Sexe", "Sex (M/F)", "Sexe/Igitsina", "SEX *", "Genre",
    ),
    Field.BORN_ON: (
        "Itariki y'ivuka", "Yavutse",
        "Date of birth", "DOB", "D.O.B.", "Italiki y'amavuko", "Itariki y'amavuko", "Itariki y’amavuko",
        "Date de naissance", "Né(e) le", "Né le", "Date of Birth (dd/mm/yyyy)", "Birth date", "Italiki yavutseho",
        "Igihe yavukiye", "Itariki yamavuko", "Date naissance", "Date of\nbirth", "Birthdate", "Italiki yʼamavuko",
        "Born on", "Yavutse ku wa",
    ),
    Field.NATIONAL_ID: (
        "National ID", "ID", "NID", "Indangamuntu", "Carte d'identité", "N° CI", "ID No", "ID number",
        "National identity number", "CNI", "N° de la carte d'identité", "Nimero y'indangamuntu", "No y'indangamuntu",
        "Identity card", "N° carte d’identité", "National ID No.", "Numéro d'identité", "ID Card",
        "N° d'identité nationale", "Identité",
    ),
    Field.PHONE: (
        "Phone of next of kin", "Phone", "Telefoni", "Téléphone", "Tel", "Tél.", "Telephone number", "Telefone",
        "Numéro de téléphone", "Téléphone du proche", "Telefoni y'umuryango", "Phone No", "Nimero ya telefone",
        "Next of kin phone", "Tel. of next of kin",
    ),
    Field.NEXT_OF_KIN: (
        "Next of kin", "Umuryango", "Personne à contacter", "Proche parent", "Name of next of kin",
        "Emergency contact", "Personne à prévenir", "Umuntu wa hafi", "Contact person", "Proche", "Uwo bahamagara",
        "Famille", "Next-of-kin", "Plus proche parent", "Parent proche", "Personne de contact",
    ),
    Field.FACILITY: (
        "Facility", "Prison", "Igororero", "Gereza", "Établissement", "Correctional facility", "Name of facility",
        "Établissement pénitentiaire", "Izina ry'igororero", "Etablissement correctionnel", "Prison (facility)",
        "Facility / Igororero", "ETABLISSEMENT",
    ),
    Field.ADMITTED_ON: (
        "Entré le", "Incarcéré le", "Itariki y'ukwinjira", "Itariki yinjiyemo",
        "Date of imprisonment", "Date d'emprisonnement", "Received on",
        "Date of admission", "Admitted on", "Yinjiye ku wa", "Itariki yinjiriyeho", "Date d'admission",
        "Date d'entrée", "Date d'écrou", "Admission date", "Admission", "Entrée le", "Admis le", "Itariki yinjiyeho",
        "Italiki yakiriweho", "Date of entry", "Date received", "Date d’incarcération", "Yinjiye",
        "Itariki yo kwinjira", "Écroué le", "Date of intake", "Igihe yinjiriye",
    ),
    Field.ORDER: (
        "Décision", "Mandat d'arrêt", "Ordre d'incarcération", "Nimero y'urwandiko rw'ifungwa", "Detention order",
        "Commitment order", "Order", "Icyemezo", "Mandat de dépôt", "Ordre d'écrou", "Commitment order No",
        "N° mandat de dépôt", "Icyemezo cy'urukiko", "Court order", "Order No", "N° de l'ordre d'écrou",
        "Committal order", "Warrant", "Mandat", "Nimero y'icyemezo", "Urwandiko rufunga", "N° du mandat",
        "Order number", "No y'icyemezo", "Titre de détention",
    ),
    Field.AUTHORITY: (
        "Authority", "Court", "Urukiko", "Tribunal", "Autorité", "Committing court", "Issuing authority",
        "Urukiko rwafashe icyemezo", "Juridiction", "Autorité judiciaire", "Committing authority", "Name of court",
        "Responsible authority", "Autorité ayant ordonné", "Tribunal/Cour",
    ),
    Field.OFFENCE: (
        "Offence", "Icyaha", "Infraction", "Offense", "Crime", "Icyaha yahamijwe", "Charge", "Motif",
        "Icyaha aregwa", "Infractions",
    ),
    Field.SENTENCE: (
        "Imyaka yakatiwe", "Punishment", "Term of imprisonment", "Igifungo",
        "Sentence", "Igihano", "Peine", "Sentence length", "Peine prononcée", "Igihano yahawe", "Durée de la peine",
        "Sentence (years)", "Igihano yakatiwe", "Length of sentence", "Condamnation", "Peine / Igihano",
    ),
    Field.STARTS_ON: (
        "Itariki yatangiriyeho igihano", "Commencement date", "Itangiriro ry'igihano",
        "Start of sentence", "Igihano cyatangiye", "Début de la peine", "Sentence start", "Sentence start date",
        "Date de début de peine", "Igihano cyatangiye ku wa", "Itariki igihano cyatangiriyeho", "Sentence starts on",
        "Début de peine", "Itangira ry'igihano", "Sentence began", "Start date", "Date de début", "Debut peine",
        "Sentence from", "Commencement of sentence", "Date début de la peine", "Peine débute le",
    ),
    Field.RETURN_DISTRICT: (
        "Akarere azagarukamo", "District to return to", "District d'accueil",
        "District of return", "Akarere azasubiramo", "District de retour", "Return district", "Home district",
        "Akarere azatahamo", "District", "Akarere", "District (return)", "Akarere azajyamo", "District of release",
    ),
    Field.FAMILY_NAME: (
        "Surname", "Family name", "Last name", "Nom de famille", "Izina ry'umuryango",
    ),
    Field.GIVEN_NAME: (
        "First name", "Given names", "Prénom", "Prénoms", "Prénom(s)", "First Name(s)", "Other names", "Andi mazina",
    ),
}  # fmt: skip
OTHERS = (
    "Date de la décision", "Akarere k'amavuko", "Date of sentence", "Itariki y'icyemezo", "Umudugudu",
    "Place of birth", "Lieu de naissance", "Age", "Father's name", "Nom du père", "Amazina ya se", "End of sentence",
    "Fin de peine", "Date de libération", "Expected release date", "Observations", "N° d'ordre", "S/N",
    "Date of order", "Date of arrest", "Signature", "Date du jugement", "Igihano kizarangira", "Remarks",
    "District of birth", "Akarere akomokamo", "Nationalité",
)  # fmt: skip


@pytest.mark.parametrize(("field", "heading"), [(field, text) for field, texts in KNOWN.items() for text in texts])
def test_heading_names_its_field(field: Field, heading: str) -> None:
    found = recognise(heading)
    assert found is not None
    assert found[0] is field


@pytest.mark.parametrize("heading", OTHERS)
def test_heading_that_only_looks_alike_is_none_of_ours(heading: str) -> None:
    assert recognise(heading) is None


def test_serial_number_gives_way_to_the_rcs_number() -> None:
    assert read_headings(["No", "RCS No", "Names"]) == {Field.RCS_NUMBER: 1, Field.NAME: 2}


def test_surname_and_given_name_together_are_a_name() -> None:
    columns = read_headings(["Matricule", "Nom", "Prénoms", "Sexe"])
    assert columns[Field.FAMILY_NAME] == 1
    assert columns[Field.GIVEN_NAME] == 2
    assert Field.NAME not in missing_fields(columns)


def test_district_of_return_is_preferred_to_another_district() -> None:
    assert read_headings(["District", "District of return"]) == {Field.RETURN_DISTRICT: 1}


def test_paragraph_is_no_heading() -> None:
    assert recognise("Names " * 40) is None
