"""The command line: every way to start, check and try the suite."""

# Imports stand inside the commands: `--help` must not pay for three chat libraries.
# ruff: noqa: PLC0415

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bots.duty import Duty
from core.chat.identity import Platform

cli = typer.Typer(
    name="amicale",
    help="The alumni community of a training organisation, inside Discord, Slack and Telegram.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich would cost as much as everything else together
    pretty_exceptions_enable=False,
)

importing = typer.Typer(help="Bring in what was kept elsewhere.", no_args_is_help=True)
cli.add_typer(importing, name="import")

WRONG_SET_UP = 2


@cli.command()
def demo(
    transcript: Annotated[
        Path | None, typer.Option(help="Write everything people saw, one JSON object a line.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=29, help="How many days to play.")] = 29,
) -> None:
    """Watch a community live four weeks, without an account."""
    from bots.demo.play import play

    raise typer.Exit(asyncio.run(play(transcript_to=transcript, days=days)))


@cli.command()
def run(
    role: Annotated[
        Duty, typer.Option(help="On PostgreSQL: the platforms' connections, or the jobs.")
    ] = Duty.ALL,
    platform: Annotated[
        list[Platform] | None, typer.Option(help="A gateway's platform; may be given again.")
    ] = None,
) -> None:
    """Serve the platforms that have a token."""
    from bots.serving import Part, serve

    raise typer.Exit(asyncio.run(serve(Part(role, tuple(platform or ())))))


@cli.command()
def check() -> None:
    """Name everything that is wrong with the set-up."""
    from bots.operate import examine

    raise typer.Exit(asyncio.run(examine()))


@cli.command()
def migrate() -> None:
    """Bring the database up to date (SQLite: after a copy)."""
    from bots.operate import bring_up_to_date

    raise typer.Exit(asyncio.run(bring_up_to_date()))


@cli.command()
def move(
    to: Annotated[str, typer.Option(help="An empty PostgreSQL database: postgres://…")],
) -> None:
    """Carry every row of SQLite over to PostgreSQL."""
    from bots.operate import carry_over

    raise typer.Exit(asyncio.run(carry_over(to)))


@cli.command()
def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; a name with the time else.")
    ] = None,
) -> None:
    """Copy the database, while it is used too."""
    from bots.operate import keep_copy

    raise typer.Exit(asyncio.run(keep_copy(file)))


@cli.command()
def restore(file: Annotated[Path, typer.Argument(help="What `backup` wrote.")]) -> None:
    """Go back to a copy; what is there is kept."""
    from bots.operate import go_back

    raise typer.Exit(asyncio.run(go_back(file)))


@importing.command("members")
def import_members(
    file: Annotated[Path, typer.Argument(help="A CSV file; its first line names the columns.")],
    community: Annotated[str, typer.Option(help="Its slug, where several are served.")] = "",
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
) -> None:
    """Import who was trained; the lines that are wrong are listed and left out."""
    from bots.importing import bring_members

    raise typer.Exit(asyncio.run(bring_members(file, community, dry_run=dry_run)))


@cli.command()
def digest(
    week: Annotated[
        str, typer.Option(help="The ISO week, like 2026-W47; else the last whole one.")
    ] = "",
    chart: Annotated[Path | None, typer.Option(help="Where to write the chart (PNG).")] = None,
) -> None:
    """Print a week's digest."""
    from bots.report import print_digest

    raise typer.Exit(asyncio.run(print_digest(week, chart)))


@cli.command()
def sandbox(
    discord_port: Annotated[int, typer.Option(help="0: any free port.")] = 0,
    slack_port: Annotated[int, typer.Option(help="0: any free port.")] = 0,
    telegram_port: Annotated[int, typer.Option(help="0: any free port.")] = 0,
) -> None:
    """Run the three stand-in platforms, to try any bot on."""
    from bots.sandbox.alone import stand

    asyncio.run(stand(discord_port, slack_port, telegram_port))


@cli.command("slack-manifest")
def slack_manifest(
    request_url: Annotated[
        str, typer.Option(help="Public https address, when Slack is to call us over HTTP.")
    ] = "",
) -> None:
    """Print the manifest to paste for a new Slack app."""
    from bots.operate import print_slack_manifest

    raise typer.Exit(print_slack_manifest(request_url))


@cli.command("discord-invite")
def discord_invite(
    application: Annotated[
        str, typer.Option(help="The application id; read from the token when left out.")
    ] = "",
) -> None:
    """Print the address that invites the Discord bot."""
    from bots.operate import print_discord_invite

    raise typer.Exit(print_discord_invite(application))


@cli.command("telegram-botfather")
def telegram_botfather() -> None:
    """Print what to tell BotFather."""
    from bots.operate import print_botfather

    print_botfather()


def main() -> None:
    """The `amicale` command."""
    cli()


if __name__ == "__main__":
    main()
