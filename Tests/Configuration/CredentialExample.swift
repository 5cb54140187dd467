/// A file with every section of credentials and every key in it, for tests that change it a little.
enum CredentialExample {
    static let yaml = #"""
        trusted_proxies: [10.0.0.0/8]
        bounds: {cold_checks: 100}
        auth:
          mode: composite
          providers: [api_key, jwt, oauth2, mtls]
          on_undecidable: defer
          failed_credentials: {rate: 50/minute, burst: 100, enabled: true}
          api_keys: {env_var: AGENT_KEY}
          jwt:
            cache: {entries: 1000, negative_seconds: 5}
            merge_subjects: false
            issuers:
              - issuer: https://login.example.com
                jwks_url: https://login.example.com/keys
                algorithms: [RS256, EdDSA]
                audience: [agent, other]
                type: at+jwt
                leeway_seconds: 10
                required_claims: {azp: web}
                required_scopes: [invoke]
                claims: {user_id: sub, email: mail, name: nick, roles: a.roles, permissions: perms, scopes: scp, tenant_id: org}
                subject_prefix: "a:"
                default_roles: [default]
                ca_file: \#(Files.folder)/authority.pem
                cooldown_seconds: 20
                stale_seconds: 600
                deadline_ms: 500
                dpop: accept
              - {issuer: b, secret: 0123456789abcdef0123456789abcdef, audience: agent, subject_prefix: "b:"}
              - {issuer: c, secret_env: JWT_SECRET, audience: agent, subject_prefix: "c:", required_claims: [azp]}
              - {issuer: d, public_key_env: PEM_EC, audience: agent, subject_prefix: "d:"}
              - {issuer: e, public_key_file: \#(Files.folder)/public-ec.pem, audience: agent, subject_prefix: "e:"}
          oauth2:
            introspection_url: https://login.example.com/introspect
            client_id: postern
            client_secret_env: CLIENT_SECRET
            required_scopes: [invoke]
            issuer: https://login.example.com
            audience: agent
            claims: {user_id: username}
            cache_seconds: 30
            negative_cache_seconds: 5
            deadline_ms: 500
            ca_file: \#(Files.folder)/authority.pem
            default_roles: [default]
            subject_prefix: "o:"
          mtls:
            sources: [xfcc, nginx, client_cert]
            ca_file: \#(Files.folder)/authority.pem
            crl_file: \#(Files.folder)/revoked.pem
            identity: [spiffe, dns]
            roles: [{pattern: "spiffe://example.org/*", roles: [agent], tenant: example}]
            default_roles: [default]
            subject_prefix: "m:"
          roles: [{name: agent, permissions: [invoke]}]
        authorization:
          external: unix:/run/opa.sock:/v1/data/agents/allow
          format: opa
          deadline_ms: 100
          cache_seconds: 1
          on_failure: deny
          headers: [x-team]
        response:
          assertion: {key: "${PEM_PRIVATE}", algorithm: ES256, ttl_seconds: 30, issuer: gate, audience: agent, header: X-Auth-Proof}
        audit: {file: /var/log/postern/audit.log, allowed: 0.01, key: 0123456789abcdef0123456789abcdef, queue_bytes: 65536}

        """#
}
