import Testing

/// `auth.jwt`: issuers and what their tokens must hold.
@Suite struct JWTFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "no audience",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: "https://a.example"}
            """#,
            #"""
            3:8: warning: without `audience` a token that has an `aud` is refused
            """#),
        Fault(
            "an empty audience",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: "https://a.example", audience: []}
            """#,
            #"""
            3:48: `audience` is empty; remove it, or name one
            """#),
        Fault(
            "an issuer to discover that is no URL",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: internal, audience: a}
            """#,
            #"""
            3:17: `issuer` must start with `https://`
            """#),
        Fault(
            "an issuer with a query",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: "https://a.example/?tenant=1", audience: a}
            """#,
            #"""
            3:17: `issuer` has a query (`?`), which an issuer cannot have
            """#),
        Fault(
            "keys without encryption, from afar and from here",
            #"""
            auth:
              mode: jwt
              jwt:
                merge_subjects: true
                issuers:
                  - {issuer: a, jwks_url: "http://a.example/keys", audience: a}
                  - {issuer: b, jwks_url: "http://127.0.0.1:8080/keys", audience: a}
            """#,
            #"""
            6:31: `jwks_url` must be `https://`; `http://` is for this machine's loopback only
            7:31: warning: `jwks_url` is not encrypted; `http://` is for trying things out
            """#),
        Fault(
            "numbers out of bounds",
            #"""
            auth:
              mode: jwt
              jwt:
                issuer: https://a.example
                audience: a
                leeway_seconds: 301
                cooldown_seconds: 0
                stale_seconds: 2592001
                deadline_ms: 0
                cache: {entries: -1, negative_seconds: 301}
            """#,
            #"""
            6:21: `leeway_seconds` must be a whole number from 0 to 300
            7:23: `cooldown_seconds` must be a whole number from 1 to 3600
            8:20: `stale_seconds` must be a whole number from 0 to 2592000
            9:18: `deadline_ms` must be a whole number from 1 to 60000
            10:22: `entries` must be a whole number from 0 to 1000000
            10:44: `negative_seconds` must be a whole number from 0 to 300
            """#),
        Fault(
            "a rule for proofs that does not exist",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: "https://a.example", audience: a, dpop: required}
            """#,
            #"""
            3:57: `dpop` must be one of off, accept, require, not `required`; did you mean `require`?
            """#),
        Fault(
            "a required claim without its value",
            #"""
            auth:
              mode: jwt
              jwt:
                issuer: https://a.example
                audience: a
                required_claims: {azp: }
            """#,
            #"""
            6:23: a claim in `required_claims` has no value; a list of names asks only for presence
            """#),
        Fault(
            "more required claims than are taken",
            "auth:\n  mode: jwt\n  jwt: {issuer: \"https://a.example\", audience: a, required_claims: {"
                + (0...64).map { "c\($0): a" }.joined(separator: ", ") + "}}",
            "3:68: `required_claims` holds more than 64 entries"),
        Fault(
            "required claims as a word",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: "https://a.example", audience: a, required_claims: azp}
            """#,
            #"""
            3:68: `required_claims` must be a list, as `[a, b]` or lines of `- a`, not a single value
            """#),
        Fault(
            "a claim for nothing known",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: "https://a.example", audience: a, claims: {rolls: roles}}
            """#,
            #"""
            3:60: unknown key `rolls` in `claims`; did you mean `roles`?
            """#),
        Fault(
            "default roles that are not defined",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: "https://a.example", audience: a, default_roles: [usr]}
              roles: [{name: user}]
            """#,
            #"""
            3:8: `default_roles` names the role `usr`, which is not defined; did you mean `user`?
            """#),
        Fault(
            "merging one issuer",
            #"""
            auth:
              mode: jwt
              jwt: {issuer: "https://a.example", audience: a, merge_subjects: true}
            """#,
            #"""
            3:51: warning: `merge_subjects` has no effect without `issuers`
            """#),
        Fault(
            "no issuers",
            #"""
            auth:
              mode: jwt
              jwt: {issuers: []}
            """#,
            #"""
            3:18: `issuers` is empty; name at least one
            """#),
        Fault(
            "keys beside issuers",
            #"""
            auth:
              mode: jwt
              jwt:
                audience: a
                issuers: [{issuer: "https://a.example", audience: a}]
            """#,
            #"""
            4:5: `audience` belongs into an entry of `issuers`, which is there too
            """#),
        Fault(
            "issuers within issuers",
            #"""
            auth:
              mode: jwt
              jwt:
                issuers: [{issuers: []}]
            """#,
            #"""
            4:15: no keys: name `issuer` for discovery, or one of jwks_url, public_key_env, public_key_file, secret, secret_env
            4:15: warning: without `audience` a token that has an `aud` is refused
            4:16: unknown key `issuers` in `auth.jwt.issuers[]`; did you mean `issuer`?
            """#),
        Fault(
            "issuers without a name",
            #"""
            auth:
              mode: jwt
              jwt:
                merge_subjects: true
                issuers:
                  - {jwks_url: "https://a.example/keys", audience: a}
                  - {issuer: "https://b.example", audience: a}
            """#,
            #"""
            6:9: of several issuers each needs its `issuer`, which chooses it
            """#),
        Fault(
            "one issuer twice",
            #"""
            auth:
              mode: jwt
              jwt:
                merge_subjects: true
                issuers:
                  - {issuer: "https://a.example", audience: a}
                  - {issuer: "https://a.example", audience: b}
            """#,
            #"""
            7:10: this `issuer` is in an earlier entry too
            """#),
        Fault(
            "issuers whose subjects are not told apart",
            #"""
            auth:
              mode: jwt
              jwt:
                issuers:
                  - {issuer: "https://a.example", audience: a, subject_prefix: "a:"}
                  - {issuer: "https://b.example", audience: a}
                  - {issuer: "https://c.example", audience: a, subject_prefix: "a:"}
            """#,
            #"""
            6:9: of several issuers each needs a `subject_prefix`, or all of them `merge_subjects: true`
            7:52: this `subject_prefix` is in an earlier entry too
            """#),
    ]
}
