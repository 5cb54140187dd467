-- Speaks the argument layout of Sources/RedisStore/{buckets,spend}.lua for gate.lua: one check of one bucket per call.
-- The packed argument depends on the limit and the cost alone, so it is built once per cost and never per request:
-- the peer pays less here than it would with several limits.

local _M = {}

local function gcd(a, b)
    while b > 0 do a, b = b, a % b end
    return a
end

-- MessagePack, as far as the script's list needs it: whole numbers from 0 to 2^53 and short strings.
local function pack(value)
    if type(value) == "string" then return string.char(0xa0 + #value) .. value end
    if value < 128 then return string.char(value) end
    local bytes = {}
    for place = 8, 1, -1 do
        bytes[place] = string.char(value % 256)
        value = math.floor(value / 256)
    end
    return "\xcf" .. table.concat(bytes)
end

-- A list of 16 to 255.
local function pack_list(values)
    local parts = { string.char(0xdc, 0, #values) }
    for _, value in ipairs(values) do parts[#parts + 1] = pack(value) end
    return table.concat(parts)
end

local function read(path)
    local file = assert(io.open(path))
    local text = file:read "*a"
    file:close()
    return text
end

-- The limit as the script wants it. options: scripts (folder), burst, rate_count, rate_period_us
function _M.limit(options)
    local divisor = gcd(options.rate_count, options.rate_period_us)
    local n, p = options.rate_count / divisor, options.rate_period_us / divisor
    local whole = options.burst * p
    return {
        script = read(options.scripts .. "/buckets.lua") .. read(options.scripts .. "/spend.lua"), sha = nil, packed = {}, burst = options.burst, n = n, p = p,
        capacity = math.floor(whole / n), parts = whole % n,
        policy = ('"subject";q=%d;w=%d'):format(options.burst, math.ceil(whole / n / 1e6)),
    }
end

-- Plain; buckets are listed from word 15 on; one bucket, no returns, one check, no asks; the limit in eight words, the
-- first its kind; the bucket's limit is at word 7; one check with one charge: key 1, cost.
local function argument(limit, cost)
    local n, p = limit.n, limit.p
    local packed = pack_list {
        0, 15, 1, 0, 1, 0, 0, n, p, math.floor(p / n), p % n, limit.capacity, limit.parts, ("%.0f %.0f"):format(n, p), 7, 1, 1, cost,
    }
    limit.packed[cost] = packed
    return packed
end

-- {allowed, remaining, reset, retry}, seconds rounded up; nil when Redis did not answer or refused.
function _M.spend(red, limit, bucket, cost)
    if not limit.sha then limit.sha = red:script("load", limit.script) end
    local reply = red:evalsha(limit.sha, 1, bucket, limit.packed[cost] or argument(limit, cost))
    if not reply then return nil end
    local ahead, parts = reply[3] - reply[1], reply[4]
    local free = (limit.capacity - ahead) * limit.n + limit.parts - parts -- N-ths of a microsecond
    return {
        allowed = reply[2] == 1,
        remaining = math.floor(free / limit.p),
        reset = math.ceil((ahead + parts / limit.n) / 1e6),
        retry = math.ceil((cost * limit.p - free) / limit.n / 1e6),
    }
end

return _M
