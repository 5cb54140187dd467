import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire

/// Which headers of a request are about who is asking, worked out once from the configuration.
struct CredentialTerms: Sendable {
    /// The key header's name in lower case; empty where keys are nobody's to judge.
    let keyHeader: [UInt8]
    /// The same, where it is a name that the parser knows; else `other`.
    let keyToken: HeaderToken
    let schemes: TokenSchemes
    let handshake: HandshakeTokens
    /// Whether anything but the credential itself is looked at.
    let hasEvidence: Bool
    private let readsProofs: Bool
    private let certificates: Set<CertificateSettings.Source>
    /// Names of headers that somebody else is told, in lower case.
    private let shared: Set<String>

    init(_ settings: Settings) {
        let auth = settings.auth
        let takesKeys = auth.providers.contains { provider in
            switch provider {
            case .apiKey, .external, .custom: true
            case .jwt, .oauth2, .mtls: false
            }
        }
        let keyHeader = takesKeys ? Array(auth.apiKeys.header.lowercased().utf8) : []
        self.keyHeader = keyHeader
        keyToken = HeaderToken(keyHeader.span)
        let takesTokens = auth.providers.contains { $0 != .apiKey && $0 != .mtls }
        readsProofs = auth.providers.contains(.oauth2) || auth.jwt?.issuers.contains { $0.dpop != .off } ?? false
        var schemes: TokenSchemes = []
        if takesTokens || takesKeys && auth.apiKeys.allowBearer { schemes.insert(.bearer) }
        // Read even where no proof is taken: what is not read would pass on to the agent unjudged.
        if takesTokens { schemes.insert(.dpop) }
        self.schemes = schemes
        handshake = HandshakeTokens(schemes.contains(.bearer) ? auth.webSocket : WebSocketSettings())
        certificates = Set(auth.mtls?.sources ?? [])
        shared = Set((auth.external?.headers ?? []) + (settings.authorization?.headers ?? []))
        hasEvidence = readsProofs || !certificates.isEmpty || !shared.isEmpty
    }

    /// The headers that carry credentials, in lower case: an agent never sees them, but for `authorization`, which is
    /// removed only where it held a token of ours.
    var carriers: [String] {
        var names: [String] = []
        if !keyHeader.isEmpty { names.append(String(decoding: keyHeader, as: UTF8.self)) }
        if certificates.contains(.xfcc) { names.append("x-forwarded-client-cert") }
        if certificates.contains(.nginx) { names.append("ssl-client-cert") }
        if certificates.contains(.clientCert) { names += ["client-cert", "client-cert-chain"] }
        if readsProofs { names.append("dpop") }
        return names
    }

    /// - Parameter isTrusted: whether the peer's word about certificates counts.
    func collect(
        _ head: borrowing RequestHead, _ bytes: borrowing Span<UInt8>, isTrusted: Bool, into evidence: inout Evidence
    ) {
        if readsProofs, let proof = head.value(of: .dpop) {
            evidence.proof = proof
            evidence.isProofRepeated = head.isRepeated(.dpop)
        }
        if isTrusted, readsForwarded {
            evidence.forwarded = forwarded(head)
            // A proxy that shows a certificate of its own is not its client.
            evidence.peer = nil
        }
        guard !shared.isEmpty else { return }
        for index in 0..<head.fields.count {
            let name = bytes.extracting(head.fields[index].name.bounds).text().lowercased()
            if shared.contains(name) { evidence.fields.append(head.fields[index]) }
        }
    }

    /// The header with a forwarded certificate. Two of them count as one that is repeated: the proxy writes one, and
    /// the other would be its client's own.
    private func forwarded(_ head: borrowing RequestHead) -> ForwardedField? {
        var found: ForwardedField?
        for (source, token) in CredentialTerms.forwardedTokens where certificates.contains(source) {
            guard let field = ForwardedField(token, head) else { continue }
            if found == nil { found = field } else { found?.isRepeated = true }
        }
        return found
    }

    private static let forwardedTokens: [(CertificateSettings.Source, HeaderToken)] = [
        (.xfcc, .xForwardedClientCert), (.nginx, .sslClientCert), (.clientCert, .clientCert),
    ]

    private var readsForwarded: Bool { certificates.contains { $0 != .tls } }
}
