"""Lets the emulator answer this machine's programs only.

MiniStack checks no signature and allows every origin, so any page in the developer's browser could read the
secrets it holds and run code through it. A browser names the page's origin or site in its requests; no AWS client
does. A name that was bound to this machine to get round that shows in the Host header.
"""

import re

# `host.docker.internal` is this machine for a function in a container.
HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\]|host\.docker\.internal)(:\d{1,5})?", re.IGNORECASE)
OF_BROWSERS = {b"origin", b"sec-fetch-site"}


def is_allowed(headers):
    fields = [(name.lower(), value) for name, value in headers]
    hosts = [value.decode("latin-1") for name, value in fields if name == b"host"]
    from_page = any(name in OF_BROWSERS for name, _ in fields)
    return len(hosts) == 1 and HOST.fullmatch(hosts[0]) is not None and not from_page


def only_this_machine(app):
    """The ASGI application, with 403 for everybody else."""

    async def guarded(scope, receive, send):
        if scope["type"] == "lifespan" or is_allowed(scope["headers"]):
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})

    return guarded
