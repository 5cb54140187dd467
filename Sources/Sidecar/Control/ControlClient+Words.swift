import Bytes

extension ControlClient.Answer {
    /// The answer's document in words, a line for each fact.
    package var words: String {
        guard let members = (try? JSONParser.parse(body.span))?.object else { return text }
        func number(_ name: String) -> Int64? {
            if case .number(let number)? = members[name] { number.integer } else { nil }
        }
        if let detail = members["detail"]?.text { return detail }
        let whose = "\(members["limit"]?.text ?? "?") of \(members["subject"]?.text ?? "?")"
        if let reset = members["reset"]?.flag { return reset ? "\(whose): reset" : "\(whose): was not in use" }
        guard let size = number("size"), let used = number("used"), let left = number("left") else {
            return "\(whose): what the store holds for it is no bucket"
        }
        let unit = members["counting"]?.text == "slots" ? "held" : "used"
        var lines = ["\(whose): \(used) of \(size) \(unit), \(left < 0 ? "\(-left) in debt" : "\(left) left")"]
        if let seconds = number("reset_seconds"), used > 0 {
            switch members["counting"]?.text {
            case "slots": lines.append("the first slot expires in \(seconds) s unless it is renewed")
            case "calendar": lines.append("the next window begins in \(seconds) s")
            default: lines.append("full again in \(seconds) s")
            }
        }
        if members["precision"]?.text == "leased" { lines.append("leased: used includes what workers hold ahead") }
        return lines.joined(separator: "\n")
    }
}
