"""What a person reads on their screen: posts flattened to words, in the channel people know."""

from bots.sandbox.people import Seen
from bots.sandbox.telegram.entities import part
from bots.sandbox.telegram.state import Post, State


def channel_name(post: Post) -> str:
    """The topic's name in a forum, else the group's; `privé` with the bot."""
    topic = post.chat.topics.get(post.topic or 0)
    return topic.name if topic else post.chat.channel


def thread_name(post: Post) -> str | None:
    """A topic opened since the start by its name, a chain of replies by its first words."""
    topic = post.chat.topics.get(post.topic or 0)
    if topic and not topic.given:
        return topic.name
    root = post.chat.posts.get(post.root or 0)
    return root.text.partition("\n")[0][:40] if root else None


def words(post: Post) -> str:
    """The text as read: a person mentioned by name shows as `@Name`, a link as its label."""
    text = post.text
    mentions = [e for e in post.entities if e["type"] == "text_mention"]
    for entity in sorted(mentions, key=lambda e: -e["offset"]):
        name = part(text, entity)
        if not name.startswith("@"):
            raw = text.encode("utf-16-le")
            cut = 2 * entity["offset"]
            text = raw[:cut].decode("utf-16-le") + "@" + raw[cut:].decode("utf-16-le")
    return text


def seen(post: Post, state: State) -> Seen:
    """The post as people see it now."""
    private = post.chat.kind == "private"
    counts: dict[str, int] = {}
    for emoji in post.reactions.values():
        counts[emoji] = counts.get(emoji, 0) + 1
    document = post.media is not None and post.media.kind == "document"
    picture = post.media is not None and post.media.kind == "photo"
    return Seen(
        id=str(post.id),
        at=post.edited_at or post.at,
        platform="telegram",
        channel=channel_name(post),
        author="Telegram" if post.service else post.sender.name,
        text=post.poll.question if post.poll else words(post),
        thread=None if private else thread_name(post),
        private_to=state.users[post.chat.id].name if private else None,
        buttons=tuple(button["text"] for row in post.keyboard for button in row),
        reactions=tuple(sorted(counts.items())),
        images=(post.text or post.media.name,) if picture and post.media else (),
        edited=post.edited_at is not None,
        files=(post.media.name,) if document and post.media else (),
        choices=_choices(post),
    )


def _choices(post: Post) -> tuple[tuple[str, int], ...]:
    """The options of a poll, each with its votes."""
    poll = post.poll
    options = poll.options if poll else ()
    return tuple((text, poll.count(at) if poll else 0) for at, text in enumerate(options))


def show(post: Post, state: State) -> None:
    """Write the post, as it now reads, into the transcript, and tell whoever waits."""
    state.transcript.append(seen(post, state))
    state.world.touch()
