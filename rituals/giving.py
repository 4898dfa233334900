"""What people give to a ritual: shown to them first, agreed to, checked, published, thanked for."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from core.attention import service as attention
from core.chat.actions import Action, OpenForm, row_named
from core.chat.events import FormSubmitted
from core.chat.identity import Account, Place, Purpose, Workspace
from core.chat.markup import join, link, mention, plain, quote
from core.chat.messages import Button, Message, Reply, Style, Text
from core.engagement import service as engagement
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.schedule import at_local
from rituals import contributions, dates, runner
from rituals.calendar import ANNOUNCES, CLOSES
from rituals.contributions import PUBLISHABLE, Given
from rituals.kinds import NAMED, Appointment, Giving
from rituals.models import Contribution, ContributionState, Occurrence, OccurrenceState
from rituals.rules import RitualSettings

KEEP = "rituals.keep_given"
CALM = timedelta(days=1)
"""How long it is left to its day before its giver is asked whether it may be kept."""


class Collected(RitualSettings):
    """When people are called to give something, and how long what they gave is talked about."""

    call_days: int = Field(default=7, ge=1, le=28, description="days before, people are called")
    closes_days: int = Field(default=7, ge=1, le=28, description="days after which it is counted")

    def moments(
        self,
        day: date,
        opens: datetime,  # noqa: ARG002  the days count, at its usual hour
        zone: ZoneInfo,
    ) -> Mapping[str, datetime]:
        """Called for some days before, counted some days after, at the same hour."""
        return {
            ANNOUNCES: at_local(day - timedelta(days=self.call_days), self.at, zone),
            CLOSES: at_local(day + timedelta(days=self.closes_days), self.at, zone),
        }


def how(found: Appointment) -> Giving:
    """How something is given to a ritual."""
    assert found.kind.giving is not None  # noqa: S101  only its own kinds come here
    return found.kind.giving


# -- called for, and written ------------------------------------------------------------------


async def called(scene: Scene, found: Appointment, home: Workspace) -> Message | None:
    """What calls people beforehand: nothing, where something is ready."""
    call = how(found).call
    return await call(scene, found, home) if call and await ready(found) is None else None


def invitation(found: Appointment, said: Text, label: str) -> Message:
    """A call to everybody, with the programme's own words and the form under it."""
    settings, form = found.settings, how(found).form
    parts = [*([plain(settings.text)] if settings.text else []), said]
    write = OpenForm(form, f"{NAMED}{settings.slug}")
    return Message(join(parts), (Button(label, write, Style.PRIMARY),))


async def take(dialogue: Dialogue, event: FormSubmitted, kind: str, given: Given) -> Reply:
    """Keep what somebody wrote as a draft, and show it exactly as it would be published.

    Raises Refused when it is not theirs, is published, or no ritual of that kind is played.
    """
    asked = bool(row_named(event.argument))
    if asked:
        row = await contributions.mine(dialogue, event.argument)
        if not await contributions.correct(dialogue, row, given, ContributionState.DRAFT):
            raise Refused("rituals.answered")
    else:
        slug = event.argument.removeprefix(NAMED)
        programme = [one for one in await dates.programme(dialogue) if one.kind == kind]
        settings = dates.chosen(programme, slug)
        ritual = await dates.ritual_of(dialogue, settings)
        row = await contributions.give(dialogue, ritual, dialogue.who.member, given)
    return await _previewed(dialogue, row, edits=asked)


async def _previewed(dialogue: Dialogue, row: Contribution, *, edits: bool) -> Reply:
    found = await date_of(dialogue, row)
    giving, argument = how(found), str(row.id)
    card = await giving.card(dialogue, found, row, dialogue.who.account.home)
    key = "rituals.given_preview_checked" if giving.checked else "rituals.given_preview"
    said = dialogue.say(key, title=found.settings.title)
    buttons = (
        dialogue.button("rituals.consent", Action("rituals.consent", argument), Style.PRIMARY),
        dialogue.button("rituals.correct", OpenForm(giving.form, argument)),
        _take_back(dialogue, row, dialogue.who.language),
    )
    return Reply(Message(join([said, card.text]), buttons), edits=edits)


