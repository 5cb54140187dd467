"""JWTs for the subjects of keys.py, signed with keys of this run by bench/verify, and the bare price of a signature.

Each token is signed once and distinct from every other. None is kept for another run: tokens expire, and a private
key in a repository is one too many.
"""
import base64
import hashlib
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import keys

HERE = Path(__file__).resolve().parent
ISSUER, AUDIENCE = "https://login.example.com/realms/agents", "https://agent.example.com"
LIFETIME_SECONDS = 24 * 3600
# How `openssl genpkey` makes the key of each algorithm.
ALGORITHMS = {
    "RS256": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "ES256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "EdDSA": ["-algorithm", "ED25519"],
}


@dataclass(frozen=True)
class Signed:
    """What one key has signed."""
    algorithm: str
    public_key: Path
    cast: keys.Cast
    lines: Path  # for bench/verify/verify.c: what was signed, a space, the signature in hex

    @property
    def token_bytes(self) -> int:
        return len(self.cast.load[0].rpartition(" ")[2])


@dataclass(frozen=True)
class BareCost:
    """Of one verification by libcrypto alone, in µs of CPU; bench/verify/verify.c says what the two are."""
    count: int
    bare_us: float
    arithmetic_us: float


def compile_programs(folder: Path) -> None:
    for name in ("sign", "verify"):
        source = HERE / "verify" / f"{name}.c"
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", folder / name, source, "-lcrypto"], check=True)


def claims(key: keys.Key, now: int) -> dict[str, object]:
    """What an access token of an ordinary provider says. Introspection answers say the same."""
    return {
        "iss": ISSUER, "sub": key.id, "aud": AUDIENCE, "azp": "agent-frontend",
        "exp": now + LIFETIME_SECONDS, "iat": now, "nbf": now, "jti": hashlib.sha256(key.id.encode()).hexdigest()[:32],
        "scope": "openid profile agent:invoke", "email": f"{key.id}@example.com", "name": f"Client {key.id[-5:]}",
        "email_verified": True, "roles": [key.role], "tenant_id": "acme",
    }


def sign(algorithm: str, count: int, folder: Path) -> Signed:
    """`count` tokens that will be used, one whose role lacks the permission, one to be drained, one that is forged."""
    private, public, lines = (folder / f"{algorithm}.{kind}" for kind in ("key", "pem", "signed"))
    subprocess.run(["openssl", "genpkey", "-quiet", *ALGORITHMS[algorithm], "-out", private], check=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    now = int(time.time())
    header = _base64url(json.dumps({"alg": algorithm, "typ": "at+jwt", "kid": f"{algorithm}-2026-11"}).encode())
    messages = [
        f"{header}.{_base64url(json.dumps(claims(key, now), separators=(',', ':')).encode())}"
        for key in [*keys.LOAD[:count], keys.FORBIDDEN, keys.DRAINED]]
    found = subprocess.run(
        [folder / "sign", private], input="".join(message + "\n" for message in messages), capture_output=True,
        text=True, check=True).stdout.split()
    lines.write_text("".join(f"{message} {signature}\n" for message, signature in zip(messages[:count], found)))
    tokens = [
        f"{message}.{_base64url(_as_jose(algorithm, bytes.fromhex(signature)))}"
        for message, signature in zip(messages, found, strict=True)]
    return Signed(algorithm, public, cast(tokens, _forged(tokens[0])), lines)


def cast(tokens: list[str], unknown: str) -> keys.Cast:
    """Bearers. The last two tokens are FORBIDDEN's and DRAINED's."""
    *load, forbidden, drained, unknown = [f"authorization: Bearer {token}" for token in [*tokens, unknown]]
    return keys.Cast(load, forbidden, drained, unknown)


def bare(signed: Signed, folder: Path, seconds: float) -> BareCost:
    command = [folder / "verify", signed.public_key, signed.lines, str(seconds)]
    return BareCost(**json.loads(subprocess.run(command, capture_output=True, check=True).stdout))


def _forged(token: str) -> str:
    """The same token with another first character of its signature."""
    message, _, signature = token.rpartition(".")
    return f"{message}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def _as_jose(algorithm: str, signature: bytes) -> bytes:
    """ECDSA: r and s, 32 bytes each (RFC 7518 section 3.4), from DER, where both are short integers."""
    if algorithm != "ES256":
        return signature
    end_of_r = 4 + signature[3]
    r, s = signature[4:end_of_r], signature[end_of_r + 2:]
    return b"".join(int.from_bytes(part, "big").to_bytes(32, "big") for part in (r, s))


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
