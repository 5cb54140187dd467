import Testing

/// `redis.cluster` and `redis.sentinel`.
@Suite struct TopologyFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "a cluster and a URL",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a", cluster: {nodes: [b]}}
            """#,
            #"""
            ?
            """#),
        Fault(
            "a cluster without nodes",
            #"""
            auth: {mode: none}
            redis: {cluster: {}}
            """#,
            #"""
            ?
            """#),
        Fault(
            "a cluster of no nodes",
            #"""
            auth: {mode: none}
            redis: {cluster: {nodes: []}}
            """#,
            #"""
            ?
            """#),
        Fault(
            "a cluster that is a list",
            #"""
            auth: {mode: none}
            redis: {cluster: [a, b]}
            """#,
            #"""
            ?
            """#),
        Fault(
            "nodes of a cluster, wrong and twice",
            #"""
            auth: {mode: none}
            redis: {cluster: {nodes: ["a:1", "a:1", ":1", "b:0", "unix:/r.sock"]}}
            """#,
            #"""
            ?
            """#),
        Fault(
            "a cluster's other database",
            #"""
            auth: {mode: none}
            redis: {cluster: {nodes: [a]}, database: 3}
            """#,
            #"""
            ?
            """#),
        Fault(
            "a database twice",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a/3", database: 3}
            """#,
            #"""
            ?
            """#),
        Fault(
            "Sentinel without its needs",
            #"""
            auth: {mode: none}
            redis: {sentinel: {username: u}}
            """#,
            #"""
            ?
            """#),
        Fault(
            "a master's name with a space",
            #"""
            auth: {mode: none}
            redis: {sentinel: {nodes: [a], master: my master}}
            """#,
            #"""
            ?
            """#),
        Fault(
            "TLS to Sentinels with a missing file",
            #"""
            auth: {mode: none}
            redis: {sentinel: {nodes: [a], master: m, tls: {ca: /nonexistent.pem}}}
            """#,
            #"""
            ?
            """#),
        Fault(
            "a misspelled key of Sentinel",
            #"""
            auth: {mode: none}
            redis: {sentinel: {nodes: [a], mastr: m}}
            """#,
            #"""
            ?
            """#),
        Fault(
            "a user of a cluster without a password",
            #"""
            auth: {mode: none}
            redis: {cluster: {nodes: [a]}, username: u}
            """#,
            #"""
            ?
            """#),
    ]
}
