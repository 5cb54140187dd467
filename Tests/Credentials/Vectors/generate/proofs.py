"""Family `proofs`: DPoP proofs (RFC 9449, 4.3), each with one of the section's checks failing."""
import hashlib

import jose
from vectors import KEYS, NOW, SECRET, Family

TOKEN = "the access token"
URL = "https://agent.test/tasks"
ATH = jose.b64(hashlib.sha256(TOKEN.encode()).digest())
BODY = {"jti": "proof-1", "htm": "POST", "htu": URL, "iat": NOW - 5, "ath": ATH}
KEY = KEYS["p256"]
JKT = jose.thumbprint(jose.jwk(KEY))
ABSENT = object()


def head(**members):
    document = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jose.jwk(KEY)} | members
    return {name: value for name, value in document.items() if value is not ABSENT}


def body(**members):
    return {name: value for name, value in (BODY | members).items() if value is not ABSENT}


def proof(header=None, claims=None, key=KEY, **options):
    return jose.compact(header or head(), claims or body(), key, **options)


def proofs():
    family = Family("DPoP proofs (RFC 9449, 4.3). Each is checked for POST https://agent.test/tasks, the token `the access token`, "
                    "the key of `jkt`, at most 300 s old; now is 1750000000.")
    family.request = {"method": "POST", "url": URL, "access_token": TOKEN, "jkt": JKT, "age_max": 300}
    controls(family)
    request(family)
    dates(family)
    headers(family)
    keys(family)
    forms(family)
    return family


def good(family, name, why, proof, **more):
    family.add(name, why, proof, {"accepted": {}}, more)


def controls(family):
    good(family, "control ES256", "As the RFC has it.", proof())
    for name, algorithm in {"rsa": "RS256", "rsa_pss": "PS256", "p384": "ES384", "p521": "ES512", "ed25519": "EdDSA"}.items():
        jwk = jose.jwk(KEYS[name])
        good(family, f"control {algorithm}", "Any asymmetric algorithm.", proof(head(alg=algorithm, jwk=jwk), key=KEYS[name]), jkt=jose.thumbprint(jwk))
    good(family, "members in the key that the thumbprint leaves out", "RFC 7638 counts the required members only.",
         proof(head(jwk=jose.jwk(KEY, kid="x", use="sig", alg="ES256"))))
    good(family, "claims nobody knows", "Ignored, as in any JWT.", proof(claims=body(nonce="n", exp=NOW + 9, extra=[1])))


def request(family):
    wrong = "The proof is for another request (checks 8 and 9)."
    for name, value in {"GET": "GET", "in small letters": "post", "with a space": "POST "}.items():
        family.refused(f"htm is {name}", wrong, proof(claims=body(htm=value)), "proof_wrong_request")
    for name, value in {"another path": "https://agent.test/admin", "another host": "https://other.test/tasks", "http": "http://agent.test/tasks",
                        "another port": "https://agent.test:8443/tasks", "a slash behind": URL + "/", "the path in capitals": "https://agent.test/TASKS",
                        "a host that begins alike": "https://agent.test.attacker.test/tasks", "a user before the host": "https://agent.test@attacker.test/tasks",
                        "our host as a user": "https://agent.test:443@attacker.test/tasks", "only the path": "/tasks", "only the origin": "https://agent.test",
                        "an escaped slash": "https://agent.test%2Ftasks", "a dot segment": "https://agent.test/x/../tasks", "a space behind": URL + " ",
                        "a backslash": "https://agent.test\\tasks", "another scheme": "ftp://agent.test/tasks"}.items():
        family.refused(f"htu is {name}", wrong, proof(claims=body(htu=value)), "proof_wrong_request")
    for name, value in {"a query": URL + "?a=1", "a fragment": URL + "#a", "the host in capitals": "https://AGENT.test/tasks",
                        "the scheme in capitals": "HTTPS://agent.test/tasks", "the default port": "https://agent.test:443/tasks",
                        "an escaped letter": "https://agent.test/%74asks"}.items():
        good(family, f"htu with {name}", "Check 9: query and fragment are ignored, and the comparison is after normalization (RFC 3986, 6.2.2 and 6.2.3).",
             proof(claims=body(htu=value)))
    for member in ["htm", "htu"]:
        for name, value in {"missing": ABSENT, "a number": 1, "a list": ["POST"], "null": None, "empty": ""}.items():
            family.refused(f"{member} is {name}", "Check 3: it must be there, and a string.", proof(claims=body(**{member: value})), "proof_invalid")
    family.refused("ath is another token's", "Check 11: the digest of the very token that came with it.",
                   proof(claims=body(ath=jose.b64(hashlib.sha256(b"another").digest()))), "proof_wrong_token")
    family.refused("another token came with it", "Check 11, from the other side.", proof(), "proof_wrong_token", access_token="another")
    for name, value in {"missing": ABSENT, "a number": 1, "null": None, "empty": "", "cut": ATH[:-1], "padded": ATH + "=",
                        "in hexadecimal": hashlib.sha256(TOKEN.encode()).hexdigest()}.items():
        family.refused(f"ath is {name}", "With a token, ath must be there, and a digest.", proof(claims=body(ath=value)), "proof_invalid")


