"""Families `algorithms` and `header`: what the header may not make a verifier do."""
import zlib

import jose
import testkeys
from vectors import CLAIMS, KEYS, NOW, PROVIDER, SECRET, Family, claims, headed, header, token


def unsigned(algorithm, signature=b""):
    return jose.compact(header(alg=algorithm), CLAIMS, None, signature=signature)


def algorithms():
    family = Family("The algorithm is the configuration's and the key's, never the token's (RFC 8725, 3.1 and 3.2).")
    for kid, (_, algorithm) in PROVIDER.items():
        family.accepted(f"control {algorithm}", "A valid token of each kind, so that what follows fails for its one fault.",
                        token(kid=kid))
    nothing(family)
    confusion(family)
    names(family)
    crossed(family)
    return family


def nothing(family):
    for spelling in ["none", "None", "NONE", "nOnE"]:
        family.refused(f"{spelling}, no signature", "An unsecured token proves nothing, however none is spelled.",
                       unsigned(spelling), "algorithm_none")
    good = token().split(".")[2]
    family.refused("none over a real signature", "The header says none: a signature behind it makes nothing better.",
                   jose.compact(header(alg="none"), CLAIMS, None, signature=jose.unb64(good)), "algorithm_none")
    family.refused("none, and none configured is still none", "Another provider's token, unsigned, with a kid that exists.",
                   jose.compact(header("ec-1", alg="none"), CLAIMS, None, signature=b""), "algorithm_none")


def confusion(family):
    """CVE-2015-9235: the public key taken for a shared secret."""
    public = KEYS["rsa"]
    secrets = {
        "PEM": testkeys.public_pem(public), "PEM without its last newline": testkeys.public_pem(public).rstrip(),
        "DER": testkeys.public_der(public), "JWK": jose.text(jose.jwk(public, kid="rsa-1", alg="RS256", use="sig")),
        "modulus": public.public_key().public_numbers().n.to_bytes(256, "big"),
    }
    for name, secret in secrets.items():
        family.refused(f"HS256 with the public key as {name}", "Anyone knows the public key; HMAC is not on the list.",
                       jose.compact(header(alg="HS256"), CLAIMS, secret), "algorithm_not_allowed")
    family.refused("HS256 allowed, key is RSA", "Even on the list, HMAC finds no secret under this kid: one key, one algorithm.",
                   jose.compact(header(alg="HS256"), CLAIMS, secrets["PEM"]), "key_algorithm_mismatch",
                   policy={"algorithms": ["RS256", "HS256"]})
    family.refused("HS256 allowed, key is a PEM", "A public key from a PEM file is no secret either.",
                   jose.compact(header(alg="HS256", kid=None), CLAIMS, secrets["PEM"]), "key_algorithm_mismatch", keys="rsa-pem",
                   policy={"algorithms": ["RS256", "HS256"]})
    family.refused("RS256 against a secret", "The other way round: the secret is no RSA key.",
                   token(head=header(kid=None, alg="RS256")), "algorithm_not_allowed", keys="secret",
                   policy={"algorithms": ["HS256"]})
    family.accepted("control HS256", "The secret itself, with its own algorithm.",
                    jose.compact(header(alg="HS256", kid=None), CLAIMS, SECRET), keys="secret",
                    policy={"algorithms": ["HS256"]})


def names(family):
    family.refused("alg missing", "RFC 7515, 4.1.1: it must be there.", headed(alg=None), "algorithm_missing")
    typed = {"null": None, "a number": 256, "true": True, "a list": ["RS256"], "an object": {"name": "RS256"}}
    for name, value in typed.items():
        raw = jose.text({"alg": value, "kid": "rsa-1"})
        family.refused(f"alg is {name}", "alg is a string.", token(head=raw), "bad_header", "alg")
    for name, value in {
        "empty": "", "rs256 in small letters": "rs256", "with a space behind": "RS256 ", "with a space before": " RS256",
        "with a NUL behind": "RS256\0", "in full-width letters": "ＲＳ256", "none with a NUL": "none\0",
        "none with a space": " none", "two in one": "RS256,none", "made up": "RS257", "SHA-1": "RS1",
        "secp256k1's": "ES256K", "an encryption's": "RSA-OAEP", "a key agreement's": "ECDH-ES", "direct": "dir",
    }.items():
        family.refused(f"alg is {name}", "Names are compared byte for byte with the configured list.",
                       token(head=header(alg=value)), "algorithm_not_allowed")
    for value in ["RS384", "RS512", "PS384", "HS512"]:
        key = SECRET if value == "HS512" else KEYS["rsa"]
        family.refused(f"{value} is not on the list", "Correctly signed, and still not what the operator allowed.",
                       jose.compact(header(alg=value), CLAIMS, key), "algorithm_not_allowed")
    family.refused("ES256 taken off the list", "The key is in the set; the list is what decides.", token(kid="ec-1"),
                   "algorithm_not_allowed", policy={"algorithms": ["RS256"]})


def crossed(family):
    mismatch = "One key serves one algorithm: this kid belongs to another."
    for kid, algorithm in [("pss-1", "RS256"), ("rsa-1", "PS256")]:
        family.refused(f"{algorithm} with {kid}", mismatch, token(head=header(kid, alg=algorithm), kid=kid, algorithm=algorithm),
                       "key_algorithm_mismatch")
    for kid, algorithm in [("ec-1", "RS256"), ("rsa-1", "ES256"), ("ed-1", "ES256"), ("ec-1", "EdDSA"), ("ec384-1", "ES256"),
                           ("ec-1", "ES384"), ("ec521-1", "ES384")]:
        family.refused(f"{algorithm} with {kid}", mismatch, token(head=header(kid, alg=algorithm), kid=kid),
                       "key_algorithm_mismatch")
    family.accepted("RSA key without alg, first algorithm of its family",
                    "Without alg the key serves the first configured algorithm of its family.",
                    token(), keys="rsa-without-alg", policy={"algorithms": ["RS256", "PS256"]})
    family.refused("RSA key without alg, second algorithm of its family", "And no other, though the same key could.",
                   token(head=header(alg="PS256"), algorithm="PS256"), "key_algorithm_mismatch", keys="rsa-without-alg",
                   policy={"algorithms": ["RS256", "PS256"]})


