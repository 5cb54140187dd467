import Bytes
import Credentials
import Testing

/// Every byte of a valid token counts: whichever is changed, the token is refused.
///
/// There is no second spelling of any token that passes: base64url has to be canonical and the signature is over the
/// encoded bytes, so nothing that is "equal in meaning" remains to be accepted.
@Suite struct MutationTests {
    static let valid = (TokenCase.hostile + TokenCase.conformance).filter {
        $0.vector.accepted != nil && $0.vector.bytes.count < 2_000
    }

    /// One of each algorithm and key source is enough: the rest differ in claims only.
    static let controls = valid.filter { $0.vector.name.hasPrefix("control") || $0.family == "RFC" }

    private static let digits = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    @Test(arguments: controls)
    func noByteCanBeChanged(_ test: TokenCase) throws {
        let token = test.vector.bytes
        let (policy, keys) = (test.policy.compiled, try test.keys.compiled(test.policy.signatureAlgorithms))
        for index in token.indices {
            for byte in Self.others(than: token[index]) {
                var changed = token
                changed[index] = byte
                expectRefusal(test, changed, policy, keys, "byte \(index) to \(byte)")
            }
        }
    }

    /// The last character of each part has bits that no byte holds: every other spelling of it is refused, as no
    /// canonical base64url or for what it says.
    @Test(arguments: controls)
    func lastCharactersHaveOneSpelling(_ test: TokenCase) throws {
        let token = test.vector.bytes
        let (policy, keys) = (test.policy.compiled, try test.keys.compiled(test.policy.signatureAlgorithms))
        let ends = token.indices.filter { $0 + 1 == token.count || token[$0 + 1] == 0x2E }
        #expect(ends.count == 3)
        for index in ends {
            for digit in Self.digits where digit != token[index] {
                var changed = token
                changed[index] = digit
                expectRefusal(test, changed, policy, keys, "byte \(index) to \(digit)")
            }
        }
    }

    @Test(arguments: controls)
    func noByteCanBeLostOrAdded(_ test: TokenCase) throws {
        let token = test.vector.bytes
        let (policy, keys) = (test.policy.compiled, try test.keys.compiled(test.policy.signatureAlgorithms))
        for index in token.indices {
            var changed = token
            changed.remove(at: index)
            expectRefusal(test, changed, policy, keys, "byte \(index) removed")
            for byte in [token[index], 0x3D] {
                changed = token
                changed.insert(byte, at: index)
                expectRefusal(test, changed, policy, keys, "\(byte) before byte \(index)")
            }
        }
    }

    /// The neighbour in the alphabet (the lowest bit, where spellings could hide), the highest bit, the dot, and a byte
    /// that lenient decoders skip.
    private static func others(than byte: UInt8) -> [UInt8] {
        var others: [UInt8] = [byte ^ 0x80, 0x2E, 0x0A]
        if let digit = digits.firstIndex(of: byte) {
            others += [digits[digit ^ 1], digits[digit ^ 32]]
        }
        return others.filter { $0 != byte }
    }

    private func expectRefusal(
        _ test: TokenCase, _ token: [UInt8], _ policy: TokenPolicy, _ keys: KeySet, _ change: @autoclosure () -> String
    ) {
        if case .success = test.verify(token, policy: policy, keys: keys) { Issue.record("accepted: \(change())") }
    }
}
