public import Bytes

/// A token looked at rule by rule, for whoever has to find out why it is refused: `postern token inspect`.
///
/// It runs the very code a check runs, so that it cannot say otherwise. The header and the claims are shown as far as
/// they can be read, verified or not; the signature is not.
public struct TokenInspection: Sendable {
    public enum Outcome: Equatable, Sendable {
        case passed
        case failed(TokenRefusal)
        case notReached
    }

    public struct Step: Equatable, Sendable {
        public let rule: TokenRule
        public let outcome: Outcome
    }

    public let header: JSONObject?
    public let claims: JSONObject?
    /// Every rule, in order.
    public let steps: [Step]
    /// What the token is good for, where every rule passed.
    public let verified: VerifiedToken?

    /// The first rule broken, or nil.
    public var refusal: TokenRefusal? {
        for case .failed(let refusal) in steps.map(\.outcome) { return refusal }
        return nil
    }

    /// What the configuration says about a token.
    public struct Terms {
        public var policy: TokenPolicy
        /// nil where they cannot be had; the rules up to the type are held all the same.
        public var keys: KeySet?

        public init(policy: TokenPolicy, keys: KeySet?) {
            self.policy = policy
            self.keys = keys
        }
    }

    /// - Parameters:
    ///   - choose: the terms for the token, by its issuer; nil to only read it, and a throw where no issuer fits.
    ///   - now: seconds since 1970.
    public init(
        _ token: borrowing Span<UInt8>, bytesMax: Int = TokenPolicy.tokenBytesMaxDefault, now: Int64,
        choose: (UnverifiedToken) throws(TokenRefusal) -> Terms?
    ) {
        header = TokenInspection.part(0, of: token)
        claims = TokenInspection.part(1, of: token)
        var reached = TokenRule.size
        var verified: VerifiedToken?
        var refusal: TokenRefusal?
        var hasKeys = true
        do throws(TokenRefusal) {
            let parsed = try UnverifiedToken(token, bytesMax: bytesMax, reached: &reached)
            if let terms = try choose(parsed) {
                hasKeys = terms.keys != nil
                verified = try TokenVerifier.verify(
                    token, parsed, terms.policy, terms.keys ?? KeySet.none, now, reached: &reached)
            }
        } catch {
            // Without keys nothing can be said about them.
            refusal = hasKeys || reached != .key ? error : nil
        }
        self.verified = verified
        steps = TokenInspection.steps(reached: reached, refusal, isVerified: verified != nil)
    }

    private static func steps(reached: TokenRule, _ refusal: TokenRefusal?, isVerified: Bool) -> [Step] {
        var isPast = false
        return TokenRule.allCases.map { rule in
            if isVerified { return Step(rule: rule, outcome: .passed) }
            if rule == reached {
                isPast = true
                return Step(rule: rule, outcome: refusal.map(Outcome.failed) ?? .notReached)
            }
            return Step(rule: rule, outcome: isPast ? .notReached : .passed)
        }
    }

    /// A part as far as it can be read, whatever else is wrong with the token.
    private static func part(_ index: Int, of token: borrowing Span<UInt8>) -> JSONObject? {
        var start = 0
        for _ in 0..<index {
            guard let dot = token.firstIndex(of: 0x2E, from: start) else { return nil }
            start = dot + 1
        }
        let end = token.firstIndex(of: 0x2E, from: start) ?? token.count
        return try? CompactJWS.object(token.extracting(start..<end))
    }
}
