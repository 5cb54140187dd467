-- Records that the key store does not have yet, all of a bounded batch at once. The check ports never run this.
-- KEYS: records, changes, meta, as keys.lua has them. ARGV: epoch, most, channel, then each record's id and line.
-- Answers for each: 1 it was added, 0 another of its id is there, -1 full; after that one nothing is looked at.
-- Each has a version of its own, as whoever reads changes in parts goes on after the last version it has seen.
local room = tonumber(ARGV[2]) - redis.call('HLEN', KEYS[1])
local outcomes, version = {}, nil
redis.call('HSETNX', KEYS[3], 'epoch', ARGV[1])
for index = 4, #ARGV, 2 do
  local outcome = 1
  if redis.call('HGET', KEYS[1], ARGV[index]) then
    outcome = 0
  elseif room <= 0 then
    outcome = -1
  else
    redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
    version = redis.call('HINCRBY', KEYS[3], 'version', 1)
    redis.call('ZADD', KEYS[2], version, ARGV[index])
    room = room - 1
  end
  outcomes[#outcomes + 1] = outcome
  if outcome == -1 then break end
end
if version then redis.call('PUBLISH', ARGV[3], version) end
return outcomes
