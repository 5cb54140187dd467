import Domain
import Limits

extension SettingsDecoder {
    static let defaultSettleSeconds = 600

    /// `limits[].settle`. Counts otherwise than slots, which has been refused.
    func settlement(_ limit: Section, _ counted: Counted, _ bounds: Bounds) -> SettlementTerms? {
        guard let node = limit["settle"], let section = section(node, .settle) else { return nil }
        let burst = counted.quota.burst
        let estimate = integer(section, "estimate", in: 1...bounds.maxCost, or: 1)
        let seconds = integer(section, "expires_seconds", in: 1...86_400, or: Self.defaultSettleSeconds)
        let debt = section["max_debt"].flatMap { integer($0, "max_debt", in: 0...Self.maxBurst) }.map { Int64($0) }
        if Int64(estimate) > burst {
            problems.error(section.position(of: "estimate"), "`estimate` never fits: the limit holds \(burst)")
        }
        checkDebt(debt ?? burst, counted.quota, at: section["max_debt"]?.position ?? section.position)
        return SettlementTerms(
            estimate: Int64(estimate), expiresMicros: Int64(seconds) * 1_000_000, debtMax: debt ?? burst)
    }

    /// (B + max_debt)·P/N < 2^50 µs (limits.md 2).
    private func checkDebt(_ debt: Int64, _ quota: Quota, at position: SourcePosition) {
        let most = (Int128(CompiledQuota.refillMax) * Int128(quota.tokens) - 1) / Int128(quota.period)
        let largest = most - Int128(quota.burst)
        if Int128(debt) <= largest { return }
        problems.error(
            position, "paying back `max_debt` would take 35 years; at this rate and burst it may be \(largest)")
    }

    /// `routes[].reserve`: limits by name. That they exist and settle is checked when all are read.
    func reserve(_ route: Section, _ bounds: Bounds) -> [String: Int] {
        guard let node = route["reserve"], !node.isRefused else { return [:] }
        guard case .mapping(let entries) = node.content else {
            problems.error(node.position, "`reserve` must be a mapping of `limit: tokens`, not \(node.kind)")
            return [:]
        }
        var reserve: [String: Int] = [:]
        for entry in entries.prefix(Self.maxLimits) {
            guard let tokens = integer(entry.value, "reserve", in: 0...bounds.maxCost) else { continue }
            reserve[entry.key] = tokens
        }
        return reserve
    }

    func checkReserves(_ file: Section, _ settings: Settings) {
        guard case .sequence(let routes)? = file["routes"]?.content else { return }
        let settled = settings.limits.filter { $0.settlement != nil }
        for case .mapping(let entries)? in routes.map({ $0["reserve"]?.content }) {
            for entry in entries {
                if let limit = settled.first(where: { $0.name == entry.key }) {
                    checkReserve(entry, of: limit)
                } else {
                    reportReserve(entry, settings.limits.map(\.name), settled.map(\.name))
                }
            }
        }
    }

    private func checkReserve(_ entry: YAMLEntry, of limit: LimitSettings) {
        guard case .scalar(let text, _) = entry.value.content, let tokens = Self.decimal(text) else { return }
        if Int64(tokens) <= limit.quota.burst { return }
        problems.error(entry.keyPosition, "`reserve` never fits: limit `\(limit.name)` holds \(limit.quota.burst)")
    }

    private func reportReserve(_ entry: YAMLEntry, _ names: [String], _ settled: [String]) {
        if problems.isFull { return problems.error(entry.keyPosition, "`reserve`") }
        if names.contains(entry.key) {
            return problems.error(entry.keyPosition, "`reserve` names limit `\(entry.key)`, which has no `settle`")
        }
        let nearest = Spelling.nearest(to: entry.key, among: settled)
        let advice = nearest.map { "did you mean `\($0)`?" } ?? "define it in `limits`, with `settle`"
        let shown = Echo.word(entry.key).map { "the limit \($0)" } ?? "a limit"
        problems.error(entry.keyPosition, "`reserve` names \(shown), which is not defined; \(advice)")
    }

    /// `reserve_header`: nil reads none.
    func reserveHeader(_ file: Section, _ trustedProxies: [AddressBlock]) -> String? {
        guard let node = file["reserve_header"], let name = headerToken(node, "reserve_header") else { return nil }
        if trustedProxies.isEmpty {
            problems.warning(
                file.position(of: "reserve_header"),
                "`reserve_header` is believed from `trusted_proxies` only, and there are none")
        }
        if isReserved(name.lowercased(), except: "x-postern-reserve") {
            problems.error(
                node.position, "`reserve_header` has a meaning of its own in HTTP or to a proxy; choose another")
            return nil
        }
        return name
    }
}
