"""`/aide`: what somebody can do here, written from the routes so that it cannot be out of date."""

from core.chat.adapter import Answer
from core.chat.events import CommandInvoked
from core.chat.identity import STAFF
from core.chat.markup import bullets, join
from core.chat.messages import Message, Reply, Text
from core.engine.menu import command
from core.engine.routes import CommandRoute, Routes
from core.engine.scene import Dialogue


def help_routes(everything: Routes) -> Routes:
    """The help for all these routes and for itself."""
    routes = Routes("help")

    @routes.command("aide")
    async def show(dialogue: Dialogue, event: CommandInvoked) -> Answer:
        """List the commands this person may use."""
        known = [*everything.commands.values(), *routes.commands.values()]
        allowed = [route for route in known if dialogue.who.may(route.role)]
        mine = [route for route in allowed if route.role not in STAFF]
        staff = [route for route in allowed if route.role in STAFF]
        parts = [dialogue.say("help.title"), _lines(dialogue, mine)]
        if staff:
            parts += [dialogue.say("help.staff"), _lines(dialogue, staff)]
        return Reply(Message(join(parts)))

    return routes


def _lines(dialogue: Dialogue, routes: list[CommandRoute]) -> Text:
    shown = [command(r, dialogue.texts, dialogue.who.language) for r in routes]
    return bullets(
        [
            dialogue.say("help.line", name=c.name, description=c.description)
            for c in sorted(shown, key=lambda c: c.name)
        ]
    )
