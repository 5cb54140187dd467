import Bytes

/// What a discovery document (OpenID Connect Discovery 1.0) is read for: where the issuer's keys are.
enum ProviderMetadata {
    /// Where an issuer describes itself (section 4): the issuer, a slash at its end removed, and the well-known path.
    static func url(ofIssuer issuer: String) -> String {
        var base = Substring(issuer)
        if base.hasSuffix("/") { base.removeLast() }
        return base + "/.well-known/openid-configuration"
    }

    /// The endpoint of the keys.
    ///
    /// - Parameters:
    ///   - issuer: as configured; the document must name exactly it (section 4.3), or one issuer could speak for
    ///     another.
    ///   - endpoint: where the document came from. Keys come over https, except from an issuer on this very machine
    ///     that itself is plain http: then the keys must be on this machine too.
    static func keySet(
        in document: [UInt8], issuer: String, from endpoint: OutboundEndpoint
    ) throws(KeySetFetchFault) -> OutboundEndpoint {
        let value: JSONValue
        do { value = try JSONParser.parse(document.span) } catch { throw .badMetadata }
        guard let named = value.object?["issuer"]?.text, let text = value.object?["jwks_uri"]?.text else {
            throw .badMetadata
        }
        guard named.isExactly(issuer) else { throw .issuerMismatch }
        // A document may not send us to a socket of this machine.
        guard !text.hasPrefix("unix:"),
            let keySet = try? OutboundEndpoint(text, caFile: endpoint.caFile)
        else { throw .badKeySetURL }
        let isLocal = !endpoint.isEncrypted && endpoint.isLoopback && keySet.isLoopback
        guard keySet.isEncrypted || isLocal else { throw .badKeySetURL }
        return keySet
    }
}
