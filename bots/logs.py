"""What the suite and its libraries say while they run: to read on a terminal, as JSON elsewhere."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType

import structlog

HIDDEN = "[hidden]"
SHORTEST = 8
"""Characters below which a configured secret is no secret, and hiding it would blur every line."""

_SHAPES = re.compile(
    r"""
    [\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}              # a Discord bot token
    | (?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]{8,}      # Slack's
    | (?<!\d)\d{5,}(?::|%3A)[\w-]{30,}                # Telegram's, in an address too
    | (?<=://)(?!user:password@host\b)               # our own example stays as it is
      [^\s/:@]+:[^\s@]+(?=@)                          # user and password in an address
    """,
    re.VERBOSE,
)
_known: set[str] = set()


def configure(*, level: int = logging.INFO) -> None:
    """Write structured lines to standard error; the libraries' own only from warnings up.

    Nothing that looks like a token is written, nor what `hide` was told, whoever says it: in
    events, in exceptions, in the libraries' lines and in what ends the process.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = [*_renderers(readable=sys.stderr.isatty()), _redacted]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("discord.client").addFilter(_is_not_about_voice)
    logging.captureWarnings(capture=True)
    sys.excepthook = _last_words


def hide(secrets: Iterable[str]) -> None:
    """Never write these words, whatever their shape."""
    _known.update(secret for secret in secrets if len(secret) >= SHORTEST)


def redact(text: str) -> str:
    """The text without anything secret."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _SHAPES.sub(HIDDEN, text)


def _is_not_about_voice(record: logging.LogRecord) -> bool:
    """discord.py warns at each start that it cannot speak aloud, which nobody asks of it."""
    return "voice will NOT be supported" not in record.getMessage()


def _renderers(*, readable: bool) -> list[structlog.typing.Processor]:
    if readable:
        # rich's tracebacks would show the local variables
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _redacted(
    _logger: structlog.typing.WrappedLogger, _method: str, rendered: structlog.typing.EventDict
) -> str:
    return redact(str(rendered))


def _last_words(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))
