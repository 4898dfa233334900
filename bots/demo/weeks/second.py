"""The second week: a poll over three platforms, a question that goes up, an answer that stays."""

from bots.demo.tale import Day, Tale, rest

TIP = (
    "Sous Windows, la touche Windows et V montre tout ce que l’on a copié : on colle ce que l’on "
    "veut, même la copie d’avant-hier."
)

ANSWER = (
    "Trois ans après la fin de la formation, pour un contrôle. Rangez-les par session, avec la "
    "date à laquelle on les détruit."
)


async def _first_digest(tale: Tale) -> None:
    await tale.at(9.5)
    malik = tale.cast["Malik"]
    await malik.sees("Bilan de la semaine 2026-W47")
    for names, emoji in ((("Bruno", "Chloé"), "👏"), (("Fatou",), "🎉"), (("Karim",), "👍")):
        for name in names:
            tip = await tale.cast[name].sees("Ctrl + T")
            await tale.cast[name].reacts(tip, emoji)
    tip = await tale.cast["Alice M."].sees("Ctrl + T")
    await tale.cast["Alice M."].says("Et Ctrl + L fait pareil en français.", to=tip)
    tip = await tale.cast["Alice"].sees("Ctrl + T")
    await tale.cast["Alice"].reacts(tip, "🎉")


async def _one_vote_each(tale: Tale) -> None:
    await tale.cast["Malik"].runs("/rituel aperçu")
    await tale.cast["Malik"].sees("Lundi Astuce : prochaine date")
    await tale.at(12.1)
    for name, choice in (
        ("Alice", "Jeudi soir"),
        ("Alice M.", "Mardi midi"),
        ("Bruno", "Jeudi soir"),
        ("Jean", "Jeudi soir"),
        ("Karim", "Jeudi soir"),
    ):
        await tale.cast[name].sees("Quand nous retrouver pour l’atelier Excel ?")
        await tale.cast[name].votes(choice)


async def _up_the_stages(tale: Tale) -> None:
    bruno = tale.cast["Bruno"]
    await tale.at(11)
    await bruno.runs("/question")
    ask = "questions.form.ask"
    await bruno.fills(
        {
            f"{ask}.title": "Comment relier deux tableaux Excel par une colonne ?",
            f"{ask}.details": "Les heures dans l’un, les noms dans l’autre.",
            f"{ask}.topics": "excel",
        }
    )
    await tale.at(11.25)
    await bruno.sees("Cette question attend encore une réponse")
    await tale.at(11.55)
    first = await tale.called("pourriez-vous aider Bruno")
    await first.presses("questions.not_mine")
    second = await tale.called("pourriez-vous aider Bruno", but=first)
    question = await second.sees("Comment relier deux tableaux")
    await second.presses("questions.take")
    await second.runs("/pourquoi")
    await second.sees("propose son aide sur ce thème (excel)")
    await second.says("Avec RECHERCHEX : une colonne commune suffit.", to=question)
    await bruno.presses("questions.solved")
    await bruno.sees(f"Merci à {second.name} pour son aide")
    await bruno.runs("/pourquoi")
    await bruno.sees("La personne 2")


async def _counted_once(tale: Tale) -> None:
    """Alice voted twice: her last word counts, so that three want Thursday and one Tuesday."""
    await tale.at(12.1)
    for name in ("Bruno", "Jean", "Karim"):
        await tale.cast[name].sees("Jeudi soir : 3 voix")
        await tale.cast[name].sees("4 personnes ont voté, chacune comptée une seule fois")
    await tale.gives_tip(await tale.whose_turn(20), TIP)


async def _kept_for_others(tale: Tale) -> None:
    """Fatou had solved Jean's question: both agree to what is kept of it."""
    fatou = tale.cast["Fatou"]
    await fatou.presses("library.write")
    await fatou.fills({"library.form.write.text": ANSWER})
    await fatou.sees("Voici ce qui sera gardé")
    jean = await tale.whoever_is_offered("library.agree", 20)
    await jean.presses("library.agree")


async def _kept(tale: Tale) -> None:
    malik = tale.cast["Malik"]
    await malik.runs("/bibliothèque curer")
    await malik.presses("library.publish")
    await malik.sees("est dans la bibliothèque")


DAYS = (
    Day("le bilan, et #LundiAstuce partout à la même heure", _first_digest),
    Day("une voix par personne, sur trois plateformes", _one_vote_each),
    Day("une question sans réponse monte les étages", _up_the_stages),
    Day("quatre personnes, cinq votes, quatre voix", _counted_once),
    Day("une réponse mise au propre", _kept_for_others),
    Day("la réponse entre dans la bibliothèque", _kept),
    Day("repos", rest),
)
