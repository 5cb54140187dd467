"""Families `time`, `claims` and `types`: what a good signature does not yet say."""
import json

from vectors import AUDIENCE, DROP, ISSUER, NOW, Family, claimed, claims, headed, token


def literal(name, text):
    """The claim's JSON text exactly as given."""
    others = json.dumps(claims(**{name: DROP}))[1:-1]
    return token(body=("{" + others + f',"{name}":{text}' + "}").encode())


WRONG_TYPES = {"a string": '"1750000600"', "null": "null", "true": "true", "a list": "[1750000600]", "an object": "{}"}


def times():
    family = Family("exp, nbf and iat with a leeway of 30 s; now is 1750000000 (RFC 7519, 4.1.4 to 4.1.6).")
    family.refused("exp missing", "A token that never ends is not accepted.", claimed(exp=DROP), "expiry_missing")
    for name, text in WRONG_TYPES.items():
        family.refused(f"exp is {name}", "exp is a JSON number.", literal("exp", text), "claim_wrong_type", "exp")
        family.refused(f"nbf is {name}", "nbf is a JSON number.", literal("nbf", text), "claim_wrong_type", "nbf")
        family.refused(f"iat is {name}", "iat is a JSON number.", literal("iat", text), "claim_wrong_type", "iat")
    for name, text in {"1e400": "1e400", "beyond 64 bits": "99999999999999999999", "-1e400": "-1e400",
                       "with four hundred digits": "9" * 400, "1e19": "1e19", "as large as 64 bits hold": str(2**63 - 1),
                       "the least of 64 bits": str(-2**63), "in milliseconds": str((NOW + 600) * 1000), "in the year 10000": "253402300800"}.items():
        family.refused(f"exp is {name}", "No time: it is neither rounded to for ever nor taken for seconds.",
                       literal("exp", text), "claim_wrong_type", "exp")
    for name, text in {"long past": str(NOW - 86_400), "past by the leeway": str(NOW - 30), "zero": "0", "negative": "-1", "minus zero": "-0",
                       "a fraction past the leeway": str(NOW - 31) + ".5", "1e-400": "1e-400"}.items():
        family.refused(f"exp {name}", "On or after exp, leeway added, it is over.", literal("exp", text), "expired")
    for name, text in {"within the leeway": str(NOW - 29), "far": "9999999999", "the last second of 9999": "253402300799",
                       "a fraction": str(NOW + 600) + ".5", "with an exponent": "1.75e10"}.items():
        family.accepted(f"exp {name}", "Still good.", literal("exp", text))
    family.refused("exp within a leeway that is not configured", "Leeway 0 is exact.", claimed(exp=NOW), "expired",
                   policy={"leeway_seconds": 0})
    family.refused("now far beyond", "The clock is an argument; the token is the same.", token(), "expired", now=2**62)
    family.refused("nbf beyond the leeway", "Not yet.", claimed(nbf=NOW + 31), "not_yet_valid")
    family.refused("nbf as large as 64 bits hold", "Adding the leeway must not overflow.", claimed(nbf=2**63 - 1), "claim_wrong_type", "nbf")
    family.refused("nbf in the year 9999", "Not in our time.", claimed(nbf=253402300799), "not_yet_valid")
    family.refused("nbf 1e400", "No time that can be held.", literal("nbf", "1e400"), "claim_wrong_type", "nbf")
    family.accepted("nbf within the leeway", "Clocks differ by that much.", claimed(nbf=NOW + 30))
    family.refused("iat beyond the leeway", "Issued in the future: a clock or a forger is wrong.", claimed(iat=NOW + 31), "issued_in_future")
    family.refused("iat as large as 64 bits hold", "Adding the leeway must not overflow.", claimed(iat=2**63 - 1), "claim_wrong_type", "iat")
    family.accepted("iat within the leeway", "Clocks differ by that much.", claimed(iat=NOW + 30))
    family.accepted("iat missing", "RFC 7519: iat is optional.", claimed(iat=DROP))
    family.accepted("nbf before 1970", "Long since.", claimed(nbf=-1))
    family.refused("nbf a fraction beyond the leeway", "Rounded up: towards refusing.", literal("nbf", str(NOW + 30) + ".5"), "not_yet_valid")
    return family


