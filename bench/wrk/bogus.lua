-- Tokens that name keys nobody has, each another one, at a steady pace.
-- usage: wrk … -s bogus.lua URL -- FILE DELAY_MS
-- FILE: the request up to the key id, the rest of it (both with \r\n spelled out), then one piece of a key id per line,
-- in base64url. Four pieces make an id, so nothing has to be encoded here, and nothing is kept: LuaJIT's table of
-- strings does not bear a hundred thousand long ones that are nearly alike.

local first, last, pieces, pause = "", "", {}, 1

function init(args)
    for line in io.lines(args[1]) do
        local text = line:gsub("\\r\\n", "\r\n")
        if first == "" then first = text elseif last == "" then last = text else pieces[#pieces + 1] = text end
    end
    pause = tonumber(args[2])
    math.randomseed(os.time())
end

function delay() return pause end

function request()
    local function piece() return pieces[math.random(#pieces)] end
    return first .. piece() .. piece() .. piece() .. piece() .. last
end

function done(summary, latency)
    io.write(string.format('\n{"requests":%d,"p99_us":%d,"refused":%d}\n', summary.requests, latency:percentile(99),
        summary.errors.status))
end
