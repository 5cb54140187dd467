import Bytes
import Domain
import Limits

/// What of the rest of the file says how a limit is kept.
struct LimitSurroundings {
    enum Store { case memory, node, cluster }

    var bounds: Bounds
    var store: Store
}

extension SettingsDecoder {
    /// One script call holds 32 buckets (limits.md 9), and one of a check's is its role's.
    static let maxLimits = 31
    static let maxBurst = Int(Int32.max)

    func limits(_ file: Section, _ around: LimitSurroundings) -> [LimitSettings] {
        var names: Set<String> = []
        return items(file, "limits", atMost: Self.maxLimits).compactMap { node in
            guard let section = section(node, .limit), let limit = limit(section, around) else { return nil }
            if !names.insert(limit.name).inserted {
                problems.error(
                    section.position(of: "name"), "limit \(Echo.word(limit.name) ?? "of this name") is defined twice")
            }
            return limit
        }
    }

    private func limit(_ section: Section, _ around: LimitSurroundings) -> LimitSettings? {
        for key in ["name", "per"] { require(section, key, in: "a limit") }
        let name = limitName(section)
        let scope: LimitSettings.Scope? = section["per"].flatMap { word($0, "per") }
        let counted = counted(section, around.bounds)
        let enforce = flag(section, "enforce", or: true)
        refuseEmpty(section, "roles", "remove it to mean everyone")
        let roles = grants(section, "roles")
        let onFailure = onFailure(section, around.store)
        let precision: Precision? = section["precision"].flatMap { word($0, "precision") }
        guard let counted else { return nil }
        let settlement = settlement(section, counted, around.bounds)
        guard let name, let scope else { return nil }
        var limit = LimitSettings(name: name, per: scope, quota: counted.quota, enforce: enforce, roles: roles)
        limit.counting = counted.counting
        limit.settlement = settlement
        limit.onFailure = onFailure
        limit.position = section.position
        limit.lease = lease(limit, written: precision, section, around.store)
        return limit
    }

    private func limitName(_ section: Section) -> String? {
        guard let node = section["name"], let text = name(node, "name") else { return nil }
        let isFit = text.value.utf8.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D
        }
        if isFit, text.value.utf8.count <= 64 { return text.value }
        problems.error(node.position, "a limit's `name` may hold up to 64 letters, digits, `_`, `.` and `-`")
        return nil
    }

    /// Only Redis fails: memory is always there.
    private func onFailure(_ section: Section, _ store: LimitSurroundings.Store) -> FailureMode? {
        guard let node = section["on_failure"] else { return nil }
        if store == .memory {
            problems.warning(section.position(of: "on_failure"), "`on_failure` has no effect without Redis")
        }
        return word(node, "on_failure")
    }
}