def contents():
    family = Family("iss, aud, sub, required and mapped claims (RFC 7519, 4.1; RFC 8725, 3.8 to 3.9).")
    issuers(family)
    audiences(family)
    subjects(family)
    required(family)
    mapped(family)
    return family


def issuers(family):
    family.refused("iss missing", "Keys belong to an issuer; without one there are no keys.", claimed(iss=DROP), "issuer_missing")
    for name, value in {"another": "https://attacker.test", "with a slash behind": ISSUER + "/", "in capitals": ISSUER.upper(),
                        "over http": ISSUER.replace("https", "http"), "with a port": ISSUER + ":443", "empty": "",
                        "with a user": "https://issuer.test@attacker.test", "a prefix": ISSUER[:-1], "with a path": ISSUER + "/realm"}.items():
        family.refused(f"iss {name}", "Compared byte for byte (RFC 8725, 3.8).", claimed(iss=value), "unknown_issuer")
    for name, value in {"a list": [ISSUER], "a number": 1, "an object": {"iss": ISSUER}, "true": True, "null": None}.items():
        family.refused(f"iss is {name}", "iss is a string.", claimed(iss=value), "claim_wrong_type", "iss")


def audiences(family):
    family.refused("aud missing", "An audience is configured: a token for nobody in particular is not for us.", claimed(aud=DROP),
                   "audience_missing")
    for name, value in {"another": "https://other.test", "a list without ours": ["https://a.test", "https://b.test"],
                        "empty": "", "ours in capitals": AUDIENCE.upper(), "ours with a slash": AUDIENCE + "/", "a prefix": AUDIENCE[:-1],
                        "ours among words": f"{AUDIENCE} https://other.test", "a star": "*"}.items():
        family.refused(f"aud {name}", "One of the token's must be one of ours, byte for byte.", claimed(aud=value), "wrong_audience")
    for name, value in {"a number": 1, "an object": {AUDIENCE: True}, "null": None, "a list with a number": [AUDIENCE, 1],
                        "a list in a list": [[AUDIENCE]], "true": True}.items():
        family.refused(f"aud is {name}", "aud is a string or a list of strings.", claimed(aud=value), "claim_wrong_type", "aud")
    family.refused("aud is an empty list", "It names nobody.", claimed(aud=[]), "audience_missing")
    family.refused("aud where none is configured", "RFC 7519, 4.1.3: a token that names an audience is not for one that has no name.",
                   token(), "unexpected_audience", policy={"audience": []})
    family.refused("an empty list of aud where none is configured", "It is there, and it does not name us.", claimed(aud=[]),
                   "unexpected_audience", policy={"audience": []})
    family.accepted("no aud where none is configured", "Nothing asked, nothing claimed.", claimed(aud=DROP), policy={"audience": []})
    family.accepted("aud a list with ours", "A list on the token's side.", claimed(aud=["https://a.test", AUDIENCE]))
    family.accepted("aud one of several of ours", "A list on both sides.", claimed(aud=["https://b.test"]),
                    policy={"audience": [AUDIENCE, "https://b.test"]})


def subjects(family):
    for name, value in {"missing": DROP, "empty": "", "null": None}.items():
        family.refused(f"sub {name}", "Nobody to hold to account.", claimed(sub=value), "subject_missing", "sub")
    for name, value in {"a number": 1, "a list": ["root"], "an object": {"id": "root"}, "true": True}.items():
        family.refused(f"sub is {name}", "sub is a string.", claimed(sub=value), "claim_wrong_type", "sub")
    family.refused("the mapped subject is missing", "The configuration names another claim.", token(), "subject_missing", "uid",
                   policy={"claims": {"user_id": "uid"}})
    family.refused("the mapped subject is a number", "Of that claim too.", claimed(uid=7), "claim_wrong_type", "uid",
                   policy={"claims": {"user_id": "uid"}})
    family.accepted("the mapped subject", "And it is the subject.", claimed(uid="u7"), subject="u7", policy={"claims": {"user_id": "uid"}})


