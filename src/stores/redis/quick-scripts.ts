import { createHash } from 'node:crypto';
import { NO_END } from '../../call/budget-store.ts';
import { RUN_LIFE_MS } from './script-prelude.ts';
import type { Script } from './scripts.ts';

/**
 * The usual reservation and settlement once more, in a form that a server runs in half the time: budgets with windows that do not roll, a
 * call that is new, no lease that has run out. For anything else they change nothing and answer `slow`, and the scripts that know every
 * case are run. Arguments are texts split at blanks, which take less time than JSON. Keys and fields are those of the other scripts, and
 * both are held to the same model.
 *
 * ARGV[1] says what is about the call; each of the others is a line.
 */
const quick = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') });

/** What both share. `told` counts a threshold once for each window and limit and finds those that this call is the first to pass. */
const SHARED = `-- purser budgets 3
local P, call, match = string.sub(KEYS[1], 1, -6), redis.call, string.match
local SLOW = {'slow'}
local n = #ARGV - 1
local keys, shares, slots, cs, rs, ls, as = {}, {}, {}, {}, {}, {}, {}
local function answer(kind, crossed, refused, first)
  local flat, at = {}, 0
  for i = 1, n do
    flat[at + 1], flat[at + 2], flat[at + 3], flat[at + 4] = cs[i], rs[i], slots[i], ls[i]
    at = at + 4
  end
  if not crossed and not refused then return {kind, flat} end
  return {kind, flat, crossed or {}, refused or {}, first or {}}
end
local function markOnce(i, what, now)
  return call('HSETNX', keys[i], string.format('m%s:%s@%.0f', slots[i], what, ls[i]), now) == 1
end
local function told(i, now, crossed)
  local j = 0
  for word in string.gmatch(shares[i], '[^,]+') do
    local share = tonumber(word)
    if cs[i] < math.ceil(ls[i] * share) then break end
    if markOnce(i, share, now) then
      crossed = crossed or {}
      crossed[#crossed + 1] = i - 1
      crossed[#crossed + 1] = j
    end
    j = j + 1
  end
  return crossed
end
`;

const NOW = `
now = tonumber(now)
if now == 0 then
  local t = call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
`;

/** Reserves for all lines or for none, or answers `slow`. */
export const QUICK_RESERVE = quick(`${SHARED}
local epoch, now, id, leaseMs, gateMs = match(ARGV[1], '^(%S+) (%S+) (%S+) (%S+) (%S+)$')
${NOW}
local has = call('HMGET', KEYS[1], 'id', 'gate')
if has[1] ~= epoch then return SLOW end
local left = has[2] - now
if left > 0 and left <= tonumber(gateMs) then return SLOW end
local due = call('ZRANGE', P .. 'leases', 0, 0, 'WITHSCORES')
if due[2] and tonumber(due[2]) <= now then return SLOW end
local held, refused = {}, nil
for i = 1, n do
  local key, limit, amount, enforce, share, from, to = match(ARGV[i + 1], '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  if now < tonumber(from) or now >= tonumber(to) then return SLOW end
  local h = P .. 'b:' .. key
  local v = call('HMGET', h, 'c' .. from, 'r' .. from, 'L')
  -- A slot that is new is opened with care for old ones.
  if not v[1] then return SLOW end
  if from ~= '0' and to == '${NO_END}' and not v[3] then call('PEXPIRE', h, ${RUN_LIFE_MS}) end
  local c, r, l, a = tonumber(v[1]), tonumber(v[2] or 0), tonumber(v[3] or limit), tonumber(amount)
  if enforce == '1' and c + r + a > l then
    refused = refused or {}
    refused[#refused + 1] = i - 1
  end
  keys[i], shares[i], slots[i], cs[i], rs[i], ls[i], as[i] = h, share, from, c, r, l, a
  held[i] = {key, from, a}
end
local record = P .. 'i:' .. id
if refused then
  if call('EXISTS', record) == 1 then return SLOW end
elseif not call('SET', record, cmsgpack.pack({s = 'r', l = held}), 'NX') then
  return SLOW
end
local crossed
for i = 1, n do
  if cs[i] > 0 then crossed = told(i, now, crossed) end
end
if refused then
  local first = {}
  for _, index in ipairs(refused) do
    local i = index + 1
    if as[i] <= ls[i] and cs[i] + as[i] > ls[i] and markOnce(i, 'refused', now) then first[#first + 1] = index end
  end
  return answer('refused', crossed, refused, first)
end
for i = 1, n do rs[i] = call('HINCRBY', keys[i], 'r' .. slots[i], as[i]) end
call('ZADD', P .. 'leases', now + leaseMs, id)
return answer('reserved', crossed)
`);

/** Charges a call that is reserved, or answers `slow`. */
export const QUICK_SETTLE = quick(`${SHARED}
local epoch, now, id, recordMs = match(ARGV[1], '^(%S+) (%S+) (%S+) (%S+)$')
local has = call('HMGET', KEYS[1], 'id', 'limits')
if has[1] ~= epoch then return SLOW end
local record = P .. 'i:' .. id
local packed = call('GET', record)
local rec = packed and cmsgpack.unpack(packed)
if not rec or rec.s ~= 'r' or #rec.l ~= n then return SLOW end
local crossed
for i = 1, n do
  local key, limit, amount, share, lowest = match(ARGV[i + 1], '^(%S+) (%S+) (%S+) (%S+) (%S+)$')
  local l = rec.l[i]
  local h = P .. 'b:' .. l[1]
  local slot = l[2]
  local set = has[2] and call('HGET', h, 'L')
  keys[i], shares[i], slots[i], ls[i] = h, share, slot, tonumber(set or limit)
  cs[i] = call('HINCRBY', h, 'c' .. slot, amount)
  rs[i] = call('HINCRBY', h, 'r' .. slot, 0 - l[3])
  l[3] = tonumber(amount)
  if cs[i] >= ls[i] * lowest then
    if type(now) == 'string' then ${NOW} end
    crossed = told(i, now, crossed)
  end
end
rec.s, rec.x = 'd', crossed
call('SET', record, cmsgpack.pack(rec), 'PX', recordMs)
call('ZREM', P .. 'leases', id)
return answer('settled', crossed)
`);
