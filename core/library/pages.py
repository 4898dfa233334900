"""What is shown of the library: what was found, what an author is asked, what the team looks at."""

from collections.abc import Sequence

from core.attention.service import Say
from core.chat.actions import Action, OpenForm
from core.chat.identity import Role
from core.chat.markup import bullets, join, link, quote
from core.chat.messages import Button, Message, Style, Text
from core.engine.scene import Dialogue, Scene, Speaker
from core.library.models import Entry
from core.library.rules import Kind, excerpt

KINDS = {
    Kind.QUESTION: "library.kind_question",
    Kind.TIP: "library.kind_tip",
    Kind.SHEET: "library.kind_sheet",
    Kind.REPLAY: "library.kind_replay",
    Kind.TEMPLATE: "library.kind_template",
}
LABEL = 24
"""Characters of a title on a button, beside the word that says what it does."""


def card(scene: Scene, language: str, entry: Entry, names: Sequence[str]) -> Text:
    """An entry whole, for readers and for who is asked to agree to it: the same words."""
    say = scene.texts.say
    kind = scene.texts.label(KINDS[entry.kind], language)
    about = f"{kind}, {entry.topic}" if entry.topic else kind
    parts = [say("library.card", language, title=entry.title, about=about)]
    if entry.text:
        parts.append(quote(entry.text))
    if entry.link:
        parts.append(link(entry.link, entry.link))
    if names:
        parts.append(say("library.by", language, names=", ".join(names)))
    return join(parts)


def _button(
    scene: Scene, who: Speaker, key: str, does: Action | OpenForm, style: Style = Style.SECONDARY
) -> Button:
    return Button(scene.texts.label(key, who.language), does, style)


def to_write(scene: Scene, entry: Entry) -> Say:
    """Ask who helped to write the answer as it is to be kept."""
    number = str(entry.id)

    def say(who: Speaker) -> Message:
        text = scene.texts.say("library.to_write", who.language, title=entry.title)
        form, no = OpenForm("library.write", number), Action("library.decline", number)
        write = _button(scene, who, "library.write", form, Style.PRIMARY)
        return Message(text, (write, _button(scene, who, "library.no", no)))

    return say


def to_agree(scene: Scene, entry: Entry, names: Sequence[str]) -> Say:
    """Show an author exactly what would be kept, and ask whether it may be."""
    number, version = str(entry.id), entry.version

    def say(who: Speaker) -> Message:
        asked = scene.texts.say("library.to_agree", who.language)
        later = scene.texts.say("library.any_time", who.language)
        yes, no = Action("library.agree", f"{number}:{version}"), Action("library.decline", number)
        buttons = (
            _button(scene, who, "library.agree", yes, Style.PRIMARY),
            _button(scene, who, "library.no", no),
        )
        return Message(join([asked, card(scene, who.language, entry, names), later]), buttons)

    return say


def outcome(scene: Scene, entry: Entry, key: str) -> Say:
    """What the team decided about an entry, and the way to take back what is kept."""
    number, title = str(entry.id), entry.title

    def say(who: Speaker) -> Message:
        text = scene.texts.say(key, who.language, title=title)
        if key != "library.published":
            return Message(text)
        back = Action("library.withdraw", number)
        see = _button(scene, who, "library.read", Action("library.see", number))
        return Message(text, (see, _button(scene, who, "library.withdraw", back, Style.DANGER)))

    return say


def written(dialogue: Dialogue, entry: Entry, names: Sequence[str]) -> Message:
    """What somebody wrote, as it is kept, and that they can still change their mind."""
    number = str(entry.id)
    parts = [
        dialogue.say("library.thanks"),
        card(dialogue, dialogue.who.language, entry, names),
        dialogue.say("library.any_time"),
    ]
    return Message(
        join(parts),
        (
            dialogue.button("library.correct", OpenForm("library.write", number)),
            dialogue.button("library.withdraw", Action("library.withdraw", number), Style.DANGER),
        ),
    )


def whole(dialogue: Dialogue, entry: Entry, names: Sequence[str]) -> Message:
    """An entry to be read; the team may take it out."""
    remove = Action("library.remove", str(entry.id))
    buttons = (dialogue.button("library.remove", remove, Style.DANGER),)
    team = dialogue.who.may(Role.MODERATOR)
    return Message(card(dialogue, dialogue.who.language, entry, names), buttons if team else ())


