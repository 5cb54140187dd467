"""Families `encoding` and `json`: two programs must never read one token differently."""
import json

import jose
from vectors import CLAIMS, PROVIDER, Family, claims, header, token

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def resigned(head, body):
    """A token whose encoded parts are exactly these, with the right signature over them."""
    key, algorithm = PROVIDER["rsa-1"]
    return f"{head}.{body}." + jose.b64(jose.sign(algorithm, key, f"{head}.{body}".encode()))


def loosened(part):
    """The same bytes under another spelling: unused bits of the last character set."""
    assert len(part) % 4, "no unused bits in this length"
    return part[:-1] + ALPHABET[ALPHABET.index(part[-1]) + 1]


def encoding():
    family = Family("Compact serialization, base64url without padding, one spelling for each byte string (RFC 7515, 2).")
    whole = token()
    head, body, signature = whole.split(".")
    spelling(family, head, signature)
    parts(family, whole, head, body, signature)
    sizes(family)
    return family


def padded(size):
    """A token whose claims are as long as it takes to have unused bits, or none."""
    for fill in range(3):
        part = jose.b64(jose.text(claims(fill="x" * fill)))
        if len(part) % 4 == size:
            return part
    raise AssertionError


def spelling(family, head, signature):
    two, three = padded(2), padded(3)
    canonical = "Two spellings of one token would be two cache keys and two audit digests; only the canonical one is read."
    for name, part in {"two": two, "three": three}.items():
        bad = {"padding": part + "=" * (4 - len(part) % 4), "set bits in the last character": loosened(part)}
        for fault, wrong in bad.items():
            family.refused(f"claims with {fault}, {name} characters over", canonical, resigned(head, wrong), "bad_base64url")
    loose = next(h for h in (jose.b64(jose.text(header(fill="x" * n))) for n in range(3)) if len(h) % 4)
    family.refused("header with padding", canonical, resigned(loose + "=" * (4 - len(loose) % 4), two), "bad_base64url")
    family.refused("header with set bits in the last character", canonical, resigned(loosened(loose), two), "bad_base64url")
    family.refused("signature with padding", canonical, f"{head}.{two}.{resigned(head, two).split('.')[2]}==", "bad_base64url")
    family.refused("signature with set bits in the last character", canonical,
                   f"{head}.{two}.{loosened(resigned(head, two).split('.')[2])}", "bad_base64url")
    odd = two + "AA" if len(two) % 4 == 3 else two + "AAA"
    family.refused("claims of an impossible length", "One character over carries six bits: no byte.",
                   resigned(head, odd), "bad_base64url")
    body = jose.b64(jose.text(claims(fill="???>>>~~~")))
    assert "_" in body or "-" in body
    family.refused("standard alphabet", "+ and / are not of this alphabet.",
                   resigned(head, body.replace("-", "+").replace("_", "/")), "bad_base64url")
    for name, text in {"a space": " ", "a line feed": "\n", "CR LF": "\r\n", "a tab": "\t", "a NUL": "\0", "a star": "*",
                       "é": "é", "a percent escape": "%41"}.items():
        family.refused(f"{name} inside the claims", "Lenient decoders skip it; this one does not.",
                       resigned_bytes(head, two[:8] + text + two[8:]), "bad_base64url")
    family.refused("a line feed behind the token", "Nothing follows the signature.", resigned(head, two) + "\n", "bad_base64url")
    family.refused("a space before the token", "Nothing goes before the header.", " " + resigned(head, two), "bad_base64url")
    family.refused("the scheme inside the token", "Bearer belongs to the header field.", "Bearer " + resigned(head, two),
                   "bad_base64url")
    family.refused("bytes that are no UTF-8", "A token is ASCII.", (f"{head}.{two}.").encode() + b"\xff\xfe\xc3\x28",
                   "bad_base64url")


def resigned_bytes(head, body):
    key, algorithm = PROVIDER["rsa-1"]
    return f"{head}.{body}." + jose.b64(jose.sign(algorithm, key, f"{head}.{body}".encode()))


