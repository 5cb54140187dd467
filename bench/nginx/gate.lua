-- The peer: the same check as Postern's, as one would write it with care in nginx + Lua.
-- API key → SHA-256 → identity → role → the route's permission → one EVALSHA → identity and RateLimit headers.
-- It does NOT have Postern's deadline, breaker, dialects, path rules, reload or metrics; nothing here is slowed down.

local ffi = require "ffi"
local redis = require "nginx.redis"
local spend = require "spend"

-- The three calls of lua-resty-string: OpenSSL 3's one-shot SHA256() fetches the algorithm anew on every call.
ffi.cdef [[
int SHA256_Init(void *c);
int SHA256_Update(void *c, const void *data, size_t len);
int SHA256_Final(unsigned char *md, void *c);
]]
local libcrypto = ffi.load "crypto"
local context = ffi.new "unsigned char[256]" -- larger than SHA256_CTX
local digest = ffi.new "unsigned char[32]"

local POOL_SIZE = 64 -- idle Redis connections kept; above the load's 32, so none is ever opened twice
local POOL_IDLE_MS = 60000
local REDIS_TIMEOUT_MS = 1000
local PREFIX_LENGTH = #"/envoy"
local REMOVED = "x_auth_user_id, x_auth_email, x_auth_name, x_auth_roles, x_auth_permissions, x_auth_scopes, " ..
    "x_auth_tenant_id, x_auth_method, x_auth_key_id, x_auth_issuer, x_auth_expires, x_auth_assertion, x_postern_ticket, " ..
    "x-api-key, x_api_key, X-Auth-Email, X-Auth-Name, X-Auth-Scopes, X-Auth-Tenant-Id, X-Auth-Issuer, X-Auth-Expires, " ..
    "X-Auth-Assertion, X-Postern-Ticket"

local roles = {
    user = { name = "user", permissions = { invoke = true }, listed = "invoke" },
    guest = { name = "guest", permissions = {}, listed = "" },
}
local routes = { -- burst is filled in by setup: /drain spends a whole bucket, which makes a 429 easy to see
    ["/invoke"] = { method = "POST", permission = "invoke", cost = 1 },
    ["/drain"] = { method = "POST", permission = "invoke" },
}

local _M = {}
-- Three flat tables by the key's 32 raw digest bytes, not one table per key: LuaJIT's collector walks them all again
-- and again, and 10,000 small tables cost a check 9 µs more.
local id_of, role_of, bucket_of = {}, {}, {}
local limit, redis_port

local function sha256(text)
    libcrypto.SHA256_Init(context)
    libcrypto.SHA256_Update(context, text, #text)
    libcrypto.SHA256_Final(digest, context)
    return ffi.string(digest, 32)
end

local function hex(bytes)
    return (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function unhex(text)
    return (text:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- options: keys (path of lines `sha256 TAB id TAB role`), redis_port, burst, rate_count, rate_period_us
function _M.setup(options)
    redis_port = options.redis_port
    limit = spend.limit(options)
    routes["/drain"].cost = options.burst
    for line in io.lines(options.keys) do
        local sum, id, role = line:match("^(%x+)\t(%S+)\t(%S+)$")
        local tag = hex(sha256("subject\0" .. id):sub(1, 16))
        local key = unhex(sum)
        id_of[key], role_of[key], bucket_of[key] = id, roles[role], "postern:{" .. tag .. "}:limit:subject"
    end
end

local function deny(status, kind, title)
    ngx.status = status
    ngx.header["Content-Type"] = "application/problem+json"
    ngx.say('{"type":"', kind, '","title":"', title, '","status":', status, "}")
    return ngx.exit(ngx.HTTP_OK)
end

local function ask_redis(bucket, cost)
    local red = redis:new()
    red:set_timeout(REDIS_TIMEOUT_MS)
    if not red:connect("127.0.0.1", redis_port) then return nil end
    local result = spend.spend(red, limit, bucket, cost)
    if result then red:set_keepalive(POOL_IDLE_MS, POOL_SIZE) end
    return result
end

local function name_limit(header, result)
    header["RateLimit-Policy"] = limit.policy
    header["RateLimit"] = '"subject";r=' .. result.remaining .. ";t=" .. result.reset
    header["X-RateLimit-Limit"] = limit.burst
    header["X-RateLimit-Remaining"] = result.remaining
    header["X-RateLimit-Reset"] = result.reset
end

function _M.check()
    local var = ngx.var
    local header = ngx.header
    header["Cache-Control"] = "no-store"
    local secret = var.http_x_api_key
    local key = secret and sha256(secret)
    local id, role = id_of[key or ""], role_of[key or ""]
    if not id then
        header["WWW-Authenticate"] = 'Bearer realm="postern"' .. (secret and ', error="invalid_token"' or "")
        return deny(401, "about:blank", "Unauthorized")
    end
    local route = routes[var.uri:sub(PREFIX_LENGTH + 1)]
    if not route or route.method ~= ngx.req.get_method() or not role.permissions[route.permission] then
        return deny(403, "about:blank", "Forbidden")
    end
    local result = ask_redis(bucket_of[key], route.cost)
    if not result then return deny(503, "about:blank", "Service Unavailable") end
    name_limit(header, result)
    if not result.allowed then
        header["Retry-After"] = result.retry
        return deny(429, "about:blank", "Too Many Requests")
    end
    header["X-Auth-User-Id"] = id
    header["X-Auth-Roles"] = role.name
    header["X-Auth-Permissions"] = role.listed
    header["X-Auth-Method"] = "api_key"
    header["X-Auth-Key-Id"] = id
    header["X-Envoy-Auth-Headers-To-Remove"] = REMOVED
    header["Content-Length"] = 0
    return ngx.exit(ngx.HTTP_OK)
end

return _M
