import Testing

/// `limits[].settle`, `routes[].reserve` and `reserve_header`.
@Suite struct SettlingFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "an estimate above max_cost",
            #"""
            auth: {mode: none}
            bounds: {max_cost: 10}
            limits: [{name: a, per: global, rate: 100/s, settle: {estimate: 11}}]
            """#,
            #"""
            3:65: `estimate` must be a whole number from 1 to 10
            """#),
        Fault(
            "an estimate of nothing",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 100/s, settle: {estimate: 0, expires_seconds: 0, max_debt: -1}}]
            """#,
            #"""
            2:65: `estimate` must be a whole number from 1 to 1000
            2:85: `expires_seconds` must be a whole number from 1 to 86400
            2:98: `max_debt` must be a whole number from 0 to 2147483647
            """#),
        Fault(
            "an estimate that never fits",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 100/s, burst: 10, settle: {estimate: 11}}]
            """#,
            #"""
            2:66: `estimate` never fits: the limit holds 10
            """#),
        Fault(
            "a debt that takes forever",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/day, burst: 1000, settle: {max_debt: 12032}}]
            """#,
            #"""
            2:78: paying back `max_debt` would take 35 years; at this rate and burst it may be 12031
            """#),
        Fault(
            "the largest debt",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/day, burst: 1000, settle: {max_debt: 12031}}]
            """#,
            #"""

            """#),
        Fault(
            "a burst whose debt takes forever",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/day, burst: 7000, settle: {}}]
            """#,
            #"""
            2:67: paying back `max_debt` would take 35 years; at this rate and burst it may be 6031
            """#),
        Fault(
            "a misspelled key of settle",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, settle: {estimated: 1}}]
            """#,
            #"""
            2:53: unknown key `estimated` in `limits[].settle`; did you mean `estimate`?
            """#),
        Fault(
            "a reserve of a limit nobody defined",
            #"""
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {estimate: 8}}]
            routes: [{path: /a, reserve: {token: 5}}]
            """#,
            #"""
            3:31: `reserve` names the limit `token`, which is not defined; did you mean `tokens`?
            """#),
        Fault(
            "a reserve of a limit that does not settle",
            #"""
            auth: {mode: none}
            limits: [{name: b, per: global, rate: 1/s}]
            routes: [{path: /a, reserve: {b: 1}}]
            """#,
            #"""
            3:31: `reserve` names limit `b`, which has no `settle`
            """#),
        Fault(
            "a reserve that never fits",
            #"""
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {estimate: 8}}]
            routes: [{path: /a, reserve: {tokens: 101}}]
            """#,
            #"""
            3:31: `reserve` never fits: limit `tokens` holds 100
            """#),
        Fault(
            "a reserve above max_cost",
            #"""
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {estimate: 8}}]
            routes: [{path: /a, reserve: {tokens: 1001}}]
            """#,
            #"""
            3:31: `reserve` never fits: limit `tokens` holds 100
            3:39: `reserve` must be a whole number from 0 to 1000
            """#),
        Fault(
            "a reserve that is a number",
            #"""
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {estimate: 8}}]
            routes: [{path: /a, reserve: 5}]
            """#,
            #"""
            3:30: `reserve` must be a mapping of `limit: tokens`, not a single value
            """#),
        Fault(
            "a reserve header of another meaning",
            #"""
            auth: {mode: none}
            reserve_header: X-Forwarded-Cost
            """#,
            #"""
            2:17: `reserve_header` has a meaning of its own in HTTP or to a proxy; choose another
            """#),
        Fault(
            "a reserve header that carries the key",
            #"""
            auth: {mode: api_key, api_keys: {keys: [{id: a, key: "${GOOD}"}], header: X-Cost}}
            reserve_header: x-cost
            """#,
            #"""
            1:7: `reserve_header` is the header of keys, or one of the identity headers
            """#),
        Fault(
            "a reserve header among the identities",
            #"""
            auth: {mode: none}
            reserve_header: X-Auth-Cost
            """#,
            #"""
            1:7: `reserve_header` is the header of keys, or one of the identity headers
            """#),
        Fault(
            "a reserve header that nobody is believed about",
            #"""
            auth: {mode: none}
            trusted_proxies: []
            reserve_header: X-Postern-Reserve
            """#,
            #"""
            3:1: warning: `reserve_header` is believed from `trusted_proxies` only, and there are none
            """#),
    ]
}
