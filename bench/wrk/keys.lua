-- Load as Envoy sends it: one check per request, cycling through the listed credentials in order.
-- usage: wrk … -s keys.lua URL -- FILE             (one header with a credential per line)
-- All requests are built before the clock starts, so that the generator, which shares the cores, stays cheap.

local requests = {}
local next_request = 0

local head = table.concat({
    "POST /envoy/invoke?x=1 HTTP/1.1",
    "host: agent.example",
    "x-request-id: 0b7a9c1e-52f4-4c8e-9a53-%012x",
    "x-forwarded-for: 203.0.113.7",
    "x-postern-client-addr: 203.0.113.7",
    "x-forwarded-proto: https",
    "content-type: application/json",
    "%s",
    "x-envoy-expected-rq-timeout-ms: 200",
    "content-length: 0",
    "", "",
}, "\r\n")

function init(args)
    for credential in io.lines(args[1]) do
        requests[#requests + 1] = head:format(#requests + 1, credential)
    end
end

function request()
    next_request = next_request % #requests + 1
    return requests[next_request]
end

-- One JSON line after wrk's own text; times in microseconds. `status` counts answers of 400 and more; that the
-- others are exactly 200 is checked by hand before the load starts.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\n{"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"refused":%d,"broken":%d,' ..
            '"connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout,
        errors.connect, errors.read, errors.write, errors.timeout))
end
