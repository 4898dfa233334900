"""The views.* methods: modals and the Home tab."""

import asyncio

from . import payloads, shapes
from .calls import Args, Refused, invalid, known_user, method
from .state import Json, Trigger, View
from .workspace import Workspace

STACK_MAX = 3  # https://docs.slack.dev/surfaces/modals: three views at most
VIEW_BYTES = 250_000


def checked(ws: Workspace, args: Args, kind: str) -> Json:
    """The call's view, refused as Slack refuses it; ids completed."""
    return checked_view(ws, args.structure("view", "invalid_arguments"), kind, args.method)


def checked_view(ws: Workspace, view: object, kind: str, where: str) -> Json:
    """A view wherever it came from (a method, or the acknowledgement of a submission)."""
    if not isinstance(view, dict):
        raise invalid("invalid_arguments", ["view must be an object"], where)
    view = {name: value for name, value in view.items() if value is not None}
    if len(str(view)) > VIEW_BYTES:
        raise Refused("view_too_large", wrong=f"{where}: view too large")
    faults = shapes.check_view(view, lambda ident: ident in ws.files)
    if view.get("type") not in (None, kind):
        faults.append(f"type must be {kind} [json-pointer:/view/type]")
    if faults:
        raise invalid("invalid_arguments", faults, where)
    return view | {"blocks": shapes.completed(view["blocks"], lambda: ws.fresh("b"))}


def spent(ws: Workspace, args: Args) -> Trigger:
    """Exchange the call's trigger: once, within its three seconds."""
    if "trigger_id" not in args:
        raise invalid("invalid_arguments", ["missing required field: trigger_id"], args.method)
    trigger = ws.triggers.get(args.text("trigger_id"))
    if trigger is None:
        raise Refused("invalid_trigger_id", wrong=f"{args.method}: a trigger_id never given")
    if trigger.exchanged:
        raise Refused("exchanged_trigger_id")
    if asyncio.get_running_loop().time() > trigger.until:
        raise Refused("expired_trigger_id")
    trigger.exchanged = True
    return trigger


def placed(ws: Workspace, user: str, payload: Json, below: View | None) -> View:
    """A new view, registered under its id."""
    external = payload.get("external_id")
    if external and any(v.payload.get("external_id") == external for v in ws.views.values()):
        raise Refused("duplicate_external_id")
    ident = ws.fresh("V")
    root, previous = (below.root, below.id) if below else (ident, None)
    view = View(ident, user, payload, ws.fresh("h"), root, previous)
    ws.views[ident] = view
    ws.world.touch()
    return view


def replace(ws: Workspace, view: View, payload: Json) -> None:
    """Show other content in an open view; answers in fields that remain are kept."""
    view.payload, view.hash = payload, ws.fresh("h")
    view.errors.clear()
    ws.world.touch()


@method("views.open", required="view", optional="trigger_id interactivity_pointer")
def open_view(ws: Workspace, args: Args) -> Json:
    """Open a modal in front of whoever pulled the trigger."""
    payload = checked(ws, args, "modal")
    trigger = spent(ws, args)
    view = placed(ws, trigger.user, payload, None)
    ws.stacks[trigger.user] = [view]
    return {"view": payloads.view_object(view)}


@method("views.push", required="view", optional="trigger_id interactivity_pointer")
def push_view(ws: Workspace, args: Args) -> Json:
    """Put a modal on top of the one the trigger came from."""
    payload = checked(ws, args, "modal")
    trigger = spent(ws, args)
    stack = ws.stacks.get(trigger.user, [])
    if not stack or trigger.view not in {view.id for view in stack}:
        raise Refused("not_found")
    if len(stack) >= STACK_MAX:
        raise Refused("push_limit_reached")
    stack.append(placed(ws, trigger.user, payload, stack[-1]))
    return {"view": payloads.view_object(stack[-1])}


@method("views.update", required="view", optional="view_id external_id hash")
def update_view(ws: Workspace, args: Args) -> Json:
    """Change an open modal."""
    view = _open(ws, args)
    payload = checked(ws, args, view.payload["type"])
    if "hash" in args and args.text("hash") != view.hash:
        raise Refused("hash_conflict")
    replace(ws, view, payload)
    return {"view": payloads.view_object(view)}


def _open(ws: Workspace, args: Args) -> View:
    if not {"view_id", "external_id"} & args.names:
        raise invalid("invalid_arguments", ["view_id or external_id needed"], args.method)
    external = args.text("external_id")
    for stack in ws.stacks.values():
        for view in stack:
            if view.id == args.text("view_id") or (
                external and view.payload.get("external_id") == external
            ):
                return view
    raise Refused("not_found")


@method("views.publish", required="user_id view", optional="hash")
def publish(ws: Workspace, args: Args) -> Json:
    """Set somebody's Home tab."""
    user = known_user(ws, args.text("user_id"))
    payload = checked(ws, args, "home")
    shown = ws.homes.get(user.id)
    if "hash" in args and shown and args.text("hash") != shown.hash:
        raise Refused("hash_conflict")
    if shown:
        replace(ws, shown, payload)
    else:
        shown = ws.homes[user.id] = placed(ws, user.id, payload, None)
    return {"view": payloads.view_object(shown)}
