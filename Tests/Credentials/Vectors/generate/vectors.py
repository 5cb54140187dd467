"""What every family starts from: one provider, one valid token, and one thing wrong with it at a time."""
import jose
import testkeys

NOW = 1_750_000_000
ISSUER = "https://issuer.test"
AUDIENCE = "https://agent.test"
KEYS = testkeys.load()
SECRET = b"a secret of the vectors, exactly sixty-four bytes, known to all!"

# The policy where a vector names none; the harness has the same.
POLICY = {
    "issuer": ISSUER, "audience": [AUDIENCE], "algorithms": ["RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"],
    "leeway_seconds": 30,
}

CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "user-1", "exp": NOW + 600, "iat": NOW - 60}

# kid of the provider's key set → (private key, algorithm)
PROVIDER = {
    "rsa-1": (KEYS["rsa"], "RS256"),
    "pss-1": (KEYS["rsa_pss"], "PS256"),
    "ec-1": (KEYS["p256"], "ES256"),
    "ec384-1": (KEYS["p384"], "ES384"),
    "ec521-1": (KEYS["p521"], "ES512"),
    "ed-1": (KEYS["ed25519"], "EdDSA"),
}


def keysets():
    """keys.json: the public halves, by the name a vector's `keys` uses; `provider` where it names none."""
    provider = [jose.jwk(key, kid=kid, alg=algorithm, use="sig") for kid, (key, algorithm) in PROVIDER.items()]
    one = lambda name, **members: {"jwks": {"keys": [jose.jwk(KEYS[name], **members)]}}
    return {
        "provider": {"jwks": {"keys": provider}},
        "rsa-only": one("rsa", kid="rsa-1", alg="RS256"),
        "rsa-without-alg": one("rsa", kid="rsa-1"),
        "rsa-e3": one("rsa_e3", kid="e3", alg="RS256"),
        "two-rsa": {"jwks": {"keys": [
            jose.jwk(KEYS["rsa"], kid="rsa-1", alg="RS256"), jose.jwk(KEYS["rsa_other"], kid="rsa-2", alg="RS256")]}},
        "five-rsa": {"jwks": {"keys": [jose.jwk(KEYS["rsa"], kid=f"rsa-{n}", alg="RS256") for n in range(1, 6)]}},
        "kelvin": one("rsa", kid="K", alg="RS256"),
        "rsa-pem": {"pem": testkeys.public_pem(KEYS["rsa"]).decode()},
        "ec-pem": {"pem": testkeys.public_pem(KEYS["p256"]).decode()},
        "ed-pem": {"pem": testkeys.public_pem(KEYS["ed25519"]).decode()},
        "secret": {"secret": jose.b64(SECRET)},
    }


def header(of="rsa-1", /, **members):
    """The header of a valid token; None drops a member."""
    document = {"alg": PROVIDER[of][1], "typ": "JWT", "kid": of} | members
    return {name: value for name, value in document.items() if value is not None}


def claims(**members):
    """The claims of a valid token; DROP drops one, and `__` in a name is a dot."""
    document = CLAIMS | {name.replace("__", "."): value for name, value in members.items()}
    return {name: value for name, value in document.items() if value is not DROP}


DROP = object()


def token(head=None, body=None, kid="rsa-1", **options):
    """A token of the provider's; `head` and `body` as in `jose.compact`."""
    key, algorithm = PROVIDER[kid]
    options = {"algorithm": algorithm} | options
    return jose.compact(header(kid) if head is None else head, CLAIMS if body is None else body, key, **options)


def claimed(**members):
    return token(body=claims(**members))


def headed(**members):
    return token(head=header(**members))


class Family:
    """Collects one file's vectors."""

    def __init__(self, about):
        self.about, self.vectors, self.names = about, [], set()

    def refused(self, name, why, token, fault, claim=None, **more):
        self.add(name, why, token, {"refused": fault} | ({"claim": claim} if claim else {}), more)

    def accepted(self, name, why, token, subject="user-1", principal=None, **more):
        self.add(name, why, token, {"accepted": {"subject": subject} | (principal or {})}, more)

    def add(self, name, why, token, verdict, more):
        assert name not in self.names, name
        self.names.add(name)
        carried = {"token_base64": jose.b64(token)} if isinstance(token, bytes) else {"token": token}
        self.vectors.append({"name": name, "why": why} | carried | more | verdict)

    def document(self):
        return {"about": self.about, "vectors": self.vectors}
