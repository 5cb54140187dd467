import ArgumentParser
import Configuration
import Sidecar

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one request through the pipeline and show what every stage finds.",
        discussion: "Limits are judged by an empty memory store, so nothing is spent anywhere.")

    @OptionGroup var file: ConfigOption

    @Option(name: .long, help: "The request's method.")
    var method = "GET"

    @Option(name: .long, help: "The request's path, with its query if it has one.")
    var path: String

    @Option(name: .long, help: "A header, 'Name: value'. May be repeated.")
    var header: [String] = []

    @Option(name: .customLong("from"), help: "The client's address.")
    var address: String?

    func run() throws {
        var source = ConfigurationSource(path: file.config, overrides: file.framework.overrides)
        let loaded = source.load()
        ProblemReport.write(loaded.problems)
        guard let snapshot = loaded.snapshot else { throw ExitStatus.configuration }
        let request = Explanation.Request(method: method, target: path, headers: header, address: address)
        let explanation = try Explanation(request, under: snapshot)
        for line in explanation.lines {
            print(line.stage + String(repeating: " ", count: max(1, 12 - line.stage.count)) + line.finding)
        }
        print("\n" + explanation.answer.replacing("\r\n", with: "\n"))
    }
}