def required(family):
    tenant = {"required_claims": {"tenant": None}}
    valued = {"required_claims": {"tenant": "acme"}}
    family.refused("a required claim is missing", "The configuration asks for it.", token(), "claim_missing", "tenant", policy=tenant)
    family.refused("a required claim is null", "null is nothing.", claimed(tenant=None), "claim_missing", "tenant", policy=tenant)
    family.accepted("a required claim is there", "With any value.", claimed(tenant="x"), policy=tenant)
    for name, value in {"another": "evil", "in capitals": "ACME", "a prefix": "acm", "missing": DROP, "null": None}.items():
        family.refused(f"a required value is {name}", "The value is compared byte for byte.", claimed(tenant=value),
                       "claim_missing" if value in (DROP, None) else "claim_wrong_value", "tenant", policy=valued)
    family.accepted("a required value", "The very value.", claimed(tenant="acme"), policy=valued)
    family.accepted("a required claim by its literal name", "A URL is a name and no path.", claimed(**{"https://x/tenant": "acme"}),
                    policy={"required_claims": {"https://x/tenant": "acme"}})
    family.refused("a required claim by path, missing", "Dots lead into objects.", claimed(a={"c": "acme"}), "claim_missing", "a.b",
                   policy={"required_claims": {"a.b": "acme"}})


def mapped(family):
    path = {"claims": {"roles": "realm.roles"}}
    for claim, wrong in {"roles": [1, True, {"admin": True}, ["a", 1], [["admin"]]], "scope": [1, {"a": 1}, ["a", None]],
                         "permissions": [True, [{}]], "email": [1, ["a@b"]], "name": [{}, 7], "tenant_id": [1, ["acme"]]}.items():
        for value in wrong:
            family.refused(f"{claim} is {json.dumps(value)}", "A mapped claim of the wrong type is an error that names it.",
                           claimed(**{claim: value}), "claim_wrong_type", claim)
    family.accepted("roles a list", "A list of strings.", claimed(roles=["a", "b"]), principal={"roles": ["a", "b"]})
    family.accepted("roles a string", "Space-separated.", claimed(roles="a b"), principal={"roles": ["a", "b"]})
    family.accepted("roles an empty list", "Nobody in particular.", claimed(roles=[]), principal={"roles": []})
    family.accepted("scopes", "As OAuth writes them.", claimed(scope="read write"), principal={"scopes": ["read", "write"]})
    family.accepted("roles by path", "Dots lead into objects.", claimed(realm={"roles": ["a"]}), policy=path, principal={"roles": ["a"]})
    family.accepted("roles by literal name", "A name with dots in it comes before the path.",
                    claimed(realm={"roles": ["admin"]}, **{"realm__roles": ["a"]}), policy=path, principal={"roles": ["a"]})
    family.refused("roles by literal name, of the wrong type", "The literal name wins, right or wrong: the path does not rescue it.",
                   claimed(realm={"roles": ["admin"]}, **{"realm__roles": 1}), "claim_wrong_type", "realm.roles", policy=path)
    family.refused("roles by path, of the wrong type", "Named by the configured path.", claimed(realm={"roles": 1}), "claim_wrong_type",
                   "realm.roles", policy=path)
    family.accepted("roles by a path that leads nowhere", "Absent, as any missing optional claim.", claimed(realm={"rules": ["a"]}),
                    policy=path, principal={"roles": []})
    family.refused("roles by a path through a string", "A path leads through objects.", claimed(realm="roles"), "claim_wrong_type", "realm.roles",
                   policy=path)
    family.accepted("roles by a URL", "A literal name with dots and slashes.", claimed(**{"https://x.test/roles": ["a"]}),
                    policy={"claims": {"roles": "https://x.test/roles"}}, principal={"roles": ["a"]})


