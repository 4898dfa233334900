"""How we speak on Slack: one command, buttons, modals, a Home tab and threads."""