def dates(family):
    family.refused("iat too old", "A proof lives for minutes.", proof(claims=body(iat=NOW - 331)), "proof_expired")
    family.refused("iat at the start of time", "Long gone.", proof(claims=body(iat=0)), "proof_expired")
    family.refused("iat negative", "Longer gone.", proof(claims=body(iat=-1)), "proof_expired")
    family.refused("iat the least of 64 bits", "No time at all.", proof(claims=body(iat=-2**63)), "proof_invalid")
    family.refused("iat in the future", "Made to be good for later.", proof(claims=body(iat=NOW + 61)), "proof_expired")
    family.refused("iat the largest of 64 bits", "No time either; adding the age must not overflow.", proof(claims=body(iat=2**63 - 1)), "proof_invalid")
    good(family, "iat just within", "The age allowed.", proof(claims=body(iat=NOW - 299)))
    for name, value in {"missing": ABSENT, "a string": str(NOW), "null": None, "a list": [NOW]}.items():
        family.refused(f"iat is {name}", "Check 3: it must be there, and a number.", proof(claims=body(iat=value)), "proof_invalid")
    for name, value in {"missing": ABSENT, "a number": 1, "empty": "", "null": None, "ten kilobytes": "j" * 10_000}.items():
        family.refused(f"jti is {name}", "Without an identifier there is no telling a replay.", proof(claims=body(jti=value)), "proof_invalid")


def headers(family):
    for name, value in {"missing": ABSENT, "JWT": "JWT", "at+jwt": "at+jwt", "a number": 1, "dpop": "dpop"}.items():
        family.refused(f"typ is {name}", "Check 4: dpop+jwt, so that no other JWT passes for a proof.", proof(head(typ=value)), "proof_invalid")
    family.refused("alg none", "Check 5: a digital signature.", proof(head(alg="none"), signature=b""), "proof_invalid")
    family.refused("alg HS256", "Check 5: not a symmetric one.", proof(head(alg="HS256"), key=SECRET), "proof_invalid")
    oct = {"kty": "oct", "k": jose.b64(SECRET)}
    family.refused("alg HS256 with the secret as the key", "A key that anybody reads in the header.", proof(head(alg="HS256", jwk=oct), key=SECRET),
                   "proof_invalid", jkt=jose.thumbprint(oct))
    family.refused("alg missing", "Check 3.", proof(head(alg=ABSENT), algorithm="ES256"), "proof_invalid")
    family.refused("alg of another family", "RS256 over a P-256 key.", proof(head(alg="RS256"), algorithm="ES256"), "proof_invalid")
    for name, members in {"crit": {"crit": ["b64"], "b64": True}, "b64": {"b64": False}, "zip": {"zip": "DEF"}, "jku": {"jku": "https://a.test"},
                          "x5u": {"x5u": "https://a.test"}, "x5c": {"x5c": ["AA"]}}.items():
        family.refused(f"header with {name}", "What an access token may not do, a proof may not either.", proof(head(**members)), "proof_invalid")


def keys(family):
    other = KEYS["p256_other"]
    family.refused("another key, honestly used", "Check 12: not the key the token is bound to.", proof(head(jwk=jose.jwk(other)), key=other), "proof_wrong_key")
    family.refused("our key shown, another signed", "Check 6: the signature is by the key in the header.", proof(key=other), "proof_invalid")
    family.refused("the private key in the header", "Check 7: no private key.", proof(head(jwk=jose.private_jwk(KEY))), "proof_invalid")
    for name, value in {"missing": ABSENT, "null": None, "a string": "key", "a list": [jose.jwk(KEY)], "empty": {}, "a set": {"keys": [jose.jwk(KEY)]}}.items():
        family.refused(f"jwk is {name}", "Check 3: the key must be there.", proof(head(jwk=value)), "proof_invalid")
    weak = jose.jwk(KEYS["rsa_1024"])
    family.refused("RSA of 1024 bits", "Too weak to prove anything.", proof(head(alg="RS256", jwk=weak), key=KEYS["rsa_1024"]), "proof_invalid",
                   jkt=jose.thumbprint(weak))
    public = KEY.public_key().public_numbers()
    off = jose.jwk(KEY) | {"y": jose.number(public.y ^ 1, 32)}
    family.refused("a point off the curve", "No key at all.", proof(head(jwk=off)), "proof_invalid", jkt=jose.thumbprint(off))
    jwk = jose.jwk(KEYS["secp256k1"])
    family.refused("a key of secp256k1", "A curve that is not accepted.", proof(head(jwk=jwk), key=KEYS["secp256k1"], algorithm="ES256"),
                   "proof_invalid", jkt=jose.thumbprint(jwk))


def forms(family):
    whole = proof()
    first, second, signature = whole.split(".")
    for name, text in {"empty": "", "two parts": f"{first}.{second}", "two proofs": f"{whole},{whole}", "a space behind": whole + " ",
                       "no signature": f"{first}.{second}.", "cut": whole[:-2], "too large": "A" * 20_000}.items():
        family.refused(f"the proof is {name}", "Check 2: one well-formed JWT.", text, "proof_invalid")
    twice = jose.text(body())[:-1] + b',"htu":"https://attacker.test/"}'
    family.refused("htu twice", "Duplicates are refused.", proof(claims=twice), "proof_invalid")
    twice = jose.text(head())[:-1] + b',"jwk":' + jose.text(jose.jwk(KEYS["p256_other"])) + b"}"
    family.refused("jwk twice", "Duplicates are refused.", proof(header=twice, algorithm="ES256"), "proof_invalid")
    family.refused("claims are a list", "Claims are an object.", proof(claims=b"[]"), "proof_invalid")
    zero = jose.pair(0, 0, 32)
    family.refused("a signature of zeros", "CVE-2022-21449 again.", proof(signature=zero), "proof_invalid")