def parts(family, whole, head, body, signature):
    three = "A compact JWS has exactly three parts (RFC 7515, 7.1)."
    for name, text in {
        "nothing at all": "", "one part": head, "two parts": f"{head}.{body}", "four parts": f"{whole}.{signature}",
        "five parts, as an encrypted token": f"{head}.{body}.{signature}.{signature}.{signature}", "one dot": ".",
        "a dot behind": whole + ".", "a dot before": "." + whole, "two dots together": f"{head}..{body}.{signature}",
        "a hundred dots": "." * 100,
    }.items():
        family.refused(name, three, text, "not_compact")
    json_form = "The JSON serializations are not for HTTP headers; only the compact one is read."
    general = {"payload": body, "signatures": [{"protected": head, "signature": signature}]}
    flat = {"payload": body, "protected": head, "signature": signature}
    family.refused("general JSON serialization", json_form, jose.text(general).decode(), "not_compact")
    family.refused("flattened JSON serialization", json_form, jose.text(flat).decode(), "not_compact")
    family.refused("flattened JSON serialization with two dots in it", "Three parts by count, and no base64url.",
                   jose.text(flat | {"header": {"kid": "a.b.c"}}).decode(), "bad_base64url")
    family.refused("only dots", "Three parts, none with anything in it.", "..", "bad_json")
    family.refused("empty header", "An empty header is no JSON.", resigned("", body), "bad_json")
    family.refused("empty claims", "Empty claims are no JSON.", resigned(head, ""), "bad_json")


def sizes(family):
    def sized(total):
        """A valid token of exactly this many bytes, padded in a claim and, for the last one or two, in the kid-less header."""
        for spare in range(4):
            for fill in range(11_000, 12_500):
                built = len(jose.b64(jose.text(header(fill="x" * spare)))) + (len(jose.text(claims(fill="x" * fill))) * 4 + 2) // 3
                if built + 2 + 342 == total:
                    return token(head=header(fill="x" * spare), body=claims(fill="x" * fill))
        raise AssertionError(total)
    longest, over = sized(16_384), sized(16_385)
    assert len(longest) == 16_384 and len(over) == 16_385
    family.accepted("as long as allowed", "16,384 bytes is the bound, and within it.", longest)
    family.refused("one byte too long", "A token is measured before anything of it is decoded.", over, "too_large")
    family.refused("too long and nothing but dots", "The bound comes before the count of parts.", "." * 20_000, "too_large")


def texts():
    family = Family("Strict JSON in header and claims: RFC 8259, no duplicates (RFC 7515, 4; RFC 7519, 4), depth 32.")
    duplicates(family)
    shapes(family)
    grammar(family)
    characters(family)
    return family


def raw(body):
    return token(body=body if isinstance(body, bytes) else body.encode())


BASE = json.dumps(CLAIMS)[1:-1]


def with_member(member):
    return "{" + BASE + "," + member + "}"


def duplicates(family):
    twice = "Parsers disagree on which of two wins, so a name that comes twice is refused."
    for name, text in {
        "alg, none first": r'{"alg":"none","alg":"RS256","kid":"rsa-1"}', "alg, none last": r'{"alg":"RS256","kid":"rsa-1","alg":"none"}',
        "alg, one of them escaped": r'{"alg":"RS256","\u0061lg":"none","kid":"rsa-1"}',
        "kid": r'{"alg":"RS256","kid":"rsa-1","kid":"ec-1"}', "the same twice": r'{"alg":"RS256","kid":"rsa-1","kid":"rsa-1"}',
    }.items():
        family.refused(f"header: {name}", twice, token(head=text.encode()), "duplicate_member")
    for name, member in {
        "sub": '"sub":"root"', "sub, escaped": r'"\u0073ub":"root"', "sub, escaped in capitals": r'"s\u0075b":"root"',
        "exp": '"exp":9999999999', "aud": '"aud":"https://other.test"', "in a claim's object": '"realm":{"roles":["a"],"roles":["admin"]}',
        "in an object in a list": '"list":[{"a":1,"a":2}]', "the empty name": '"":1,"":2',
    }.items():
        family.refused(f"claims: {name}", twice, raw(with_member(member)), "duplicate_member")
    family.accepted("names that differ in case", "JSON names are compared exactly: Sub is not sub.", raw(with_member('"Sub":"root"')))
    family.refused("header: ALG only", "And ALG is not alg.", token(head=b'{"ALG":"RS256","kid":"rsa-1"}'), "algorithm_missing")


