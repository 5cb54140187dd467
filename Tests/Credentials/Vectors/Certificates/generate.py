#!/usr/bin/env python3
"""Makes every certificate and revocation list in this folder, with new keys that are thrown away.

    python3 -m venv venv && venv/bin/pip install cryptography && venv/bin/python generate.py

The tests pin their own clock (2027-01-15), so nothing here expires for them. README.md says what each file is for.
"""
import pathlib
import subprocess
import tempfile
from datetime import datetime, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

FOLDER = pathlib.Path(__file__).parent
BEFORE = datetime(2020, 1, 1, tzinfo=timezone.utc)
AFTER = datetime(2120, 1, 1, tzinfo=timezone.utc)
PAST = datetime(2021, 1, 1, tzinfo=timezone.utc)
FUTURE = datetime(2119, 1, 1, tzinfo=timezone.utc)
CLIENT = [ExtendedKeyUsageOID.CLIENT_AUTH]
next_serial = 1000


def name(text):
    return x509.Name.from_rfc4514_string(text)


class Entity:
    """A certificate with its key."""

    def __init__(self, key, certificate):
        self.key, self.certificate = key, certificate


def issue(subject, issuer=None, *, sans=None, usage=CLIENT, authority=False, path=None, key=None, before=BEFORE,
          after=AFTER, key_cert_sign=False, constraint=None, extra=(), raw_sans=None):
    """A certificate by `issuer`, or by itself."""
    global next_serial
    next_serial += 1
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = subject if isinstance(subject, x509.Name) else name(subject)
    builder = (x509.CertificateBuilder().subject_name(subject).public_key(key.public_key()).serial_number(next_serial)
               .issuer_name(issuer.certificate.subject if issuer else subject)
               .not_valid_before(before).not_valid_after(after)
               .add_extension(x509.BasicConstraints(authority, path), critical=True))
    if authority or key_cert_sign:
        builder = builder.add_extension(key_usage(sign=True), critical=True)
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
    if sans:
        builder = builder.add_extension(x509.SubjectAlternativeName(sans), critical=False)
    if raw_sans:
        oid = x509.SubjectAlternativeName.oid
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, general_names(raw_sans)), critical=False)
    if constraint:
        builder = builder.add_extension(constraint, critical=True)
    for extension in extra:
        builder = builder.add_extension(extension, critical=True)
    signer = issuer.key if issuer else key
    return Entity(key, builder.sign(signer, hashes.SHA256()))


def key_usage(sign):
    return x509.KeyUsage(True, False, False, False, False, sign, sign, False, False)


def general_names(pairs):
    """A SubjectAltName of (context tag, bytes), for names that no careful library writes."""
    inner = b"".join(tlv(0x80 | tag, value) for tag, value in pairs)
    return tlv(0x30, inner)


def tlv(tag, value):
    assert len(value) < 0x10000
    size = len(value)
    length = bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + value


def revocations(issuer, serials, *, update=FUTURE):
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(BEFORE).next_update(update)
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(BEFORE).build()
        builder = builder.add_revoked_certificate(revoked)
    return builder.sign(issuer.key, hashes.SHA256())


def write(file, *things):
    things = [thing.certificate if isinstance(thing, Entity) else thing for thing in things]
    text = b"".join(thing.public_bytes(serialization.Encoding.PEM) for thing in things)
    (FOLDER / f"{file}.pem").write_bytes(text)


