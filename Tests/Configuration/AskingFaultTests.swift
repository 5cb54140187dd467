import Testing

/// `auth.oauth2`, `auth.external` and `authorization`: those who are asked.
@Suite struct AskingFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "introspection of nobody",
            #"""
            auth:
              mode: oauth2
              oauth2: {}
            """#,
            #"""
            3:11: `oauth2` needs `introspection_url`
            3:11: `oauth2` needs `client_id` or `client_id_env`
            3:11: `oauth2` needs `client_secret` or `client_secret_env`
            """#),
        Fault(
            "a client's secret in two places, and a name that is not set",
            #"""
            auth:
              mode: oauth2
              oauth2:
                introspection_url: https://a.example/introspect
                client_id_env: UNSET
                client_secret: a
                client_secret_env: CLIENT_SECRET
            """#,
            #"""
            5:20: `client_id_env`: the environment variable UNSET is not set
            7:5: `client_secret` is there too; keep one
            """#),
        Fault(
            "a client's name with a line in it",
            #"""
            auth:
              mode: oauth2
              oauth2:
                introspection_url: https://a.example/introspect
                client_id_env: PEM_EC
                client_secret_env: CLIENT_SECRET
            """#,
            #"""
            5:20: the value of `client_id_env` is longer than 1024 bytes or holds a control character
            """#),
        Fault(
            "introspection out of bounds",
            #"""
            auth:
              mode: oauth2
              oauth2:
                introspection_url: http://localhost:8080/introspect
                client_id: postern
                client_secret_env: CLIENT_SECRET
                cache_seconds: 3601
                negative_cache_seconds: 301
                deadline_ms: 60001
                default_roles: [missing]
            """#,
            #"""
            4:5: `default_roles` names the role `missing`, which is not defined; define it in `auth.roles`
            4:24: warning: `introspection_url` is not encrypted; `http://` is for trying things out
            7:20: `cache_seconds` must be a whole number from 0 to 3600
            8:29: `negative_cache_seconds` must be a whole number from 0 to 300
            9:18: `deadline_ms` must be a whole number from 1 to 60000
            """#),
        Fault(
            "a password in a URL",
            #"""
            auth:
              mode: oauth2
              oauth2: {introspection_url: "https://u:hunter2@a.example", client_id: a, client_secret: b}
            """#,
            #"""
            3:31: `introspection_url` holds a name or a password before `@`; URLs are logged
            """#),
        Fault(
            "an authenticator without a URL",
            #"""
            auth:
              mode: external
              external: {format: opa}
            """#,
            #"""
            3:13: `external` needs `url`
            3:22: `format` must be one of postern, not `opa`
            """#),
        Fault(
            "a socket without a path to ask for",
            #"""
            auth:
              mode: external
              external: {url: "unix:/run/a.sock"}
            """#,
            #"""
            3:19: `url` needs a socket and a path after `unix:`, as `unix:/run/opa.sock:/v1/check`
            """#),
        Fault(
            "an authenticator out of bounds",
            #"""
            auth:
              mode: external
              external:
                url: unix:/run/a.sock:/who
                deadline_ms: 0
                cache_seconds: 3601
                negative_cache_seconds: 301
                headers: [Cookie, X_Key, cookie]
                ca_file: /nowhere
                default_roles: [missing]
            """#,
            #"""
            4:5: `default_roles` names the role `missing`, which is not defined; define it in `auth.roles`
            5:18: `deadline_ms` must be a whole number from 1 to 60000
            6:20: `cache_seconds` must be a whole number from 0 to 3600
            7:29: `negative_cache_seconds` must be a whole number from 0 to 300
            8:23: `headers` may hold letters, digits and `-`; proxies drop header names with anything else
            8:30: `headers` names `cookie` twice
            9:5: warning: `ca_file` has no effect without `https://`
            9:14: the file of `ca_file` cannot be read: No such file or directory
            """#),
        Fault(
            "an authorizer of nobody",
            #"""
            auth: {mode: none}
            authorization: {on_failure: open}
            """#,
            #"""
            2:16: `authorization` needs `external`
            2:29: `on_failure` must be one of deny, defer, allow, not `open`
            """#),
        Fault(
            "an authorizer that would see keys",
            #"""
            auth:
              api_keys: {env_var: GOOD, header: X-Key}
            authorization:
              external: https://a.example
              headers: [Authorization, x-key, cookie]
              format: rego
              deadline_ms: 0
              cache_seconds: 3601
            """#,
            #"""
            5:13: `headers` names a carrier of credentials, which are not sent on
            5:28: `headers` names a carrier of credentials, which are not sent on
            6:11: `format` must be one of postern, opa, not `rego`
            7:16: `deadline_ms` must be a whole number from 1 to 60000
            8:18: `cache_seconds` must be a whole number from 0 to 3600
            """#),
    ]
}
