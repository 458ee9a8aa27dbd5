"""What the tests share: the running server, a client that checks every reply, raw sockets, the demo people."""
