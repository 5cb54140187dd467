#!/usr/bin/env python3
"""The least an introspection endpoint can do (RFC 7662): says what a file says about a token, to anybody.

usage: introspection.py PORT FILE       (FILE: JSON, from token to answer; any other token is not active)

It does NOT check its client: the bench measures what Postern remembers, and needs each answer once.
"""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

ANSWERS: dict[str, object] = {}


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        body = json.dumps(ANSWERS.get(form["token"][0], {"active": False})).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)  # in one piece: two would wait for each other's acknowledgement

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    ANSWERS.update(json.loads(Path(sys.argv[2]).read_text()))
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint).serve_forever()