def write_signed_with_sha1(file, subject, issuer):
    """By the openssl command, because the library above refuses to."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "ca.key").write_bytes(issuer.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        run = lambda *words: subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
        run("req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", "key", "-out", "csr")
        run("x509", "-req", "-sha1", "-in", "csr", "-CA", str((FOLDER / "root.pem").resolve()), "-CAkey", "ca.key",
            "-set_serial", "999", "-days", "34000", "-out", "certificate")
        (FOLDER / f"{file}.pem").write_bytes((path / "certificate").read_bytes())


def uri(text):
    return x509.UniformResourceIdentifier(text)


root = issue("CN=Postern Test Root,O=Postern", authority=True, usage=None)
other = issue("CN=Some Other Root", authority=True, usage=None)
impostor = issue("CN=Postern Test Root,O=Postern", authority=True, usage=None)
intermediate = issue("CN=Postern Test Issuer,O=Postern", root, authority=True, path=0, usage=None)
# Below an issuer that may have no issuer below it.
too_deep = issue("CN=Postern Test Subissuer", intermediate, authority=True, usage=None)
constrained = issue(
    "CN=Postern Constrained Issuer", root, authority=True, usage=None,
    constraint=x509.NameConstraints([x509.DNSName("inside.example.org")], None))

write("root", root)
write("other-root", other)
write("intermediate", intermediate)
write("too-deep", too_deep)
write("constrained", constrained)
write("two-roots", other, root)

good = issue("CN=agent-1,OU=Agents,O=Example", root)
revoked = issue("CN=revoked", root)
write("good", good)
write("chained", issue("CN=chained,O=Example", intermediate))
write("below-too-deep", issue("CN=deep", too_deep))
write("expired", issue("CN=expired", root, after=PAST))
write("not-yet-valid", issue("CN=early", root, before=FUTURE))
write("wrong-root", issue("CN=stranger", other))
write("impostor", issue("CN=impostor", impostor))
write("server-only", issue("CN=server", root, usage=[ExtendedKeyUsageOID.SERVER_AUTH]))
write("any-usage", issue("CN=no usage said", root, usage=None))
write("revoked", revoked)
write("authority-as-client", issue("CN=authority", root, authority=True, usage=CLIENT))
write("signer-as-client", issue("CN=signer", root, key_cert_sign=True))
write("self-signed", issue("CN=self"))
write("weak-rsa-1024", issue("CN=weak", root, key=rsa.generate_private_key(65537, 1024)))
write("weak-curve", issue("CN=weak curve", root, key=ec.generate_private_key(ec.SECP192R1())))
write("rsa-2048", issue("CN=rsa", root, key=rsa.generate_private_key(65537, 2048)))
write_signed_with_sha1("weak-signature", "/CN=sha1", root)
write("ed25519", issue("CN=ed25519", root, key=ed25519.Ed25519PrivateKey.generate()))
write("critical-extension", issue(
    "CN=critical", root, extra=[x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")]))
write("inside", issue("CN=inside", constrained, sans=[x509.DNSName("a.inside.example.org")]))
write("outside", issue("CN=outside", constrained, sans=[x509.DNSName("a.outside.example.org")]))

agent = "spiffe://example.org/agents/planner"
write("spiffe", issue("O=SPIRE", root, sans=[uri(agent), x509.DNSName("planner.example.org")]))
write("spiffe-two", issue("O=SPIRE", root, sans=[uri(agent), uri("spiffe://example.org/admin")]))
write("spiffe-and-uri", issue("O=SPIRE", root, sans=[uri("https://example.org/"), uri(agent)]))
write("spiffe-escaped", issue("O=SPIRE", root, sans=[uri("spiffe://example.org/agents/%2e%2e/admin")]))
write("spiffe-no-path", issue("O=SPIRE", root, sans=[uri("spiffe://example.org")]))
write("dns", issue("CN=ignored", root, sans=[
    x509.DNSName("*.example.org"), x509.DNSName("Agent-1.Example.ORG"), x509.DNSName("agent-2.example.org")]))
write("email", issue("CN=Alice", root, sans=[x509.RFC822Name("Alice@Example.ORG")]))
write("no-names", issue(x509.Name([]), root))
write("address", issue("CN=address", root, raw_sans=[(7, bytes([127, 0, 0, 1]))]))
write("nul-dns", issue("CN=nul", root, raw_sans=[(2, b"admin.example.org\0.evil.example")]))
write("nul-email", issue("CN=nul", root, raw_sans=[(1, b"admin@example.org\0@evil.example")]))
write("nul-uri", issue("CN=nul", root, raw_sans=[(6, agent.encode() + b"\0")]))
write("newline-uri", issue("CN=newline", root, raw_sans=[(6, agent.encode() + b"\r\nX: y")]))
write("empty-dns", issue("CN=empty", root, raw_sans=[(2, b"")]))
write("comma-uri", issue("CN=comma", root, raw_sans=[(6, b"urn:x,URI=spiffe://example.org/admin")]))
write("malformed-sans", issue("CN=malformed", root, extra=[
    x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\x30\x05\x82\x7fabc")]))
write("many-names", issue("CN=many", root, raw_sans=[(2, b"n%d.example" % index) for index in range(257)]))
write("long-name", issue("CN=long", root, raw_sans=[(6, b"spiffe://example.org/" + b"a" * 2028)]))
write("odd-subject", issue(
    x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Comma, Quote" Plus+ Back\\'),
        x509.NameAttribute(NameOID.COMMON_NAME, "#Zoë\0 "),
    ]), root))
write("email-subject", issue(x509.Name([x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example.org")]), root))

serials = [revoked.certificate.serial_number]
write("root-crl", revocations(root, serials))
write("root-crl-expired", revocations(root, serials, update=PAST))
write("impostor-crl", revocations(impostor, []))
write("intermediate-crl", revocations(intermediate, []))
write("root-crl-revoking-intermediate", revocations(root, [intermediate.certificate.serial_number]))
