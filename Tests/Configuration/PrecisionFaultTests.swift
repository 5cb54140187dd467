import Testing

/// `limits[].precision`, with Redis and in a cluster.
@Suite struct PrecisionFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "a precision that is none",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, precision: lease}]
            redis: {url: "redis://a"}
            """#,
            #"""
            2:55: `precision` must be one of exact, leased, not `lease`; did you mean `leased`?
            """#),
        Fault(
            "a leased calendar quota",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/month, window: calendar, precision: leased}]
            redis: {url: "redis://a"}
            """#,
            #"""
            2:66: `precision: leased` is for rates; calendar quotas are always exact
            """#),
        Fault(
            "leased slots",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 2, precision: leased}]
            redis: {url: "redis://a"}
            """#,
            #"""
            2:49: `precision: leased` is for rates; concurrency limits are always exact
            """#),
        Fault(
            "a leased limit that settles",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 100/s, settle: {}, precision: leased}]
            redis: {url: "redis://a"}
            """#,
            #"""
            2:58: `precision: leased` cannot settle; a limit with `settle` is always exact
            """#),
        Fault(
            "a lease of less than 5 ms",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1000/s, burst: 49, precision: leased}]
            redis: {url: "redis://a"}
            """#,
            #"""
            2:58: warning: a lease of this limit would last less than 5 ms, a tenth of burst/rate; it is served \#
            exact
            """#),
        Fault(
            "a lease of 5 ms",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1000/s, burst: 50, precision: leased}]
            redis: {url: "redis://a"}
            """#,
            #"""

            """#),
        Fault(
            "a burst of one, leased",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s, precision: leased}]
            redis: {url: "redis://a"}
            """#,
            #"""
            2:44: `precision: leased` needs a `burst` of at least 2: leases hold a part of it back
            """#),
        Fault(
            "a burst of two, leased",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 2/s, precision: leased}]
            redis: {url: "redis://a"}
            """#,
            #"""

            """#),
        Fault(
            "a wide limit in a cluster",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 100/s}]
            redis: {cluster: {nodes: [a]}}
            """#,
            #"""

            """#),
        Fault(
            "a wide exact limit in a cluster",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 100/s, precision: exact}]
            redis: {cluster: {nodes: [a]}}
            """#,
            #"""
            2:46: warning: this limit is exact and lies in a hash slot of its own: in a cluster each check it \#
            holds for waits for one more call to Redis, after those for its other limits
            """#),
        Fault(
            "a wide limit in a cluster that cannot be leased",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/s}]
            redis: {cluster: {nodes: [a]}}
            """#,
            #"""
            2:10: warning: this limit is exact and lies in a hash slot of its own: in a cluster each check it \#
            holds for waits for one more call to Redis, after those for its other limits
            """#),
        Fault(
            "a wide limit in a cluster whose lease would be short",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1000/s, burst: 10}]
            redis: {cluster: {nodes: [a]}}
            """#,
            #"""
            2:10: warning: a lease of this limit would last less than 5 ms, a tenth of burst/rate; it is served \#
            exact
            2:10: warning: this limit is exact and lies in a hash slot of its own: in a cluster each check it \#
            holds for waits for one more call to Redis, after those for its other limits
            """#),
        Fault(
            "wide slots in a cluster",
            #"""
            auth: {mode: none}
            limits: [{name: a, per: global, concurrency: 5}]
            redis: {cluster: {nodes: [a]}}
            """#,
            #"""
            2:10: warning: this limit is exact and lies in a hash slot of its own: in a cluster each check it \#
            holds for waits for one more call to Redis, after those for its other limits
            """#),
        Fault(
            "narrow limits in a cluster",
            #"""
            auth: {mode: none}
            limits:
              - {name: a, per: subject, rate: 9/s}
              - {name: b, per: key, rate: 9/s, precision: exact}
            redis: {cluster: {nodes: [a]}}
            """#,
            #"""

            """#),
    ]
}
