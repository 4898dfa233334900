"""The first week: people arrive, a year is adopted, and each finds an answer."""

import re

from bots.demo.tale import Day, Tale

CODE = re.compile(r"\b([A-Z2-9]{8})\b")

TIP = (
    "Dans Excel, Ctrl + T transforme une liste en tableau : les formules suivent quand on ajoute "
    "des lignes, et les filtres sont déjà là."
)


async def _first_arrivals(tale: Tale) -> None:
    for name, training in (("Alice", "Bureautique"), ("Inès", "Formation de formateurs")):
        await tale.arrive(name)
        await tale.tell_profile(name, training)
    await _alice_chooses(tale)
    await _ines_introduces_herself(tale)
    await tale.at(11)
    await tale.arrive("Karim")
    await tale.tell_profile("Karim", "Délégué à la protection des données")
    await tale.arrive("Léa", accepts=False)
    await _malik_adopts_a_year(tale)


async def _alice_chooses(tale: Tale) -> None:
    alice = tale.cast["Alice"]
    await alice.presses("onboarding.fill_preferences")
    preferences = "onboarding.form.preferences"
    await alice.fills(
        {
            f"{preferences}.language": f"{preferences}.language.fr@tu",
            f"{preferences}.available": f"{preferences}.available.yes",
        }
    )
    alice = tale.cast["Alice"] = tale.stage.actor("Alice", "discord", "fr@tu")
    await alice.presses("onboarding.fill_goal")
    await alice.fills(
        {"onboarding.form.goal.action": "Refaire le suivi des heures avec un tableau croisé"}
    )


async def _ines_introduces_herself(tale: Tale) -> None:
    ines = tale.cast["Inès"]
    await tale.skip(ines, 2)
    await ines.presses("onboarding.fill_introduction")
    introduction = "onboarding.form.introduction"
    await ines.fills(
        {
            f"{introduction}.story": "Formatrice depuis peu, après dix ans d’hôtellerie.",
            f"{introduction}.likes": "les ateliers courts, et le café",
        }
    )
    await ines.presses("onboarding.publish")


async def _malik_adopts_a_year(tale: Tale) -> None:
    malik = await tale.arrive("Malik")
    tale.stage.towns.discord.make_admin("Malik")
    await malik.runs("/charte statut")
    await malik.runs("/programme adopter demain")
    await malik.sees("Déjà là, et laissé tel quel : Lundi Astuce")
    await malik.presses("programme.adopt")
    await malik.sees("C’est adopté")
    await malik.runs("/programme mois décembre")
    await malik.sees("Le programme : décembre")


async def _two_accounts(tale: Tale) -> None:
    await tale.arrive("Alice M.")
    await tale.cast["Alice"].runs("/lier")
    shown = await tale.cast["Alice"].sees("Ton code")
    code = CODE.findall(shown.text)[0]
    await tale.cast["Alice M."].runs(f"/lier {code}")
    tale.cast["Alice M."] = tale.stage.actor("Alice M.", "slack", "fr@tu")
    for name in ("Bruno", "Chloé"):
        await tale.arrive(name)
        await tale.tell_profile(name, "Bureautique")
    await tale.at(14)
    bruno, chloe = tale.cast["Bruno"], tale.cast["Chloé"]
    asked = await bruno.says(
        "Comment figer la première ligne d’un tableau ? #QuestionTechnique", channel="entraide"
    )
    await tale.at(14.2)
    await chloe.says("Affichage, puis Figer les volets.", to=asked)
    await bruno.reacts(asked, "✅")