def types():
    family = Family("typ where it is configured (RFC 9068, 4; RFC 8725, 3.11): explicit types keep one kind of token from another's place.")
    policy = {"type": "at+jwt"}
    for name, value in {"JWT": "JWT", "another": "dpop+jwt", "empty": "", "a space behind": "at+jwt ", "a parameter": "at+jwt;v=1",
                        "a prefix": "at+jw", "another tree": "text/at+jwt", "application twice": "application/application/at+jwt",
                        "an ID token's": "id+jwt", "a logout token's": "logout+jwt"}.items():
        family.refused(f"typ is {name}", "Only the configured type.", headed(typ=value), "wrong_type", policy=policy)
    family.refused("typ missing", "A type is configured: a token without one could be of any.", headed(typ=None), "wrong_type", policy=policy)
    for value in ["at+jwt", "AT+JWT", "application/at+jwt", "APPLICATION/at+jwt"]:
        family.accepted(f"typ is {value}", "Media types ignore case, and application/ may be left out (RFC 7515, 4.1.9).", headed(typ=value),
                        policy=policy)
    family.accepted("typ is application/at+jwt, configured in full", "Either side may leave application/ out.", headed(typ="at+jwt"),
                    policy={"type": "application/at+jwt"})
    for value in ["JWT", "at+jwt", "whatever"]:
        family.accepted(f"typ is {value} where none is configured", "As RFC 7519 has it.", headed(typ=value))
    for value in ["dpop+jwt", "logout+jwt", "secevent+jwt", "application/dpop+jwt", "DPoP+JWT"]:
        family.refused(f"typ is {value} where none is configured", "Another kind of JWT says so itself (RFC 8725, 3.11 and 3.12).",
                       headed(typ=value), "wrong_type")
    family.refused("typ is a number where one is configured", "typ is a string.", headed(typ=1), "bad_header", policy=policy)
    return family


KELVIN = "\u212a"  # canonically equivalent to the letter K: equal to it wherever strings are compared as text


def unicode():
    family = Family("Names and values are bytes: what Unicode calls equivalent is not equal (RFC 7515, 5.3; RFC 8259, 8.3).")
    why = "Canonically equivalent, and another string."
    composed, apart = "caf\u00e9", "cafe\u0301"
    family.refused("iss with a Kelvin sign", why, claimed(iss=f"https://{KELVIN}.test"), "unknown_issuer", policy={"issuer": "https://K.test"})
    family.refused("iss decomposed", why, claimed(iss=apart), "unknown_issuer", policy={"issuer": composed})
    family.refused("aud with a Kelvin sign", why, claimed(aud=KELVIN), "wrong_audience", policy={"audience": ["K"]})
    family.refused("aud decomposed, in a list", why, claimed(aud=[apart]), "wrong_audience", policy={"audience": [composed]})
    family.refused("kid with a Kelvin sign", why, headed(kid=KELVIN), "unknown_key", keys="kelvin")
    family.accepted("control, kid K", "The key is there.", headed(kid="K"), keys="kelvin")
    family.refused("a required value decomposed", why, claimed(tenant=apart), "claim_wrong_value", "tenant", policy={"required_claims": {"tenant": composed}})
    family.refused("a required claim decomposed", why, claimed(**{apart: "x"}), "claim_missing", composed, policy={"required_claims": {composed: None}})
    family.refused("the mapped subject with a Kelvin sign", why, claimed(**{KELVIN: "root"}), "subject_missing", "K", policy={"claims": {"user_id": "K"}})
    family.accepted("two equivalent names", "No duplicates: the bytes differ.", claimed(**{composed: 1, apart: 2}))
    family.accepted("a subject that is not normalized", "Passed on as it came.", claimed(sub=apart), subject=apart)
    family.accepted("a combining mark behind a space", "A scope ends at the byte, whatever the screen shows.", claimed(scope="read \u0301write"),
                    principal={"scopes": ["read", "\u0301write"]})
    family.accepted("a combining mark behind a dot", "A path ends at the byte too.", claimed(a={"\u0301b": ["r"]}),
                    policy={"claims": {"roles": "a.\u0301b"}}, principal={"roles": ["r"]})
    return family
