/**
 * The part that all scripts share: reading the arguments, the guard of the epoch, and the rules of `stores/book.ts` in Lua.
 * Both are held to the same model and the same contract suite; a change here is a new version in the first line, so that
 * processes of two releases can share a server.
 *
 * KEYS[1] is `{purser:<namespace>}:epoch`; every other key has its hash tag and so lies on the same node of a cluster.
 * `c<slot>` is what is committed in a slot, `r<slot>` what is reserved, `s<slot>` the highest mark that was seeded after a loss,
 * `m<slot>:<name>` when something was reported, `L` a limit set by hand.
 */
export const PRELUDE = `-- purser budgets 1
local P = string.sub(KEYS[1], 1, -6)
local A = 0
local function str() A = A + 1 return ARGV[A] end
local function num() A = A + 1 return tonumber(ARGV[A]) end
local call = redis.call
local fixedNow, epoch, newEpoch, gated, recordMs, keepMs = str(), str(), str(), num(), num(), num()
local now
if fixedNow == '' then
  local t = call('TIME')
  now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
else
  now = tonumber(fixedNow)
end
local function text(n) return string.format('%.0f', n) end
local has = call('HMGET', KEYS[1], 'id', 'gate')
if not has[1] then
  if newEpoch == '' then return {'epoch', '', 0} end
  local gate = now + num()
  call('HSET', KEYS[1], 'id', newEpoch, 'gate', text(gate))
  return {'epoch', newEpoch, gate - now}
end
local gateMs = num()
if has[1] ~= epoch then return {'epoch', has[1], math.max(0, tonumber(has[2]) - now)} end
-- A server clock that stepped back must not make the gate longer than it was.
local left = tonumber(has[2]) - now
if gated == 1 and left > 0 and left <= gateMs then return {'gate', '', left} end

local function readSlots(line)
  local kind = str()
  if kind == 'r' then
    line.w, line.n = num(), num()
  else
    line.c, line.z = {}, {}
    for i = 1, num() do line.c[i], line.z[i] = str(), num() end
  end
end
local function readLine()
  local line = {k = str(), l = num(), a = num(), e = num() == 1, t = {}}
  for i = 1, num() do line.t[i] = str() end
  readSlots(line)
  return line
end
local function readLines()
  local lines = {}
  for i = 1, num() do lines[i] = readLine() end
  return lines
end

local function pick(line)
  if line.w then return text(math.floor(now / line.w) * line.w) end
  for i, from in ipairs(line.c) do
    if now >= tonumber(from) and now < line.z[i] then return from end
  end
end
local function endOf(line, slot)
  if line.w then return tonumber(slot) + line.w end
  for i, from in ipairs(line.c) do
    if from == slot then return line.z[i] end
  end
  return tonumber(slot)
end
local function state(line, slot, untilMs)
  local h = P .. 'b:' .. line.k
  local s = {slot = slot, z = endOf(line, slot)}
  if not line.w then
    local v = call('HMGET', h, 'c' .. slot, 'r' .. slot, 'L')
    s.fresh = not v[1] and not v[2]
    s.c, s.r, s.l = tonumber(v[1] or 0), tonumber(v[2] or 0), tonumber(v[3] or line.l)
    return s
  end
  local at = tonumber(slot)
  local last = math.min(untilMs or at, at + line.n * line.w)
  local fields = {'L', 'c' .. slot, 'r' .. slot}
  for from = at - line.n * line.w, last, line.w do
    if from ~= at then
      fields[#fields + 1] = 'c' .. text(from)
      fields[#fields + 1] = 'r' .. text(from)
    end
  end
  local v = call('HMGET', h, unpack(fields))
  s.fresh = not v[2] and not v[3]
  s.c, s.r, s.l = 0, 0, tonumber(v[1] or line.l)
  for i = 2, #fields, 2 do
    s.c = s.c + tonumber(v[i] or 0)
    s.r = s.r + tonumber(v[i + 1] or 0)
  end
  return s
end

local function prune(h)
  local slots, newest = {}, -1
  local all = call('HGETALL', h)
  for i = 1, #all, 2 do
    local kind, slot = string.match(all[i], '^([crs])(%d+)$')
    if kind then
      local n = tonumber(slot)
      slots[slot] = slots[slot] or 0
      if kind == 'r' then slots[slot] = tonumber(all[i + 1]) end
      if n > newest then newest = n end
    end
  end
  for i = 1, #all, 2 do
    local slot = string.match(all[i], '^[crsm](%d+)')
    if slot and slots[slot] == 0 and tonumber(slot) < now - keepMs and tonumber(slot) ~= newest then call('HDEL', h, all[i]) end
  end
end
local function lifeOf(line, slot)
  if line.w then return line.w * line.n + keepMs end
  local z = endOf(line, slot)
  if z < 8640000000000000 then return z - now + keepMs end
  if tonumber(slot) > 0 then return 35 * 86400000 end
end
local function add(key, slot, c, r)
  local h = P .. 'b:' .. key
  if c ~= 0 then call('HINCRBY', h, 'c' .. slot, c) end
  if r ~= 0 then call('HINCRBY', h, 'r' .. slot, r) end
end
local function open(line, slot)
  local h = P .. 'b:' .. line.k
  prune(h)
  call('SADD', P .. 'keys', line.k)
  call('HSETNX', h, 'c' .. slot, 0)
  local life = lifeOf(line, slot)
  if life and call('HEXISTS', h, 'L') == 0 then call('PEXPIRE', h, text(life)) else call('PERSIST', h) end
end

local function record(id)
  local packed = call('GET', P .. 'i:' .. id)
  if packed then return cmsgpack.unpack(packed) end
end
local function save(id, rec, leaseMs)
  if rec.s == 'r' then
    call('SET', P .. 'i:' .. id, cmsgpack.pack(rec))
    call('ZADD', P .. 'leases', text(now + leaseMs), id)
  else
    call('SET', P .. 'i:' .. id, cmsgpack.pack(rec), 'PX', text(recordMs))
    call('ZREM', P .. 'leases', id)
  end
end
local expired = {}
local function expire()
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'leases', '-inf', text(now), 'LIMIT', 0, 10)) do
    local rec = record(id)
    if rec and rec.s == 'r' then
      for _, l in ipairs(rec.l) do
        add(l[1], l[2], l[3], 0 - l[3])
        expired[#expired + 1] = l[1]
      end
      rec.s = 'e'
      save(id, rec)
    else
      call('ZREM', P .. 'leases', id)
    end
  end
end

local function markOnce(line, slot, name)
  local h = P .. 'b:' .. line.k
  if not line.w then return call('HSETNX', h, 'm' .. slot .. ':' .. name, text(now)) == 1 end
  local before = call('HGET', h, 'm0:' .. name)
  if before and now - tonumber(before) < line.w * line.n then return false end
  call('HSET', h, 'm0:' .. name, text(now))
  return true
end
local function crossings(lines, states)
  local found = {}
  for i, line in ipairs(lines) do
    for j, share in ipairs(line.t) do
      if states[i].c < math.ceil(states[i].l * tonumber(share)) then break end
      if markOnce(line, states[i].slot, share) then
        found[#found + 1] = i - 1
        found[#found + 1] = j - 1
      end
    end
  end
  return found
end
local function firsts(lines, states, refused)
  local found = {}
  for _, i in ipairs(refused) do
    local line, s = lines[i + 1], states[i + 1]
    if line.a <= s.l and s.c + line.a > s.l and markOnce(line, s.slot, 'refused') then found[#found + 1] = i end
  end
  return found
end
local function statesOf(lines, slots, untilMs)
  local states = {}
  for i, line in ipairs(lines) do states[i] = state(line, slots[i] or '0', untilMs) end
  return states
end
local function slotsOf(rec)
  local slots = {}
  for i, l in ipairs(rec.l) do slots[i] = l[2] end
  return slots
end
local function answer(kind, states, crossed, refused, first)
  local flat = {}
  for i, s in ipairs(states) do
    local at = (i - 1) * 5
    flat[at + 1], flat[at + 2], flat[at + 3], flat[at + 4], flat[at + 5] = s.c, s.r, s.l, tonumber(s.slot), s.z
  end
  return {kind, flat, crossed or {}, expired, refused or {}, first or {}}
end
`;
