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
            ?
            """#),
        Fault(
            "an estimate of nothing",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 100/s, settle: {estimate: 0, expires_seconds: 0, max_debt: -1}}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "an estimate that never fits",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 100/s, burst: 10, settle: {estimate: 11}}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a debt that takes forever",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/day, burst: 1000, settle: {max_debt: 12032}}]
            """#,
            #"""
            ?
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
            ?
            """#),
        Fault(
            "a misspelled key of settle",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, settle: {estimated: 1}}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve of a limit nobody defined",
            #"""
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {estimate: 8}}]
            routes: [{path: /a, reserve: {token: 5}}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve of a limit that does not settle",
            #"""
            auth: {mode: none}
            limits: [{name: b, per: global, rate: 1/s}]
            routes: [{path: /a, reserve: {b: 1}}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve that never fits",
            #"""
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {estimate: 8}}]
            routes: [{path: /a, reserve: {tokens: 101}}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve above max_cost",
            #"""
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {estimate: 8}}]
            routes: [{path: /a, reserve: {tokens: 1001}}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve that is a number",
            #"""
            auth: {mode: none}
            limits: [{name: tokens, per: subject, rate: 100/minute, settle: {estimate: 8}}]
            routes: [{path: /a, reserve: 5}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve header of another meaning",
            #"""
            auth: {mode: none}
            reserve_header: X-Forwarded-Cost
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve header that carries the key",
            #"""
            auth: {mode: api_key, api_keys: {keys: [{id: a, key: "${GOOD}"}], header: X-Cost}}
            reserve_header: x-cost
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve header among the identities",
            #"""
            auth: {mode: none}
            reserve_header: X-Auth-Cost
            """#,
            #"""
            ?
            """#),
        Fault(
            "a reserve header that nobody is believed about",
            #"""
            auth: {mode: none}
            trusted_proxies: []
            reserve_header: X-Postern-Reserve
            """#,
            #"""
            ?
            """#),
    ]
}
