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
            2:27: `redis` needs exactly one of `url`, `cluster` and `sentinel`
            """#),
        Fault(
            "a cluster without nodes",
            #"""
            auth: {mode: none}
            redis: {cluster: {}}
            """#,
            #"""
            2:18: `redis.cluster` needs `nodes`
            """#),
        Fault(
            "a cluster of no nodes",
            #"""
            auth: {mode: none}
            redis: {cluster: {nodes: []}}
            """#,
            #"""
            2:26: `nodes` is empty; name one node at least
            """#),
        Fault(
            "a cluster that is a list",
            #"""
            auth: {mode: none}
            redis: {cluster: [a, b]}
            """#,
            #"""
            2:18: `redis.cluster` must be a mapping of `key: value` lines, not a list
            """#),
        Fault(
            "nodes of a cluster, wrong and twice",
            #"""
            auth: {mode: none}
            redis: {cluster: {nodes: ["a:1", "a:1", ":1", "b:0", "unix:/r.sock"]}}
            """#,
            #"""
            2:34: `nodes` names this one twice
            2:41: a node needs a host, as `127.0.0.1:6379`
            2:47: a node needs a port from 1 to 65535 after the host
            2:54: a node needs a port from 1 to 65535 after the host
            """#),
        Fault(
            "a cluster's other database",
            #"""
            auth: {mode: none}
            redis: {cluster: {nodes: [a]}, database: 3}
            """#,
            #"""
            2:42: `database` must be 0 in a cluster, which has no others
            """#),
        Fault(
            "a database twice",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a/3", database: 3}
            """#,
            #"""
            2:39: `database` is in the URL too; keep one
            """#),
        Fault(
            "Sentinel without its needs",
            #"""
            auth: {mode: none}
            redis: {sentinel: {username: u}}
            """#,
            #"""
            2:19: `redis.sentinel` needs `master`
            2:19: `redis.sentinel` needs `nodes`
            2:19: `redis.sentinel` has a username without a password
            """#),
        Fault(
            "a master's name with a space",
            #"""
            auth: {mode: none}
            redis: {sentinel: {nodes: [a], master: my master}}
            """#,
            #"""
            2:40: `master` may hold letters, digits, `_`, `.` and `-`, as Sentinel's names do
            """#),
        Fault(
            "TLS to Sentinels with a missing file",
            #"""
            auth: {mode: none}
            redis: {sentinel: {nodes: [a], master: m, tls: {ca: /nonexistent.pem}}}
            """#,
            #"""
            2:53: the file of `ca` cannot be read: No such file or directory
            """#),
        Fault(
            "a misspelled key of Sentinel",
            #"""
            auth: {mode: none}
            redis: {sentinel: {nodes: [a], mastr: m}}
            """#,
            #"""
            2:19: `redis.sentinel` needs `master`
            2:32: unknown key `mastr` in `redis.sentinel`; did you mean `master`?
            """#),
        Fault(
            "a user of a cluster without a password",
            #"""
            auth: {mode: none}
            redis: {cluster: {nodes: [a]}, username: u}
            """#,
            #"""
            2:8: `redis` has a username without a password
            """#),
    ]
}
