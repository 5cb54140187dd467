import Testing

/// `routes` and `paths`.
@Suite struct RoutesFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "a route without a path",
            #"""
            auth: {mode: none}
            routes: [{cost: 1}]
            """#,
            #"""
            2:10: a route needs `path`
            """#),
        Fault(
            "a path without a slash",
            #"""
            auth: {mode: none}
            routes: [{path: admin}]
            """#,
            #"""
            2:17: `path` must start with `/`
            """#),
        Fault(
            "a star within a segment",
            #"""
            auth: {mode: none}
            routes: [{path: "/a*"}]
            """#,
            #"""
            2:17: `path` has `*` within a segment; `*` stands for one whole segment, `**` for any number
            """#),
        Fault(
            "braces in a path",
            #"""
            auth: {mode: none}
            routes: [{path: "/users/{id}"}]
            """#,
            #"""
            2:17: `path` has braces; a segment that varies is `*`
            """#),
        Fault(
            "a doubled slash in a path",
            #"""
            auth: {mode: none}
            routes: [{path: /a//b}]
            """#,
            #"""
            2:17: `path` has an empty segment (`//`)
            """#),
        Fault(
            "dots in a path",
            #"""
            auth: {mode: none}
            routes: [{path: /a/../b}]
            """#,
            #"""
            2:17: `path` has a `.` or `..` segment
            """#),
        Fault(
            "a query in a path",
            #"""
            auth: {mode: none}
            routes: [{path: "/a?b=c"}]
            """#,
            #"""
            2:17: `path` holds `?`, which no path matches
            """#),
        Fault(
            "a broken escape in a path",
            #"""
            auth: {mode: none}
            routes: [{path: /a%2}]
            """#,
            #"""
            2:17: `path` has a `%` without two hexadecimal digits
            """#),
        Fault(
            "an encoded slash in a path",
            #"""
            auth: {mode: none}
            routes: [{path: /a%2fb}]
            """#,
            #"""
            2:17: `path` has an escape that no path matches
            """#),
        Fault(
            "a method in small letters",
            #"""
            auth: {mode: none}
            routes: [{path: /a, methods: [get]}]
            """#,
            #"""
            2:31: `methods` are case-sensitive; did you mean `GET`?
            """#),
        Fault(
            "a star for a method",
            #"""
            auth: {mode: none}
            routes: [{path: /a, methods: ["*"]}]
            """#,
            #"""
            2:31: `methods` has no `*`; remove the key to mean every method
            """#),
        Fault(
            "no methods",
            #"""
            auth: {mode: none}
            routes: [{path: /a, methods: []}]
            """#,
            #"""
            2:30: `methods` is empty; remove it to mean every method
            """#),
        Fault(
            "a host with a port",
            #"""
            auth: {mode: none}
            routes: [{path: /a, hosts: ["a.example:80"]}]
            """#,
            #"""
            2:29: `hosts` must hold names without port, as `api.example.com` or `*.example.com`
            """#),
        Fault(
            "a cost above the bound",
            #"""
            auth: {mode: none}
            bounds: {max_cost: 5}
            routes: [{path: /a, cost: 6}]
            """#,
            #"""
            3:27: `cost` must be a whole number from 0 to 5
            """#),
        Fault(
            "a public route with permissions",
            #"""
            auth: {mode: none}
            routes: [{path: /a, public: true, permissions: [b]}]
            """#,
            #"""
            2:10: warning: no role grants the permission `b`, so nobody may pass
            2:21: a public route cannot ask for permissions or scopes
            """#),
        Fault(
            "a permission no role grants",
            #"""
            auth:
              mode: none
              roles: [{name: default, permissions: [invoke]}]
            routes: [{path: /a, permissions: [invoek]}]
            """#,
            #"""
            4:10: warning: no role grants the permission `invoek`, so nobody may pass; did you mean `invoke`?
            """#),
        Fault(
            "a route that is never reached",
            #"""
            auth: {mode: none}
            routes:
              - {path: /a, cost: 1}
              - {path: /a, cost: 2}
            """#,
            #"""
            4:5: warning: this route is never reached; the one on line 3 matches first
            """#),
        Fault(
            "a slash at the end of strip_prefix",
            #"""
            auth: {mode: none}
            paths: {strip_prefix: /api/}
            """#,
            #"""
            2:23: `strip_prefix` must be a plain path without `*`, `%` and a `/` at its end
            """#),
        Fault(
            "a wrong rule for parameters",
            #"""
            auth: {mode: none}
            paths: {path_parameters: keeps}
            """#,
            #"""
            2:26: `path_parameters` must be one of reject, keep, not `keeps`; did you mean `keep`?
            """#),
    ]
}
