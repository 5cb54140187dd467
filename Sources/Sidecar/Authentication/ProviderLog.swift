import Credentials
import Logging
import Outbound
import Synchronization

/// Says in the log when somebody who is asked about credentials goes away, and when they are back: one line for each
/// change, however many checks notice. One per process, used from any thread.
final class ProviderLog: Sendable {
    private let logger: Logger
    private let faults = Mutex<[String: String]>([:])

    init(logger: Logger) {
        self.logger = logger
    }

    /// An issuer's keys were fetched, or could not be.
    func keys(_ index: Int, _ snapshot: KeySetSnapshot) {
        let skipped = snapshot.keys?.skipped.count ?? 0
        note(
            "jwks \(index)", fault: snapshot.fault.map { ($0.word, $0.description) },
            details: ["keys": "\(snapshot.keys?.keys.count ?? 0)", "skipped": "\(skipped)"])
    }

    /// A question was answered, or was not.
    func answered(_ provider: String, _ fault: RemoteFault?) {
        note(provider, fault: fault.map { ($0.word, $0.description) })
    }

    private func note(_ provider: String, fault: (word: String, text: String)?, details: Logger.Metadata = [:]) {
        let before = faults.withLock { faults in
            defer { faults[provider] = fault?.word ?? "" }
            return faults[provider]
        }
        guard before ?? "" != fault?.word ?? "" else { return }
        var metadata = details
        metadata["provider"] = .string(provider)
        guard let fault else { return logger.notice("provider is back", metadata: metadata) }
        metadata["fault"] = .string(fault.word)
        metadata["cause"] = .string(fault.text)
        // Nobody but whoever configured our own credentials can mend this one.
        let level: Logger.Level = fault.word == RemoteFault.clientRefused.word ? .error : .warning
        logger.log(level: level, "provider fails", metadata: metadata)
    }
}
