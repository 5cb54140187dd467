"""Vault, Google Secret Manager, Azure Key Vault and the servers that log their clients in, as far as Postern asks them.

Strict: whatever a request lacks of what the real interface demands is refused as the real one refuses it. Prints its
port, then takes orders on standard input, one JSON object a line, and answers each with a line:
{"set": {"NAME": VALUE}} changes what is kept, {"log": true} tells what was asked, {"fail": STATUS or null} makes every
store answer so, {"revoke": true} makes all logins so far worthless.
"""

import base64
import json
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from joserfc import jwt
from joserfc.jwk import RSAKey

KEPT = {}
LOG = []
TOKENS = {}
STATE = {"fail": None, "count": 0}
LOCK = threading.Lock()
SERVICE_ACCOUNT_JWT = "header.service-account.signature"
GOOGLE_KEY = RSAKey.generate_key(2048)


def crc32c(data):
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = total >> 1 ^ 0x82F63B78 if total & 1 else total >> 1
    return total ^ 0xFFFFFFFF


def token(kind):
    with LOCK:
        STATE["count"] += 1
        name = f"{kind}-token-{STATE['count']}"
        TOKENS[name] = kind
        return name


class Store(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def say(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length).decode()
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        with LOCK:
            LOG.append(f"{self.command} {self.path}")
        for prefix, answer in ROUTES:
            if url.path.startswith(prefix):
                if STATE["fail"]:
                    return self.say(STATE["fail"], {"errors": ["down"]})
                return answer(self, url.path)
        self.say(404, {})

    do_GET = do_POST = do_PUT = handle_any

    def is_vault(self):
        if self.headers.get("X-Vault-Request") != "true" or self.headers.get("X-Vault-Namespace") != "team/a":
            return self.say(400, {"errors": ["missing header"]}) or False
        return True

    def vault_login(self, path):
        if not self.is_vault():
            return
        body = json.loads(self.body)
        if self.command != "POST" or body != {"role": "postern", "jwt": SERVICE_ACCOUNT_JWT}:
            return self.say(403, {"errors": ["permission denied"]})
        self.say(200, {"auth": {"client_token": token("vault"), "lease_duration": 3600, "renewable": True}})

    def vault_read(self, path):
        if not self.is_vault():
            return
        shown = self.headers.get("X-Vault-Token")
        if self.command != "GET" or TOKENS.get(shown) != "vault" and shown != "root-token":
            return self.say(403, {"errors": ["permission denied"]})
        mount, data, name = path[len("/v1/"):].split("/", 2)
        value = KEPT.get(f"vault:{mount}/{urllib.parse.unquote(name)}")
        if data != "data" or value is None:
            return self.say(404, {"errors": []})
        self.say(200, {"data": {"data": value, "metadata": {"version": 1, "destroyed": False}}})

    def bearer(self, kind):
        scheme, _, shown = (self.headers.get("Authorization") or "").partition(" ")
        return scheme == "Bearer" and TOKENS.get(shown) == kind

    def google_metadata(self, path):
        if self.headers.get("Metadata-Flavor") != "Google":
            return self.say(403, {})
        answer = {"access_token": token("google"), "expires_in": 3599, "token_type": "Bearer"}
        self.say(200, answer, [("Metadata-Flavor", "Google")])

    def google_token(self, path):
        form = dict(urllib.parse.parse_qsl(self.body, strict_parsing=True))
        now = time.time()
        try:
            shown = jwt.decode(form["assertion"], GOOGLE_KEY, algorithms=["RS256"])
            assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            assert shown.header["kid"] == "key-1" and shown.header["typ"] == "JWT"
            assert shown.claims["iss"] == "postern@p.iam.gserviceaccount.com"
            assert shown.claims["scope"] == "https://www.googleapis.com/auth/cloud-platform"
            assert shown.claims["aud"] == f"http://{self.headers['Host']}/token"
            assert now - 60 < shown.claims["iat"] <= now + 1 and shown.claims["exp"] == shown.claims["iat"] + 3600
        except Exception as fault:
            return self.say(400, {"error": "invalid_grant", "error_description": repr(fault)})
        self.say(200, {"access_token": token("google"), "expires_in": 3599, "token_type": "Bearer"})

    def google_read(self, path):
        if not self.bearer("google"):
            return self.say(401, {"error": {"status": "UNAUTHENTICATED"}})
        name, colon, verb = path[len("/v1/"):].rpartition(":")
        value = KEPT.get(f"gcp:{name}")
        if self.command != "GET" or verb != "access" or value is None:
            return self.say(404, {"error": {"status": "NOT_FOUND"}})
        data = value.encode()
        payload = {"data": base64.b64encode(data).decode(), "dataCrc32c": str(crc32c(data))}
        self.say(200, {"name": name, "payload": payload})

    def azure_metadata(self, path):
        asked = (self.query.get("api-version"), self.query.get("resource"))
        if self.headers.get("Metadata") != "true" or asked != ("2018-02-01", "https://vault.azure.net"):
            return self.say(400, {"error": "invalid_request"})
        if self.headers.get("X-Forwarded-For") is not None:
            return self.say(400, {"error": "invalid_request"})
        self.say(200, {"access_token": token("azure"), "expires_in": "86399", "token_type": "Bearer"})

    def azure_token(self, path):
        form = dict(urllib.parse.parse_qsl(self.body, strict_parsing=True))
        secret = form.pop("client_secret", None) == "azure-client-secret"
        kind = form.pop("client_assertion_type", None)
        pod = kind == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        pod = form.pop("client_assertion", None) == SERVICE_ACCOUNT_JWT and pod
        wanted = {"grant_type": "client_credentials", "client_id": "client-1",
                  "scope": "https://vault.azure.net/.default"}
        if form != wanted or not (secret or pod):
            return self.say(401, {"error": "invalid_client"})
        self.say(200, {"access_token": token("azure"), "expires_in": 3599, "token_type": "Bearer"})

    def azure_read(self, path):
        if not self.bearer("azure"):
            return self.say(401, {"error": {"code": "Unauthorized"}}, [("WWW-Authenticate", "Bearer")])
        if self.query != {"api-version": "7.4"}:
            return self.say(400, {"error": {"code": "BadParameter"}})
        value = KEPT.get("azure:" + path[len("/secrets/"):])
        if self.command != "GET" or value is None:
            return self.say(404, {"error": {"code": "SecretNotFound"}})
        self.say(200, {"value": value, "id": f"https://v.vault.azure.net{path}/1", "attributes": {"enabled": True}})


ROUTES = [
    ("/v1/auth/kubernetes/login", Store.vault_login),
    ("/v1/projects/", Store.google_read),
    ("/v1/", Store.vault_read),
    ("/computeMetadata/v1/instance/service-accounts/default/token", Store.google_metadata),
    ("/token", Store.google_token),
    ("/metadata/identity/oauth2/token", Store.azure_metadata),
    ("/tenant-1/oauth2/v2.0/token", Store.azure_token),
    ("/secrets/", Store.azure_read),
]


def order(words):
    if "set" in words:
        KEPT.update(words["set"])
    if "fail" in words:
        STATE["fail"] = words["fail"]
    if "revoke" in words:
        TOKENS.clear()
    if "account" in words:
        return {"type": "service_account", "client_email": "postern@p.iam.gserviceaccount.com",
                "private_key_id": "key-1", "private_key": GOOGLE_KEY.as_pem(private=True).decode(),
                "token_uri": "https://elsewhere.example/token"}
    if "log" in words:
        with LOCK:
            taken = list(LOG)
            LOG.clear()
        return taken
    return {}


server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
for line in sys.stdin:
    print(json.dumps(order(json.loads(line))), flush=True)
