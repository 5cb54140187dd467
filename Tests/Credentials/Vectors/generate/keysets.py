"""Family `keys`: documents of keys that a provider, or somebody in its place, might publish."""
import jose
import testkeys
from vectors import KEYS, PROVIDER

ALL = ["RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"]
GOOD = jose.jwk(KEYS["p256_other"], kid="good", alg="ES256")
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1


class KeyFamily:
    def __init__(self):
        self.vectors = []

    def skips(self, name, why, key, fault, **more):
        """A bad key beside a good one: the good one is taken, the bad one reported."""
        entry = {"position": 0, "fault": fault} | ({"kid": key["kid"]} if isinstance(key.get("kid"), str) else {})
        self.add(name, why, {"keys": [key, GOOD]}, {"usable": ["good"], "skipped": [entry]}, **more)

    def takes(self, name, why, key, **more):
        self.add(name, why, {"keys": [key]}, {"usable": [key["kid"]], "skipped": []}, **more)

    def refused(self, name, why, text, fault, **more):
        self.add(name, why, text, {"refused": fault}, **more)

    def add(self, name, why, document, verdict, **more):
        text = document if isinstance(document, str) else jose.text(document).decode()
        self.vectors.append({"name": name, "why": why, "jwks": text, "algorithms": ALL} | more | verdict)

    def secret(self, name, why, secret, algorithm, verdict):
        self.vectors.append({"name": name, "why": why, "secret": jose.b64(secret), "algorithms": [algorithm]} | verdict)

    def pem(self, name, why, pem, verdict, algorithms=ALL):
        self.vectors.append({"name": name, "why": why, "pem": pem, "algorithms": algorithms} | verdict)


def keysets():
    family = KeyFamily()
    for kid, (key, algorithm) in PROVIDER.items():
        family.takes(f"control {algorithm}", "A key as a provider publishes it.", jose.jwk(key, kid=kid, alg=algorithm, use="sig"))
    rsa(family)
    curves(family)
    privates(family)
    members(family)
    documents(family)
    lone(family)
    about = ("Key documents (RFC 7517, RFC 7518 section 6, RFC 8037 section 2). `usable` are the kids that can be found for an "
             "algorithm of the list, `skipped` the keys left out, `refused` the fault of the whole document.")
    return {"about": about, "vectors": family.vectors}


def rsa(family):
    key = jose.jwk(KEYS["rsa"], kid="r", alg="RS256")
    modulus = KEYS["rsa"].public_key().public_numbers().n
    family.skips("RSA of 1,024 bits", "RFC 7518, 3.3: 2,048 at least.", jose.jwk(KEYS["rsa_1024"], kid="r", alg="RS256"), "weak_rsa_key")
    family.skips("RSA of 2,047 bits", "One bit short is short.", key | {"n": jose.number(modulus >> 1 | 1)}, "weak_rsa_key")
    family.skips("1,024 bits behind zeros", "Leading zeros add no strength (and RFC 7518, 6.3.1.1 forbids them).",
                 key | {"n": jose.b64(bytes(128) + KEYS["rsa_1024"].public_key().public_numbers().n.to_bytes(128, "big"))}, ["weak_rsa_key", "bad_member"])
    family.skips("RSA of 32,768 bits", "Verifying with it would stop a worker.", key | {"n": jose.b64(b"\xff" * 4096)}, "oversize_rsa_key")
    for name, value in {"one": 1, "zero": 0, "even": 65536, "as long as the modulus": modulus - 2}.items():
        family.skips(f"exponent {name}", "No signature scheme, or a way to burn time.", key | {"e": jose.number(value, None if value else 1)},
                     ["bad_rsa_key", "bad_member"])
    family.skips("even modulus", "No product of two odd primes.", key | {"n": jose.number(modulus - 1)}, "bad_rsa_key")
    for member in ["n", "e"]:
        for name, value in {"missing": None, "a number": 65537, "empty": "", "padded": key[member] + "=", "of the standard alphabet": "+/" + key[member],
                            "an object": {}}.items():
            bad = {k: v for k, v in (key | {member: value}).items() if v is not None}
            family.skips(f"{member} is {name}", "Required, a string, canonical base64url.", bad, "bad_member")


