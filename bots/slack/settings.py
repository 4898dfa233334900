"""What the Slack adapter must be told, readable without loading the Slack library."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bots.pace import Limit
from core.chat.identity import Platform, Purpose, Workspace

API_URL = "https://slack.com/api/"
"""Where the Web API lives (https://docs.slack.dev/apis/web-api/)."""

POST = Limit(1, 1.0)
TIER_3 = Limit(50, 60.0)
OVERALL = Limit(100, 1.0)


@dataclass(frozen=True, slots=True)
class SlackLimits:
    """How fast Slack lets us speak (https://docs.slack.dev/apis/web-api/rate-limits).

    `post`: messages in one channel. `tier`: calls of each other method that the outbox needs
    (conversations.open, .history, .replies, chat.update, conversations.invite, .kick: tier 3).
    `overall`: all of these together; Slack publishes no figure, this one only bounds us.
    """

    post: Limit = POST
    tier: Limit = TIER_3
    overall: Limit = OVERALL

    def scaled(self, by: float) -> "SlackLimits":
        """The same limits where time runs `by` times faster."""
        faster = {
            name: replace(limit, seconds=limit.seconds / by)
            for name, limit in (("post", self.post), ("tier", self.tier), ("overall", self.overall))
        }
        return SlackLimits(**faster)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """Secrets and addresses of one Slack workspace.

    With `app_token` the adapter listens through Socket Mode; without it, `signing_secret` is
    needed and events come as signed requests to `http://http_host:http_port/slack/events`
    (port 0: any free one). `workspace` is the team id (`T…`); `channels` and `gate_channels`
    name channels by id or by name. `gate_channels` are the private channels that accepting the
    charter opens by invitation. `limits` are Slack's own, unless its time is another.
    """

    bot_token: str = field(repr=False)
    workspace: str
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = API_URL
    channels: Mapping[Purpose, str] = field(default_factory=dict)
    gate_channels: tuple[str, ...] = ()
    http_host: str = "127.0.0.1"
    http_port: int = 3000
    limits: SlackLimits = SlackLimits()

    @property
    def home(self) -> Workspace:
        """The workspace these settings are for."""
        return Workspace(Platform.SLACK, self.workspace)
