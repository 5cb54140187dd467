import Testing

/// Keys and single values.
@Suite struct ValuesFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "an unknown key near a known one",
            #"""
            auth: {mode: none}
            workrs: 2
            """#,
            #"""
            2:1: unknown key `workrs`; did you mean `workers`?
            """#),
        Fault(
            "an unknown key near nothing",
            #"""
            auth: {mode: none}
            log: {colour: true}
            """#,
            #"""
            2:7: unknown key `colour` in `log`; known are level, allowed
            """#),
        Fault(
            "a key with a hyphen",
            #"""
            auth: {mode: none}
            trusted-proxies: [loopback]
            """#,
            #"""
            2:1: unknown key `trusted-proxies`; did you mean `trusted_proxies`?
            """#),
        Fault(
            "a key in capitals",
            #"""
            auth: {mode: none}
            Workers: 1
            """#,
            #"""
            2:1: unknown key `Workers`; did you mean `workers`?
            """#),
        Fault(
            "a key that looks like a secret",
            #"""
            auth:
              api_keys: {sk_live_1234567890abcdef: admin}
            """#,
            #"""
            2:3: no credentials: mode api_key needs `api_keys` with `keys`, `env_var`, `prefix` or `store`
            2:14: unknown key in `auth.api_keys`; known are env_var, prefix, keys, header, allow_bearer, \#
            allow_short, enabled, rotation_days, store, max_stale_seconds
            """#),
        Fault(
            "a key without a value",
            #"""
            auth: {mode: none}
            log:
            """#,
            #"""
            2:1: `log` has no value; give it one or remove the key
            """#),
        Fault(
            "a tilde for a value",
            #"""
            auth: {mode: none}
            workers: ~
            """#,
            #"""
            2:1: `workers` has no value; give it one or remove the key
            """#),
        Fault(
            "null for a value",
            #"""
            auth: {mode: none}
            workers: null
            """#,
            #"""
            2:1: `workers` has no value; give it one or remove the key
            """#),
        Fault(
            "an empty entry in a list",
            #"""
            auth: {mode: none}
            trusted_proxies:
              - loopback
              -
            """#,
            #"""
            4:4: an entry of `trusted_proxies` has no value
            """#),
        Fault(
            "a word for a number",
            #"""
            auth: {mode: none}
            workers: many
            """#,
            #"""
            2:10: `workers` must be a whole number from 1 to 64, not `many`
            """#),
        Fault(
            "a number out of bounds",
            #"""
            auth: {mode: none}
            workers: 65
            """#,
            #"""
            2:10: `workers` must be a whole number from 1 to 64
            """#),
        Fault(
            "a negative number",
            #"""
            auth: {mode: none}
            drain_seconds: -1
            """#,
            #"""
            2:16: `drain_seconds` must be a whole number from 0 to 3600
            """#),
        Fault(
            "a fraction",
            #"""
            auth: {mode: none}
            workers: 1.5
            """#,
            #"""
            2:10: `workers` must be a whole number from 1 to 64
            """#),
        Fault(
            "an octal number",
            #"""
            auth: {mode: none}
            workers: 010
            """#,
            #"""
            2:10: `workers` must be a whole number from 1 to 64, without leading zeros
            """#),
        Fault(
            "a number with underscores",
            #"""
            auth: {mode: none}
            memory: {max_buckets: 1_000}
            """#,
            #"""
            2:23: `max_buckets` must be a whole number from 1 to 10000000
            """#),
        Fault(
            "yes for true",
            #"""
            auth: {mode: none}
            log: {allowed: yes}
            """#,
            #"""
            2:16: `allowed` must be true or false; write true or false, not `yes`
            """#),
        Fault(
            "off for false",
            #"""
            auth: {mode: none}
            paths: {merge_slashes: off}
            """#,
            #"""
            2:24: `merge_slashes` must be true or false; write true or false, not `off`
            """#),
        Fault(
            "True for true",
            #"""
            auth: {mode: none}
            paths: {merge_slashes: True}
            """#,
            #"""
            2:24: `merge_slashes` must be true or false; write true or false, not `True`
            """#),
        Fault(
            "a wrong word",
            #"""
            auth: {mode: none}
            unmatched: denny
            """#,
            #"""
            2:12: `unmatched` must be one of deny, authenticated, not `denny`; did you mean `deny`?
            """#),
        Fault(
            "a list for a word",
            #"""
            auth: {mode: none}
            unmatched: [deny]
            """#,
            #"""
            2:12: `unmatched` must be a single value, not a list
            """#),
        Fault(
            "a word for a list",
            #"""
            auth: {mode: none}
            trusted_proxies: loopback
            """#,
            #"""
            2:18: `trusted_proxies` must be a list, as `[a, b]` or lines of `- a`, not a single value
            """#),
        Fault(
            "a word for a mapping",
            #"""
            auth: {mode: none}
            log: debug
            """#,
            #"""
            2:6: `log` must be a mapping of `key: value` lines, not a single value
            """#),
        Fault(
            "a wrong log level",
            #"""
            auth: {mode: none}
            log: {level: warn}
            """#,
            #"""
            2:14: `level` must be one of debug, info, warning, error, not `warn`
            """#),
        Fault(
            "a number of buckets beyond bounds",
            #"""
            auth: {mode: none}
            memory: {max_buckets: 10000001}
            """#,
            #"""
            2:23: `max_buckets` must be a whole number from 1 to 10000000
            """#),
        Fault(
            "a head beyond the parser's",
            #"""
            auth: {mode: none}
            bounds: {head_bytes: 65537}
            """#,
            #"""
            2:22: `head_bytes` must be a whole number from 1024 to 65536
            """#),
        Fault(
            "a cost bound of zero",
            #"""
            auth: {mode: none}
            bounds: {max_cost: 0}
            """#,
            #"""
            2:20: `max_cost` must be a whole number from 1 to 1000000
            """#),
    ]
}