def curves(family):
    key = jose.jwk(KEYS["p256"], kid="e", alg="ES256")
    public = KEYS["p256"].public_key().public_numbers()
    off = "An invalid point leaks or accepts what it should not."
    for name, members in {
        "y off by one": {"y": jose.number(public.y ^ 1, 32)}, "x and y exchanged": {"x": key["y"], "y": key["x"]},
        "the origin": {"x": jose.b64(bytes(32)), "y": jose.b64(bytes(32))}, "all ones": {"x": jose.b64(b"\xff" * 32), "y": jose.b64(b"\xff" * 32)},
        "x the field's prime": {"x": jose.number(PRIME, 32)},
    }.items():
        family.skips(f"point: {name}", off, key | members, "point_off_curve")
    for name, members in {
        "x cut": {"x": jose.number(public.x, 32)[:-4]}, "x one byte longer": {"x": jose.b64(b"\0" + public.x.to_bytes(32, "big"))},
        "y missing": {"y": None}, "x missing": {"x": None}, "y a number": {"y": 7}, "x padded": {"x": key["x"] + "="},
    }.items():
        family.skips(f"point: {name}", "RFC 7518, 6.2.1.2: full length, canonical base64url.",
                     {k: v for k, v in (key | members).items() if v is not None}, "bad_member")
    for name, crv in {"secp256k1": "secp256k1", "P-192": "P-192", "in small letters": "p-256", "made up": "P-257"}.items():
        family.skips(f"curve {name}", "No curve of the algorithms taken here.",
                     (jose.jwk(KEYS["secp256k1"], kid="e") if crv == "secp256k1" else jose.jwk(KEYS["p256"], kid="e")) | {"crv": crv}, "unsupported_curve")
    family.skips("another curve's point", "A point of P-384 under P-256's name.", jose.jwk(KEYS["p384"], kid="e") | {"crv": "P-256"}, "bad_member")
    family.skips("ES256 on P-384", "RFC 7518, 3.4: one algorithm, one curve.", jose.jwk(KEYS["p384"], kid="e", alg="ES256"), "key_algorithm_mismatch")
    edwards = jose.jwk(KEYS["ed25519"], kid="o")
    family.skips("X25519", "A key for agreement signs nothing.", edwards | {"crv": "X25519"}, "unsupported_curve")
    family.skips("Ed25519, x cut", "32 bytes.", edwards | {"x": edwards["x"][:-4]}, "bad_member")
    family.skips("Ed25519, x missing", "Required.", {"kty": "OKP", "crv": "Ed25519", "kid": "o"}, "bad_member")
    family.takes("Ed448", "RFC 8037 has it too.", jose.jwk(KEYS["ed448"], kid="o", alg="EdDSA"))


def privates(family):
    why = "Whoever publishes its private key has lost it: nothing it signs is proof."
    for name, kid in {"rsa": "r", "p256": "e", "ed25519": "o"}.items():
        family.skips(f"private member, {name}", why, jose.private_jwk(KEYS[name], kid=kid), "private_key_published")
    family.skips("only a prime of the private key", why, jose.jwk(KEYS["rsa"], kid="r", p="AQAB"), "private_key_published")
    family.skips("a secret", "A secret that everybody can fetch.", {"kty": "oct", "kid": "s", "alg": "HS256", "k": jose.b64(b"k" * 64)},
                 ["private_key_published", "unsupported_key_type"], algorithms=ALL + ["HS256"])


