import Testing

/// `limits` by the calendar and of slots.
@Suite struct CountingFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "neither a rate nor slots",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global}]
            """#,
            #"""
            2:10: a limit needs `rate`
            """#),
        Fault(
            "a calendar window of seconds",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, window: calendar}]
            """#,
            #"""
            2:39: `rate` needs one unit of the calendar with `window: calendar`: minute, hour, day, week, month \#
            or year
            """#),
        Fault(
            "a calendar window of several months",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/3months, window: calendar}]
            """#,
            #"""
            2:39: `rate` needs one unit of the calendar with `window: calendar`: minute, hour, day, week, month \#
            or year
            """#),
        Fault(
            "another window",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/month, window: calender}]
            """#,
            #"""
            2:56: `window` must be one of calendar, not `calender`; did you mean `calendar`?
            """#),
        Fault(
            "a calendar quota with a burst",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/month, window: calendar, burst: 5}]
            """#,
            #"""
            2:66: `burst` has no place beside `window: calendar`, which has no burst
            """#),
        Fault(
            "a calendar quota too large for its costs",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 9007199254741/month, window: calendar}]
            """#,
            #"""
            2:39: this rate allows a `bounds.max_cost` of at most 998
            """#),
        Fault(
            "a time zone without a window",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, time_zone: UTC}]
            """#,
            #"""
            2:44: `time_zone` needs `window: calendar` beside it
            """#),
        Fault(
            "slots and a rate",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 2, rate: 1/s, burst: 4}]
            """#,
            #"""
            2:49: `rate` has no place beside `concurrency`
            2:60: `burst` has no place beside `concurrency`
            """#),
        Fault(
            "slots in windows",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 2, window: calendar, time_zone: UTC}]
            """#,
            #"""
            2:49: `window` has no place beside `concurrency`
            """#),
        Fault(
            "more slots than a sorted set should have",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 10001}]
            """#,
            #"""
            2:46: `concurrency` must be a whole number from 1 to 10000
            """#),
        Fault(
            "no slots",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 0, lease_seconds: 0}]
            """#,
            #"""
            2:46: `concurrency` must be a whole number from 1 to 10000
            2:64: `lease_seconds` must be a whole number from 1 to 86400
            """#),
        Fault(
            "a lease of no slot",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, lease_seconds: 5}]
            """#,
            #"""
            2:44: `lease_seconds` needs `concurrency` beside it
            """#),
        Fault(
            "slots that settle",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 2, settle: {}}]
            """#,
            #"""
            2:49: `settle` has no place beside `concurrency`
            """#),
        Fault(
            "a failure mode without Redis",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, on_failure: open}]
            """#,
            #"""
            2:44: warning: `on_failure` has no effect without Redis
            """#),
        Fault(
            "a misspelled failure mode",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, on_failure: close}]
            redis: {url: "redis://a"}
            """#,
            #"""
            2:56: `on_failure` must be one of local, open, closed, defer, not `close`; did you mean `closed`?
            """#),
    ]
}