async def _question_for_an_expert(tale: Tale) -> None:
    for name, training in (("Jean", "Formation de formateurs"), ("Fatou", "CPF et financement")):
        await tale.arrive(name)
        await tale.tell_profile(name, training)
    await tale.at(10)
    await _open_question(tale)
    jean, fatou = tale.cast["Jean"], tale.cast["Fatou"]
    await jean.runs("/question")
    ask = "questions.form.ask"
    await jean.fills(
        {
            f"{ask}.title": "Combien de temps garder les feuilles d’émargement ?",
            f"{ask}.details": "On me dit trois ans, on me dit dix ans.",
            f"{ask}.topics": "rgpd",
        }
    )
    await tale.at(10.75)
    await fatou.presses("questions.take")
    question = await fatou.sees("Combien de temps garder")
    await fatou.says("Trois ans après la fin de la formation pour un contrôle.", to=question)
    await jean.presses("questions.solved")
    await tale.arrive("Omar")
    await tale.arrive("Zoé")
    await tale.tell_profile("Zoé", "Bureautique")


async def _open_question(tale: Tale) -> None:
    """The year's first question is open: three people answer below it, each where they are."""
    for name, answer in (
        ("Chloé", "À quelqu’un qui avait changé de métier à quarante ans."),
        ("Inès", "À une formatrice qui doute encore, elle aussi."),
        ("Karim", "Au juriste du bureau d’à côté, dès la première semaine."),
    ):
        question = await tale.cast[name].sees("La question de la semaine")
        await tale.cast[name].says(answer, to=question)


async def _whose_turn(tale: Tale) -> None:
    await tale.at(10.25)
    first = await tale.whose_turn(12)
    await first.presses("rituals.why")
    await first.presses("rituals.pass")
    second = await tale.whose_turn(18, but=first)
    await tale.gives_tip(second, TIP)
    await tale.at(18.25)
    for name in ("Bruno", "Inès", "Karim"):
        await tale.cast[name].sees("Le café virtuel")
        await tale.cast[name].presses("meeting.come")


async def _coffee(tale: Tale) -> None:
    hello = await tale.cast["Bruno"].says("Qui vient au café tout à l’heure ?", channel="entraide")
    await tale.cast["Alice"].reacts(hello, "🙋")
    await tale.cast["Chloé"].reacts(hello, "👍")
    await tale.cast["Chloé"].unreacts(hello, "👍")
    omar, zoe = tale.cast["Omar"], tale.cast["Zoé"]
    asked = await omar.says(
        "Un bilan de compétences entre-t-il dans le compte ? #ConseilCPF", channel="entraide"
    )
    await zoe.says("Oui, s’il est fait par un organisme certifié.", to=asked)
    await omar.presses("questions.solved")
    await tale.at(12.75)
    for name in ("Bruno", "Inès", "Karim"):
        await tale.cast[name].sees("Le café virtuel commence bientôt")
    await tale.at(13.1)
    for name in ("Bruno", "Inès", "Karim"):
        await tale.cast[name].presses("meeting.there")
    await tale.at(13.5)
    for name in ("Bruno", "Inès", "Karim"):
        await tale.cast[name].sees("3 personnes sont venues à « Le café virtuel »")
    slack = await tale.cast["Fatou"].says("Bon week-end à toutes et tous.", channel="entraide")
    await tale.cast["Alice M."].reacts(slack, "🎉")


async def _late_comer(tale: Tale) -> None:
    lea = tale.cast["Léa"]
    await lea.presses("charter.accept")
    await lea.presses("adapter_telegram.continue_private")
    await lea.runs("/parcours")


async def _thanked(tale: Tale) -> None:
    await tale.at(10)
    for name in ("Chloé", "Inès", "Karim"):
        await tale.cast[name].sees("3 personnes ont répondu à « La question de la semaine »")


DAYS = (
    Day("on arrive, et une année est adoptée", _first_arrivals),
    Day("une personne sur deux plateformes", _two_accounts),
    Day("une question attend un expert", _question_for_an_expert),
    Day("à qui le tour", _whose_turn),
    Day("le café virtuel", _coffee),
    Day("la charte rattrape une retardataire", _late_comer),
    Day("trois réponses, un merci", _thanked),
)
