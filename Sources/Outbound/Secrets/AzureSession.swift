import Bytes
import Credentials
import Domain

/// Azure Key Vault's `Get Secret`, as a managed identity, a pod's service account or a client with a secret.
struct AzureSession: SecretSession {
    private static let version = "7.4"
    private static let resource = "https://vault.azure.net"

    let store: AzureStore
    private var pass: Pass?

    init(store: AzureStore) { self.store = store }

    func isAuthorized(at now: Int64) -> Bool { pass.map { now < $0.goodUntil } ?? false }

    mutating func forget() { pass = nil }

    mutating func authorize(_ errands: borrowing SecretErrands) throws(SecretFault) {
        let request: OutboundRequest
        switch store.login {
        case .managedIdentity(let url, let client):
            request = try AzureSession.identityToken(url, client: client)
        case .workload(let tenant, let client, let file):
            let proof = [
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", try errands.file(file)),
            ]
            request = try token(tenant: tenant, client: client, proof: proof)
        case .secret(let tenant, let client, let secret):
            request = try token(tenant: tenant, client: client, proof: [("client_secret", secret.text)])
        }
        pass = try errands.ask(request).loginObject().accessPass(at: errands.now)
    }

    static func identityToken(_ url: String, client: String?) throws(SecretFault) -> OutboundRequest {
        let chosen = client.map { "&client_id=\(URLText.escaped($0))" } ?? ""
        let query = "api-version=2018-02-01&resource=\(URLText.escaped(resource))\(chosen)"
        let endpoint = try URLText.endpoint("\(url)/metadata/identity/oauth2/token?\(query)", caFile: nil)
        var request = OutboundRequest(.get, endpoint, fields: [.init("Metadata", "true")], deadlineMillis: 1)
        request.isDirect = true
        return request
    }

    /// The client credentials grant (RFC 6749 section 4.4), with whatever proves the client.
    func token(
        tenant: String, client: String, proof: [(String, String)]
    ) throws(SecretFault) -> OutboundRequest {
        let body = URLText.form(
            [
                ("grant_type", "client_credentials"), ("client_id", client),
                ("scope", "\(AzureSession.resource)/.default"),
            ] + proof)
        let url = "\(store.authority)/\(URLText.escaped(tenant))/oauth2/v2.0/token"
        return OutboundRequest(
            .post, try URLText.endpoint(url, caFile: store.caFile), fields: [URLText.formType], body: body,
            deadlineMillis: 1)
    }

    func question(_ reference: SecretReference) throws(SecretFault) -> OutboundRequest {
        guard let pass else { throw .denied(status: 401) }
        let parts = reference.name.split(separator: "/")
        let base = store.endpoint ?? "https://\(parts[0]).vault.azure.net"
        let path = parts[1...].joined(separator: "/")
        let endpoint = try URLText.endpoint(
            "\(base)/secrets/\(path)?api-version=\(AzureSession.version)", caFile: store.caFile)
        return OutboundRequest(.get, endpoint, fields: [pass.bearer], deadlineMillis: 1)
    }

    func value(_ reference: SecretReference, from response: OutboundResponse) throws(SecretFault) -> [UInt8] {
        guard let text = try response.secretObject()["value"]?.text else { throw .malformed }
        return try SecretContent.value(Array(text.utf8), field: reference.field)
    }
}
