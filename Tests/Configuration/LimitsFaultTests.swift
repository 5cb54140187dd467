import Testing

/// `limits` and rates.
@Suite struct LimitsFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "a limit without its needs",
            #"""
            auth: {mode: none}
            limits: [{burst: 1}]
            """#,
            #"""
            2:10: a limit needs `name`
            2:10: a limit needs `per`
            2:10: a limit needs `rate`
            """#),
        Fault(
            "a limit defined twice",
            #"""
            auth: {mode: none}
            limits:
              - {name: a, per: global, rate: 1/s}
              - {name: a, per: global, rate: 2/s}
            """#,
            #"""
            4:6: limit `a` is defined twice
            """#),
        Fault(
            "a limit's name with a colon",
            #"""
            auth: {mode: none}
            limits: [{name: "role:a", per: global, rate: 1/s}]
            """#,
            #"""
            2:17: a limit's `name` may hold up to 64 letters, digits, `_`, `.` and `-`
            """#),
        Fault(
            "a wrong scope of a limit",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: user, rate: 1/s}]
            """#,
            #"""
            2:25: `per` must be one of subject, key, tenant, role, address, route, global, not `user`
            """#),
        Fault(
            "a misspelled scope of a limit",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: adress, rate: 1/s}]
            """#,
            #"""
            2:25: `per` must be one of subject, key, tenant, role, address, route, global, not `adress`; did \#
            you mean `address`?
            """#),
        Fault(
            "a leased limit without Redis",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, precision: leased}]
            """#,
            #"""
            2:44: warning: `precision: leased` has no effect without Redis; the limit is exact
            """#),
        Fault(
            "a rate of zero",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 0/s}]
            """#,
            #"""
            2:39: `rate` must allow at least 1
            """#),
        Fault(
            "a rate of a fraction",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 0.5/s}]
            """#,
            #"""
            2:39: `rate` needs a whole number; write `30/minute` for half a one each second
            """#),
        Fault(
            "a rate by the month",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 10/month}]
            """#,
            #"""
            2:39: `rate` has a unit of the calendar; week, month and year need `window: calendar` beside them
            """#),
        Fault(
            "a rate by the fortnight",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 10/fortnight}]
            """#,
            #"""
            2:39: `rate` has an unknown unit; known are s, sec, second, m, min, minute, h, hour, d, day and \#
            plurals
            """#),
        Fault(
            "two rates in one",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: "1/minute;20/hour"}]
            """#,
            #"""
            2:39: `rate` holds several rates; give each a limit of its own in `limits`
            """#),
        Fault(
            "a rate too large",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 99999999999999999999/s}]
            """#,
            #"""
            2:39: `rate` is too large
            """#),
        Fault(
            "a rate that is a bare number",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 10}]
            """#,
            #"""
            2:39: `rate` needs `/` or ` per ` after its number, as `100/hour`
            """#),
        Fault(
            "a burst of zero",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 10/s, burst: 0}]
            """#,
            #"""
            2:52: `burst` must be a whole number from 1 to 2147483647
            """#),
        Fault(
            "a burst that takes forever",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/day, burst: 20000}]
            """#,
            #"""
            2:53: the burst would take 35 years to refill; at this rate at most 13031
            """#),
        Fault(
            "a rate that leaves no room for max_cost",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 9007199254741/s}]
            """#,
            #"""
            2:39: this rate allows a `bounds.max_cost` of at most 998
            """#),
        Fault(
            "a rate slower than forty years",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/20000days}]
            """#,
            #"""
            2:39: one token would take 35 years
            """#),
        Fault(
            "a limit for an undefined role",
            #"""
            auth: {mode: none, roles: [{name: admin}]}
            limits: [{name: a, per: global, rate: 1/s, roles: [admn]}]
            """#,
            #"""
            2:10: limit `a` names the role `admn`, which is not defined; did you mean `admin`?
            """#),
    ]
}
