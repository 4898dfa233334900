"""What the suite itself holds to be true of its community, in words that two runs share."""

from collections import Counter

from core.charter.models import CharterAcceptance
from core.engagement.models import Activity
from core.engine.models import Job, OutboxMessage, State
from core.members.models import MemberAccount
from core.questions.models import Question
from rituals.models import Occurrence, Tip, Turn


async def told() -> dict[str, str]:
    """Figure -> value: who did how much, who accepted, questions, turns, what is left undone."""
    accounts = await MemberAccount.all().order_by("id")
    names: dict[int, str] = {}
    for row in accounts:
        names[row.member_id] = f"{names.get(row.member_id, '')} {row.name}".strip()
    found: dict[str, str] = {}
    counted = Counter(
        (names[row.member_id], row.kind.value)
        for row in await Activity.all().only("member_id", "kind")
    )
    found |= {f"{who} / {kind}": str(n) for (who, kind), n in counted.items()}
    accepted = Counter(names[row.member_id] for row in await CharterAcceptance.all())
    found |= {f"{who} / charter": str(n) for who, n in accepted.items()}
    for question in await Question.all():
        key = f"question {question.title} by {names[question.member_id]}"
        found[key] = question.state.value
    dates = {row.id: row.date.isoformat() for row in await Occurrence.all()}
    found |= {f"ritual of {r.date}": r.state.value for r in await Occurrence.all()}
    for turn in await Turn.all():
        found[f"turn of {dates[turn.occurrence_id]} for {names[turn.member_id]}"] = turn.state.value
    tips = Counter(names[row.member_id] for row in await Tip.all())
    found |= {f"{who} / tips": str(n) for who, n in tips.items()}
    found["failed jobs"] = str(await Job.filter(state=State.FAILED).count())
    found["failed deliveries"] = str(await OutboxMessage.filter(state=State.FAILED).count())
    return found
