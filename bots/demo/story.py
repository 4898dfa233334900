"""Nine days of eleven people: what they do, and when; all else is the suite's own doing."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bots.demo.stage import Actor, Stage
from bots.sandbox.people import CannotDo
from core.chat.identity import Platform

START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Paris."""

PEOPLE = {
    "Alice": "discord",
    "Bruno": "discord",
    "Chloé": "discord",
    "Malik": "discord",
    "Inès": "slack",
    "Jean": "slack",
    "Fatou": "slack",
    "Alice M.": "slack",
    "Karim": "telegram",
    "Léa": "telegram",
    "Omar": "telegram",
    "Zoé": "telegram",
}
"""Eleven people with twelve accounts: Alice has a second one on Slack, under another name."""

TOPICS = {
    "Alice": "excel, tableaux croisés",
    "Inès": "pédagogie",
    "Karim": "rgpd",
    "Fatou": "rgpd, cpf",
    "Chloé": "excel",
}

TIP = (
    "Dans Excel, Ctrl + T transforme une liste en tableau : les formules suivent quand on ajoute "
    "des lignes, et les filtres sont déjà là."
)

CODE = re.compile(r"\b([A-Z2-9]{8})\b")


@dataclass(slots=True)
class Story:
    """The people on the stage, and what they need to remember from one day to the next."""

    stage: Stage
    cast: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cast = {name: self.stage.actor(name, where) for name, where in PEOPLE.items()}

    async def days(self, last: int = 9) -> AsyncIterator[str]:
        """Play one day after the other, up to `last`; the title of each, before it is played."""
        for number, (title, play) in enumerate(self._programme()[:last], 1):
            await self.at(number, 9)
            yield title
            await play()

    def _programme(self) -> tuple[tuple[str, Callable[[], Awaitable[None]]], ...]:
        return (
            ("lundi 16 novembre, on arrive", self._first_arrivals),
            ("mardi 17, une personne sur deux plateformes", self._two_accounts),
            ("mercredi 18, une question attend un expert", self._question_for_an_expert),
            ("jeudi 19, à qui le tour", self._whose_turn),
            ("vendredi 20, on se parle", self._small_talk),
            ("samedi 21, la charte rattrape une retardataire", self._late_comer),
            ("dimanche 22, repos", self._rest),
            ("lundi 23, bilan et #LundiAstuce", self._monday),
            ("mardi 24, chacun ses chiffres", self._figures),
        )

    async def at(self, day: int, hour: float) -> None:
        """Let time pass until that hour (in Paris, in winter) of that day of the story."""
        midnight = START.replace(hour=0) - timedelta(hours=1)
        moment = midnight + timedelta(days=day - 1, hours=hour)
        if moment > self.stage.clock.now():
            await self.stage.until(moment)

    # -- what happens often ---------------------------------------------------------------

    async def arrive(self, name: str, *, accepts: bool = True) -> Actor:
        """Somebody joins and accepts the charter, or puts it off."""
        actor = self.cast[name]
        await actor.joins()
        await actor.presses("charter.accept" if accepts else "charter.later")
        if accepts and actor.platform is Platform.TELEGRAM:
            await actor.presses("adapter_telegram.continue_private")
        return actor

    async def tell_profile(self, name: str, training: str) -> Actor:
        """Fill the profile, then pass the other steps."""
        actor = self.cast[name]
        await actor.presses("onboarding.fill_profile")
        form = "onboarding.form.profile"
        answers = {f"{form}.training": training, f"{form}.cohort": "2026"}
        if name in TOPICS:
            answers[f"{form}.topics"] = TOPICS[name]
        await actor.fills(answers)
        return actor

    async def skip(self, actor: Actor, steps: int) -> None:
        """Pass over that many steps."""
        for _ in range(steps):
            await actor.presses("onboarding.skip")

    def asked(self, but: Actor | None = None) -> Actor:
        """Who was offered the turn, and is not `but`. Raises CannotDo when nobody was."""
        for actor in self.cast.values():
            label = self.stage.label("rituals.gladly", actor.language)
            offered = any(label in seen.buttons for seen in actor.person.sees())
            if offered and actor is not but:
                return actor
        raise CannotDo("nobody was offered the turn")

    # -- the nine days --------------------------------------------------------------------

    async def _first_arrivals(self) -> None:
        for name, training in (("Alice", "Bureautique"), ("Inès", "Formation de formateurs")):
            await self.arrive(name)
            await self.tell_profile(name, training)
        alice = self.cast["Alice"]
        await alice.presses("onboarding.fill_preferences")
        preferences = "onboarding.form.preferences"
        await alice.fills(
            {
                f"{preferences}.language": f"{preferences}.language.fr@tu",
                f"{preferences}.available": f"{preferences}.available.yes",
            }
        )
        alice = self.cast["Alice"] = self.stage.actor("Alice", "discord", "fr@tu")
        await alice.presses("onboarding.fill_goal")
        await alice.fills(
            {"onboarding.form.goal.action": "Refaire le suivi des heures avec un tableau croisé"}
        )
        ines = self.cast["Inès"]
        await self.skip(ines, 2)
        await ines.presses("onboarding.fill_introduction")
        introduction = "onboarding.form.introduction"
        await ines.fills(
            {
                f"{introduction}.story": "Formatrice depuis peu, après dix ans d’hôtellerie.",
                f"{introduction}.likes": "les ateliers courts, et le café",
            }
        )
        await ines.presses("onboarding.publish")
        await self.at(1, 11)
        await self.arrive("Karim")
        await self.tell_profile("Karim", "Délégué à la protection des données")
        await self.arrive("Léa", accepts=False)
        malik = await self.arrive("Malik")
        self.stage.towns.discord.make_moderator("Malik")
        await malik.runs("/charte statut")

    async def _two_accounts(self) -> None:
        await self.arrive("Alice M.")
        await self.cast["Alice"].runs("/lier")
        shown = await self.cast["Alice"].sees("Ton code")
        code = CODE.findall(shown.text)[0]
        await self.cast["Alice M."].runs(f"/lier {code}")
        self.cast["Alice M."] = self.stage.actor("Alice M.", "slack", "fr@tu")
        for name in ("Bruno", "Chloé"):
            await self.arrive(name)
            await self.tell_profile(name, "Bureautique")
        await self.at(2, 14)
        bruno, chloe = self.cast["Bruno"], self.cast["Chloé"]
        asked = await bruno.says(
            "Comment figer la première ligne d’un tableau ? #QuestionTechnique", channel="entraide"
        )
        await self.at(2, 14.2)
        await chloe.says("Affichage, puis Figer les volets.", to=asked)
        await bruno.reacts(asked, "✅")

    async def _question_for_an_expert(self) -> None:
        for name, training in (
            ("Jean", "Formation de formateurs"),
            ("Fatou", "CPF et financement"),
        ):
            await self.arrive(name)
            await self.tell_profile(name, training)
        await self.at(3, 10)
        jean, fatou = self.cast["Jean"], self.cast["Fatou"]
        await jean.runs("/question")
        ask = "questions.form.ask"
        await jean.fills(
            {
                f"{ask}.title": "Combien de temps garder les feuilles d’émargement ?",
                f"{ask}.details": "On me dit trois ans, on me dit dix ans.",
                f"{ask}.topics": "rgpd",
            }
        )
        await self.at(3, 10.75)
        await fatou.presses("questions.take")
        question = await fatou.sees("Combien de temps garder")
        await fatou.says("Trois ans après la fin de la formation pour un contrôle.", to=question)
        await jean.presses("questions.solved")
        await self.arrive("Omar")
        await self.arrive("Zoé")
        await self.tell_profile("Zoé", "Bureautique")

    async def _whose_turn(self) -> None:
        await self.at(4, 10.25)
        first = self.asked()
        await first.presses("rituals.why")
        await first.presses("rituals.pass")
        second = self.asked(but=first)
        await second.presses("rituals.gladly")
        await second.fills({"rituals.form.tip.tip": TIP})

    async def _small_talk(self) -> None:
        hello = await self.cast["Bruno"].says("Qui vient au salon jeudi ?", channel="entraide")
        await self.cast["Alice"].reacts(hello, "🙋")
        await self.cast["Chloé"].reacts(hello, "👍")
        await self.cast["Chloé"].unreacts(hello, "👍")
        slack = await self.cast["Fatou"].says("Bon week-end à toutes et tous.", channel="entraide")
        await self.cast["Alice M."].reacts(slack, "🎉")
        omar, zoe = self.cast["Omar"], self.cast["Zoé"]
        asked = await omar.says(
            "Un bilan de compétences entre-t-il dans le compte ? #ConseilCPF", channel="entraide"
        )
        await zoe.says("Oui, s’il est fait par un organisme certifié.", to=asked)
        await omar.presses("questions.solved")

    async def _late_comer(self) -> None:
        lea = self.cast["Léa"]
        await lea.presses("charter.accept")
        await lea.presses("adapter_telegram.continue_private")
        await lea.runs("/parcours")

    async def _rest(self) -> None:
        await self.at(7, 18)

    async def _monday(self) -> None:
        await self.at(8, 9.5)
        for names, emoji in ((("Bruno", "Chloé"), "👏"), (("Fatou",), "🎉"), (("Karim",), "👍")):
            for name in names:
                tip = await self.cast[name].sees("Ctrl + T")
                await self.cast[name].reacts(tip, emoji)
        tip = await self.cast["Alice M."].sees("Ctrl + T")
        await self.cast["Alice M."].says("Et Ctrl + L fait pareil en français.", to=tip)
        tip = await self.cast["Alice"].sees("Ctrl + T")
        await self.cast["Alice"].reacts(tip, "🎉")

    async def _figures(self) -> None:
        for name in ("Alice", "Fatou", "Karim"):
            await self.cast[name].runs("/moi")
        await self.cast["Malik"].runs("/rituel aperçu")
        await self.at(9, 11)
