"""The fourth week: a seat is passed on, points are explained, and the month is summed up."""

import re

from bots.demo.tale import Day, Tale, rest
from bots.demo.weeks.third import WORKSHOP

TIP = (
    "Je relis mes courriels à voix haute avant de les envoyer : ce qui se dit mal se lit mal, et "
    "la moitié raccourcit."
)

CODE = re.compile(r"Code de .+ : (\w{5})")


async def _third_digest(tale: Tale) -> None:
    await tale.at(9.5)
    await tale.cast["Malik"].sees("Bilan de la semaine 2026-W49")
    for name in ("Bruno", "Inès", "Karim"):
        tip = await tale.cast[name].sees("la décision attendue en une ligne")
        await tale.cast[name].reacts(tip, "🎉")


async def _a_seat_is_free(tale: Tale) -> None:
    jean, karim = tale.cast["Jean"], tale.cast["Karim"]
    await jean.presses("gatherings.leave")
    await karim.sees("Une place s’est libérée : vous venez à")


async def _where_points_come_from(tale: Tale) -> None:
    for name in ("Alice", "Fatou", "Karim"):
        await tale.cast[name].runs("/moi")
    chloe = tale.cast["Chloé"]
    await chloe.runs("/moi points")
    await chloe.sees("Mercis reçus : ")
    await chloe.sees("Un point perd la moitié de sa valeur")


async def _the_workshop(tale: Tale) -> None:
    await tale.gives_tip(await tale.whose_turn(18), TIP)
    await tale.at(18.5)
    malik = tale.cast["Malik"]
    await malik.runs("/evenement code")
    code = CODE.findall((await malik.sees(f"Code de « {WORKSHOP} »")).text)[0]
    await tale.at(18.75)
    for name in ("Alice", "Karim"):
        await tale.cast[name].presses("gatherings.attend")
        await tale.cast[name].fills({"gatherings.form.attend.code": code})
        await tale.cast[name].sees(f"présence à « {WORKSHOP} » est notée")


async def _figures(tale: Tale) -> None:
    malik = tale.cast["Malik"]
    await malik.runs("/questions chiffres")
    await malik.sees("la première réponse vient en")
    await malik.runs("/import quoi:bilan")
    await malik.sees("De la formation au premier message")


async def _last_digest(tale: Tale) -> None:
    await tale.at(9.5)
    await tale.cast["Malik"].sees("Bilan de la semaine 2026-W50")
    for name in ("Alice", "Sonia", "Omar"):
        tip = await tale.cast[name].sees("Je relis mes courriels à voix haute")
        await tale.cast[name].reacts(tip, "👍")


DAYS = (
    Day("troisième bilan, troisième astuce", _third_digest),
    Day("une place se libère", _a_seat_is_free),
    Day("d’où viennent les points", _where_points_come_from),
    Day("l’atelier", _the_workshop),
    Day("ce que l’équipe retient", _figures),
    Day("repos", rest),
    Day("repos", rest),
    Day("quatre semaines, quatre bilans", _last_digest),
)