def members(family):
    key = jose.jwk(KEYS["p256"], kid="e")
    family.skips("for encryption", "RFC 7517, 4.2: use enc is not for signatures.", key | {"use": "enc"}, "not_for_signatures")
    family.skips("key_ops without verify", "RFC 7517, 4.3.", key | {"key_ops": ["encrypt"]}, "not_for_signatures")
    family.takes("key_ops with verify", "RFC 7517, 4.3.", key | {"key_ops": ["verify"]})
    family.skips("alg none", "No algorithm at all.", key | {"alg": "none"}, ["not_for_signatures", "algorithm_not_allowed"])
    family.skips("alg HS256", "The confusion, published.", key | {"alg": "HS256"}, ["algorithm_not_allowed", "key_algorithm_mismatch"])
    family.skips("alg of another type", "RS256 on a P-256 key.", key | {"alg": "RS256"}, "key_algorithm_mismatch")
    family.skips("alg not on the list", "RS512 where the list has RS256.", jose.jwk(KEYS["rsa"], kid="r", alg="RS512"), "algorithm_not_allowed")
    family.skips("alg a number", "A string.", key | {"alg": 256}, "bad_member")
    family.skips("kid a number", "A string (RFC 7517, 4.5).", key | {"kid": 5}, "bad_member")
    for name, value in {"missing": None, "a number": 1, "of no kind": "XYZ", "in small letters": "ec"}.items():
        bad = {k: v for k, v in (key | {"kty": value}).items() if v is not None}
        family.skips(f"kty {name}", "RSA, EC or OKP, spelled so.", bad, "bad_member" if name in ("missing", "a number") else "unsupported_key_type")
    one, two = jose.jwk(KEYS["p256"], kid="same", alg="ES256"), jose.jwk(KEYS["p256_other"], kid="same", alg="ES256")
    family.add("one kid, two keys", "The first stands; the second cannot be told from it.", {"keys": [one, two]},
               {"usable": ["same"], "skipped": [{"position": 1, "kid": "same", "fault": "duplicate_kid"}]})
    family.add("one kid, two algorithms", "Told apart by the algorithm.", {"keys": [one, jose.jwk(KEYS["rsa"], kid="same", alg="RS256")]},
               {"usable": ["same"], "skipped": []})


def documents(family):
    family.add("an empty set", "Nothing published is nothing known; no token passes.", {"keys": []}, {"usable": [], "skipped": []})
    family.add("a key that is no object", "The others are taken.", {"keys": ["key", GOOD]}, {"usable": ["good"], "skipped": [{"position": 0, "fault": "bad_member"}]})
    for name, text in {"keys missing": "{}", "keys an object": '{"keys":{}}', "a list": "[]", "null": "null", "a lone key": jose.text(GOOD).decode()}.items():
        family.refused(f"document: {name}", "RFC 7517, 5: an object with a list named keys.", text, "not_a_key_set")
    good = jose.text({"keys": [GOOD]}).decode()
    for name, text in {"HTML": "<!doctype html><title>502 Bad Gateway</title>", "empty": "", "cut": good[:-2], "something behind": good + "x",
                       "a byte order mark": "\ufeff" + good, "keys twice": '{"keys":[],"keys":[]}', "a member twice": good.replace('"kid"', '"kty":"RSA","kid"'),
                       "nested without end": '{"keys":' + "[" * 5000 + "]" * 5000 + "}"}.items():
        family.refused(f"document: {name}", "Strict JSON, as in tokens.", text, "not_json")


def lone(family):
    short = {"refused": "secret_too_short"}
    for algorithm, size in {"HS256": 32, "HS384": 48, "HS512": 64}.items():
        family.secret(f"{algorithm} secret of {size - 1} bytes", "RFC 7518, 3.2: at least as long as the digest.", b"s" * (size - 1), algorithm, short)
        family.secret(f"{algorithm} secret of {size} bytes", "Just long enough.", b"s" * size, algorithm, {"usable": [None], "skipped": []})
    family.secret("the empty secret", "Anybody could sign.", b"", "HS256", short)
    weak = testkeys.public_pem(KEYS["rsa_1024"]).decode()
    family.pem("PEM of RSA 1,024", "Weak wherever it comes from.", weak, {"refused": "weak_rsa_key"})
    family.pem("PEM of secp256k1", "A curve that is not taken.", testkeys.public_pem(KEYS["secp256k1"]).decode(), {"refused": "unsupported_curve"})
    for name, text in {"empty": "", "words": "not a key", "cut": weak[:80], "another label": weak.replace("PUBLIC KEY", "DIARY"),
                       "no base64": "-----BEGIN PUBLIC KEY-----\n****\n-----END PUBLIC KEY-----\n"}.items():
        family.pem(f"PEM: {name}", "Nothing to verify with.", text, {"refused": "bad_pem"})
    family.pem("PEM of a P-256 key, only RS256 allowed", "A key that no allowed algorithm can use.", testkeys.public_pem(KEYS["p256"]).decode(),
               {"refused": "algorithm_not_allowed"}, algorithms=["RS256"])
