import Foundation

/// A visit to pages with a real browser: steps in, what was seen out. browser.py drives it.
struct Browser {
    /// What the steps read, by their names.
    var facts: [String: String] = [:]
    /// Errors of scripts, and what the page's own policy refused.
    var faults: [String] = []
    var requests: [String] = []

    /// What a whole visit may take, on a machine that has other work.
    private static let seconds = 150.0

    typealias Step = [String: any Sendable]

    init(_ steps: [Step], scratch: ScratchFolder) throws {
        let folder = scratch.file("browser-\(UUID().uuidString.prefix(6))")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = Repository.path("Tests/Integration/Pages/browser.py")
        let input = String(decoding: try JSONSerialization.data(withJSONObject: steps), as: UTF8.self)
        let visit = try Command(
            python: [script, try Tool.chromium.locate(), folder], input: input, scratch: scratch,
            seconds: Browser.seconds)
        guard visit.status == 0, let seen = visit.json else {
            throw HarnessFailure("the visit ended early: \(visit.errors)")
        }
        faults = seen["faults"] as? [String] ?? ["none told"]
        requests = seen["requests"] as? [String] ?? []
        for (name, value) in seen { if let text = value as? String { facts[name] = text } }
    }

    // The steps, by what they do.
    static func open(_ url: String) -> Step { ["do": "open", "url": url] }
    static func type(_ text: String, at selector: String) -> Step { ["do": "type", "at": selector, "text": text] }
    static func choose(_ text: String, at selector: String) -> Step { ["do": "choose", "at": selector, "text": text] }
    static func click(_ selector: String) -> Step { ["do": "click", "at": selector] }
    /// Until a JavaScript expression is true.
    static func wait(_ expression: String) -> Step { ["do": "wait", "for": expression] }
    static func sleep(_ seconds: Double) -> Step { ["do": "sleep", "seconds": seconds] }
    /// The visible text of an element.
    static func read(_ selector: String, as name: String) -> Step { ["do": "read", "at": selector, "as": name] }
    /// A JavaScript expression that is a string, or a promise of one.
    static func evaluate(_ expression: String, as name: String) -> Step {
        ["do": "evaluate", "expression": expression, "as": name]
    }
    static func picture(_ path: String, height: Int) -> Step {
        ["do": "picture", "path": path, "height": height]
    }
}

extension Command {
    fileprivate var json: [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]
    }
}
