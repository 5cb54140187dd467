import Credentials
import Testing

/// A document of keys and what may be used of it.
struct KeyVector: Decodable, Sendable, CustomTestStringConvertible {
    struct Skipped: Decodable, Sendable {
        var position: Int
        var kid: String?
        var fault: Words
    }

    var name: String
    var jwks: JSONText?
    var pem: String?
    var secret: String?
    var algorithms: [String]
    var refused: Words?
    var usable: [String?]?
    var skipped: [Skipped]?

    var testDescription: String { name }
    var keys: VectorKeys { VectorKeys(jwks: jwks, pem: pem, secret: secret) }
}

@Suite struct KeyVectorTests {
    private struct Family: Decodable { var vectors: [KeyVector] }

    static let vectors = VectorFile.load("Hostile/keys", as: Family.self).vectors

    @Test(arguments: vectors)
    func comesToWhatItMust(_ vector: KeyVector) throws {
        let algorithms = vector.algorithms.map(SignatureAlgorithm.init(named:))
        do throws(KeySetFault) {
            let keys = try vector.keys.compiled(algorithms)
            check(keys, vector, algorithms)
        } catch {
            let wanted = vector.refused?.words ?? []
            #expect(wanted.contains(error.rawValue), "refused: \(error.rawValue)")
        }
    }

    private func check(_ keys: KeySet, _ vector: KeyVector, _ algorithms: [SignatureAlgorithm]) {
        guard let usable = vector.usable else {
            Issue.record("the document was taken")
            return
        }
        for kid in usable {
            #expect(algorithms.contains { keys.key(id: kid, algorithm: $0) != nil }, "no key \(kid ?? "without a kid")")
        }
        let wanted = vector.skipped ?? []
        #expect(keys.skipped.map(\.position) == wanted.map(\.position))
        for (skipped, wanted) in zip(keys.skipped, wanted) {
            #expect(wanted.fault.words.contains(skipped.fault.rawValue), "\(skipped.fault.rawValue)")
            #expect(skipped.keyID == wanted.kid)
        }
    }
}
