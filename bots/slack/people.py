"""What Slack says about people, and the language to speak to them when the core is not asked."""

import asyncio
from collections import OrderedDict

from bots.slack.incoming import Ourselves, profile_of
from bots.slack.web import SlackWeb, asked
from core.chat.adapter import DeliveryError, Menu
from core.chat.identity import Profile

QUICK = 1.0
"""Seconds a look-up may take while somebody waits for a form, whose trigger lives three."""
REMEMBERED = 10_000


class People:
    """Profiles by user id; only their language is remembered."""

    def __init__(self, web: SlackWeb, menu: Menu) -> None:
        self._web = web
        self._menu = menu
        self._locales: OrderedDict[str, str | None] = OrderedDict()

    async def profile(self, user: str, us: Ourselves) -> Profile:
        """Somebody's profile (https://docs.slack.dev/reference/methods/users.info).

        Raises DeliveryError.
        """
        answer = await asked(self._web.client.users_info(user=user, include_locale=True))
        found = profile_of(answer["user"], us)
        self._locales[user] = found.locale
        if len(self._locales) > REMEMBERED:
            self._locales.popitem(last=False)
        return found

    async def language(self, user: str, us: Ourselves) -> str:
        """The language of somebody's Slack, the community's when it is not known in time."""
        if user not in self._locales:
            try:
                await asyncio.wait_for(self.profile(user, us), QUICK)
            except (DeliveryError, TimeoutError):
                return self._menu.language(None)
        return self._menu.language(self._locales.get(user))
