import Bytes
import Configuration
import Credentials
import Domain
import HTTPWire
import NIOCore
import Outbound
import Synchronization

/// One credential put to somebody else: a copy of what they need to know, made when a check goes cold.
struct Question: Sendable {
    /// Names the question: two checks with one digest ask the same.
    let digest: Digest256
    let refusedSeconds: Int64
    private let provider: AuthSettings.Provider
    private let isInKeyHeader: Bool
    private let request: ExternalRequest
    private let now: Int64
    private let cacheSeconds: Int64

    init(
        _ provider: AuthSettings.Provider, _ check: Check, _ bytes: borrowing Span<UInt8>, at now: Int64,
        _ sha256: SHA256
    ) {
        self.provider = provider
        self.now = now
        isInKeyHeader = check.presented.carrier == .keyHeader
        let auth = check.gate.snapshot.settings.auth
        let credential = bytes.extracting(check.presented.credential.bounds)
        switch provider {
        case .oauth2:
            // An endpoint has one answer for a token, whatever it is used for: no copy of the request.
            request = ExternalRequest(method: "", path: "")
            digest = sha256.digest(kind: "oauth2", value: credential)
            cacheSeconds = Int64(auth.oauth2?.cacheSeconds ?? 0)
            refusedSeconds = Int64(auth.oauth2?.negativeCacheSeconds ?? 0)
        case .external:
            let headers = auth.external?.headers ?? []
            request = ExternalRequest(check, bytes, headers: headers)
            cacheSeconds = Int64(auth.external?.cacheSeconds ?? 0)
            refusedSeconds = Int64(auth.external?.negativeCacheSeconds ?? 0)
            // What is remembered is for the credential and what is shared beside it, whatever is asked for with them.
            let told = cacheSeconds == 0 ? request : ExternalRequest(method: "", path: "", headers: request.headers)
            digest = Question.digest("external", credential, isInKeyHeader, told, sha256)
        default:
            request = ExternalRequest(check, bytes, headers: [])
            cacheSeconds = .max
            refusedSeconds = Question.refusedSecondsOfCustom
            let told = ExternalRequest(method: "", path: "")
            digest = Question.digest("custom", credential, isInKeyHeader, told, sha256)
        }
    }

    /// How long a refusal by an authenticator compiled in is remembered.
    private static let refusedSecondsOfCustom: Int64 = 5

    /// Where answers are not remembered they may depend on the request, so only equal requests share a question. And
    /// whoever judges is told how a credential was carried.
    private static func digest(
        _ kind: StaticString, _ credential: borrowing Span<UInt8>, _ isInKeyHeader: Bool, _ request: ExternalRequest,
        _ sha256: SHA256
    ) -> Digest256 {
        var text = ByteWriter(reserving: 512)
        text.write(isInKeyHeader ? "key\0" : "bearer\0")
        text.write(text: "\(request.method)\0\(request.path)\0\(request.host ?? "")\0\(request.address ?? "")\0")
        for (name, value) in request.headers { text.write(text: "\(name)\0\(value)\0") }
        text.write(credential)
        return text.withSpan { sha256.digest(kind: kind, value: $0) }
    }

    /// - Parameter completion: once, on the event loop, never before this returns.
    func ask(
        _ credential: borrowing Span<UInt8>, _ gate: Gate, on eventLoop: any EventLoop,
        completion: @escaping @Sendable (Result<Authentication.Answer, Refusal>) -> Void
    ) {
        let (providers, question) = (gate.providers, self)
        let reply: @Sendable (Result<Authentication.Answer, Refusal>) -> Void = { result in
            eventLoop.execute { completion(result) }
        }
        switch provider {
        case .oauth2:
            guard let client = providers.introspection else { return reply(.failure(question.outOfReach(gate))) }
            client.introspect(credential) { reply(question.introspected($0, gate)) }
        case .external:
            guard let client = providers.external else { return reply(.failure(question.outOfReach(gate))) }
            client.authenticate(
                kind: isInKeyHeader ? "api_key" : "bearer", credential: credential, request: request
            ) { reply(question.authenticated($0, gate)) }
        case .custom(let name):
            guard let authenticator = providers.custom[name] else {
                return reply(.failure(question.outOfReach(gate)))
            }
            let once = FirstAnswer(reply)
            eventLoop.scheduleTask(in: .milliseconds(Int64(AuthenticatorRegistry.deadlineMilliseconds))) {
                once.give(.failure(.undecidable(gate, fault: "deadline")))
            }
            authenticator.authenticate(attempt(credential)) { once.give(question.answered($0, name, gate)) }
        default: reply(.failure(question.outOfReach(gate)))
        }
    }

