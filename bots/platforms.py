"""Which platforms are configured, and their adapters: each library is imported only when needed."""

from collections.abc import Collection
from dataclasses import replace

from config.community import CommunityConfig
from config.settings import Settings, secret
from core.chat.adapter import Adapter, Menu
from core.chat.identity import Platform, Workspace
from core.engine.clock import Clock


def configured(settings: Settings, config: CommunityConfig) -> tuple[Platform, ...]:
    """The platforms that have both a token and a section."""
    tokens = {
        Platform.DISCORD: (settings.discord_token, config.discord),
        Platform.SLACK: (settings.slack_bot_token, config.slack),
        Platform.TELEGRAM: (settings.telegram_token, config.telegram),
    }
    return tuple(p for p, (token, section) in tokens.items() if secret(token) and section)


def adapter(
    platform: Platform, settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock
) -> Adapter:
    """The adapter of a configured platform; its library is imported only now."""
    match platform:
        case Platform.DISCORD:
            return _discord(settings, config, menu, clock)
        case Platform.SLACK:
            return _slack(settings, config, menu, clock)
        case Platform.TELEGRAM:
            return _telegram(settings, config, menu, clock)


def _discord(settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock) -> Adapter:
    from bots.discord.adapter import DiscordAdapter  # noqa: PLC0415  1.2 s to import
    from bots.discord.settings import DiscordSettings  # noqa: PLC0415  with it

    section = config.discord
    assert section is not None  # noqa: S101  only configured platforms are built
    return DiscordAdapter(
        DiscordSettings(
            token=secret(settings.discord_token),
            workspace=section.workspace,
            channels=section.channels,
            gate_role=section.gate_role,
            api_url=settings.discord_api_url,
            gateway_url=settings.discord_gateway_url,
        ),
        menu,
        now=clock.now,
    )


def _slack(settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock) -> Adapter:
    from bots.slack.adapter import SlackAdapter  # noqa: PLC0415  1.0 s to import
    from bots.slack.settings import POST, SlackLimits, SlackSettings  # noqa: PLC0415  with it

    section = config.slack
    assert section is not None  # noqa: S101  only configured platforms are built
    return SlackAdapter(
        SlackSettings(
            bot_token=secret(settings.slack_bot_token),
            app_token=secret(settings.slack_app_token),
            signing_secret=secret(settings.slack_signing_secret),
            api_url=settings.slack_api_url,
            workspace=section.workspace,
            channels=section.channels,
            gate_channels=section.gate_channels,
            http_host=settings.slack_http_host,
            http_port=settings.slack_http_port,
            limits=SlackLimits(replace(POST, calls=settings.slack_channel_per_second)),
        ),
        menu,
        now=clock.now,
    )


def _telegram(settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock) -> Adapter:
    from bots.telegram.adapter import TelegramAdapter  # noqa: PLC0415  1.5 s to import
    from bots.telegram.settings import TelegramSettings  # noqa: PLC0415  with it

    section = config.telegram
    assert section is not None  # noqa: S101  only configured platforms are built
    return TelegramAdapter(
        TelegramSettings(
            token=secret(settings.telegram_token),
            workspace=section.workspace,
            channels=section.channels,
            api_url=settings.telegram_api_url,
            file_url=settings.telegram_file_url,
            webhook_url=settings.telegram_webhook_url,
            webhook_secret=secret(settings.telegram_webhook_secret),
            webhook_listen=settings.telegram_webhook_listen,
            webhook_port=settings.telegram_webhook_port,
            group_per_minute=settings.telegram_group_per_minute,
        ),
        menu,
        now=clock.now,
    )


def adapters(
    settings: Settings,
    config: CommunityConfig,
    menu: Menu,
    clock: Clock,
    *,
    only: Collection[Platform] = tuple(Platform),
) -> dict[Platform, Adapter]:
    """An adapter for each configured platform, or those among `only`."""
    return {
        platform: adapter(platform, settings, config, menu, clock)
        for platform in configured(settings, config)
        if platform in only
    }


def workspace(platform: Platform, config: CommunityConfig) -> Workspace:
    """The workspace that a configured platform serves, as the file names it."""
    return Workspace(platform, getattr(config, platform).workspace)