# -- lists -------------------------------------------------------------------------------------


def results(dialogue: Dialogue, wanted: str, entries: Sequence[Entry]) -> Message:
    """What was found, or how to ask."""
    if not entries:
        return Message(dialogue.say("library.nothing", wanted=wanted))
    head = dialogue.say("library.found", count=len(entries))
    return Message(join([head, _lines(dialogue, dialogue.who, entries)]), _see(dialogue, entries))


def suggestion(
    scene: Scene, who: Speaker, entries: Sequence[Entry], *, yes: Action, no: Action
) -> Message:
    """What was found for a question just asked; one of the buttons closes it."""
    head = scene.texts.say("library.close", who.language, count=len(entries))
    buttons = (
        *(_titled(scene, who, "library.see", entry) for entry in entries),
        _button(scene, who, "library.yes", yes, Style.PRIMARY),
        _button(scene, who, "library.not_it", no),
    )
    return Message(join([head, _lines(scene, who, entries)]), buttons)


def _lines(scene: Scene, who: Speaker, entries: Sequence[Entry]) -> Text:
    def line(entry: Entry) -> Text:
        key = "library.line" if entry.topic else "library.line_bare"
        said = scene.texts.say(
            key, who.language, title=entry.title, topic=entry.topic, excerpt=excerpt(entry.text)
        )
        return join([said, link(entry.link, entry.link)], " ") if entry.link else said

    return bullets([line(entry) for entry in entries])


def _see(dialogue: Dialogue, entries: Sequence[Entry]) -> tuple[Button, ...]:
    return tuple(_titled(dialogue, dialogue.who, "library.see", entry) for entry in entries)


def _titled(
    scene: Scene, who: Speaker, key: str, entry: Entry, style: Style = Style.SECONDARY
) -> Button:
    """A button about one entry among others, named by its title."""
    title = entry.title if len(entry.title) <= LABEL else f"{entry.title[: LABEL - 1]}…"
    return Button(
        scene.texts.label(key, who.language, title=title), Action(key, str(entry.id)), style
    )


def waiting(dialogue: Dialogue, count: int) -> Message | None:
    """How many entries wait for the team, None when none does."""
    if not count:
        return None
    look = dialogue.button("library.curate", Action("library.curate"), Style.PRIMARY)
    return Message(dialogue.say("library.waiting", count=count), (look,))


def home(dialogue: Dialogue, size: int, mine: int, waits: Message | None) -> Message:
    """What the library holds, how to look for something, what is one's own, and what waits."""
    parts = [dialogue.say("library.home", count=size), dialogue.say("library.how")]
    buttons = (dialogue.button("library.mine", Action("library.mine")),) if mine else ()
    if waits is None:
        return Message(join(parts), buttons)
    return Message(join([*parts, waits.text]), (*buttons, *waits.buttons))


def mine(dialogue: Dialogue, entries: Sequence[Entry], all_of: int, shown: int) -> Message:
    """A page of `all_of` what somebody gave, after those `shown`, and the way to take it back."""
    if not entries:
        return Message(dialogue.say("library.none_of_mine"))
    buttons = tuple(
        _titled(dialogue, dialogue.who, "library.withdraw_one", entry, Style.DANGER)
        for entry in entries
    )
    reached = shown + len(entries)
    if reached < all_of:
        further = Action("library.mine", str(reached))
        buttons = (*buttons, dialogue.button("library.further", further))
    head = dialogue.say("library.of_mine", count=all_of)
    return Message(join([head, _lines(dialogue, dialogue.who, entries)]), buttons)


def to_curate(dialogue: Dialogue, entry: Entry | None, names: Sequence[str], more: int) -> Message:
    """The next entry that waits for the team, or that none does."""
    if entry is None:
        return Message(dialogue.say("library.all_looked_at"))
    number = str(entry.id)
    parts = [
        dialogue.say("library.to_curate"),
        card(dialogue, dialogue.who.language, entry, names),
    ]
    if more:
        parts.append(dialogue.say("library.more", count=more))
    return Message(
        join(parts),
        (
            dialogue.button("library.publish", Action("library.publish", number), Style.PRIMARY),
            dialogue.button("library.retitle", OpenForm("library.title", number)),
            dialogue.button("library.refuse", Action("library.refuse", number), Style.DANGER),
        ),
    )