    private func outOfReach(_ gate: Gate) -> Refusal { .undecidable(gate, fault: "out_of_reach") }

    private func attempt(_ credential: borrowing Span<UInt8>) -> AuthenticationAttempt {
        AuthenticationAttempt(
            credential: credential.copy(), isInKeyHeader: isInKeyHeader, method: request.method, path: request.path,
            host: request.host ?? "", address: request.address, now: now)
    }
}

// Answers, in the words of the pipeline.
extension Question {
    private func introspected(
        _ verdict: RemoteVerdict<IntrospectedToken>, _ gate: Gate
    ) -> Result<Authentication.Answer, Refusal> {
        decided(verdict, gate).map { token in
            Authentication.Answer(
                principal: token.principal, goodUntil: end(token.expiresAt, cacheSeconds),
                certificateThumbprint: token.certificateThumbprint, dpopThumbprint: token.dpopThumbprint)
        }
    }

    private func authenticated(
        _ verdict: RemoteVerdict<ExternalIdentity>, _ gate: Gate
    ) -> Result<Authentication.Answer, Refusal> {
        let settings = gate.snapshot.settings.auth.external
        return decided(verdict, gate).map { identity in
            let seconds = min(cacheSeconds, identity.cacheSeconds ?? .max)
            let principal = identity.principal.with(
                prefix: settings?.subjectPrefix, defaultRoles: settings?.defaultRoles ?? [])
            return Authentication.Answer(
                principal: principal, goodUntil: end(identity.principal.expiresAt, seconds))
        }
    }

    private func answered(
        _ answer: AuthenticationAnswer, _ name: String, _ gate: Gate
    ) -> Result<Authentication.Answer, Refusal> {
        switch answer {
        case .identified(let principal, let seconds):
            guard !principal.isAnonymous else { return .failure(Refusal(.credentialRefused)) }
            // An identity that is over is none, as with an external authenticator's.
            if let expiry = principal.expiresAt, expiry <= now {
                return .failure(Refusal(.credentialRefused, claim: "expires_at"))
            }
            let named = principal.with(method: AuthenticationMethod(rawValue: name), defaultRoles: ["default"])
            return .success(
                Authentication.Answer(principal: named, goodUntil: end(principal.expiresAt, max(0, seconds))))
        case .refused: return .failure(Refusal(.credentialRefused))
        case .undecidable: return .failure(.undecidable(gate, fault: "authenticator"))
        }
    }

    private func decided<Accepted>(_ verdict: RemoteVerdict<Accepted>, _ gate: Gate) -> Result<Accepted, Refusal> {
        gate.providers.log?.answered(provider.name, verdict.fault)
        switch verdict {
        case .accepted(let accepted): return .success(accepted)
        case .refused(let reason, let claim): return .failure(Refusal(reason, claim: claim))
        case .undecidable(let fault): return .failure(.undecidable(gate, fault: fault.word))
        }
    }

    private func end(_ expiry: Int64?, _ seconds: Int64) -> Int64 {
        let (end, overflows) = now.addingReportingOverflow(seconds)
        return min(expiry ?? .max, overflows ? .max : end)
    }
}

/// Passes on the first of several answers.
private final class FirstAnswer: Sendable {
    private let reply: Mutex<(@Sendable (Result<Authentication.Answer, Refusal>) -> Void)?>

    init(_ reply: @escaping @Sendable (Result<Authentication.Answer, Refusal>) -> Void) {
        self.reply = Mutex(reply)
    }

    func give(_ answer: Result<Authentication.Answer, Refusal>) {
        let reply = reply.withLock { reply in
            defer { reply = nil }
            return reply
        }
        reply?(answer)
    }
}

extension Principal {
    fileprivate func with(
        method: AuthenticationMethod? = nil, prefix: String? = nil, defaultRoles: [String]
    ) -> Principal {
        Principal(
            method: method ?? self.method, issuer: issuer, subject: subject.map { (prefix ?? "") + $0 }, keyID: keyID,
            email: email, name: name, tenant: tenant, roles: roles.isEmpty ? defaultRoles : roles,
            permissions: permissions, scopes: scopes, expiresAt: expiresAt)
    }
}

extension ExternalRequest {
    /// The request as the route saw it, with those of its headers that the configuration shares.
    init(_ check: Check, _ bytes: borrowing Span<UInt8>, headers: [String]) {
        let request = check.request
        let host = bytes.extracting(request.host.bounds).text()
        self.init(
            method: bytes.extracting(request.methodName.bounds).text(),
            path: bytes.extracting(request.path.bounds).text(), host: host.isEmpty ? nil : host,
            address: request.address.text,
            headers: check.evidence.shared(headers, bytes))
    }
}
