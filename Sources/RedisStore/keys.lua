-- One change of the key store, whole or not at all. The check ports never run this.
-- KEYS: records (hash: id → line), changes (sorted set: id by version), meta (hash: epoch, version).
-- ARGV: mode, id, line, expected, epoch, most, channel.
--   put: the record is the expected line, or absent where that is empty; answers 1, 0 (it is another), -1 (full).
--   restore: the record is absent, or an earlier state: not revoked where this one is, else of an earlier revision than
--     ARGV[4]; answers 1 or 0. For a store that forgot.
local current = redis.call('HGET', KEYS[1], ARGV[2])
if ARGV[1] == 'put' then
  if (current or '') ~= ARGV[4] then return 0 end
  if not current and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[6]) then return -1 end
elseif current then
  local revision = string.match(current, '"revision":(%d+)')
  local ended, ends = string.find(current, '"revoked_at":%d'), string.find(ARGV[3], '"revoked_at":%d')
  if ended and not ends then return 0 end
  if not (ends and not ended) and revision and tonumber(revision) >= tonumber(ARGV[4]) then return 0 end
end
redis.call('HSETNX', KEYS[3], 'epoch', ARGV[5])
local version = redis.call('HINCRBY', KEYS[3], 'version', 1)
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('ZADD', KEYS[2], version, ARGV[2])
redis.call('PUBLISH', ARGV[7], version)
return 1
