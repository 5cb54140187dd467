import Testing

/// `auth.mtls`, and the revocation lists of listeners.
@Suite struct CertificatesFaultTests {
    @Test(arguments: faults) func isToldWithItsPlace(_ fault: Fault) { fault.check() }

    static let faults: [Fault] = [
        Fault(
            "no sources",
            #"""
            auth: {mode: mtls, mtls: {identity: dns}}
            """#,
            #"""
            1:26: `mtls` needs `sources`
            """#),
        Fault(
            "empty lists",
            #"""
            auth: {mode: mtls, mtls: {sources: [], identity: []}}
            """#,
            #"""
            1:36: `sources` is empty; no certificate would ever be found
            1:50: `identity` is empty; name at least one, as spiffe
            """#),
        Fault(
            "unknown words",
            #"""
            auth: {mode: mtls, mtls: {sources: [envoy, xfcc, xfcc], identity: uri}}
            """#,
            #"""
            1:37: `sources` must be one of tls, xfcc, nginx, client_cert, not `envoy`
            1:50: `sources` names xfcc twice
            1:67: `identity` must be one of spiffe, dns, email, subject, not `uri`
            """#),
        Fault(
            "our own TLS where nobody is asked for a certificate",
            #"""
            auth: {mode: mtls, mtls: {sources: [tls]}}
            """#,
            #"""
            1:36: the source tls needs a listener with `tls.client_ca`
            """#),
        Fault(
            "a proxy's word where no proxy is trusted",
            #"""
            auth: {mode: mtls, mtls: {sources: [xfcc]}}
            trusted_proxies: []
            """#,
            #"""
            1:36: the source xfcc is believed of `trusted_proxies` only, and there are none
            """#),
        Fault(
            "certificates that lead nowhere",
            #"""
            auth: {mode: mtls, mtls: {sources: [xfcc, client_cert]}}
            """#,
            #"""
            1:26: the source client_cert needs `ca_file`
            """#),
        Fault(
            "a revocation list without authorities",
            #"""
            auth: {mode: mtls, mtls: {sources: [xfcc], crl_file: \#(Files.folder)/revoked.pem}}
            """#,
            #"""
            1:44: `crl_file` needs `ca_file`
            """#),
        Fault(
            "files in each other's place",
            #"""
            auth:
              mode: mtls
              mtls:
                sources: [nginx]
                ca_file: \#(Files.folder)/revoked.pem
                crl_file: \#(Files.folder)/authority.pem
            """#,
            #"""
            5:14: the file of `ca_file` holds no certificate in PEM (`-----BEGIN CERTIFICATE-----`)
            6:15: the file of `crl_file` holds no revocation list in PEM (`-----BEGIN X509 CRL-----`)
            """#),
        Fault(
            "a certificate that cannot be read",
            #"""
            auth: {mode: mtls, mtls: {sources: [nginx], ca_file: \#(Files.folder)/broken.pem}}
            """#,
            #"""
            1:54: the file of `ca_file`: it holds a PEM block that is not a certificate, or more certificates than are taken
            """#),
        Fault(
            "files of forwarded certificates for our own TLS",
            #"""
            listen:
              - address: 127.0.0.1:9191
                tls:
                  certificate: \#(Files.folder)/authority.pem
                  key: \#(Files.folder)/test-only-private.pem
                  client_ca: \#(Files.folder)/authority.pem
                  crl: \#(Files.folder)/revoked.pem
            auth:
              mode: mtls
              mtls:
                sources: tls
                ca_file: \#(Files.folder)/authority.pem
                crl_file: \#(Files.folder)/revoked.pem
            """#,
            #"""
            12:5: warning: `ca_file` has no effect on the source tls; it is `tls.client_ca` there
            13:5: warning: `crl_file` has no effect on the source tls; it is `tls.crl` there
            """#),
        Fault(
            "roles without a pattern, and with a bad one",
            #"""
            auth:
              mode: mtls
              mtls:
                sources: [xfcc]
                roles: [{tenant: a}, {pattern: "a***", roles: []}, {pattern: "a*", roles: [missing]}]
                default_roles: [missing]
            """#,
            #"""
            4:5: `default_roles` names the role `missing`, which is not defined; define it in `auth.roles`
            5:13: an entry of `mtls.roles` needs `pattern`
            5:13: an entry of `mtls.roles` needs `roles`
            5:36: `pattern` may hold up to 1024 bytes of printable ASCII, with `*` and `**`
            5:56: `mtls.roles` names the role `missing`, which is not defined; define it in `auth.roles`
            """#),
        Fault(
            "a listener's revocation list without its authorities",
            #"""
            listen:
              - address: 127.0.0.1:9191
                tls:
                  certificate: \#(Files.folder)/authority.pem
                  key: \#(Files.folder)/test-only-private.pem
                  crl: \#(Files.folder)/authority.pem
            auth: {mode: none}
            """#,
            #"""
            6:7: `crl` needs `client_ca`
            6:12: the file of `crl` holds no revocation list in PEM (`-----BEGIN X509 CRL-----`)
            """#),
    ]
}
