import Testing

/// `auth` without its keys.
@Suite struct AuthFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "no auth",
            #"""
            workers: 1
            """#,
            #"""
            1:1: `auth` is missing; a gate without credentials says so by `auth: {mode: none}`
            """#),
        Fault(
            "an empty auth",
            #"""
            auth:
            """#,
            #"""
            1:1: `auth` has no value; give it one or remove the key
            """#),
        Fault(
            "an auth without credentials",
            #"""
            auth: {mode: api_key}
            """#,
            #"""
            1:7: no credentials: mode api_key needs `api_keys` with `keys`, `env_var`, `prefix` or `store`
            """#),
        Fault(
            "api_keys without keys",
            #"""
            auth:
              api_keys: {header: X-Key}
            """#,
            #"""
            2:3: no credentials: mode api_key needs `api_keys` with `keys`, `env_var`, `prefix` or `store`
            """#),
        Fault(
            "keys in mode none",
            #"""
            auth:
              mode: none
              api_keys: {env_var: GOOD}
            """#,
            #"""
            3:3: warning: `api_keys` has no effect in mode none
            """#),
        Fault(
            "a role near no other",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef, roles: [operator]}
            """#,
            #"""
            4:9: key `a` has the role `operator`, which is not defined; define it in `auth.roles`
            """#),
        Fault(
            "a role with a comma",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef, roles: ["a,b"]}
            """#,
            #"""
            4:48: `roles` may hold printable ASCII without spaces, commas, `"` and `\`
            """#),
        Fault(
            "a role twice on a key",
            #"""
            auth:
              api_keys:
                keys:
                  - {id: a, key: 0123456789abcdef, roles: [default, default]}
            """#,
            #"""
            4:57: `roles` names `default` twice
            """#),
        Fault(
            "a role without a name",
            #"""
            auth:
              mode: none
              roles: [{permissions: [a]}]
            """#,
            #"""
            3:11: a role needs `name`
            """#),
        Fault(
            "a role defined twice",
            #"""
            auth:
              mode: none
              roles: [{name: a}, {name: a}]
            """#,
            #"""
            3:23: role `a` is defined twice
            """#),
        Fault(
            "a star for a permission",
            #"""
            auth:
              mode: none
              roles: [{name: admin, permissions: ["*"]}]
            """#,
            #"""
            3:39: `*` is no permission; name each one, so that a new route opens to nobody
            """#),
        Fault(
            "roles as a mapping",
            #"""
            auth:
              mode: none
              roles: {admin: [invoke]}
            """#,
            #"""
            3:10: `roles` must be a list, as `[a, b]` or lines of `- a`, not a mapping
            """#),
        Fault(
            "a rate for an undefined role",
            #"""
            auth:
              mode: none
              roles: [{name: user}]
              rate_limits: {users: 5/s}
            """#,
            #"""
            4:17: `rate_limits` names the role `users`, which is not defined; did you mean `user`?
            """#),
        Fault(
            "a rate without a unit",
            #"""
            auth:
              mode: none
              rate_limits: {default: "100"}
            """#,
            #"""
            3:26: `rate_limits` needs `/` or ` per ` after its number, as `100/hour`
            """#),
        Fault(
            "a role without a rate",
            #"""
            auth:
              mode: none
              rate_limits: {default: }
            """#,
            #"""
            3:17: a role in `rate_limits` has no rate; give it one, as `100/hour`
            """#),
        Fault(
            "rate_limits as a list",
            #"""
            auth:
              mode: none
              rate_limits: [100/hour]
            """#,
            #"""
            3:16: `rate_limits` must be a mapping of `role: rate`, not a list
            """#),
        Fault(
            "redis limits without redis",
            #"""
            auth:
              mode: none
              rate_limit_backend: redis
            """#,
            #"""
            3:3: `rate_limit_backend: redis` needs a `redis` section with its `url`
            """#),
        Fault(
            "redis that is not used",
            #"""
            auth:
              mode: none
              rate_limit_backend: memory
            redis: {url: "redis://127.0.0.1"}
            """#,
            #"""
            3:3: warning: the `redis` section has no effect with `rate_limit_backend: memory`
            """#),
        Fault(
            "a realm with a quote",
            #"""
            auth: {mode: none, realm: 'a"b'}
            """#,
            #"""
            1:27: `realm` may hold printable ASCII without `"` and `\`
            """#),
        Fault(
            "a public path without a slash",
            #"""
            auth: {mode: none, public_paths: [health]}
            """#,
            #"""
            1:35: `public_paths` must start with `/`
            """#),
    ]
}
