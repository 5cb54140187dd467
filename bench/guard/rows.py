"""The Posterns whose counts are guarded: what each is configured with, and what one check of it is."""
import base64
import hashlib
import hmac
import json
import string
import time
from dataclasses import dataclass

import keys

COUNT = 100  # keys, subjects and tokens of a row
SECRET = "not a secret outside this bench, 48 bytes of it.."
ENVIRONMENT = {"BENCH_JWT_SECRET": SECRET}
ISSUER, AUDIENCE = "https://login.example.com", "https://agent.example.com"
CONFIGURATION = string.Template("""listen: [{address: "127.0.0.1:$port"}]
admin: {address: "127.0.0.1:$admin"}
workers: 1
log: {level: warning}
trusted_proxies: [loopback]
auth:
  mode: $mode
  rate_limit_backend: $backend
  roles: [{name: user, permissions: [invoke]}]
$provider
routes: [{path: /invoke, methods: [POST], permissions: [invoke]}]
limits:
$limits
redis: {url: "redis://127.0.0.1:$redis/0", deadline_ms: 10000, on_failure: closed}
""")
# As bench/wrk/keys.lua sends it.
REQUEST = (
    "POST /envoy/invoke?x=1 HTTP/1.1\r\nhost: agent.example\r\nx-request-id: 0b7a9c1e-52f4-4c8e-9a53-{number:012x}\r\n"
    "x-forwarded-for: 203.0.113.7\r\nx-postern-client-addr: 203.0.113.7\r\nx-forwarded-proto: https\r\n"
    "content-type: application/json\r\n{credential}\r\nx-envoy-expected-rq-timeout-ms: 200\r\ncontent-length: 0\r\n\r\n"
)
# Each subject's bucket, never empty and never full again while we look: every check reads, computes and writes.
PLENTY = "{{name: {name}, per: subject, rate: {rate}/hour, burst: 10000000}}"
SHARED = "{name: shared, per: global, rate: 400000/second, burst: 800000, precision: leased}"
NONE_LEFT = "{name: subject, per: subject, rate: 1/day, burst: 1}"


@dataclass(frozen=True)
class Row:
    name: str
    backend: str
    limits: list[str]
    is_token: bool = False
    status: int = 200

    def configuration(self, port: int, admin: int, redis: int) -> str:
        provider = _jwt_section() if self.is_token else _key_section()
        return CONFIGURATION.substitute(
            port=port, admin=admin, redis=redis, mode="jwt" if self.is_token else "api_key", backend=self.backend,
            provider=provider, limits="\n".join(f"  - {limit}" for limit in self.limits))

    def requests(self) -> list[bytes]:
        shown = [f"authorization: Bearer {_token(key)}" if self.is_token else key.header for key in keys.LOAD[:COUNT]]
        return [REQUEST.format(number=number, credential=credential).encode() for number, credential in enumerate(shown)]


def _plenty(count: int) -> list[str]:
    return [PLENTY.format(name=f"subject{number}", rate=7000 + number) for number in range(count)]


ALL = [
    Row("memory", "memory", _plenty(1)),
    Row("leased", "redis", [SHARED]),
    Row("exact", "redis", _plenty(1)),
    Row("exact, 5 limits", "redis", _plenty(5)),
    Row("cached JWT", "memory", _plenty(1), is_token=True),
    Row("refused", "memory", [NONE_LEFT], status=429),
]


def _key_section() -> str:
    entries = "".join(f"      - {{id: {key.id}, sha256: {key.sha256}, roles: [user]}}\n" for key in keys.LOAD[:COUNT])
    return "  api_keys:\n    keys:\n" + entries


def _jwt_section() -> str:
    return (f'  jwt: {{issuer: "{ISSUER}", secret_env: BENCH_JWT_SECRET, algorithms: [HS256], audience: "{AUDIENCE}", '
            "cache: {entries: 1000}}")


def _token(key: keys.Key) -> str:
    """HS256, which Python signs by itself; remembered, it costs what any token of its length costs."""
    now = int(time.time())
    claims = {
        "iss": ISSUER, "sub": key.id, "aud": AUDIENCE, "exp": now + 24 * 3600, "iat": now, "scope": "agent:invoke",
        "email": f"{key.id}@example.com", "roles": ["user"], "tenant_id": "acme"}
    message = f"{_part({'alg': 'HS256', 'typ': 'at+jwt'})}.{_part(claims)}"
    signature = hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).digest()
    return f"{message}.{_base64url(signature)}"


def _part(value: dict[str, object]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