def _take_back(scene: Scene, row: Contribution, language: str) -> Button:
    label = scene.texts.label("rituals.take_back", language)
    return Button(label, Action("rituals.take_back", str(row.id)), Style.DANGER)


async def date_of(scene: Scene, row: Contribution) -> Appointment:
    """The date something is for, else the next one of its ritual.

    Raises Refused when the ritual is played no more.
    """
    if row.occurrence_id is not None:
        return await dates.named(scene, str(row.occurrence_id))
    settings = dates.chosen(await dates.programme(scene), row.ritual.slug)
    return await dates.coming(scene, settings)


# -- agreed to, and checked --------------------------------------------------------------------


async def consents(dialogue: Dialogue, row: Contribution) -> Reply:
    """Its giver agrees to its being published so. Raises Refused when it was answered."""
    draft = ContributionState.DRAFT
    if not await contributions.moves(row, draft, to=ContributionState.CONSENTED):
        raise Refused("rituals.answered")
    found = await date_of(dialogue, row)
    back = _take_back(dialogue, row, dialogue.who.language)
    if how(found).checked:
        await _ask_team(dialogue, found, row)
        return dialogue.reply("rituals.consented_checked", back, edits=True)
    if await _fills_a_gap(dialogue, row):
        return dialogue.reply("rituals.consented_shown", edits=True)
    at = dialogue.local(found.steps.opens)
    return dialogue.reply("rituals.consented", back, at=at, edits=True)


async def _ask_team(scene: Scene, found: Appointment, row: Contribution) -> None:
    language = scene.community.language
    buttons = (
        Button(
            scene.texts.label("rituals.let_pass", language),
            Action("rituals.let_pass", contributions.as_read(row)),
            Style.PRIMARY,
        ),
        Button(
            scene.texts.label("rituals.send_back", language),
            Action("rituals.send_back", contributions.as_read(row)),
        ),
    )
    asked = scene.texts.say("rituals.to_check", language, title=found.settings.title)
    for workspace in scene.workspaces:
        card = await how(found).card(scene, found, row, workspace)
        place = Place(workspace.platform, workspace.id, Purpose.MODERATORS)
        message = Message(join([asked, card.text]), buttons)
        await scene.owe(
            message, place, guard=Action("rituals.waits_check", contributions.as_read(row))
        )


async def let_pass(dialogue: Dialogue, row: Contribution) -> Reply:
    """A moderator lets it pass. Raises Refused when another one answered, or it was corrected."""
    consented = ContributionState.CONSENTED
    if not await contributions.moves(row, consented, to=ContributionState.CHECKED):
        raise Refused("rituals.answered")
    shown = await _fills_a_gap(dialogue, row)
    return dialogue.reply("rituals.let_pass_shown" if shown else "rituals.let_pass_done")


async def send_back(dialogue: Dialogue, row: Contribution) -> Reply:
    """A moderator would like it to be written otherwise: its giver is told, and may."""
    consented = ContributionState.CONSENTED
    if not await contributions.moves(row, consented, to=ContributionState.DRAFT):
        raise Refused("rituals.answered")
    found = await date_of(dialogue, row)
    form = OpenForm(how(found).form, str(row.id))

    def say(to: Speaker) -> Message:
        said = dialogue.texts.say("rituals.sent_back", to.language, title=found.settings.title)
        correct = Button(dialogue.texts.label("rituals.correct", to.language), form, Style.PRIMARY)
        return Message(said, (correct, _take_back(dialogue, row, to.language)))

    if row.member_id is not None:
        await attention.tell(dialogue, row.member_id, say, patient=True)
    return dialogue.reply("rituals.send_back_done")


async def takes_back(row: Contribution) -> None:
    """Its giver takes it back: nothing of it stays. Raises Refused when it is over."""
    if not await contributions.moves(row, *contributions.OPEN, to=ContributionState.WITHDRAWN):
        raise Refused("rituals.answered")
    await Contribution.filter(id=row.id).update(text="", link="", answers={})


