"""What two hundred people do in a year, by themselves and when they are asked."""

import re
from datetime import timedelta

from bots.sandbox.people import Seen
from tests.community.year_story import HELP, Act, Answer, Neighbour, Temper, Town, labels

WRITE = "Écrire mon astuce"

# -- acts ------------------------------------------------------------------------------------


async def speaks(town: Town, one: Neighbour) -> None:
    await one.person.says(
        f"Bonjour, il fait {town.random.randint(1, 30)} degrés", channel="accueil"
    )


async def asks(town: Town, one: Neighbour) -> None:
    number = town.random.randint(1, 999)
    await one.person.says(f"Qui connaît l’outil {number} ? #QuestionTechnique", channel=HELP)


async def replies(town: Town, one: Neighbour) -> None:
    if told := [m for m in town.recent(one) if m.user != one.person.id]:
        await one.person.says("Moi aussi", reply_to=one.person.seen(town.random.choice(told)))


async def reacts(town: Town, one: Neighbour) -> None:
    if told := town.recent(one):
        await one.person.reacts(one.person.seen(town.random.choice(told)), "👍")


async def thanks(town: Town, one: Neighbour) -> None:
    other = town.random.choice([n for n in town.here if n.person.town is one.person.town])
    await one.person.runs(f"/merci @{other.person.name} pour ton aide", channel=HELP)


async def signs_up(town: Town, one: Neighbour) -> None:
    for label in ("J’y suis", "Je viens"):
        if seen := town.offered(one, label):
            await one.person.presses(label, on=seen)
            return


async def wonders(town: Town, one: Neighbour) -> None:
    seen = town.offered(one, "Poser une question")
    if seen and one.temper is not Temper.LURKING:
        await one.person.presses("Poser une question", on=seen)
        await one.person.fills({"La question": "Par où commencer, selon vous ?"})


async def shares(_town: Town, one: Neighbour) -> None:
    if one.temper is not Temper.LURKING:
        await one.person.runs("/fiche")
        words = "Pour ne plus rien oublier, sans effort."
        tool = {"L’outil": "Un carnet", "À quoi il sert": words, "Comment s’en servir": words}
        await one.person.fills(tool)


async def helps(_town: Town, one: Neighbour) -> None:
    await one.person.runs("/expertise technique")


async def rests(town: Town, one: Neighbour) -> None:
    days = town.random.choice((7, 14))
    await one.person.runs(f"/pause {days} jours")
    today = town.place.app.scene().local(town.now).replace(hour=0, minute=0)
    one.away.append((town.now, today + timedelta(days=days)))
    one.steady = False


async def goes(town: Town, one: Neighbour) -> None:
    one.steady = False
    town.here.remove(one)
    town.gone.append(one)
    await one.person.leaves()


async def returns(town: Town, _one: Neighbour) -> None:
    if town.gone:
        back = town.gone.pop(0)
        town.here.append(back)
        await back.person.joins()


async def links(town: Town, one: Neighbour) -> None:
    other = town.random.choice(town.here)
    if one.person.town is other.person.town or one.linked or other.linked:
        return
    await one.person.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest_of(one))
    assert code
    await other.person.runs(f"/lier {code[1]}")
    one.linked, other.linked = other, one
    for both in (one, other):
        both.steady, both.linked_at = False, town.now


def latest_of(one: Neighbour) -> str:
    """The newest words in private."""
    return next(m.text for m in reversed(one.person.town.messages) if m.private_to)


ACTS: dict[Act, int] = {
    speaks: 6, asks: 3, replies: 10, reacts: 14, thanks: 2, signs_up: 8, wonders: 1, shares: 1,
    helps: 1, rests: 1, goes: 1, returns: 1, links: 1,
}  # fmt: skip


# -- answers ---------------------------------------------------------------------------------


async def turn(town: Town, one: Neighbour, seen: Seen) -> bool:
    """It is somebody's turn: what they do about it shows their temper."""
    if one.temper is Temper.KEEN:
        await gives(town, one, seen, "Avec plaisir")
        return True
    one.steady = False
    if one.temper is Temper.SILENT:
        return False
    label = "Ne plus me proposer"
    if one.temper is Temper.BUSY:
        label = town.random.choice(("Avec plaisir", "Passer cette fois", "Échanger", "Plus tard"))
    if label == "Avec plaisir":
        await gives(town, one, seen, label)
    else:
        await one.person.presses(label, on=seen)
    if label == "Plus tard":
        one.asked.pop()  # seen again tomorrow, as they wish: one question all the same
    return True


async def gives(town: Town, one: Neighbour, seen: Seen, label: str) -> None:
    tip = f"L’astuce {town.random.randint(1, 9999)} de {one.person.name}, tout simplement."
    await one.person.presses(label, on=seen)
    await one.person.fills({"tip": tip} if one.person.form else {"L’astuce": tip})


async def takes(town: Town, one: Neighbour, seen: Seen) -> bool:
    """Somebody would swap their turn: the busy take it, for they have time today."""
    if one.temper is not Temper.BUSY:
        await one.person.presses("Non merci", on=seen)
        return True
    await one.person.presses("Je prends ce tour", on=seen)
    if WRITE in labels(one.person.town.shown(seen.id)):
        await gives(town, one, seen, WRITE)
    return True


async def writes(town: Town, one: Neighbour, seen: Seen) -> bool:
    """They are reminded of the turn they took."""
    await gives(town, one, seen, WRITE)
    return True


async def portrait(_town: Town, one: Neighbour, seen: Seen) -> bool:
    if one.temper is Temper.KEEN:
        words = "Je suis là depuis le début."
        await one.person.presses("Répondre aux questions", on=seen)
        await one.person.fills({"D’où venez-vous": words, "Que faites-vous": words})
    elif one.temper is not Temper.SILENT:
        await one.person.presses("Passer cette fois", on=seen)
    return one.temper is not Temper.SILENT


def press(label: str) -> Answer:
    """Everybody simply presses that."""

    async def presses(_town: Town, one: Neighbour, seen: Seen) -> bool:
        await one.person.presses(label, on=seen)
        return True

    return presses


ANSWERS: dict[str, Answer] = {
    "Avec plaisir": turn,
    "Je prends ce tour": takes,
    WRITE: writes,
    "Répondre aux questions": portrait,
    "D’accord, publier ainsi": press("D’accord, publier ainsi"),
    "C’est résolu": press("C’est résolu"),
    "D’accord": press("D’accord"),
}
