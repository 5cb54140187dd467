import Testing

/// `audit` and `response.assertion`: what is told of a check afterwards.
@Suite struct RecordFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "an audit to nowhere",
            #"""
            auth: {mode: none}
            audit: {stdout: false}
            """#,
            #"""
            2:8: `audit` needs `file` or `stdout: true`
            """#),
        Fault(
            "an audit to two places",
            #"""
            auth: {mode: none}
            audit: {stdout: true, file: /var/log/postern.audit}
            """#,
            #"""
            2:9: `audit` goes to `file` or to `stdout`, not to both
            """#),
        Fault(
            "an audit to a folder",
            #"""
            auth: {mode: none}
            audit: {file: /var/log/}
            """#,
            #"""
            2:15: `file` must be the absolute path of a file
            """#),
        Fault(
            "audit values out of bounds",
            #"""
            auth: {mode: none}
            audit: {stdout: true, allowed: 1.01, key: 0123456789abcdef, queue_bytes: 65535}
            """#,
            #"""
            2:32: `allowed` must be a share from 0 to 1 with at most six decimals, as `0.01`
            2:43: `key` is shorter than 32 bytes
            2:74: `queue_bytes` must be a whole number from 65536 to 268435456
            """#),
        Fault(
            "an assertion without a key",
            #"""
            auth: {mode: none}
            response: {assertion: {ttl_seconds: 0}}
            """#,
            #"""
            2:23: `assertion` needs `key`
            2:37: `ttl_seconds` must be a whole number from 1 to 3600
            """#),
        Fault(
            "an assertion's key that signs nothing",
            #"""
            auth: {mode: none}
            response: {assertion: {key: "file:\#(Files.folder)/public-ec.pem"}}
            """#,
            #"""
            2:29: `key` holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`)
            """#),
        Fault(
            "an assertion's key behind a password",
            #"""
            auth: {mode: none}
            response: {assertion: {key: "file:\#(Files.folder)/test-only-encrypted.pem"}}
            """#,
            #"""
            2:29: `key` is encrypted; Postern has nobody to ask for its password
            """#),
        Fault(
            "an assertion's key that cannot be read",
            #"""
            auth: {mode: none}
            response: {assertion: {key: "file:\#(Files.folder)/broken-private.pem"}}
            """#,
            #"""
            2:29: `key`: no private key can be read from the PEM
            """#),
        Fault(
            "an assertion's algorithm that its key does not have",
            #"""
            auth: {mode: none}
            response: {assertion: {key: "${PEM_PRIVATE}", algorithm: RS256}}
            """#,
            #"""
            2:58: `algorithm`: this key cannot sign with RS256
            """#),
        Fault(
            "an assertion by a shared secret",
            #"""
            auth: {mode: none}
            response: {assertion: {key: "${PEM_PRIVATE}", algorithm: HS256}}
            """#,
            #"""
            2:58: `algorithm`: HS256 would need the agent to know the secret
            """#),
        Fault(
            "an assertion in a header that proxies let through",
            #"""
            auth: {mode: none}
            response: {assertion: {key: "${PEM_PRIVATE}", header: X-Assertion}}
            """#,
            #"""
            2:55: `header` must start with the prefix of the identity headers, which proxies remove
            """#),
        Fault(
            "an assertion in an identity header",
            #"""
            auth: {mode: none}
            response: {assertion: {key: "${PEM_PRIVATE}", header: x-auth-user-id}}
            """#,
            #"""
            2:55: `header` is an identity header already
            """#),
        Fault(
            "cold checks out of bounds",
            #"""
            auth: {mode: none}
            bounds: {cold_checks: 0}
            """#,
            #"""
            2:23: `cold_checks` must be a whole number from 1 to 100000
            """#),
        Fault(
            "a key that has expired",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef, expires_at: 2026-01-01T00:00:00Z}
            """#,
            #"""
            4:40: warning: this key has expired already
            """#),
        Fault(
            "a key that looks like a token",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl}
                  - {id: b, key: not.a.token.at.all}
                  - {id: c, key: e30.e30.c2lnbmF0dXJl}
            """#,
            #"""
            4:22: `key` has the shape of a JWT, and would be judged as one; choose another key
            """#),
    ]
}
