"""What Slack says about people, and the language to speak to them when the core is not asked."""

import asyncio
import time
from collections import OrderedDict
from typing import Any

import structlog

from bots.slack.incoming import Ourselves, profile_of
from bots.slack.web import SlackWeb, asked
from core.chat.adapter import DeliveryError, Menu, Permanent
from core.chat.identity import Account, Platform, Profile

Json = dict[str, Any]

QUICK = 0.7
"""Seconds a look-up may take while somebody waits for a form, whose trigger lives three."""
REMEMBERED = 10_000
GROUPS_AGE = 300.0
"""Seconds the list of user groups is trusted; Slack allows 20 readings a minute."""

log = structlog.get_logger(__name__)


class People:
    """Profiles by user id; their languages and the user groups are remembered."""

    def __init__(self, web: SlackWeb, menu: Menu, workspace: str) -> None:
        self._web = web
        self._menu = menu
        self._workspace = workspace
        self._locales: OrderedDict[str, str | None] = OrderedDict()
        self._groups: list[Json] = []
        self._groups_read = float("-inf")

    async def profile(self, user: str, us: Ourselves) -> Profile:
        """Somebody's profile; their user groups count as roles. Raises DeliveryError."""
        found = await self.found(user)
        groups = [group for group in await self._all_groups() if user in (group.get("users") or ())]
        names = {str(group[name]).lower() for group in groups for name in ("id", "handle")}
        return profile_of(found, us, frozenset(names | {"member"}))

    def known_language(self, user: str) -> str:
        """The same without asking Slack: the community's until it was asked once."""
        return self._menu.language(
            self._locales.get(user), Account(Platform.SLACK, self._workspace, user)
        )

    async def language(self, user: str) -> str:
        """The language of somebody's Slack, the community's when it is not known in time."""
        if user not in self._locales:
            try:
                await asyncio.wait_for(self.found(user), QUICK)
            except (DeliveryError, TimeoutError):
                log.info("slack.language_unknown", user=user)
        return self.known_language(user)

    async def found(self, user: str) -> Json:
        """The user object (https://docs.slack.dev/reference/methods/users.info).

        Raises DeliveryError.
        """
        answer = await asked(self._web.client.users_info(user=user, include_locale=True))
        found: Json = answer["user"]
        self._locales[user] = found.get("locale")
        if len(self._locales) > REMEMBERED:
            self._locales.popitem(last=False)
        return found

    async def _all_groups(self) -> list[Json]:
        """Every user group with its members; none where the plan has no user groups.

        Source: https://docs.slack.dev/reference/methods/usergroups.list
        """
        if time.monotonic() - self._groups_read > GROUPS_AGE:
            try:
                answer = await asked(self._web.client.usergroups_list(include_users=True))
                self._groups = answer.get("usergroups") or []
            except Permanent as error:
                log.info("slack.no_user_groups", reason=str(error))
            self._groups_read = time.monotonic()
        return self._groups
