"""Slack on loopback: Web API, Socket Mode, signed events and the people of a workspace."""

from .people import SlackPerson
from .server import SlackSandbox

__all__ = ["SlackPerson", "SlackSandbox"]
