import Bytes

/// What is said when a connection opens, before any check goes over it: who we are, whether this server may be
/// written to, and the script. A value: replies in, what they mean out.
///
/// All commands leave in one write; the replies come in the same order.
struct Handshake {
    enum Step: Equatable { case authenticate, select, name, slots, role, evictionPolicy, load(StoreScript) }

    enum Progress: Equatable {
        case more
        /// The reply is the cluster's map.
        case map
        /// The scripts' digests are known.
        case done
        case failed(RedisFailure)
    }

    private(set) var steps: ContiguousArray<Step> = []
    private(set) var warnings: [RedisWarning] = []
    /// For EVALSHA: in the order of `StoreScript.allCases`.
    private(set) var digests: ContiguousArray<ContiguousArray<UInt8>> = []
    private var answered = 0

    init(settings: RedisSettings) {
        if settings.password != nil { steps.append(.authenticate) }
        if settings.database != 0 { steps.append(.select) }
        steps.append(.name)
        // Before the role, so that a replica is of use too: it knows the map.
        if case .cluster = settings.topology { steps.append(.slots) }
        steps.append(contentsOf: [.role, .evictionPolicy])
        for script in StoreScript.allCases { steps.append(.load(script)) }
    }

    /// The arguments of one step's command.
    static func encode(_ step: Step, settings: RedisSettings, into command: inout CommandEncoder) {
        command.begin()
        switch step {
        case .authenticate:
            encodeAuthentication(settings.username, settings.password, into: &command)
        case .select:
            command.argument("SELECT")
            command.argument(String(settings.database).utf8)
        case .name:
            command.argument("CLIENT")
            command.argument("SETNAME")
            command.argument("postern")
        case .slots: encodeSlots(into: &command)
        case .role: command.argument("ROLE")
        case .evictionPolicy:
            command.argument("CONFIG")
            command.argument("GET")
            command.argument("maxmemory-policy")
        case .load(let script): encodeLoad(script, into: &command)
        }
    }

    static func encodeAuthentication(
        _ username: String?, _ password: String?, into command: inout CommandEncoder
    ) {
        command.begin()
        command.argument("AUTH")
        if let username { command.argument(username.utf8) }
        command.argument((password ?? "").utf8)
    }

    static func encodeSlots(into command: inout CommandEncoder) {
        command.begin()
        command.argument("CLUSTER")
        command.argument("SLOTS")
    }

    static func encodeLoad(_ script: StoreScript, into command: inout CommandEncoder) {
        command.begin()
        command.argument("SCRIPT")
        command.argument("LOAD")
        command.argument(script.text)
    }

    /// Takes the reply to the next step.
    mutating func receive(_ reply: ReplyReader) -> Progress {
        let step = steps[answered]
        answered += 1
        if reply.kind == .error { return refused(step, ReplyError.classify(reply.string(0))) }
        switch step {
        case .authenticate, .select, .name: return .more
        case .slots: return .map
        case .role: return reply.string(0) == "master" ? .more : .failed(.replica)
        case .evictionPolicy:
            if reply.string(1) != "noeviction" { warnings.append(reply.strings.count > 1 ? .evicts : .policyUnknown) }
            return .more
        case .load:
            guard reply.kind == .string, reply.text.count == 40 else { return .failed(.protocolViolation) }
            digests.append(reply.text)
            return digests.count == StoreScript.allCases.count ? .done : .more
        }
    }

    /// An error in answer to `step`. A name is a courtesy, and what cannot be read is warned of; what cannot be done
    /// is the end.
    private mutating func refused(_ step: Step, _ error: ReplyError) -> Progress {
        switch (step, error) {
        case (_, .failure(.authentication)), (_, .failure(.loading)), (_, .failure(.busy)):
            if case .failure(let reason) = error { return .failed(reason) }
        case (.slots, .failure(.permission)): return .failed(.permission)
        case (.slots, _): return .failed(.notACluster)
        case (.authenticate, _): return .failed(.authentication)
        case (.select, .failure(.permission)), (.load, .failure(.permission)): return .failed(.permission)
        case (.select, _): return .failed(.database)
        case (.load, _): return .failed(.scriptRefused)
        case (.role, _): warnings.append(.roleUnknown)
        case (.evictionPolicy, _): warnings.append(.policyUnknown)
        case (.name, _): break
        }
        return .more
    }
}
