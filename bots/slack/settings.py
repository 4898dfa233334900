"""What the Slack adapter must be told, readable without loading the Slack library."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.chat.identity import Platform, Purpose, Workspace

API_URL = "https://slack.com/api/"
"""Where the Web API lives (https://docs.slack.dev/apis/web-api/)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """Secrets and addresses of one Slack workspace.

    With `app_token` the adapter listens through Socket Mode; without it, `signing_secret` is
    needed and events come as signed requests to `http://http_host:http_port/slack/events`
    (port 0: any free one). `workspace` is the team id (`T…`); `channels` and `gate_channels`
    name channels by id or by name. `gate_channels` are the private channels that accepting the
    charter opens by invitation.
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

    @property
    def home(self) -> Workspace:
        """The workspace these settings are for."""
        return Workspace(Platform.SLACK, self.workspace)
