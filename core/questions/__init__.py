"""Questions: asked by hashtag or command, followed until solved, handed to who can help."""
