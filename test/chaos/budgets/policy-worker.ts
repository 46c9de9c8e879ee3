/** One process of an app: calls in flight, each asked of the policy first, told to the parent as it goes. */
import { Agent, get } from 'node:http';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/base/clock.ts';
import type { BudgetStore } from '../../../src/call/budget-store.ts';
import type { Meter } from '../../../src/call/event.ts';
import type { Admission, Grant, Refusal } from '../../../src/call/policy.ts';
import { createBudgetPolicy } from '../../../src/policies/budget/budget-policy.ts';
import { parseBudgets } from '../../../src/policies/budget/parse-budgets.ts';
import { MemoryStore } from '../../../src/stores/memory/memory-store.ts';
import { openRedisStore } from '../../../src/stores/redis/open-redis.ts';
import { SqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts';
import { callOf, completed, ended, price, usageOf } from '../../unit/budget/world.ts';
import type { WorkerNews, WorkerPlan } from './policy-plan.ts';

const plan = JSON.parse(process.argv[2] ?? '{}') as WorkerPlan;
const INPUT = 1000;
const tell = (news: WorkerNews): void => void process.send?.(news);
const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
const between = ([from, to]: readonly [number, number]): number => Math.round(from + Math.random() * (to - from));

const openStore = (): BudgetStore => {
  const { store } = plan;
  if (store.kind !== 'redis') {
    return store.kind === 'sqlite'
      ? new SqliteStore({ path: store.path, durability: 'process' })
      : new MemoryStore({ clock: systemClock, journal: { directory: store.path, durability: 'process' } });
  }
  const opened = openRedisStore({ url: store.url }, { namespace: store.namespace });
  if (opened === undefined) throw new Error('no redis client is installed');
  return opened;
};

let up = true;
const meter: Meter = {
  add: () => undefined,
  record: () => undefined,
  set: (name, value) => {
    if (name === 'purser.store.up') up = value === 1;
  },
};
const { budgets, problems } = parseBudgets(plan.budgets);
if (problems.length > 0) throw new Error(JSON.stringify(problems));
const emit = ({ name, dedupeKey }: { readonly name: string; readonly dedupeKey: string }): void => tell({ kind: 'event', name, dedupeKey });
const policy = createBudgetPolicy({ budgets, store: openStore(), price, meter, emit, clock: systemClock });
const agent = new Agent({ keepAlive: true });

/** Sends a call and gives what was read of its stream, in tokens; `undefined` for an answer that is no stream. */
const send = (output: number, onTokens: (seen: number, stop: () => void) => void): Promise<number> =>
  new Promise((resolve, reject) => {
    const query = `in=${INPUT}&out=${output}&ms=${between(plan.latencyMs)}&stream=${plan.stream ? 1 : 0}`;
    const request = get({ host: '127.0.0.1', port: plan.provider, path: `/call?${query}`, agent: plan.stream ? false : agent }, (response) => {
      let seen = 0;
      response.on('data', (data) => {
        if (!plan.stream) return;
        for (const part of String(data).split('\n')) seen += Number(part);
        onTokens(seen, () => request.destroy());
      });
      response.once('close', () => resolve(seen));
    });
    request.once('error', reject);
  });

let stopped = 0;

const stream = async (grant: Grant, output: number): Promise<void> => {
  const leaveAt = Math.random() < plan.abandon ? Math.random() * output : Infinity;
  let refusal: Refusal | undefined;
  const seen = await send(output, (tokens, stop) => {
    const answer = grant.progress?.(usageOf(INPUT, tokens));
    const end = (no: Refusal | undefined): void => {
      if (no === undefined || refusal !== undefined) return;
      refusal = no;
      stop();
    };
    if (answer instanceof Promise) void answer.then(end);
    else end(answer);
    if (tokens >= leaveAt) stop();
  });
  if (refusal !== undefined) {
    stopped += 1;
    await grant.settle({ ...ended('cancelled', usageOf(INPUT, seen)), kind: 'blocked', refusal });
  } else if (seen < output) await grant.settle(ended('cancelled', usageOf(INPUT, seen)));
  else await grant.settle(Math.random() < plan.withoutUsage ? ended('completed') : completed(INPUT, output));
};

const runCall = async (grant: Grant): Promise<void> => {
  const output = between(plan.outputTokens);
  if (plan.stream) return stream(grant, output);
  await send(output, () => undefined);
  await grant.settle(Math.random() < plan.withoutUsage ? ended('completed') : completed(INPUT, output));
};

const endAt = Date.now() + plan.untilMs;
const admit = (): Admission | Promise<Admission> =>
  policy.admit(
    callOf({
      id: randomUUID(),
      labels: { user: `user-${Math.floor(Math.random() * 3)}`, team: 'chaos' },
      request: { model: 'big', maxTokens: plan.maxTokens, promptChars: INPUT - 64, stream: plan.stream },
    }),
  );

const lane = async (): Promise<void> => {
  await sleep(Math.random() * (plan.latencyMs[1] - plan.latencyMs[0]));
  let dry = 0;
  // A budget that stays used up over several tries is the end; calls in flight may still come back.
  while (Date.now() < endAt && dry < 8) {
    const answer = await admit();
    if (answer.kind === 'admitted') {
      dry = 0;
      tell({ kind: 'admitted', away: !up });
      await runCall(answer.grant);
    } else if (answer.kind === 'refused') {
      tell({ kind: 'refused', code: answer.refusal.code });
      dry += answer.refusal.code === 'budget_exhausted' ? 1 : 0;
      await sleep(100 + Math.random() * 200);
    }
  }
};

await Promise.all(Array.from({ length: plan.inFlight }, lane));
await policy.stop();
tell({ kind: 'done', stopped });
process.disconnect?.();
agent.destroy();
