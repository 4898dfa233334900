from core.arrivals.models import ImportDraft, Trained
from core.chat.actions import Action
from core.engine.database import transaction
from core.engine.models import Job
from core.members.linking import forget, link, undo
from tests.core.arrivals.acting import (
    ALICE,
    BOB,
    codes,
    imports,
    known,
    member,
    shows,
    table,
)
from tests.village import Village, latest


async def test_a_file_is_shown_before_anything_changes(place: Village) -> None:
    ada = place.admin("Ada")
    said = await shows(ada, ALICE, BOB, "Carol;pas une adresse;;;;")
    assert "Rien n’est encore importé" in said
    assert "2 nouvelles personnes" in said
    assert "ligne 4 : « pas une adresse » n’est pas une adresse e-mail" in said
    assert not await Trained.exists()


async def test_wrong_lines_are_left_out_and_the_rest_is_imported(place: Village) -> None:
    ada = place.admin("Ada")
    await imports(ada, ALICE, ";sans@nom.fr;;;;", BOB)
    assert "C’est importé" in latest(ada).text
    assert [row.name for row in await Trained.all().order_by("id")] == [
        "Alice Durand",
        "Bob Martin",
    ]


async def test_the_same_file_again_changes_nothing(place: Village) -> None:
    ada = place.admin("Ada")
    await imports(ada, ALICE, BOB)
    said = await shows(ada, ALICE, BOB)
    assert "Ce fichier ne change rien" in said
    assert latest(ada).buttons == ()
    assert await Trained.all().count() == 2


async def test_what_a_newer_file_says_otherwise_is_shown_then_kept(place: Village) -> None:
    ada = place.admin("Ada")
    await imports(ada, ALICE)
    said = await shows(ada, "Alice Martin;alice@exemple.fr;;2026-C;;")
    assert "1 personne mise à jour" in said
    assert "Alice Martin (nom, promotion)" in said
    await ada.presses("Importer")
    row = await Trained.get()
    assert (row.name, row.training, row.cohort) == ("Alice Martin", "Bilan", "2026-C")


async def test_somebody_named_twice_counts_once(place: Village) -> None:
    ada = place.admin("Ada")
    said = await shows(ada, ALICE, BOB, ALICE)
    assert "2 nouvelles personnes" in said
    assert "ligne 4 : c’est la personne de la ligne 2" in said


async def test_many_wrong_lines_are_counted_and_unknown_columns_named(place: Village) -> None:
    ada = place.admin("Ada")
    lines = "\n".join(f";{n}@exemple.fr;x" for n in range(17))
    await ada.runs("/import", file=("a.csv", f"Nom;E-mail;Pointure\n{lines}".encode()))
    assert "17 lignes sont laissées de côté" in latest(ada).text
    assert "et 2 autres" in latest(ada).text
    assert "Une colonne ne me dit rien : Pointure" in latest(ada).text


async def test_what_is_no_list_of_people_is_refused_with_what_to_send(place: Village) -> None:
    ada = place.admin("Ada")
    await ada.runs("/import", file=("photo.png", b"\x89PNG\r\n\x1a\n\x00\x00"))
    assert "La première ligne doit nommer les colonnes" in latest(ada).text


async def test_without_a_file_we_say_how(place: Village) -> None:
    ada = place.admin("Ada")
    await ada.runs("/import")
    assert "Envoyez-moi un fichier CSV" in latest(ada).text


async def test_a_file_can_be_dropped_and_is_then_forgotten(place: Village) -> None:
    ada = place.admin("Ada")
    await shows(ada, ALICE)
    await ada.presses("Ne rien faire")
    assert "Rien n’a été importé" in latest(ada).text
    assert not await ImportDraft.exists()


async def test_only_the_last_file_shown_can_be_imported_and_once(place: Village) -> None:
    ada = place.admin("Ada")
    await shows(ada, ALICE)
    first = latest(ada)
    await shows(ada, BOB)
    await ada.presses("Importer", on=first)
    assert "n’est plus en attente" in latest(ada).text
    draft = await ImportDraft.get()
    await ada.presses("Importer")
    await ada.does(Action("arrivals.import", str(draft.id)))
    assert "n’est plus en attente" in latest(ada).text
    assert (await Trained.get()).name == "Bob Martin"


async def test_nobody_imports_the_file_of_somebody_else(place: Village) -> None:
    ada, eve, mona = place.admin("Ada"), place.admin("Eve"), place.moderator("Mona")
    await shows(ada, ALICE)
    draft = await ImportDraft.get()
    for person in (eve, mona):
        await person.does(Action("arrivals.import", str(draft.id)))
    await mona.runs("/import", file=table(BOB))
    assert "n’est plus en attente" in latest(eve).text
    assert not await Trained.exists()
    assert await ImportDraft.all().count() == 1


async def test_a_file_nobody_imported_is_forgotten_the_next_night(place: Village) -> None:
    ada = place.admin("Ada")
    await shows(ada, ALICE)
    await place.passes(hours=48)
    assert not await ImportDraft.exists()
    await ada.presses("Importer")
    assert "n’est plus en attente" in latest(ada).text


async def test_no_e_mail_is_kept_where_the_operator_says_so(sealed: Village) -> None:
    ada = sealed.admin("Ada")
    await shows(ada, ALICE)
    assert "alice@exemple.fr" not in str(await ImportDraft.all().values())
    await ada.presses("Importer")
    assert "alice@exemple.fr" not in str(await Trained.all().values())
    assert "Ce fichier ne change rien" in await shows(ada, ALICE)


async def test_e_mails_kept_before_are_erased_once_only_hashes_are_wanted(
    sealed: Village,
) -> None:
    ada = sealed.admin("Ada")
    await imports(ada, ALICE)
    await Trained.all().update(email="alice@exemple.fr")
    await sealed.passes(hours=24)
    assert (await Trained.get()).email == ""


async def test_a_certification_of_somebody_who_is_here_is_told_to_be_celebrated(
    place: Village,
) -> None:
    ada, alice = place.admin("Ada"), place.person("Alice")
    await imports(ada, ALICE, BOB)
    await alice.runs(f"/passeport {(await codes(ada))['Alice Durand']}")
    await imports(ada, f"{ALICE}RS5555", f"{BOB}RS5555")
    (job,) = await Job.filter(kind="recognition.certified")
    assert job.key == f"{await member(alice)}:RS5555"


async def test_who_is_forgotten_is_no_longer_among_the_trained(place: Village) -> None:
    ada, alice = place.admin("Ada"), place.person("Alice")
    await imports(ada, ALICE, BOB)
    await alice.runs(f"/passeport {(await codes(ada))['Alice Durand']}")
    async with transaction():
        await forget(await member(alice))
    assert [row.name for row in await Trained.all()] == ["Bob Martin"]


async def test_a_linked_account_brings_its_passport_and_takes_it_back(place: Village) -> None:
    ada, alice, other = place.admin("Ada"), place.person("Alice"), place.person("Alice", "slack")
    await imports(ada, ALICE)
    code = (await codes(ada))["Alice Durand"]
    await alice.runs("/guide")
    await other.runs(f"/passeport {code}")
    first, second = await member(alice), await member(other)
    async with transaction():
        made = await link(place.app.scene(), first, second)
    assert (await known(place, "Alice Durand")).member_id == first
    async with transaction():
        await undo(place.app.scene(), made.id, first)
    assert (await known(place, "Alice Durand")).member_id == second
