import Credentials

/// A policy in the words of the configuration. What a vector does not name is its file's.
struct VectorPolicy: Decodable, Sendable {
    var issuer: String?
    var audience: [String]?
    var algorithms: [String]?
    var type: String?
    var leewaySeconds: Int64?
    var requiredClaims: [String: String?]?
    var claims: [String: String]?

    private enum CodingKeys: String, CodingKey {
        case issuer, audience, algorithms, type, claims
        case leewaySeconds = "leeway_seconds"
        case requiredClaims = "required_claims"
    }

    func over(_ base: VectorPolicy?) -> VectorPolicy {
        VectorPolicy(
            issuer: issuer ?? base?.issuer, audience: audience ?? base?.audience,
            algorithms: algorithms ?? base?.algorithms, type: type ?? base?.type,
            leewaySeconds: leewaySeconds ?? base?.leewaySeconds,
            requiredClaims: requiredClaims ?? base?.requiredClaims, claims: claims ?? base?.claims)
    }

    var signatureAlgorithms: [SignatureAlgorithm] { (algorithms ?? []).map(SignatureAlgorithm.init(named:)) }

    var compiled: TokenPolicy {
        TokenPolicy(
            issuer: issuer, audiences: audience ?? [], algorithms: signatureAlgorithms, type: type,
            leewaySeconds: leewaySeconds ?? 30, requiredClaims: requiredClaims ?? [:], claims: mapping)
    }

    private var mapping: ClaimMapping {
        var mapping = ClaimMapping()
        for (word, path) in claims ?? [:] {
            switch word {
            case "user_id": mapping.userID = path
            case "email": mapping.email = path
            case "name": mapping.name = path
            case "roles": mapping.roles = path
            case "permissions": mapping.permissions = path
            case "scopes": mapping.scopes = path
            case "tenant_id": mapping.tenantID = path
            default: preconditionFailure("no such claim to map: \(word)")
            }
        }
        return mapping
    }
}

extension SignatureAlgorithm {
    init(named name: String) {
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            preconditionFailure("no such algorithm: \(name)")
        }
        self = algorithm
    }
}
