import Bytes
import Credentials
import Domain

/// Google Secret Manager's `versions.access`, as the machine's account or a service account's key.
struct GoogleSession: SecretSession {
    let store: GoogleStore
    private var pass: Pass?

    init(store: GoogleStore) { self.store = store }

    func isAuthorized(at now: Int64) -> Bool { pass.map { now < $0.goodUntil } ?? false }

    mutating func forget() { pass = nil }

    mutating func authorize(_ errands: borrowing SecretErrands) throws(SecretFault) {
        let response: OutboundResponse
        switch store.login {
        case .metadata(let url):
            response = try errands.ask(GoogleSession.metadataToken(url))
            // Whoever else answers at this address does not say so.
            guard response.field("metadata-flavor") == "Google" else { throw .malformed }
        case .serviceAccount(let file, let tokenURL):
            let assertion = try GoogleSession.assertion(
                try errands.file(file), audience: tokenURL, at: errands.now)
            let body = URLText.form([
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion),
            ])
            let endpoint = try URLText.endpoint(tokenURL, caFile: store.caFile)
            response = try errands.ask(
                OutboundRequest(.post, endpoint, fields: [URLText.formType], body: body, deadlineMillis: 1))
        }
        pass = try response.loginObject().accessPass(at: errands.now)
    }

    static func metadataToken(_ url: String) throws(SecretFault) -> OutboundRequest {
        let path = "/computeMetadata/v1/instance/service-accounts/default/token"
        var request = OutboundRequest(
            .get, try URLText.endpoint(url + path, caFile: nil), fields: [.init("Metadata-Flavor", "Google")],
            deadlineMillis: 1)
        request.isDirect = true
        return request
    }

    /// The JWT a service account shows for a token (RFC 7523).
    ///
    /// - Parameter document: the JSON file of the account's key. Its own `token_uri` is not read: a file must not say
    ///   where its signature is sent.
    static func assertion(_ document: String, audience: String, at now: Int64) throws(SecretFault) -> String {
        let bytes = Array(document.utf8)
        guard let object = (try? JSONParser.parse(bytes.span))?.object, object["type"]?.text == "service_account",
            let email = object["client_email"]?.text, let pem = object["private_key"]?.text,
            let keyID = object["private_key_id"]?.text, SecretReference.isKeyID(keyID)
        else { throw .fileMalformed }
        let key = Array(pem.utf8)
        guard let signer = try? AssertionSigner(pem: key.span, algorithm: .rs256, named: keyID) else {
            throw .fileMalformed
        }
        var claims = ByteWriter()
        claims.write("{\"iss\":")
        claims.write(json: email)
        claims.write(",\"scope\":\"https://www.googleapis.com/auth/cloud-platform\",\"aud\":")
        claims.write(json: audience)
        claims.write(text: ",\"iat\":\(now),\"exp\":\(now + 3_600)}")
        guard let token = signer.sign(claims: claims.bytes.span) else { throw .fileMalformed }
        return String(decoding: token, as: UTF8.self)
    }

    func question(_ reference: SecretReference) throws(SecretFault) -> OutboundRequest {
        guard let name = GoogleName(reference.name), let project = name.project ?? store.project, let pass else {
            throw .notFound
        }
        let path = "/v1/projects/\(project)/secrets/\(name.name)/versions/\(name.version):access"
        let endpoint = try URLText.endpoint(store.endpoint + path, caFile: store.caFile)
        return OutboundRequest(.get, endpoint, fields: [pass.bearer], deadlineMillis: 1)
    }

    func value(_ reference: SecretReference, from response: OutboundResponse) throws(SecretFault) -> [UInt8] {
        let answer = try response.secretObject()
        guard let payload = answer["payload"]?.object, let text = payload["data"]?.text,
            let data = Base64.decode(Array(text.utf8).span)
        else { throw .malformed }
        if let sum = payload["dataCrc32c"]?.seconds, sum != Int64(CRC32C.sum(data)) { throw .malformed }
        return try SecretContent.value(data, field: reference.field)
    }
}

/// The checksum Google sends along (Castagnoli, RFC 3720 appendix B.4), a bit at a time: secrets are short.
enum CRC32C {
    static func sum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
        }
        return ~sum
    }
}

extension SecretReference {
    /// It becomes a part of a JSON header as it stands.
    fileprivate static func isKeyID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128 && text.utf8.allSatisfy { ASCII.isUnreserved($0) }
    }
}
