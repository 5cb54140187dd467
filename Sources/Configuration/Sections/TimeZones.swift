import Limits

extension SettingsDecoder {
    /// `time_zone`: UTC, or a file below the system's folder of zones.
    func timeZone(_ node: YAMLNode) -> TimeZoneRules? {
        guard let text = name(node, "time_zone", atMost: 64) else { return nil }
        if text.value == "UTC" { return .utc }
        do throws(TimeZoneFolder.Fault) {
            return try zones.rules(of: text.value)
        } catch {
            problems.error(node.position, "`time_zone` \(words(for: error, text))")
            return nil
        }
    }

    private func words(for fault: TimeZoneFolder.Fault, _ text: Text) -> String {
        switch fault {
        case .noName: return "must be the name of a time zone, as `Europe/Berlin` or `UTC`"
        case .noFolder:
            return "needs the system's time zones in \(zones.path), which cannot be read; on Debian they are in the "
                + "package tzdata"
        case .countsLeapSeconds: return "counts leap seconds, which the clock does not; remove `right/`"
        case .broken: return "has a file that is broken"
        case .unknown:
            let nearest = text.isExpanded ? nil : Spelling.nearest(to: text.value, among: zones.names())
            let advice = nearest.map { "; did you mean `\($0)`?" } ?? ", as `Europe/Berlin` is"
            return "is no time zone that this system knows\(advice)"
        }
    }
}
