import Limits
import Testing

@testable import Configuration

/// `time_zone`, and the folder of zones in `Files/zoneinfo`.
@Suite struct TimeZoneFolderTests {
    private static let folder = TimeZoneFolder(path: "\(Files.folder)/zoneinfo")

    /// What is said of a limit in this zone.
    private func said(_ zone: String, in folder: TimeZoneFolder = folder) -> String {
        let text = """
            auth: {mode: none}
            limits: [{name: a, per: global, rate: 1/day, window: calendar, time_zone: "\(zone)"}]

            """
        let problems = ProblemList(file: "f")
        let decoder = SettingsDecoder(
            problems, ["ZONE": "Europe/Berlim"], SettingsOverrides(), authenticators: [], now: Environment.now,
            zones: folder)
        guard let source = YAMLSource.check(Array(text.utf8), problems), let root = YAMLReader.read(source, problems)
        else { return "no YAML" }
        _ = decoder.settings(root)
        return problems.sorted().map { String($0.description.dropFirst(2)) }.joined(separator: "\n")
    }

    @Test(arguments: [
        ("Europe/Berlin", ""), ("UTC", ""),
        ("Europe/Berlim", "is no time zone that this system knows; did you mean `Europe/Berlin`?"),
        ("europe/berlin", "is no time zone that this system knows; did you mean `Europe/Berlin`?"),
        ("${ZONE}", "is no time zone that this system knows, as `Europe/Berlin` is"),
        ("Mars/Olympus", "is no time zone that this system knows, as `Europe/Berlin` is"),
        ("Europe", "is no time zone that this system knows, as `Europe/Berlin` is"),
        ("leap", "counts leap seconds, which the clock does not; remove `right/`"),
        ("broken", "has a file that is broken"),
        ("../zoneinfo/Europe/Berlin", "must be the name of a time zone, as `Europe/Berlin` or `UTC`"),
        ("/etc/passwd", "must be the name of a time zone, as `Europe/Berlin` or `UTC`"),
        ("Europe//Berlin", "must be the name of a time zone, as `Europe/Berlin` or `UTC`"),
        ("zone.tab", "must be the name of a time zone, as `Europe/Berlin` or `UTC`"),
        ("Europe/Berlin\\0", "holds a control character"),
    ])
    func isToldWithItsPlace(_ zone: String, _ fault: String) {
        #expect(said(zone) == (fault.isEmpty ? "" : "2:75: `time_zone` \(fault)"))
    }

    @Test func aSystemWithoutZonesHasUTC() {
        let nowhere = TimeZoneFolder(path: "\(Files.folder)/nowhere")
        #expect(said("UTC", in: nowhere) == "")
        #expect(said("Europe/Berlin", in: nowhere).contains("they are in the package tzdata"))
    }

    @Test func namesAreThoseOfFilesInAllFolders() {
        #expect(Self.folder.names() == ["Europe/Berlin", "broken", "leap"])
    }

    @Test func aZoneIsRead() throws {
        let rules = try Self.folder.rules(of: "Europe/Berlin")
        #expect(rules.name == "Europe/Berlin")
        let (day, _) = CalendarTerms(unit: .day, zone: rules).window(at: 1_790_000_000_000_000)
        #expect(day.start == 1_789_941_600_000_000)
    }
}
