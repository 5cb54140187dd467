import Testing

/// Where an issuer's keys come from, and what they may sign.
@Suite struct KeySourceFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    /// `keys` as the third line of a file in mode jwt, with an audience, so that its columns are those of the line.
    private static func jwt(_ name: String, _ keys: String, _ expected: String) -> Fault {
        Fault(name, "auth:\n  mode: jwt\n  jwt: {audience: a, \(keys)}", expected)
    }

    static let faults: [Fault] = [
        jwt(
            "no keys", "type: at+jwt",
            "3:8: no keys: name `issuer` for discovery, or one of jwks_url, public_key_env, public_key_file, secret, secret_env"
        ),
        jwt(
            "two sources of keys", #"jwks_url: "https://a.example", secret_env: JWT_SECRET"#,
            "3:53: `jwks_url` is another source of keys; keep one of the two"),
        jwt(
            "a secret here and in the environment", "secret: a, secret_env: JWT_SECRET",
            "3:33: `secret` is another source of keys; keep one of the two"),
        jwt(
            "a variable that is not set", "secret_env: UNSET",
            "3:34: `secret_env`: the environment variable UNSET is not set"),
        jwt(
            "a secret where its variable's name belongs", "secret_env: hunter2hunter2",
            "3:34: `secret_env`: the environment variable of this name is not set"),
        jwt(
            "a variable with a dollar", "secret_env: $JWT_SECRET",
            "3:34: `secret_env` must be the name of an environment variable, without `$`"),
        jwt(
            "a variable of blanks", "secret_env: BLANK",
            "3:34: `secret_env`: the environment variable BLANK is empty"),
        jwt(
            "a short secret", "secret: 0123456789abcdef",
            "3:30: the secret of `secret` is shorter than 32 bytes, the digest of HS256"),
        jwt(
            "a secret too short for its digest", "secret_env: JWT_SECRET, algorithms: HS512",
            "3:34: the secret of `secret_env` is shorter than 64 bytes, the digest of HS512"),
        jwt(
            "a secret for two algorithms", "secret_env: JWT_SECRET, algorithms: [HS256, HS512]",
            "3:66: a secret serves one algorithm, and HS256 is listed before"),
        jwt(
            "a public key's algorithm with a secret", "secret_env: JWT_SECRET, algorithms: [HS256, RS256]",
            "3:66: RS256 needs a public key; a secret is for HS256, HS384 and HS512"),
        jwt(
            "a secret's algorithm with public keys", #"issuer: "https://a.example", algorithms: [RS256, HS256]"#,
            "3:71: HS256 needs `secret` or `secret_env`: with a public key for a secret anybody could sign"),
        jwt(
            "no signature", #"issuer: "https://a.example", algorithms: [None]"#,
            "3:64: `algorithms`: `none` is no signature, and is never accepted"),
        jwt(
            "no algorithm", #"issuer: "https://a.example", algorithms: []"#,
            "3:63: `algorithms` is empty; every token would be refused"),
        jwt(
            "an unknown algorithm", #"issuer: "https://a.example", algorithms: RS265"#,
            "3:63: `algorithms` must be one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, "
                + "ES512, EdDSA; did you mean `RS256`?"),
        jwt(
            "an algorithm twice", #"issuer: "https://a.example", algorithms: [RS256, RS256]"#,
            "3:71: `algorithms` names RS256 twice"),
        jwt(
            "a private key for a public one", "public_key_env: PEM_PRIVATE",
            "3:38: the value of `public_key_env` holds a private key; what is needed here is public"),
        jwt(
            "a key on one line", "public_key_env: PEM_FLAT",
            #"3:38: the value of `public_key_env` holds `\n` as two characters where its lines should end"#),
        jwt(
            "no key in the variable", "public_key_env: GOOD",
            "3:38: the value of `public_key_env` holds no public key in PEM (`-----BEGIN PUBLIC KEY-----`)"),
        jwt(
            "no key in the file", "public_key_file: \(Files.folder)/revoked.pem",
            "3:39: the file of `public_key_file` holds no public key in PEM (`-----BEGIN PUBLIC KEY-----`)"),
        jwt(
            "a weak key", "public_key_file: \(Files.folder)/public-rsa-1024.pem",
            "3:39: the file of `public_key_file`: the RSA modulus has fewer than 2048 bits"),
        jwt(
            "a key of another family", "public_key_file: \(Files.folder)/public-ed25519.pem",
            "3:39: the file of `public_key_file`: the configuration lists no algorithm this key serves"),
        jwt(
            "a broken key", "public_key_env: PEM_BROKEN",
            "3:38: the value of `public_key_env`: no public key or certificate can be read from the PEM"),
        jwt(
            "no file", "public_key_file: /nowhere/key.pem",
            "3:39: the file of `public_key_file` cannot be read: No such file or directory"),
        jwt(
            "a file that moves", "public_key_file: key.pem", "3:39: `public_key_file` must be an absolute path"),
        jwt(
            "a file without end", "public_key_file: /dev/zero",
            "3:39: the file of `public_key_file` is larger than 1048576 bytes"),
        jwt(
            "fetching keys that are here", "secret_env: JWT_SECRET, stale_seconds: 5",
            "3:46: warning: `stale_seconds` has no effect on keys that are not fetched"),
        jwt(
            "authorities of a server that shows no certificate",
            #"jwks_url: "http://[::1]/", ca_file: \#(Files.folder)/authority.pem"#,
            """
            3:32: warning: `jwks_url` is not encrypted; `http://` is for trying things out
            3:49: warning: `ca_file` has no effect without `https://`
            """),
    ]
}
