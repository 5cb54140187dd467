import Bytes
import Limits

/// The rate-limit headers of one answer, all from the same report, the tightest limit first.
///
/// `RateLimit-Policy` and `RateLimit` follow draft-ietf-httpapi-ratelimit-headers-10 (structured-field lists);
/// `X-RateLimit-*` name the tightest limit alone.
enum RateLimitFields {
    static func write(
        _ report: borrowing LimitReport, _ policies: LimitPolicies, wallSeconds: Int64, to writer: inout ByteWriter
    ) {
        guard report.lines.count > 0 else { return }
        if policies.sendsIETF, report.lines.count == 1 {
            let line = report.lines[0]
            policies.writeAlone(line.limit, to: &writer)
            writeState(of: line, to: &writer)
            writer.write("\r\n")
        } else if policies.sendsIETF {
            writer.write("RateLimit-Policy: ")
            writePolicies(report, policies, to: &writer)
            writer.write("\r\nRateLimit: ")
            writeLimits(report, policies, to: &writer)
            writer.write("\r\n")
        }
        if policies.sendsXRateLimit {
            let line = report.lines[report.tightest]
            if line.result.burst == policies.burst(line.limit) {
                policies.writeLimit(line.limit, to: &writer)
            } else {
                // Of a local share.
                writer.write("X-RateLimit-Limit: ")
                writer.write(decimal: line.result.burst)
                writer.write("\r\nX-RateLimit-Remaining: ")
            }
            writer.write(decimal: line.result.remaining)
            writer.write("\r\nX-RateLimit-Reset: ")
            writer.write(decimal: line.waitSeconds + (policies.resetIsEpoch ? wallSeconds : 0))
            writer.write("\r\n")
        }
    }

    private static func writePolicies(
        _ report: borrowing LimitReport, _ policies: LimitPolicies, to writer: inout ByteWriter
    ) {
        policies.writeItem(report.lines[report.tightest].limit, to: &writer)
        for index in 0..<report.lines.count where index != report.tightest {
            writer.write(", ")
            policies.writeItem(report.lines[index].limit, to: &writer)
        }
    }

    private static func writeLimits(
        _ report: borrowing LimitReport, _ policies: LimitPolicies, to writer: inout ByteWriter
    ) {
        writeLimit(report.lines[report.tightest], policies, to: &writer)
        for index in 0..<report.lines.count where index != report.tightest {
            writer.write(", ")
            writeLimit(report.lines[index], policies, to: &writer)
        }
    }

    private static func writeLimit(
        _ line: LimitReport.Line, _ policies: LimitPolicies, to writer: inout ByteWriter
    ) {
        policies.writeName(line.limit, to: &writer)
        writer.write(";r=")
        writeState(of: line, to: &writer)
    }

    private static func writeState(of line: LimitReport.Line, to writer: inout ByteWriter) {
        writer.write(decimal: line.result.remaining)
        writer.write(";t=")
        writer.write(decimal: line.waitSeconds)
    }
}
