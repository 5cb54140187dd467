import Bytes
import Credentials
import Domain

/// Where AWS keys come from: STS, the agent of a container, the metadata server of a machine. What is sent, and what
/// the answers mean.
enum AmazonLogin {
    /// Seconds for which keys are used that are asked for again: STS's as long as we ask for, less a quarter; a
    /// metadata server's less than the five minutes for which it shows new keys before the old ones end.
    static func lifetime(of login: AmazonStore.Login) -> Int64 {
        switch login {
        case .keys: 86_400
        case .webIdentity: sessionSeconds * 3 / 4
        case .container, .instance: 240
        }
    }

    private static let sessionSeconds: Int64 = 3_600

    static func assume(
        role: String, session: String, token: String, at endpoint: OutboundEndpoint
    ) -> OutboundRequest {
        let body = URLText.form([
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", session), ("DurationSeconds", "\(sessionSeconds)"), ("WebIdentityToken", token),
        ])
        return OutboundRequest(.post, endpoint, fields: [URLText.formType], body: body, deadlineMillis: 1)
    }

    /// The answer is XML, of which three elements matter; their text holds no entities and no markup.
    static func assumed(_ response: OutboundResponse) throws(SecretFault) -> AmazonKeys {
        try response.checkLogin()
        let document = String(decoding: response.body, as: UTF8.self)
        guard let id = element("AccessKeyId", document), let secret = element("SecretAccessKey", document),
            let session = element("SessionToken", document)
        else { throw .malformed }
        return AmazonKeys(id: id, secret: HiddenText(secret), session: HiddenText(session))
    }

    private static func element(_ name: String, _ document: String) -> String? {
        guard let start = document.firstRange(of: "<\(name)>"),
            let end = document[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        let text = document[start.upperBound..<end.lowerBound]
        return isPlain(text) ? String(text) : nil
    }

    static func container(_ url: String, _ authorization: String?) throws(SecretFault) -> OutboundRequest {
        let fields = authorization.map { [OutboundRequest.Field("Authorization", $0)] } ?? []
        return try local(.get, url, fields)
    }

    static func instanceSession(_ url: String) throws(SecretFault) -> OutboundRequest {
        try local(.put, "\(url)/latest/api/token", [.init("X-aws-ec2-metadata-token-ttl-seconds", "300")])
    }

    /// - Parameter role: empty to ask for its name.
    static func instanceRole(_ url: String, _ role: String, session: String) throws(SecretFault) -> OutboundRequest {
        guard isPlain(session[...]) else { throw .malformed }
        return try local(
            .get, "\(url)/latest/meta-data/iam/security-credentials/\(role)",
            [.init("X-aws-ec2-metadata-token", session)])
    }

    static func isRole(_ name: Substring) -> Bool {
        !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy { byte in
                (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "_+=,.@-".utf8.contains(byte)
            }
    }

    static func keys(_ response: OutboundResponse) throws(SecretFault) -> AmazonKeys {
        let answer = try response.loginObject()
        guard let id = answer["AccessKeyId"]?.text, let secret = answer["SecretAccessKey"]?.text,
            let token = answer["Token"]?.text, isPlain(id[...]), isPlain(secret[...]), isPlain(token[...])
        else { throw .malformed }
        return AmazonKeys(id: id, secret: HiddenText(secret), session: HiddenText(token))
    }

    private static func isPlain(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3C && $0 != 0x26 }
    }

    private static func local(
        _ method: Method, _ url: String, _ fields: [OutboundRequest.Field]
    ) throws(SecretFault) -> OutboundRequest {
        var request = OutboundRequest(
            method, try URLText.endpoint(url, caFile: nil), fields: fields, deadlineMillis: 1)
        request.isDirect = true
        return request
    }
}
