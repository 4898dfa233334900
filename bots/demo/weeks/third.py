"""The third week: people we trained, an answer that was there, thanks, and some peace."""

import csv
import io

from bots.demo.tale import Day, Tale, rest

TIP = (
    "Avant une réunion, j’écris la décision attendue en une ligne, en haut de l’invitation. Sans "
    "ligne, pas de réunion."
)

TRAINED = """\
Nom;E-mail;Formation;Promotion;Date de fin;Certification
Sonia Lemaire;sonia@exemple.fr;Bureautique;2026-A;30/06/2026;
Paul Roche;paul@exemple.fr;Bureautique;2026-A;30/06/2026;
Carla Petit;pas-une-adresse;Bureautique;2026-A;30/06/2026;
"""
"""What a school's own software gives: two people, and a line that is wrong."""

WORKSHOP = "Atelier tableaux croisés"


async def _second_digest(tale: Tale) -> None:
    await tale.at(9.5)
    await tale.cast["Malik"].sees("Bilan de la semaine 2026-W48")
    for name in ("Chloé", "Jean", "Omar"):
        tip = await tale.cast[name].sees("la touche Windows et V")
        await tale.cast[name].reacts(tip, "👏")


async def _those_we_trained(tale: Tale) -> None:
    malik = tale.cast["Malik"]
    await malik.sends("/import", "promotion-2026-A.csv", TRAINED.encode())
    await malik.sees("Rien n’est encore importé")
    await malik.sees("« pas-une-adresse » n’est pas une adresse e-mail")
    await malik.presses("arrivals.import")
    await malik.runs("/passeports")
    listed = (await malik.opens("passeports.csv")).decode("utf-8-sig")
    codes = {row["nom"]: row["code"] for row in csv.DictReader(io.StringIO(listed), delimiter=";")}
    await tale.at(14)
    sonia = await tale.arrive("Sonia")
    await sonia.runs(f"/passeport {codes['Sonia Lemaire']}")
    await sonia.sees("Vous êtes ici comme Sonia Lemaire")


async def _answered_at_once(tale: Tale) -> None:
    sonia = tale.cast["Sonia"]
    await sonia.runs("/question")
    await sonia.fills(
        {"questions.form.ask.title": "Combien d’années garder une feuille d’émargement ?"}
    )
    await sonia.sees("Cela répond ?")
    await sonia.presses("library.yes")
    await sonia.sees("la bibliothèque a servi")


async def _thanks(tale: Tale) -> None:
    bruno = tale.cast["Bruno"]
    await bruno.runs("/merci Chloé Deux volets figés, et une heure de gagnée", channel="entraide")
    await tale.cast["Alice"].sees("Bruno remercie Chloé")
    await tale.cast["Chloé"].sees("Bruno vous remercie")
    await tale.gives_tip(await tale.whose_turn(20), TIP)


async def _two_seats(tale: Tale) -> None:
    """A workshop is announced, and its two seats are taken before the third person comes."""
    malik = tale.cast["Malik"]
    await malik.runs("/evenement créer")
    await malik.presses("gatherings.describe")
    form = "gatherings.form.create"
    await malik.fills(
        {
            f"{form}.title": WORKSHOP,
            f"{form}.when": "jeudi 10 décembre 18h30-20h",
            f"{form}.place": "https://visio.example/atelier",
            f"{form}.capacity": "2",
        }
    )
    await malik.presses("gatherings.publish")
    for name, said in (
        ("Alice", "C’est noté : tu viens"),
        ("Jean", "C’est noté : vous venez"),
        ("Karim", "place 1 de la liste d’attente"),
    ):
        card = await tale.cast[name].sees(WORKSHOP)
        await tale.cast[name].presses("gatherings.come", on=card)
        await tale.cast[name].sees(said)


async def _some_peace(tale: Tale) -> None:
    await tale.cast["Zoé"].runs("/pause 2 semaines")
    await tale.cast["Zoé"].sees("aucune sollicitation avant le")
    await tale.cast["Fatou"].runs("/rappels")
    await tale.cast["Fatou"].sees("3 sollicitations par semaine au plus")


DAYS = (
    Day("deuxième bilan, deuxième astuce", _second_digest),
    Day("les personnes que l’on a formées", _those_we_trained),
    Day("la bibliothèque répond aussitôt", _answered_at_once),
    Day("un merci, avec sa raison", _thanks),
    Day("deux places pour trois", _two_seats),
    Day("un peu de calme", _some_peace),
    Day("repos", rest),
)
