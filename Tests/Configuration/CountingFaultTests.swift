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
            ?
            """#),
        Fault(
            "a calendar window of seconds",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, window: calendar}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a calendar window of several months",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/3months, window: calendar}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "another window",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/month, window: calender}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a calendar quota with a burst",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/month, window: calendar, burst: 5}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a calendar quota too large for its costs",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 9007199254740/month, window: calendar}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a time zone without a window",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, time_zone: UTC}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "slots and a rate",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 2, rate: 1/s, burst: 4}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "slots in windows",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 2, window: calendar, time_zone: UTC}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "more slots than a sorted set should have",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 10001}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "no slots",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 0, lease_seconds: 0}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a lease of no slot",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, lease_seconds: 5}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "slots that settle",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 2, settle: {}}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a failure mode without Redis",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, on_failure: open}]
            """#,
            #"""
            ?
            """#),
        Fault(
            "a misspelled failure mode",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, on_failure: close}]
            redis: {url: "redis://a"}
            """#,
            #"""
            ?
            """#),
    ]
}