def shapes(family):
    for name, text in {"a list": '[{"sub":"root"}]', "a string": '"sub"', "a number": "1", "null": "null", "true": "true"}.items():
        family.refused(f"claims are {name}", "RFC 7519, 7.2: claims are an object.", raw(text), "not_an_object")
        family.refused(f"header is {name}", "RFC 7515, 4: a header is an object.", token(head=text.encode()), "not_an_object")
    deep = "Nesting is bounded before it is followed."
    for name, text in {"32 lists": "[" * 32 + "]" * 32, "32 objects": '{"a":' * 32 + "1" + "}" * 32, "5,000 lists": "[" * 5000 + "]" * 5000,
                       "5,000 lists never closed": "[" * 5000}.items():
        family.refused(f"claims nested {name} deep", deep, raw(with_member('"deep":' + text)), "bad_json")
    family.refused("header nested 33 deep, itself counted", deep, token(head=('{"alg":"RS256","kid":"rsa-1","deep":' + "[" * 32 + "]" * 32 + "}").encode()),
                   "bad_json")
    family.accepted("claims nested 31 deep", "Within the bound, the claims themselves being the first level.",
                    raw(with_member('"deep":' + "[" * 31 + "]" * 31)))


def grammar(family):
    good = "{" + BASE + "}"
    for name, text in {
        "something behind": good + "x", "a second object behind": good + good, "a NUL behind": good + "\0", "a comma behind": good + ",",
        "a byte order mark": "\ufeff" + good, "only spaces": "   ", "not closed": good[:-1], "a trailing comma": "{" + BASE + ",}",
        "single quotes": good.replace('"', "'"), "names without quotes": "{" + BASE + ",a:1}", "a comment": "{/* root */" + BASE + "}",
        "a line comment": "{// root\n" + BASE + "}", "no colon": with_member('"a" 1'), "no comma": "{" + BASE + ' "a":1}',
        "a vertical tab between": "{\v" + BASE + "}", "a no-break space between": "{\u00a0" + BASE + "}",
        "a misspelled literal": with_member('"a":True'), "undefined": with_member('"a":undefined'),
        "a list not closed": with_member('"a":[1,2'), "a list with a hole": with_member('"a":[1,,2]'),
    }.items():
        family.refused(f"claims with {name}", "Exactly one JSON text, as RFC 8259 writes it.", raw(text), "bad_json")
    for literal in ["NaN", "Infinity", "-Infinity", "0x10", "01", "+1", "1.", ".5", "1e", "1e+", "-", "1_000", "٣"]:
        family.refused(f"the number {literal}", "No number of RFC 8259.", raw(with_member(f'"a":{literal}')), "bad_json")
    family.accepted("white space of JSON", "Tab, CR, LF and space between the tokens are JSON's own.",
                    raw("\r\n\t {" + BASE.replace(", ", "\r\n,\t") + "} \n"))


def characters(family):
    def signed(value):
        return raw(("{" + BASE + ',"a":"').encode() + value + b'"}')
    for name, value in {
        "a lone continuation byte": b"\x80", "an overlong slash": b"\xc0\xaf", "an overlong NUL": b"\xc0\x80", "a cut sequence": b"\xe2\x82",
        "a surrogate in UTF-8": b"\xed\xa0\x80", "beyond U+10FFFF": b"\xf4\x90\x80\x80", "0xFF": b"\xff", "Latin-1": b"caf\xe9",
    }.items():
        family.refused(f"claims with {name}", "JSON is UTF-8, and only well-formed UTF-8.", signed(value), "bad_json")
    for name, value in {
        "a lone high surrogate": rb"\ud800", "a lone low surrogate": rb"\udc00", "two high surrogates": rb"\ud800\ud800",
        "a high surrogate and a letter": rb"\ud800A", "surrogates the wrong way round": rb"\udc00\ud800",
    }.items():
        family.refused(f"claims with {name}", "No character: readers replace it, each in its own way.", signed(value), "bad_json")
    for name, value in {"a raw line feed": b"\n", "a raw NUL": b"\0", "an escape of no kind": rb"\x41", "a short escape": rb"\u00g1",
                        "a cut escape": rb"\u00"}.items():
        family.refused(f"claims with {name} in a string", "Not allowed inside a string.", signed(value), "bad_json")
    family.accepted("an escaped pair of surrogates", "One character, well spelled.", signed(rb"\ud83d\ude00"))
    family.accepted("a subject with escapes", "The value counts, not its spelling.",
                    raw(json.dumps(claims(sub="ü/\"\\")).replace("/", "\\/")), subject='ü/"\\')
    family.refused("header in UTF-16", "A header is UTF-8.", token(head='{"alg":"RS256","kid":"rsa-1"}'.encode("utf-16-le")), "bad_json")
