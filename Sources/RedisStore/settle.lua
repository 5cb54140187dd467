
-- Takes the true cost of one reservation to its bucket, once (limits.md 29).
--
-- KEYS     the bucket, the reservation's record
-- ARGV[1]  1, the true cost, then the limit described above
-- Returns  what came of it, refund, overdrawn: 1 done, 2 settled before at another cost, 3 expired, 4 unreadable.
--          A negative refund was charged; overdrawn is what the bound on debt kept from being charged.
--
-- A record is `r made estimate expires`, and once settled `s cost refund overdrawn expires`, which says the same again
-- until it expires. `made` is a time for a token bucket and a window's start for a calendar.
local cost, l = args[2], 3
local record = redis.pcall('GET', KEYS[2])
if type(record) ~= 'string' then return { 3, 0, 0 } end

local paid, back1, over, ends = match(record, '^s (%d+) (-?%d+) (%d+) (%d+)$')
if paid then
  if now >= ends + 0 then return { 3, 0, 0 } end
  if paid + 0 ~= cost then return { 2, 0, 0 } end
  return { 1, back1 + 0, over + 0 }
end
local made, estimate, expires = match(record, '^r (%d+) (%d+) (%d+)$')
if not made or now >= expires + 0 then return { 3, 0, 0 } end
made, estimate, expires = made + 0, estimate + 0, expires + 0

local value = redis.pcall('GET', KEYS[1])
if type(value) == 'table' then value = other(KEYS[1]) end
local t, f, since = read(value or nil, l, KEYS[1])
if not t then return { 4, 0, 0 } end

local beforeT, beforeF, refund, overdrawn = t, f, estimate - cost, 0
if args[l] == 2 then
  if refund < 0 then
    local charged = max(0, min(-refund, args[l + 6] - t))
    refund, overdrawn, t = 0 - charged, -refund - charged, t + charged
  else
    -- For its own window only (limits.md 27).
    refund = made == since and min(t, refund) or 0
    t = t - refund
  end
elseif refund < 0 then
  local ceilingT, ceilingF = now + args[l + 8], args[l + 9]
  local charged = max(0, min(-refund, tokens(t, f, ceilingT, ceilingF, l)))
  t, f = advance(beforeT, beforeF, l, charged)
  if charged > 0 and (t > ceilingT or (t == ceilingT and f > ceilingF)) then
    charged = charged - 1
    t, f = advance(beforeT, beforeF, l, charged)
  end
  refund, overdrawn = 0 - charged, -refund - charged
else
  -- If it was full since, what was reserved flowed in already.
  if since > made then refund = 0 end
  local whole, parts = advance(0, 0, l, refund)
  local fullT = t - whole
  if fullT < now or (fullT == now and f < parts) then refund = min(refund, tokens(now, 0, t, f, l)) end
  t, f = back(t, f, l, whole, parts)
end

if t ~= beforeT or f ~= beforeF then save(KEYS[1], l, t, f, since) end
local settled = format('s %.0f %.0f %.0f %.0f', cost, refund, overdrawn, expires)
if expiring then call('SET', KEYS[2], settled, 'PXAT', expiry(expires)) else call('SET', KEYS[2], settled) end
return { 1, refund, overdrawn }
