import Bytes
import Configuration
import NIOHTTP1

/// The document of `POST /explain`: that of `POST /v1/check`, and beside it a credential without its carrier,
/// `"api_key"` or `"token"`, which is put where the configuration looks for it.
struct ExplainQuestion {
    let bytes: [UInt8]
    let request: Explanation.Request

    /// Nil for a document that is none, or that no request could be made of.
    init?(_ document: [UInt8], _ auth: AuthSettings) {
        guard var check = CheckDocument(document.span),
            let members = (try? JSONParser.parse(document.span))?.object
        else { return nil }
        if let key = ExplainQuestion.credential(members["api_key"]) {
            check.headers.append((auth.apiKeys.header, [key]))
        }
        if let token = ExplainQuestion.credential(members["token"]) {
            check.headers.append(("Authorization", ["Bearer \(token)"]))
        }
        guard let head = check.requestHead() else { return nil }
        bytes = Array(head.bytes)
        request = Explanation.Request(method: check.method, target: check.path, headers: [], address: check.address)
    }

    /// As it was pasted: without the white space around it.
    private static func credential(_ value: JSONValue?) -> String? {
        guard let text = value?.text else { return nil }
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        let trimmed = text.drop(while: isSpace)
        let end = trimmed.lastIndex { !$0.isWhitespace }
        return end.map { String(trimmed[...$0]) }
    }
}

/// What every stage found, as a document:
/// `{"allowed":false,"stopped":"permit","stages":[{"stage":"request","finding":"…"},…],"answer":"HTTP/1.1 403 …"}`.
struct ExplainAnswer {
    private let result: ExplainedCheck.Result

    init(_ result: ExplainedCheck.Result) {
        self.result = result
    }

    var report: AdminReport {
        let stages = result.lines.map { line in
            JSONValue.object(JSONObject([("stage", .string(line.stage)), ("finding", .string(line.finding))]))
        }
        var body = ByteWriter(reserving: 4_096)
        body.write(
            JSONObject([
                ("allowed", .bool(result.isAllowed)), ("stopped", result.stopped.map(JSONValue.string) ?? .null),
                ("stages", .array(stages)), ("answer", .string(result.answer)),
            ]))
        return AdminReport(
            status: .ok, type: "application/json", body: body.bytes, fields: PageFiles.secured)
    }
}