def headers():
    family = Family("kid, crit, zip, embedded keys and nested tokens (RFC 7515, 4.1; RFC 8725, 3.8 to 3.10).")
    key_ids(family)
    embedded(family)
    extensions(family)
    return family


def key_ids(family):
    for name, value in {
        "a path": "../../../../dev/null", "a file URL": "file:///proc/self/environ", "SQL": "x' UNION SELECT 'secret' --",
        "a shell command": "rsa-1|touch /tmp/pwned", "empty": "", "rsa-1 and a NUL": "rsa-1\0", "NUL": "\0",
        "eight kilobytes": "k" * 8192, "in capitals": "RSA-1", "with a space behind": "rsa-1 ", "a template": "{{7*7}}",
        "a format": "%s%n%x", "a line break": "rsa-1\r\nX-Auth-User-Id: root", "a Cyrillic letter": "rsа-1",
    }.items():
        family.refused(f"kid is {name}", "A kid is looked up byte for byte and means nothing else.", headed(kid=value),
                       "unknown_key")
    for name, value in {"a number": 1, "a list": ["rsa-1"], "an object": {"kid": "rsa-1"}, "true": True}.items():
        family.refused(f"kid is {name}", "RFC 7515, 4.1.4: kid is a string.", headed(kid=value), "bad_header")
    family.refused("kid is null", "null is not an absent kid.", token(head=jose.text(header() | {"kid": None})), "bad_header")
    family.accepted("no kid, one key of the algorithm", "RFC 7515 leaves kid out where there is one key.",
                    headed(kid=None), keys="rsa-only")
    family.accepted("no kid, two keys of the algorithm", "A few are tried, one after another.", headed(kid=None), keys="two-rsa")
    family.refused("no kid, five keys of the algorithm", "And no more: each try costs a verification.", headed(kid=None), "unknown_key",
                   keys="five-rsa")


def embedded(family):
    mine = KEYS["rsa_other"]
    why = "A token may not bring the key, or say where to fetch the key, that it is checked with."
    for name, members in {
        "jku": {"jku": "https://attacker.test/jwks.json"}, "jku of the issuer": {"jku": "https://issuer.test/jwks"},
        "x5u": {"x5u": "https://attacker.test/chain.pem"}, "jwk": {"jwk": jose.jwk(mine)},
        "jwk without a kid": {"jwk": jose.jwk(mine), "kid": None}, "x5c": {"x5c": ["MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCw"]},
        "jku of no string": {"jku": 1}, "jwk that is empty": {"jwk": {}},
    }.items():
        forged = jose.compact(header(**members), CLAIMS, mine)
        family.refused(f"{name}, signed by the attacker", why, forged, "embedded_key")
    family.refused("jku, signed by the provider", "Refused for the request it asks for, whoever signed.",
                   headed(jku="https://issuer.test/jwks"), "embedded_key")


def extensions(family):
    for name, members in {
        "unknown": {"crit": ["http://example.com/UNDEFINED"], "http://example.com/UNDEFINED": True},
        "b64": {"crit": ["b64"], "b64": False}, "exp": {"crit": ["exp"], "exp": NOW + 600}, "empty": {"crit": []},
        "naming an absent member": {"crit": ["absent"]}, "naming alg": {"crit": ["alg"]}, "a string": {"crit": "exp"},
        "a list of numbers": {"crit": [1]}, "an object": {"crit": {}}, "twice the same": {"crit": ["b64", "b64"], "b64": True},
    }.items():
        family.refused(f"crit {name}", "Postern understands no extension; crit means refuse what is not understood.",
                       headed(**members), "critical_header")
    family.refused("crit null", "A crit that is there must be a list with something in it.",
                   token(head=jose.text(header() | {"crit": None})), "critical_header")
    family.refused("b64 false without crit", "RFC 7797 changes what is signed; outside crit it is a trap.", headed(b64=False),
                   "bad_header")
    packed = zlib.compressobj(wbits=-15)
    deflated = packed.compress(jose.text(CLAIMS)) + packed.flush()
    family.refused("zip DEF, deflated claims", "Nothing is inflated for a stranger.", token(head=header(zip="DEF"), body=deflated),
                   "compressed")
    family.refused("zip DEF, plain claims", "zip alone is enough.", headed(zip="DEF"), "compressed")
    family.refused("zip of another name", "Any zip at all.", headed(zip="GZIP"), "compressed")
    inner = token()
    for value in ["JWT", "jwt", "application/jwt"]:
        family.refused(f"cty {value}", "A nested token is not unwrapped (RFC 7519, 5.2).",
                       token(head=header(cty=value), body=inner.encode() if value == "JWT" else claims()), "nested")
    family.refused("typ is a number", "typ is a string.", headed(typ=1), "bad_header")
    family.refused("typ is a list", "typ is a string.", headed(typ=["JWT"]), "bad_header")
    family.refused("cty is a number", "cty is a string.", headed(cty=1), "bad_header")
    family.accepted("members nobody knows", "RFC 7515, 4: unknown members outside crit are ignored.",
                    headed(x5t="dGVzdA", nonsense={"a": [1]}))
