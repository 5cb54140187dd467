import Bytes
import Credentials
import Domain

/// AWS Secrets Manager's `GetSecretValue`, signed with keys from wherever this process gets its own.
struct AmazonSession: SecretSession {
    let store: AmazonStore
    private var keys: AmazonKeys?
    private var goodUntil: Int64 = 0

    init(store: AmazonStore) { self.store = store }

    func isAuthorized(at now: Int64) -> Bool { keys != nil && now < goodUntil }

    mutating func forget() { keys = nil }

    mutating func authorize(_ errands: borrowing SecretErrands) throws(SecretFault) {
        switch store.login {
        case .keys(let fixed): keys = fixed
        case .webIdentity(let role, let session, let file, let endpoint):
            let token = try errands.file(file)
            let request = try AmazonLogin.assume(
                role: role, session: session, token: token, at: URLText.endpoint(endpoint, caFile: store.caFile))
            keys = try AmazonLogin.assumed(errands.ask(request))
        case .container(let url, let token, let file):
            var authorization = token?.text
            if let file { authorization = try errands.file(file) }
            let request = try AmazonLogin.container(url, authorization)
            keys = try AmazonLogin.keys(errands.ask(request))
        case .instance(let url):
            keys = try AmazonSession.instanceKeys(url, errands)
        }
        goodUntil = errands.now + AmazonLogin.lifetime(of: store.login)
    }

    /// IMDSv2: a session first, without which a server that merely fetches URLs for others gets nothing.
    private static func instanceKeys(
        _ url: String, _ errands: borrowing SecretErrands
    ) throws(SecretFault) -> AmazonKeys {
        let session = try errands.ask(AmazonLogin.instanceSession(url))
        try session.checkLogin()
        let token = String(decoding: session.body, as: UTF8.self)
        let listed = try errands.ask(AmazonLogin.instanceRole(url, "", session: token))
        try listed.checkLogin()
        let role = String(decoding: listed.body, as: UTF8.self).prefix { $0 != "\n" }
        guard AmazonLogin.isRole(role) else { throw .malformed }
        return try AmazonLogin.keys(errands.ask(AmazonLogin.instanceRole(url, String(role), session: token)))
    }

    func question(_ reference: SecretReference) throws(SecretFault) -> OutboundRequest {
        var body = ByteWriter()
        body.write("{\"SecretId\":")
        body.write(json: reference.name)
        body.write("}")
        var fields = [
            OutboundRequest.Field("Content-Type", "application/x-amz-json-1.1"),
            OutboundRequest.Field("X-Amz-Target", "secretsmanager.GetSecretValue"),
        ]
        if let session = keys?.session { fields.append(.init("X-Amz-Security-Token", session.text)) }
        var request = OutboundRequest(
            .post, try URLText.endpoint(store.endpoint, caFile: store.caFile), fields: fields,
            body: [UInt8](body.bytes), deadlineMillis: 1)
        request.signature = keys.map { AmazonSignature(keys: $0, region: store.region, service: "secretsmanager") }
        return request
    }

    func value(_ reference: SecretReference, from response: OutboundResponse) throws(SecretFault) -> [UInt8] {
        guard response.status == 200 else { throw AmazonSession.fault(response) }
        let answer = try response.object()
        if let text = answer["SecretString"]?.text {
            return try SecretContent.value(Array(text.utf8), field: reference.field)
        }
        guard let text = answer["SecretBinary"]?.text, let bytes = Base64.decode(Array(text.utf8).span) else {
            throw .malformed
        }
        return try SecretContent.value(bytes, field: reference.field)
    }

    /// AWS says nearly everything with status 400 and a word in `__type`, which may follow a namespace.
    private static func fault(_ response: OutboundResponse) -> SecretFault {
        let type = (try? response.object())?["__type"]?.text ?? ""
        switch type.split(separator: "#").last ?? "" {
        case "ResourceNotFoundException": return .notFound
        case "ThrottlingException", "InternalServiceError", "InternalServiceErrorException", "RequestLimitExceeded":
            return .unavailable(status: response.status)
        case "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException",
            "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredTokenException", "MissingAuthenticationToken",
            "MissingAuthenticationTokenException", "IncompleteSignatureException", "DecryptionFailure":
            return .denied(status: response.status)
        default: break
        }
        switch response.status {
        case 401, 403: return .denied(status: response.status)
        case 429, 500...: return .unavailable(status: response.status)
        default: return .unexpectedStatus(response.status)
        }
    }
}
