import Bytes
import Credentials
import Domain

/// Vault's HTTP interface: `auth/kubernetes/login`, and `data` of the KV engine, version 2.
struct VaultSession: SecretSession {
    let store: VaultStore
    private var pass: Pass?

    init(store: VaultStore) { self.store = store }

    func isAuthorized(at now: Int64) -> Bool { pass.map { now < $0.goodUntil } ?? false }

    mutating func forget() { pass = nil }

    mutating func authorize(_ errands: borrowing SecretErrands) throws(SecretFault) {
        switch store.login {
        case .token(let token): pass = Pass(token.text, lifetime: .max, at: errands.now)
        // No longer than a round, so that a replaced file is seen by the next.
        case .tokenFile(let path): pass = Pass(try errands.file(path), lifetime: 1, at: errands.now)
        case .kubernetes(let role, let mount, let file):
            let request = try login(role: role, mount: mount, token: try errands.file(file))
            let answer = try errands.ask(request).loginObject()
            guard let auth = answer["auth"]?.object, let token = auth["client_token"]?.text, !token.isEmpty else {
                throw .malformed
            }
            pass = Pass(token, lifetime: auth["lease_duration"]?.seconds ?? 0, at: errands.now)
        }
    }

    func login(role: String, mount: String, token: String) throws(SecretFault) -> OutboundRequest {
        var body = ByteWriter()
        body.write("{\"role\":")
        body.write(json: role)
        body.write(",\"jwt\":")
        body.write(json: token)
        body.write("}")
        let path = mount.split(separator: "/").map { URLText.escaped(String($0)) }.joined(separator: "/")
        let endpoint = try URLText.endpoint("\(store.address)/v1/auth/\(path)/login", caFile: store.caFile)
        return OutboundRequest(
            .post, endpoint, fields: fields + [.init("Content-Type", "application/json")], body: [UInt8](body.bytes),
            deadlineMillis: 1)
    }

    func question(_ reference: SecretReference) throws(SecretFault) -> OutboundRequest {
        let segments = reference.name.split(separator: "/").map { URLText.escaped(String($0)) }
        let path = ([segments[0], "data"] + segments[1...]).joined(separator: "/")
        let endpoint = try URLText.endpoint("\(store.address)/v1/\(path)", caFile: store.caFile)
        let token = OutboundRequest.Field("X-Vault-Token", pass?.text.text ?? "")
        return OutboundRequest(.get, endpoint, fields: fields + [token], deadlineMillis: 1)
    }

    func value(_ reference: SecretReference, from response: OutboundResponse) throws(SecretFault) -> [UInt8] {
        guard let data = try response.secretObject()["data"]?.object?["data"]?.object else { throw .malformed }
        return try SecretContent.value(of: data, field: reference.field)
    }

    /// The first makes a request no browser could be led to send, and some Vaults insist on it.
    private var fields: [OutboundRequest.Field] {
        let always = OutboundRequest.Field("X-Vault-Request", "true")
        return [always] + (store.namespace.map { [.init("X-Vault-Namespace", $0)] } ?? [])
    }
}
