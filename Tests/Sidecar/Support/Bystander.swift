import Domain

@testable import Sidecar

/// Owns a check that waits for nobody.
final class Bystander: CheckOwner {
    private(set) var answers = 0

    func storeAnswered() { answers += 1 }
    func credentialAnswered(_ answer: Result<VerifiedCredential, Refusal>) { answers += 1 }
    func keysAnswered() { answers += 1 }
    func authorizationAnswered(_ answer: DenyReason?) { answers += 1 }
}