# -- published ---------------------------------------------------------------------------------


async def ready(found: Appointment) -> Contribution | None:
    """What would be published now."""
    checked = (ContributionState.CHECKED,)
    return await contributions.ready(found, checked if how(found).checked else PUBLISHABLE)


async def shown(scene: Scene, found: Appointment, home: Workspace) -> Message | None:
    """What would be published now in a workspace: what is ready, else the call, if there is one."""
    row, giving = await ready(found), how(found)
    if row is not None:
        return await giving.card(scene, found, row, home)
    return await giving.call(scene, found, home) if giving.call else None


async def publish(scene: Scene, found: Appointment) -> OccurrenceState:
    """Publish what is ready, else the call; where there is neither, the date is left out."""
    while row := await ready(found):
        if await _show(scene, found, row):  # else it was taken back this very moment
            return OccurrenceState.PUBLISHED
    return await runner.post(scene, found) if how(found).call else OccurrenceState.SKIPPED


async def _show(scene: Scene, found: Appointment, row: Contribution) -> bool:
    if not await contributions.show(scene, found, row):
        return False
    for workspace in scene.workspaces:
        await scene.owe(
            await how(found).card(scene, found, row, workspace),
            Place(workspace.platform, workspace.id, Purpose.RITUALS),
            then=runner.posted(found),
            member=row.member_id,
            until=found.too_late(scene.now),
        )
    if how(found).kept is not None:
        await scene.later(KEEP, str(row.id), scene.now + CALM)
    return True


async def _fills_a_gap(scene: Scene, row: Contribution) -> bool:
    """Publish at once what the last call still waits for; False when it waits for nothing."""
    rows = Occurrence.filter(ritual_id=row.ritual_id, state=OccurrenceState.OPEN)
    last = await rows.order_by("-opened_at").first()
    if last is None or not await dates.fill(last):
        return False
    found = await dates.named(scene, str(last.id))
    await _show(scene, found, row)
    return True


async def skipped(_scene: Scene, found: Appointment, following: Appointment) -> None:
    """What was given for a date that does not take place waits for the next one."""
    waits = Contribution.filter(occurrence=found.row, state__in=contributions.OPEN)
    await waits.update(occurrence_id=following.row.id)


async def closes(scene: Scene, found: Appointment) -> None:
    """Thank whoever gave what was shown, with how many took part beside them."""
    about = (scene.community, found.settings.slug, found.key)
    others = (await engagement.participation_in(*about)).people - 1

    def say(to: Speaker) -> Message:
        title = found.settings.title
        return Message(
            scene.texts.say("rituals.given_thanks", to.language, count=others, title=title)
        )

    for row in await contributions.given_for(found, ContributionState.SHOWN):
        if row.member_id is not None and others > 0:
            await attention.tell(scene, row.member_id, say, patient=True)


async def keep(scene: Scene, key: str) -> None:
    """It was shown a while ago: its kind proposes it to the library."""
    rows = Contribution.filter(id=row_named(key), ritual__community=scene.community)
    row = await rows.select_related("ritual").first()
    found = await date_of(scene, row) if row else None
    if row is not None and found is not None and (kept := how(found).kept):
        await kept(scene, row)


# -- as it is shown ----------------------------------------------------------------------------


def sections(scene: Scene, row: Contribution, titles: Mapping[str, str]) -> list[Text]:
    """The answers of a form as they are published: what each is about, then what was written."""
    language = scene.community.language
    found = []
    for name, key in titles.items():
        if row.answers.get(name):
            words = quote(row.answers[name])
            found.append(join([scene.texts.say(key, language), words]))
    return [*found, *([link(row.link, row.link)] if row.link else [])]


async def by(row: Contribution, home: Workspace) -> tuple[Text, tuple[Account, ...]]:
    """Whose it is, as it is said in a workspace, and whom that may notify."""
    name, account = await contributions.giver(row, home)
    return (mention(account, name), (account,)) if account else (plain(name), ())
