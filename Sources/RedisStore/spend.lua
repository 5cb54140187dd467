
-- Decides the checks of one loop tick, in order, each all or nothing (limits.md 8, 14); and what leases ask and bring
-- back (18, 19).
--
-- KEYS     the distinct buckets of this call, then one name for the record of each reservation
-- ARGV[1]    0 or 1; where the buckets are listed; how many buckets, returns, checks and asks
--            the limits described above
--            for each bucket  where its limit is described
--            for each return  key  tokens  when they left                   (credited first)
--            for each check   how many charges, then for each  key  cost
--            for each ask     key  tokens wanted                            (decided last)
--          A negative key is a shadow charge. Costs are at most burst + 1. A negative number of charges is followed by
--          the id under which the check holds slots and reservations.
-- Returns  now, then for each charge   verdict  t  f   after the decision; 0 did not fit, 1 fitted, 2 unreadable;
--          then for each ask           granted  t  f   with -1 for an unreadable bucket.
--          Of kinds 2 and 3, t is what is used and f when that changes by itself.
--
-- Phase 1 may fail and writes nothing; phase 2 writes what phase 1 proved well-formed. So an error means: not spent.
local at, keys = args[2], args[3]
local limit, values, absent = {}, {}, {}
if keys > 0 then values = call('MGET', unpack(KEYS, 1, keys)) end
for k = 1, keys do
  limit[k] = args[at]
  at = at + 1
  -- MGET cannot tell an absent key from one of another type; EXISTS can, and GET says which. Slots are another type.
  if not values[k] and (plain or args[limit[k]] ~= 3) then absent[#absent + 1] = KEYS[k] end
end
if #absent > 0 and call('EXISTS', unpack(absent)) > 0 then
  for k = 1, keys do
    if not values[k] and args[limit[k]] ~= 3 and type(redis.pcall('GET', KEYS[k])) == 'table' then
      values[k] = other(KEYS[k])
    end
  end
end

local T, F, dirty, since = {}, {}, {}, nil
if plain then
  for k = 1, keys do
    if values[k] then T[k], F[k] = load(values[k], limit[k]) else T[k], F[k] = now, 0 end
  end
else
  since = {}
  for k = 1, keys do
    T[k], F[k], since[k] = read(values[k], limit[k], KEYS[k])
  end
end

-- What flowed in since returned tokens left is taken off them (limits.md 18). A calendar takes back those of its window.
for _ = 1, args[4] do
  local k, count, left = args[at], args[at + 1], args[at + 2]
  local l, t, f = limit[k], T[k], F[k]
  at = at + 3
  if t and args[l] == 2 then
    if since[k] <= left then t = max(0, t - count) end
  elseif t and args[l] ~= 3 then
    local whole, parts = advance(0, 0, l, count)
    whole = whole - max(0, now - left)
    if whole >= 0 then t, f = back(t, f, l, whole, parts) end
    if t == now and f == 0 then since[k] = now end
  end
  if t ~= T[k] or f ~= F[k] then T[k], F[k], dirty[k] = t, f, true end
end

local reply, r, undoT, undoF = { now }, 1, {}, {}
local record, mine, members, records, hold = keys, nil, nil, nil, nil
if not plain then
  mine, members, records = {}, {}, {}

  -- Notes what an admitted check holds; its records' names are used up in any case.
  function hold(charges, at, id, admitted, first)
    local seen = {}
    for i = 1, charges do
      local k, cost = args[at + 2 * i - 1], args[at + 2 * i]
      if k < 0 then k = -k end
      local l = limit[k]
      local kind, lifetime = args[l], 0
      if kind == 1 then lifetime = args[l + 10] elseif kind == 2 then lifetime = args[l + 7] end
      local taken = admitted and reply[first + 3 * i - 2] == 1
      if kind == 3 then
        if taken and cost > 0 and not seen[k] then
          local list = members[k] or {}
          members[k], seen[k] = list, true
          list[#list + 1] = format('%.0f', now + args[l + 2])
          list[#list + 1] = id
        end
      elseif lifetime > 0 then
        record = record + 1
        if taken then
          local made, key = kind == 2 and since[k] or now, KEYS[record]
          -- Two charges of one check to one bucket are one reservation.
          local before = records[key] and records[key][2] or 0
          records[key] = { made, before + cost, now + lifetime }
        end
      end
    end
  end
end

for check = 1, args[5] do
  local charges, admitted, first, id = args[at], true, r, nil
  if charges < 0 then
    at, charges, id = at + 1, -charges, args[at + 1]
  end
  for i = 1, charges do
    local k, cost = args[at + 2 * i - 1], args[at + 2 * i]
    local enforced = k > 0
    if not enforced then k = -k end
    local verdict, t = 2, T[k]
    undoT[i] = t
    if t then
      local l, f = limit[k], F[k]
      local kind, fits = args[l], nil
      undoF[i] = f
      if kind < 2 then
        local N, limitT = args[l + 1], now + args[l + 5]
        t, f = t + cost * args[l + 3], f + cost * args[l + 4]
        if f >= N then
          local whole = floor(f / N)
          t, f = t + whole, f - whole * N
        end
        fits = t < limitT or (t == limitT and f <= args[l + 6])
      elseif kind == 2 then
        t = t + cost
        fits = t <= args[l + 1]
      elseif cost == 0 or mine[k] == check then
        fits = true
      else
        fits = t < args[l + 1]
        if fits and id then
          local held = now + args[l + 2]
          mine[k], t, f = check, t + 1, t == 0 and held or min(f, held)
        end
      end
      if fits then verdict, T[k], F[k] = 1, t, f else verdict = 0 end
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
  if id then hold(charges, at, id, admitted, first) end
  at = at + 1 + 2 * charges
end

-- At most an eighth of what is left (limits.md 19). The division rounds, and no eighth comes near the limit.
for _ = 1, args[6] do
  local k, want, granted = args[at], args[at + 1], -1
  local l, t, f = limit[k], T[k], F[k]
  at = at + 2
  if t then
    granted = 0
    if args[l] < 2 then
      local left = tokens(t, f, now + args[l + 5], args[l + 6], l)
      if left >= 8 then granted = min(want, floor(left / 8)) end
    end
    if granted > 0 then
      t, f = advance(t, f, l, granted)
      T[k], F[k], dirty[k] = t, f, true
    end
  end
  reply[r + 1], reply[r + 2], reply[r + 3] = granted, t or 0, f or 0
  r = r + 3
end

-- As `save` does, without its choices.
if plain then
  for k = 1, keys do
    if dirty[k] then
      local t, f = T[k], F[k]
      local value = format('%.0f %.0f ', t, f) .. args[limit[k] + 7]
      if expiring then
        if f > 0 then t = t + 1 end
        call('SET', KEYS[k], value, 'PXAT', floor((t + 999) / 1000) + 1)
      else
        call('SET', KEYS[k], value)
      end
    end
  end
  return reply
end

-- Drops some that expired, adds the new ones, and lets the whole go when the last does.
local function keep(key, list, stranger)
  if stranger then call('DEL', key) end
  local old = call('ZRANGEBYSCORE', key, '-inf', format('%.0f', now), 'LIMIT', 0, 64)
  if #old > 0 then call('ZREM', key, unpack(old)) end
  call('ZADD', key, unpack(list))
  if expiring then call('PEXPIREAT', key, expiry(call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])) end
end

for k = 1, keys do
  if dirty[k] then
    local l = limit[k]
    if args[l] ~= 3 then
      save(KEYS[k], l, T[k], F[k], since[k])
    elseif members[k] then
      keep(KEYS[k], members[k], since[k])
    end
  end
end
for key, made in pairs(records) do
  local value = format('r %.0f %.0f %.0f', made[1], made[2], made[3])
  if expiring then call('SET', key, value, 'PXAT', expiry(made[3])) else call('SET', key, value) end
end
return reply
