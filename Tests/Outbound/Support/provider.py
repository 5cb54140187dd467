"""A server that answers as it is told, for the tests of outbound requests.

    provider.py tcp | tls CERTIFICATE KEY | unix PATH

It prints its port (0 for a unix socket), then obeys one JSON document per line of standard input:
    {"path": "/a", "status": 200, "headers": {"X": "y"}, "body": "…", "delay": 0.5}   answers so from now on
    {"path": "/a", "how": "truncated" | "garbage" | "headless" | "flood" | "silent" | "drip", "count": 1000000}
    {"refuse": true}    closes every connection without a word
    {"log": true}       prints what was asked since the last time, as a JSON list
and prints one line for each. It ends with its standard input.
"""

import json
import os
import socket
import socketserver
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

answers = {}
log = []
lock = threading.Lock()
state = {"refuse": False, "connections": 0, "open": 0, "most": 0}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        with lock:
            state["connections"] += 1
            state["open"] += 1
            state["most"] = max(state["most"], state["open"])

    def finish(self):
        with lock:
            state["open"] -= 1
        try:
            super().finish()
        except OSError:
            pass

    def handle_one_request(self):
        if state["refuse"]:
            self.close_connection = True
            return
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        headers = {name.lower(): value for name, value in self.headers.items()}
        with lock:
            log.append({"method": self.command, "path": self.path, "headers": headers, "body": body})
            told = answers.get(self.path, {"status": 404})
        time.sleep(told.get("delay", 0))
        if "how" in told:
            self.close_connection = True
            return self.misbehave(told["how"], told.get("count", 1_000_000))
        payload = told.get("body", "").encode()
        self.send_response(told.get("status", 200))
        for name, value in told.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = answer
    do_POST = answer
    do_CONNECT = answer

    def misbehave(self, how, count):
        write = self.wfile.write
        if how == "truncated":
            write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"active\": true}")
        elif how == "garbage":
            write(b"\x00\x01\x02 this is no HTTP \xff\r\n\r\n")
        elif how == "headless":
            write(b"{\"active\": true}\n")
        elif how == "flood":
            write(b"HTTP/1.1 200 OK\r\n")
            for number in range(count):
                write(b"X-Field-%d: 0123456789\r\n" % number)
        elif how == "huge":
            write(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(count // 1000):
                write(b"x" * 1000)
        elif how == "silent":
            time.sleep(300)
        elif how == "drip":
            write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(300):
                write(b"x")
                self.wfile.flush()
                time.sleep(0.1)

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 512

    def handle_error(self, request, address):
        pass


class UnixServer(Server):
    address_family = socket.AF_UNIX

    def get_request(self):
        connection, _ = self.socket.accept()
        return connection, ("unix", 0)


class TLSServer(Server):
    def get_request(self):
        connection, address = self.socket.accept()
        # The handshake happens at the first read, on the connection's own thread.
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address


def make():
    if sys.argv[1] == "unix":
        return UnixServer(sys.argv[2], Handler)
    if sys.argv[1] == "tcp":
        return Server(("127.0.0.1", 0), Handler)
    server = TLSServer(("127.0.0.1", 0), Handler)
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(sys.argv[2], sys.argv[3])
    return server


def obey(line):
    order = json.loads(line)
    with lock:
        if "path" in order:
            answers[order["path"]] = order
        if "refuse" in order:
            state["refuse"] = order["refuse"]
        if "log" in order:
            taken = {"requests": log[:], "connections": state["connections"], "most": state["most"]}
            log.clear()
            return json.dumps(taken)
    return "{}"


server = make()
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1] if sys.argv[1] != "unix" else 0, flush=True)
for line in sys.stdin:
    print(obey(line), flush=True)
os._exit(0)
