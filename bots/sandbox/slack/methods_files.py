"""The two calls of an upload (https://docs.slack.dev/messaging/working-with-files)."""

from . import payloads
from .calls import Args, Refused, checked_blocks, invalid, method
from .methods_chat import destination, thread_of
from .state import BOT_USER, Json, StoredFile
from .workspace import Workspace


@method(
    "files.getUploadURLExternal",
    required="filename length",
    optional="alt_txt snippet_type",
    scopes="files:write",
    takes_json=False,
)
def upload_url(ws: Workspace, args: Args) -> Json:
    """Where to send the bytes of a file of that length."""
    length = args.number("length", 0)
    if length <= 0:
        raise invalid("invalid_arguments", ["length must be positive"], args.method)
    file = StoredFile(ws.fresh("F"), args.text("filename"), length, args.text("alt_txt"))
    ws.files[file.id] = file
    return {"upload_url": f"{ws.address}/upload/v1/{file.id}", "file_id": file.id}


@method(
    "files.completeUploadExternal",
    required="files",
    optional="channel_id channels initial_comment thread_ts blocks",
    scopes="files:write",
)
def complete(ws: Workspace, args: Args) -> Json:
    """Finish uploads, and share them in a conversation when one is named."""
    asked = args.structure("files", "invalid_arguments")
    if not isinstance(asked, list) or not all(isinstance(item, dict) for item in asked or [0]):
        raise invalid("invalid_arguments", ["files must be an array of objects"], args.method)
    files = []
    for item in asked:
        file = ws.files.get(str(item.get("id")))
        if file is None or file.content is None:
            raise Refused("file_not_found", wrong=f"{args.method}: {item.get('id')} not uploaded")
        file.title = str(item.get("title") or file.name)
        files.append(file)
    shapes = [payloads.file_object(file, BOT_USER, ws.address) for file in files]
    places = [args.text("channel_id")] if "channel_id" in args else args.listed("channels")
    for place in places:
        where = Args(args.method, {"channel": place, "thread_ts": args.text("thread_ts") or None})
        channel = destination(ws, where)
        ws.post(
            channel,
            BOT_USER,
            args.text("initial_comment"),
            blocks=checked_blocks(ws, args),
            files=shapes,
            thread_ts=thread_of(ws, where, channel),
            subtype="file_share",
            by_app=True,
        )
    for file in files:
        file.complete = True
    return {"files": shapes}
