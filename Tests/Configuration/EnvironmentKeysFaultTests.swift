import Testing

/// Keys from the environment, and the header that carries one.
@Suite struct EnvironmentKeysFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "a variable that is not set for env_var",
            #"""
            auth:
              api_keys: {env_var: UNSET_KEY}
            """#,
            #"""
            2:23: `env_var`: the environment variable UNSET_KEY is not set
            """#),
        Fault(
            "an empty variable for env_var",
            #"""
            auth:
              api_keys: {env_var: EMPTY}
            """#,
            #"""
            2:23: the environment variable EMPTY is empty
            """#),
        Fault(
            "a short variable for env_var",
            #"""
            auth:
              api_keys: {env_var: SHORT}
            """#,
            #"""
            2:23: the environment variable SHORT is shorter than 16 bytes; use a longer key, or `allow_short: \#
            true`
            """#),
        Fault(
            "env_var with a dollar",
            #"""
            auth:
              api_keys: {env_var: $GOOD}
            """#,
            #"""
            2:23: `env_var` must be the name of an environment variable, without `$`
            """#),
        Fault(
            "a prefix with no variables",
            #"""
            auth:
              api_keys: {prefix: NOBODY_}
            """#,
            #"""
            2:22: `prefix`: no environment variable starts with NOBODY_
            """#),
        Fault(
            "a prefix that is too short",
            #"""
            auth:
              api_keys: {prefix: A_}
            """#,
            #"""
            2:22: `prefix` must be at least 4 characters
            """#),
        Fault(
            "a prefix that catches service links",
            #"""
            auth:
              api_keys: {prefix: LINK_KEY_}
            """#,
            #"""
            2:22: `prefix` catches LINK_KEY_WEB, which looks like a Kubernetes service link; choose another \#
            prefix or set `enableServiceLinks: false`
            2:22: `prefix` catches LINK_KEY_WEB_PORT, which looks like a Kubernetes service link; choose \#
            another prefix or set `enableServiceLinks: false`
            """#),
        Fault(
            "a prefix that leaves no id",
            #"""
            auth:
              api_keys: {prefix: AGENT_KEY}
            """#,
            #"""
            2:22: `prefix` catches AGENT_KEY, which leaves nothing for the key's id
            """#),
        Fault(
            "a prefix with two keys alike",
            #"""
            auth:
              api_keys: {prefix: TWIN_KEY_}
            """#,
            #"""
            2:22: this key has the same value as an earlier one
            """#),
        Fault(
            "a prefix with a short key",
            #"""
            auth:
              api_keys: {prefix: WEAK_KEY_}
            """#,
            #"""
            2:22: the environment variable WEAK_KEY_A is shorter than 16 bytes; use a longer key, or \#
            `allow_short: true`
            """#),
        Fault(
            "a header with a space",
            #"""
            auth:
              api_keys: {env_var: GOOD, header: "X Key"}
            """#,
            #"""
            2:37: `header` may hold letters, digits and `-`; proxies drop header names with anything else
            """#),
        Fault(
            "a header with an underscore",
            #"""
            auth:
              api_keys: {env_var: GOOD, header: x_api_key}
            """#,
            #"""
            2:37: `header` may hold letters, digits and `-`; proxies drop header names with anything else
            """#),
        Fault(
            "the header Authorization",
            #"""
            auth:
              api_keys: {env_var: GOOD, header: Authorization}
            """#,
            #"""
            2:37: `header` cannot be Authorization; `allow_bearer` reads a key from there
            """#),
        Fault(
            "the header of a certificate",
            #"""
            auth:
              api_keys: {env_var: GOOD, header: SSL-Client-Cert}
            """#,
            #"""
            2:37: `header` has a meaning of its own in HTTP or to a proxy; choose another
            """#),
        Fault(
            "the header Host",
            #"""
            auth:
              api_keys: {env_var: GOOD, header: Host}
            """#,
            #"""
            2:37: `header` has a meaning of its own in HTTP or to a proxy; choose another
            """#),
        Fault(
            "a header among the identity headers",
            #"""
            auth:
              api_keys: {env_var: GOOD, header: X-Auth-Key}
            """#,
            #"""
            2:37: `header` starts with the prefix of the identity headers, which are removed from requests
            """#),
    ]
}
