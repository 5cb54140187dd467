/// What `postern add auth` is asked to do to the `auth` of a file. Nil leaves a word as it is.
public struct AuthChange: Sendable {
    /// In the words of the file's own format.
    public var mode: String?
    /// The variable with the one API key.
    public var envVar: String?
    /// Of the variables with API keys.
    public var prefix: String?
    /// The header that carries a key.
    public var header: String?
    public var jwksURL: String?
    public var publicKeyEnv: String?
    public var issuer: String?
    public var audience: String?
    /// Of mode `composite`, in order; empty leaves them.
    public var providers: [String] = []
    /// Takes `auth` away, whole; goes with nothing else.
    public var removes = false

    public init() {}

    /// Why the file's format has no words for this, or nil.
    public func misuse(of words: AuthWords) -> String? {
        if removes { return isEmpty ? nil : "--remove goes with no other change" }
        if let mode, !words.modes.contains(mode) {
            let known = words.modes.joined(separator: ", ")
            let nearest = Spelling.nearest(to: mode, among: words.modes).map { "; did you mean \($0)?" } ?? ""
            return "--mode of \(words.article) \(words.name) file is one of \(known)\(nearest)"
        }
        let given = [
            ("--env-var", envVar), ("--prefix", prefix), ("--header", header), ("--jwks-url", jwksURL),
            ("--public-key-env", publicKeyEnv), ("--issuer", issuer), ("--audience", audience),
            ("--provider", providers.first),
        ]
        for (option, value) in given where value != nil && !words.options.contains(option) {
            return "\(words.article) \(words.name) file has no word for \(option)"
        }
        for (option, value) in [("--env-var", envVar), ("--prefix", prefix), ("--public-key-env", publicKeyEnv)] {
            guard let value, !Expansion.isName(value.utf8) else { continue }
            return "\(option) is the name of an environment variable, without `$`"
        }
        for (option, value) in given where value.map(Self.isUnfit) == true {
            return "\(option) is empty or holds a control character"
        }
        return nil
    }

    private var isEmpty: Bool {
        [mode, envVar, prefix, header, jwksURL, publicKeyEnv, issuer, audience].allSatisfy { $0 == nil }
            && providers.isEmpty
    }

    private static func isUnfit(_ text: String) -> Bool {
        text.isEmpty || text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0xA0).contains($0.value) }
    }

    /// The file's bytes after the change; those outside of `auth` are as they were.
    ///
    /// The result is YAML or JSON, and may still be no good configuration: who writes it checks that first.
    public func applied(to bytes: [UInt8], as words: AuthWords) throws(EditFault) -> [UInt8] {
        let original = try EditedText(bytes)
        var text = original
        if removes {
            try text.remove(["auth"])
        } else {
            switch words {
            case .native, .dockrion: try applyKeyed(to: &text, words)
            case .agentGateway: try applyGateway(to: &text)
            case .agentFlow: try applyAgentFlow(to: &text)
            }
        }
        guard text.says(theSameAs: original, except: "auth") else {
            throw EditFault(
                .none, "the file is written in a way that cannot be edited without changing more than `auth`")
        }
        return text.bytes
    }
}

/// The formats whose `auth` can be edited, and their words for it.
public enum AuthWords: Sendable, CaseIterable {
    case native, dockrion, agentGateway, agentFlow

    public var name: String {
        switch self {
        case .native: "Postern"
        case .dockrion: "Dockrion"
        case .agentGateway: "Agent Gateway"
        case .agentFlow: "AgentFlow"
        }
    }

    var modes: [String] {
        switch self {
        case .native: ["none"] + AuthSettings.Provider.builtIn.map(\.name) + ["composite"]
        case .dockrion: ["none", "api_key", "jwt", "oauth2"]
        case .agentGateway: ["none", "api_key", "oauth2", "composite"]
        case .agentFlow: ["none", "jwt"]
        }
    }

    var options: Set<String> {
        switch self {
        case .native:
            [
                "--env-var", "--prefix", "--header", "--jwks-url", "--public-key-env", "--issuer", "--audience",
                "--provider",
            ]
        case .dockrion:
            ["--env-var", "--prefix", "--header", "--jwks-url", "--public-key-env", "--issuer", "--audience"]
        case .agentGateway: ["--env-var", "--jwks-url", "--issuer", "--audience"]
        case .agentFlow: []
        }
    }

    /// The variable that is asked for where the file names no key and the caller neither.
    var defaultVariable: String {
        switch self {
        case .dockrion: "DOCKRION_API_KEY"
        default: "POSTERN_API_KEY"
        }
    }

    /// "a" or "an".
    var article: String { name.hasPrefix("A") ? "an" : "a" }
}
