import Testing

/// `auth.api_keys`.
@Suite struct KeysFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "an empty list of keys",
            #"""
            auth:
              api_keys: {keys: []}
            """#,
            #"""
            2:3: no credentials: mode api_key needs `api_keys` with `keys`, `env_var`, `prefix` or `store`
            """#),
        Fault(
            "disabled keys",
            #"""
            auth:
              api_keys: {env_var: GOOD, enabled: false}
            """#,
            #"""
            2:29: mode api_key needs its keys; write `mode: none` to let everyone in
            """#),
        Fault(
            "a key without an id",
            #"""
            auth:
              api_keys:
                keys:
                  - {key: 0123456789abcdef}
            """#,
            #"""
            4:9: a key needs `id`
            """#),
        Fault(
            "a key without a value",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a}
            """#,
            #"""
            4:9: a key needs `key` or `sha256`
            """#),
        Fault(
            "a key with both forms",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef, sha256: "00"}
            """#,
            #"""
            4:48: a key has `key` or `sha256`, not both
            """#),
        Fault(
            "an empty key",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: ""}
            """#,
            #"""
            4:22: `key` is empty
            """#),
        Fault(
            "a short key",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "hunter2"}
            """#,
            #"""
            4:22: `key` is shorter than 16 bytes; use a longer key, or `allow_short: true`
            """#),
        Fault(
            "a key with a comma",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: "01234567,89abcdef"}
            """#,
            #"""
            4:22: `key` holds a space, a comma or a byte beyond printable ASCII, so no request could show it
            """#),
        Fault(
            "a key that is its id",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: 0123456789abcdef, key: 0123456789abcdef}
            """#,
            #"""
            4:10: `id` is the key itself; it is logged and sent on, so choose another
            """#),
        Fault(
            "a digest too short",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, sha256: 9f86d08}
            """#,
            #"""
            4:25: `sha256` must be 64 hexadecimal digits
            """#),
        Fault(
            "an id twice",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef}
                  - {id: a, key: fedcba9876543210}
            """#,
            #"""
            5:10: key id `a` is taken by an earlier key
            """#),
        Fault(
            "a key twice",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef}
                  - {id: b, key: 0123456789abcdef}
            """#,
            #"""
            5:17: this key has the same value as an earlier one
            """#),
        Fault(
            "a digest twice",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, sha256: abababababababababababababababababababababababababababababababab}
                  - {id: b, sha256: ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB}
            """#,
            #"""
            5:17: this key has the same value as an earlier one
            """#),
        Fault(
            "an undefined role",
            #"""
            auth:
              roles: [{name: user}]
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef, roles: [usr]}
            """#,
            #"""
            5:9: key `a` has the role `usr`, which is not defined; did you mean `user`?
            """#),
        Fault(
            "a date for a time",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef, expires_at: 2027-01-01}
            """#,
            #"""
            4:52: `expires_at` must be a time with its zone, as `2027-01-01T00:00:00Z`
            """#),
        Fault(
            "a day that does not exist",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef, expires_at: 2027-02-29T00:00:00Z}
            """#,
            #"""
            4:52: `expires_at` must be a time with its zone, as `2027-01-01T00:00:00Z`
            """#),
        Fault(
            "rotation_days",
            #"""
            auth:
              api_keys: {env_var: GOOD, rotation_days: 30}
            """#,
            #"""
            2:29: warning: `rotation_days` has no effect; use `expires_at`
            """#),
    ]
}
