import Testing

/// `mode` and `providers`, and the sections that go with them.
@Suite struct ProvidersFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "an unknown mode",
            #"""
            auth: {mode: saml}
            """#,
            #"""
            1:14: `mode` must be one of none, api_key, jwt, oauth2, mtls, external, composite, not `saml`
            """#),
        Fault(
            "a mode without its section",
            #"""
            auth: {mode: jwt}
            """#,
            #"""
            1:14: mode jwt needs a section `jwt`
            """#),
        Fault(
            "providers without their sections",
            #"""
            auth:
              mode: composite
              providers: [jwt, oauth2, mtls]
            """#,
            #"""
            3:15: the provider jwt needs a section `jwt`
            3:20: the provider oauth2 needs a section `oauth2`
            3:28: the provider mtls needs a section `mtls`
            """#),
        Fault(
            "composite with api_key and no key",
            #"""
            auth:
              mode: composite
              providers: [api_key, jwt]
              jwt: {issuer: "https://a.example", audience: a}
            """#,
            #"""
            2:3: no credentials: the provider api_key needs `api_keys` with `keys`, `env_var`, `prefix` or `store`
            """#),
        Fault(
            "composite without providers",
            #"""
            auth:
              mode: composite
              api_keys: {env_var: GOOD}
            """#,
            #"""
            2:9: `mode: composite` needs `providers`, as `[api_key, jwt]`
            """#),
        Fault(
            "composite of nobody",
            #"""
            auth: {mode: composite, providers: []}
            """#,
            #"""
            1:36: `providers` is empty; name at least api_key
            """#),
        Fault(
            "providers without composite",
            #"""
            auth:
              mode: api_key
              providers: [api_key]
              api_keys: {env_var: GOOD}
            """#,
            #"""
            3:3: `providers` goes with `mode: composite`
            """#),
        Fault(
            "providers without a mode",
            #"""
            auth:
              providers: [api_key]
              api_keys: {env_var: GOOD}
            """#,
            #"""
            2:3: `providers` goes with `mode: composite`
            """#),
        Fault(
            "none for a provider",
            #"""
            auth:
              mode: composite
              providers: [api_key, none]
              api_keys: {env_var: GOOD}
            """#,
            #"""
            3:24: `providers` must be one of api_key, jwt, oauth2, mtls, external, not `none`
            """#),
        Fault(
            "a provider twice",
            #"""
            auth:
              mode: composite
              providers: [api_key, api_key]
              api_keys: {env_var: GOOD}
            """#,
            #"""
            3:24: `providers` names `api_key` twice
            """#),
        Fault(
            "keys behind somebody who is asked",
            #"""
            auth:
              mode: composite
              providers: [jwt, external, api_key]
              api_keys: {env_var: GOOD}
              jwt: {issuer: "https://a.example", audience: a}
              external: {url: "https://a.example"}
            """#,
            #"""
            3:30: api_key goes before external, or every key would be sent to somebody else first
            """#),
        Fault(
            "two who are asked",
            #"""
            auth:
              mode: composite
              providers: [oauth2, external]
              oauth2: {introspection_url: "https://a.example", client_id: a, client_secret: b}
              external: {url: "https://a.example"}
            """#,
            #"""
            3:23: oauth2 and external judge the same credentials, so only one of them can be there
            """#),
        Fault(
            "sections that no mode uses",
            #"""
            auth:
              mode: jwt
              api_keys: {env_var: GOOD}
              jwt: {issuer: "https://a.example", audience: a}
              mtls: {sources: [xfcc]}
              external: {url: "https://a.example"}
            """#,
            #"""
            3:3: warning: `api_keys` has no effect in mode jwt
            6:3: warning: `external` has no effect in mode jwt
            """#),
        Fault(
            "a section that no provider uses",
            #"""
            auth:
              mode: composite
              providers: [api_key, mtls]
              api_keys: {env_var: GOOD}
              mtls: {sources: [xfcc]}
              jwt: {issuer: "https://a.example", audience: a}
            """#,
            #"""
            6:3: warning: `jwt` has no effect unless `providers` names it
            """#),
        Fault(
            "a fault in a section that no mode uses",
            #"""
            auth:
              mode: none
              jwt: {audience: a}
            """#,
            #"""
            3:3: warning: `jwt` has no effect in mode none
            3:8: no keys: name `issuer` for discovery, or one of jwks_url, public_key_env, public_key_file, secret, secret_env
            """#),
        Fault(
            "on_undecidable where all is decidable",
            #"""
            auth:
              on_undecidable: defer
              api_keys: {env_var: GOOD}
            """#,
            #"""
            2:3: warning: `on_undecidable` has no effect: no provider asks anybody else
            """#),
        Fault(
            "a word for on_undecidable that means nothing",
            #"""
            auth:
              mode: external
              on_undecidable: allow
              external: {url: "https://a.example"}
            """#,
            #"""
            3:19: `on_undecidable` must be one of deny, defer, not `allow`
            """#),
        Fault(
            "failed_credentials in mode none",
            #"""
            auth: {mode: none, failed_credentials: {enabled: false}}
            """#,
            #"""
            1:20: warning: `failed_credentials` has no effect in mode none
            """#),
        Fault(
            "failed_credentials out of bounds",
            #"""
            auth:
              api_keys: {env_var: GOOD}
              failed_credentials: {rate: 100, burst: 0, enabled: no}
            """#,
            #"""
            3:30: `rate` needs `/` or ` per ` after its number, as `100/hour`
            3:42: `burst` must be a whole number from 1 to 2147483647
            3:54: `enabled` must be true or false; write true or false, not `no`
            """#),
    ]
}
