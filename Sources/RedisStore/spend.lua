local clock = redis.call('TIME') local now, expiring = clock[1] * 1000000 + clock[2], true
-- Decides the checks of one loop tick, in order, each all or nothing (limits.md 1-6, 8, 14). The line above is the
-- clock and the only one: tests replace it. What follows is MemoryStore in Lua, step for step.
--
-- KEYS     the distinct buckets of this call, each `t f N P`: full again at t + f/N microseconds; N tokens per P.
-- ARGV[1]  numbers and strings packed by MessagePack, one list:
--            the numbers of limits, returns, checks and asks
--            for each limit    N  P  P div N  P mod N  capacity's whole and Nths  "N P"
--            for each of KEYS  the number of its limit
--            for each return   key  tokens  when they left        (credited first)
--            for each check    how many charges, then for each  key  cost
--            for each ask      key  tokens wanted                 (decided last)
--          A negative key is a shadow charge. Costs are at most burst + 1. The sender keeps every sum below 2^53.
-- Returns  now, then for each charge   verdict  t  f   after the decision; 0 did not fit, 1 fitted, 2 unreadable;
--          then for each ask           granted  t  f   with -1 for an unreadable bucket.
--
-- Phase 1 may fail and writes nothing; phase 2 writes what phase 1 proved well-formed. So an error means: not spent.
local call, floor, match, format = redis.call, math.floor, string.match, string.format
local args, keys = cmsgpack.unpack(ARGV[1]), #KEYS
local at = 5 + 7 * args[1]

-- MGET cannot tell an absent key from one of another type; EXISTS can, and GET says which.
local values, absent = call('MGET', unpack(KEYS)), {}
for k = 1, keys do
  if not values[k] then absent[#absent + 1] = KEYS[k] end
end
if #absent > 0 and call('EXISTS', unpack(absent)) > 0 then
  for k = 1, keys do
    if not values[k] and type(redis.pcall('GET', KEYS[k])) == 'table' then values[k] = '' end
  end
end

-- A bucket's arrival time under its limit's terms; nil if the value is no bucket.
local function load(value, l)
  local N, P, capacity, parts = args[l], args[l + 1], args[l + 4], args[l + 5]
  local t, f, terms = match(value, '^(%d+) (%d+) (%d+ %d+)$')
  if not t then return nil end
  t, f = t + 0, f + 0
  if terms == args[l + 6] then
    if f >= N then return nil end
    if t < now then return now, 0 end
  else
    local oldN, oldP = match(terms, '(%d+) (%d+)')
    oldN, oldP = oldN + 0, oldP + 0
    if f >= oldN or oldP < 1 or oldN >= 9007199254740992 or oldP >= 9007199254740992 then return nil end
    if t < now then return now, 0 end
    -- Other terms: keep the tokens used (limits.md 3), in the same order of operations as GCRA.rescale.
    t, f = now + math.ceil((t - now + f / oldN) * oldN / oldP * P / N), 0
  end
  -- Never further ahead than an empty bucket (limits.md 4).
  if t > now + capacity or (t == now + capacity and f > parts) then return now + capacity, parts end
  return t, f
end

local limit, T, F, dirty = {}, {}, {}, {}
for k = 1, keys do
  local l = 7 * args[at] - 2
  at, limit[k] = at + 1, l
  if values[k] then T[k], F[k] = load(values[k], l) else T[k], F[k] = now, 0 end
end

-- What flowed in since returned tokens left is taken off them (limits.md 18), and a bucket is never more than full.
for _ = 1, args[2] do
  local k, tokens, left = args[at], args[at + 1], args[at + 2]
  local l, t, f = limit[k], T[k], F[k]
  at = at + 3
  if t then
    local N, parts = args[l], tokens * args[l + 3]
    local whole = floor(parts / N)
    local credit = tokens * args[l + 2] + whole - math.max(0, now - left)
    if credit >= 0 then
      t, f = t - credit, f - (parts - whole * N)
      if f < 0 then t, f = t - 1, f + N end
      if t < now then t, f = now, 0 end
      if t ~= T[k] or f ~= F[k] then T[k], F[k], dirty[k] = t, f, true end
    end
  end
end

local reply, r = { now }, 1
local undoT, undoF = {}, {}
for _ = 1, args[3] do
  local charges, admitted, first = args[at], true, r
  for i = 1, charges do
    local k, cost = args[at + 2 * i - 1], args[at + 2 * i]
    local enforced = k > 0
    if not enforced then k = -k end
    local verdict, t = 2, T[k]
    undoT[i] = t
    if t then
      local l, f = limit[k], F[k]
      local N, limitT, limitF = args[l], now + args[l + 4], args[l + 5]
      undoF[i] = f
      t, f = t + cost * args[l + 2], f + cost * args[l + 3]
      if f >= N then
        local whole = floor(f / N)
        t, f = t + whole, f - whole * N
      end
      if t < limitT or (t == limitT and f <= limitF) then
        verdict, T[k], F[k] = 1, t, f
      else
        verdict = 0
      end
    end
    if enforced and verdict ~= 1 then admitted = false end
    reply[r + 1] = verdict
    r = r + 3
  end
  for i = charges, 1, -1 do
    local k = args[at + 2 * i - 1]
    if k < 0 then k = -k end
    if not admitted then
      if undoT[i] then T[k], F[k] = undoT[i], undoF[i] end
    elseif args[at + 2 * i] > 0 and reply[first + 3 * i - 2] == 1 then
      dirty[k] = true
    end
  end
  for i = 1, charges do
    local k = args[at + 2 * i - 1]
    if k < 0 then k = -k end
    reply[first + 3 * i - 1], reply[first + 3 * i] = T[k] or 0, F[k] or 0
  end
  at = at + 1 + 2 * charges
end

-- At most an eighth of what is left (limits.md 19). The division rounds, and no eighth comes near the limit.
for _ = 1, args[4] do
  local k, granted = args[at], -1
  local l, t, f = limit[k], T[k], F[k]
  at = at + 2
  if t then
    local N = args[l]
    local ahead = now + args[l + 4] - t + (args[l + 5] - f) / N
    granted = math.max(0, math.min(args[at - 1], floor(ahead * N / args[l + 1] / 8)))
    if granted > 0 then
      t, f = t + granted * args[l + 2], f + granted * args[l + 3]
      if f >= N then
        local whole = floor(f / N)
        t, f = t + whole, f - whole * N
      end
      T[k], F[k], dirty[k] = t, f, true
    end
  end
  reply[r + 1], reply[r + 2], reply[r + 3] = granted, t or 0, f or 0
  r = r + 3
end

for k = 1, keys do
  if dirty[k] then
    local l, t, f = limit[k], T[k], F[k]
    local value = format('%.0f %.0f ', t, f) .. args[l + 6]
    if expiring then
      if f > 0 then t = t + 1 end
      -- Numbers given to redis.call are written with 17 digits, so this one arrives whole (limits.md 5).
      call('SET', KEYS[k], value, 'PXAT', floor((t + 999) / 1000) + 1)
    else
      call('SET', KEYS[k], value)
    end
  end
end
return reply
