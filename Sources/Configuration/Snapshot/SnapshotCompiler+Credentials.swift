import Credentials

extension SnapshotCompiler {
    mutating func compileCredentials() -> CompiledCredentials {
        var credentials = CompiledCredentials()
        credentials.issuerKeys = (settings.auth.jwt?.issuers ?? []).map { keys(of: $0) }
        if let oauth2 = settings.auth.oauth2 {
            credentials.introspection = ClientCredentials(
                identifier: Array(oauth2.clientID.utf8), secret: oauth2.clientSecret.bytes)
        }
        if let mtls = settings.auth.mtls {
            credentials.certificates = authenticator(mtls)
            credentials.trust = trust(mtls)
        }
        if let assertion = settings.response.assertion { credentials.assertion = signer(assertion) }
        credentials.controlToken = settings.admin.token.map { sha256.digest($0.bytes.span) }
        credentials.auditKey = settings.audit?.key
        return credentials
    }

    private mutating func keys(of issuer: IssuerSettings) -> KeySet? {
        do throws(KeySetFault) {
            switch issuer.keys {
            case .jwksURL, .discovery: return nil
            case .pem(let text): return try KeySet(pem: text.span, algorithms: issuer.algorithms)
            case .secret(let secret): return try KeySet(secret: secret.bytes.span, algorithms: issuer.algorithms)
            }
        } catch {
            fail(issuer.position, "the issuer's key: \(error.description)")
            return nil
        }
    }

    private func authenticator(_ mtls: CertificateSettings) -> CertificateAuthenticator {
        let rules = mtls.roles.map { CertificateRoleRule(pattern: $0.pattern, roles: $0.roles, tenant: $0.tenant) }
        let kinds = mtls.identities.compactMap { CertificateIdentity.Kind(rawValue: $0.rawValue) }
        return CertificateAuthenticator(
            identities: kinds, rules: rules, defaultRoles: mtls.defaultRoles, subjectPrefix: mtls.subjectPrefix)
    }

    private mutating func trust(_ mtls: CertificateSettings) -> CertificateVerifier? {
        guard let caPEM = mtls.caPEM else { return nil }
        do throws(CertificateTrustFault) {
            return try CertificateVerifier(caPEM: caPEM, crlPEM: mtls.crlPEM)
        } catch {
            fail(mtls.position, "`mtls`: \(error.description)")
            return nil
        }
    }

    private mutating func signer(_ assertion: AssertionSettings) -> AssertionSigner? {
        do throws(KeySetFault) {
            return try AssertionSigner(pem: assertion.key.bytes.span, algorithm: assertion.algorithm)
        } catch {
            fail(assertion.position, "`assertion`: \(error.description)")
            return nil
        }
    }
}
