import Testing

/// `redis`.
@Suite struct RedisFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "redis without a URL",
            #"""
            auth: {mode: none}
            redis: {deadline_ms: 5}
            """#,
            #"""
            2:8: `redis` needs exactly one of `url`, `cluster` and `sentinel`
            """#),
        Fault(
            "a URL of HTTP",
            #"""
            auth: {mode: none}
            redis: {url: "http://127.0.0.1:6379"}
            """#,
            #"""
            2:14: `url` must start with `redis://`, `rediss://` or `unix:/`
            """#),
        Fault(
            "a URL without a host",
            #"""
            auth: {mode: none}
            redis: {url: "redis://:6379/0"}
            """#,
            #"""
            2:14: `url` needs a host, as `redis://127.0.0.1:6379/0`
            """#),
        Fault(
            "a URL with a wrong port",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a:0"}
            """#,
            #"""
            2:14: `url` needs a port from 1 to 65535 after the host
            """#),
        Fault(
            "a URL with a wrong database",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a:1/x"}
            """#,
            #"""
            2:14: `url` must end with the number of a database, as `/0`
            """#),
        Fault(
            "a URL with options",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a:1/0?timeout=5"}
            """#,
            #"""
            2:14: `url` has options; write them as keys of `redis`
            """#),
        Fault(
            "a URL of a cluster",
            #"""
            auth: {mode: none}
            redis: {url: "redis-cluster://a:1"}
            """#,
            #"""
            2:14: `url` is of one node; a cluster or Sentinel is written as `cluster` or `sentinel`
            """#),
        Fault(
            "a URL of Sentinel",
            #"""
            auth: {mode: none}
            redis: {url: "redis+sentinel://a:1/mymaster"}
            """#,
            #"""
            2:14: `url` is of one node; a cluster or Sentinel is written as `cluster` or `sentinel`
            """#),
        Fault(
            "a URL with several nodes",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a:1,b:2"}
            """#,
            #"""
            2:14: `url` names several nodes; list them under `cluster` or `sentinel`
            """#),
        Fault(
            "a URL with a broken escape",
            #"""
            auth: {mode: none}
            redis: {url: "redis://u:hunter2%zz@a"}
            """#,
            #"""
            2:14: `url` has a `%` without two hexadecimal digits before its `@`; `%` itself is `%25`
            """#),
        Fault(
            "a password in two places",
            #"""
            auth: {mode: none}
            redis: {url: "redis://u:hunter2@a", password: hunter2}
            """#,
            #"""
            2:47: `password` is in the URL too; keep one
            """#),
        Fault(
            "a username without a password",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a", username: u}
            """#,
            #"""
            2:8: `redis` has a username without a password
            """#),
        Fault(
            "an empty password",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a", password: ""}
            """#,
            #"""
            2:37: `password` is empty
            """#),
        Fault(
            "TLS options without TLS",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a", tls: {server_name: b}}
            """#,
            #"""
            2:27: `tls` needs a `rediss://` URL
            """#),
        Fault(
            "TLS without verification",
            #"""
            auth: {mode: none}
            redis: {url: "rediss://a", tls: {insecure: true}}
            """#,
            #"""
            2:34: unknown key `insecure` in `redis.tls`; known are ca, server_name
            """#),
        Fault(
            "a relative socket for redis",
            #"""
            auth: {mode: none}
            redis: {url: "unix:redis.sock"}
            """#,
            #"""
            2:14: `url` must have an absolute path of at most 107 bytes after `unix:`, and nothing else
            """#),
        Fault(
            "a deadline of zero",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a", deadline_ms: 0}
            """#,
            #"""
            2:40: `deadline_ms` must be a whole number from 1 to 10000
            """#),
        Fault(
            "a wrong failure mode",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a", on_failure: close}
            """#,
            #"""
            2:39: `on_failure` must be one of local, open, closed, defer, not `close`; did you mean `closed`?
            """#),
        Fault(
            "a key prefix with braces",
            #"""
            auth: {mode: none}
            redis: {url: "redis://a", key_prefix: "{a}"}
            """#,
            #"""
            2:39: `key_prefix` may hold up to 64 letters, digits, `_`, `.`, `:` and `-`
            """#),
    ]
}
