import Bytes
import Credentials
import Domain
import Testing

/// The request a proof must be for.
struct ProofRequest: Decodable, Sendable {
    var method: String?
    var url: String?
    var accessToken: String?
    /// The thumbprint the access token is bound to.
    var jkt: String?
    var ageMax: Int64?

    private enum CodingKeys: String, CodingKey {
        case method, url, jkt
        case accessToken = "access_token"
        case ageMax = "age_max"
    }
}

/// A DPoP proof and what it must come to.
struct ProofVector: Decodable, Sendable {
    struct Nothing: Decodable, Sendable {}

    var name: String
    var token: String
    var now: Int64?
    var refused: Words?
    var claim: String?
    var accepted: Nothing?
    /// What this vector changes of its file's request.
    var request: ProofRequest

    private enum CodingKeys: String, CodingKey { case name, token, now, refused, claim, accepted }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        token = try container.decode(String.self, forKey: .token)
        now = try container.decodeIfPresent(Int64.self, forKey: .now)
        refused = try container.decodeIfPresent(Words.self, forKey: .refused)
        claim = try container.decodeIfPresent(String.self, forKey: .claim)
        accepted = try container.decodeIfPresent(Nothing.self, forKey: .accepted)
        request = try ProofRequest(from: decoder)
    }
}

/// A vector with everything its file adds.
struct ProofCase: Sendable, CustomTestStringConvertible {
    var vector: ProofVector
    var base: ProofRequest
    var now: Int64

    var testDescription: String { vector.name }

    /// Of the file of proofs, what the conformance files keep under other names.
    private struct Family: Decodable {
        var now: Int64
        var vectors: [ProofVector]
        var request: ProofRequest

        private enum CodingKeys: String, CodingKey { case now, vectors }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            now = try container.decode(Int64.self, forKey: .now)
            vectors = try container.decode([ProofVector].self, forKey: .vectors)
            request = try ProofRequest(from: decoder)
        }
    }

    static let hostile: [ProofCase] = {
        let family = VectorFile.load("Hostile/proofs", as: Family.self)
        return family.vectors.map { ProofCase(vector: $0, base: family.request, now: family.now) }
    }()

    static let conformance: [ProofCase] = VectorFile.conformance.flatMap { file in
        (file.proofs ?? []).map { vector in
            guard let base = file.proofRequest, let now = vector.now else { preconditionFailure(vector.name) }
            return ProofCase(vector: vector, base: base, now: now)
        }
    }

    func verify(_ proof: [UInt8]) throws -> Result<Digest128, TokenRefusal> {
        let request = vector.request
        let sha256 = SHA256()
        let accessToken = [UInt8](try #require(request.accessToken ?? base.accessToken).utf8)
        let jkt = [UInt8](try #require(request.jkt ?? base.jkt).utf8)
        let thumbprint = Digest256(base64URL: jkt.span)
        let (method, url) = (try #require(request.method ?? base.method), try #require(request.url ?? base.url))
        let expected = DPoPProof.Expectation(
            accessToken: sha256.digest(accessToken.span),
            thumbprint: try #require(thumbprint), now: vector.now ?? now,
            ageMax: try #require(request.ageMax ?? base.ageMax))
        return DPoPProof.verify(
            proof.span, method: [UInt8](method.utf8).span, url: [UInt8](url.utf8).span, expecting: expected,
            sha256: sha256)
    }
}

@Suite struct ProofVectorTests {
    @Test(arguments: ProofCase.hostile + ProofCase.conformance)
    func comesToWhatItMust(_ test: ProofCase) throws {
        switch (try test.verify([UInt8](test.vector.token.utf8)), test.vector.accepted) {
        case (.failure(let refusal), nil):
            let wanted = try #require(test.vector.refused).words
            #expect(wanted.contains(refusal.fault.rawValue), "\(refusal.fault.rawValue) (\(refusal.claim ?? ""))")
            if let claim = test.vector.claim { #expect(refusal.claim == claim) }
        case (.success, _?): break
        case (.failure(let refusal), _?): Issue.record("refused: \(refusal.fault.rawValue) (\(refusal.claim ?? ""))")
        case (.success, nil): Issue.record("accepted")
        }
    }

    /// One proof is one entry in the record of used proofs, and another `jti` another.
    @Test func theReplayRecordFollowsTheIdentifier() throws {
        let all = ProofCase.hostile.filter { $0.vector.accepted != nil }
        let control = try #require(all.first)
        let first = try control.verify([UInt8](control.vector.token.utf8)).get()
        #expect(try control.verify([UInt8](control.vector.token.utf8)).get() == first)
        let rfc = try #require(ProofCase.conformance.first { $0.vector.accepted != nil })
        #expect(try rfc.verify([UInt8](rfc.vector.token.utf8)).get() != first)
    }
}
