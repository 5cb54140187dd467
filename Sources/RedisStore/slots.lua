
-- Gives one slot back, or holds it on (limits.md 28).
--
-- KEYS     the slots
-- ARGV[1]  1; how long to hold it on, in microseconds, or 0 to give it back; its id
-- Returns  1 if it was held until now, 0 if it was not, 2 if what lies there are no slots.
local lease, id = args[2], args[3]
local expires = redis.pcall('ZSCORE', KEYS[1], id)
if type(expires) == 'table' then return { 2 } end
if not expires then return { 0 } end
local held = expires + 0 > now
if lease == 0 then
  call('ZREM', KEYS[1], id)
elseif held then
  call('ZADD', KEYS[1], format('%.0f', now + lease), id)
  if expiring then call('PEXPIREAT', KEYS[1], expiry(call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])) end
end
return { held and 1 or 0 }
