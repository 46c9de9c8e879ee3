/**
 * Eight processes cross the thresholds of shared budgets together, in two windows, while the receiver is down for ten minutes: it answers 429, 500,
 * garbage, or hangs up. Three of the processes are killed while it is down. Each threshold of each window is then delivered exactly once to each
 * channel, none is lost, and each process's alerts come in their order. Time runs 20 times as fast as the world's, by the injected clock.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signatureOf } from '../../src/alerts/channels/webhook.ts';
import { reportBench } from '../support/report.ts';
import type { AlertsPlan } from './alerts/worker.ts';

const SPEED = 20;
const PROCESSES = 8;
const KILLED = 3;
const CALLS = 50;
const MINUTE_MS = 60_000;
const SECRET = 'a secret of this run';
/** Three minutes before an hour ends, so that the second window begins while the receiver is down. */
const START_MS = Date.parse('2026-11-20T11:57:00Z');
const BUDGETS = ['one', 'two', 'three'];
const THRESHOLDS = [0.5, 0.8, 1];

const sinceMs = Date.now();
const nowMs = (): number => START_MS + (Date.now() - sinceMs) * SPEED;
const until = async (holds: () => boolean, minutes: number): Promise<void> => {
  const endMs = nowMs() + minutes * MINUTE_MS;
  while (!holds() && nowMs() < endMs) await sleep(20);
};

const downUntilMs = START_MS + 10 * MINUTE_MS;
const taken = new Map<string, string[]>();
const faults = { status429: 0, status500: 0, garbage: 0, hangUp: 0 };
let unsigned = 0;

const refuse = (response: ServerResponse): void => {
  const kind = (Object.keys(faults) as (keyof typeof faults)[])[Object.values(faults).reduce((sum, one) => sum + one, 0) % 4] ?? 'hangUp';
  faults[kind] += 1;
  if (kind === 'status429') response.writeHead(429, { 'retry-after': '1' }).end();
  else if (kind === 'status500') response.writeHead(500).end('oops');
  else if (kind === 'garbage') response.socket?.end('\u0000\u0001 no HTTP at all\r\n\r\n');
  else response.socket?.destroy();
};

const receive = (request: IncomingMessage, response: ServerResponse): void => {
  let text = '';
  request.on('data', (chunk) => (text += String(chunk)));
  request.on('end', () => {
    if (nowMs() < downUntilMs) return refuse(response);
    const { headers, url = '' } = request;
    const isWebhook = url === '/webhook';
    if (isWebhook && headers['webhook-signature'] !== signatureOf(SECRET, String(headers['webhook-id']), Number(headers['webhook-timestamp']), text))
      unsigned += 1;
    const body = JSON.parse(text) as { readonly dedup_key?: string; readonly data?: { readonly id: string } };
    taken.set(url, [...(taken.get(url) ?? []), (isWebhook ? body.data?.id : body.dedup_key) ?? '']);
    response.writeHead(isWebhook ? 200 : 202).end();
  });
};

const server = createServer(receive);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const directory = mkdtempSync(join(tmpdir(), 'purser-chaos-alerts-'));
const plan: AlertsPlan = {
  budgets: BUDGETS.map((id) => ({ id, limit: 7, window: 'hour', mode: 'alert', thresholds: THRESHOLDS, leaseMs: 3_600_000 })),
  channels: [
    { kind: 'webhook', url: `${address}/webhook`, secret: SECRET },
    { kind: 'pagerduty', url: `${address}/pagerduty`, routing_key: 'R0' },
  ],
  store: join(directory, 'budgets.sqlite'),
  outbox: join(directory, 'outbox'),
  sinceMs,
  startMs: START_MS,
  speed: SPEED,
};

interface Process {
  readonly child: ChildProcess;
  readonly raised: string[];
  done: number;
  ready: boolean;
}
const start = (): Process => {
  const child = fork(new URL('alerts/worker.ts', import.meta.url), [JSON.stringify(plan)]);
  const one: Process = { child, raised: [], done: 0, ready: false };
  child.on('message', (news: { readonly kind: string; readonly key?: string }) => {
    if (news.kind === 'raised') one.raised.push(news.key ?? '');
    else if (news.kind === 'done') one.done += 1;
    else one.ready = true;
  });
  return one;
};
const processes = Array.from({ length: PROCESSES }, start);
const cross = async (times: number): Promise<void> => {
  for (const { child } of processes) child.send({ calls: CALLS });
  await until(() => processes.every(({ done }) => done === times), 5);
};
await until(() => processes.every(({ ready }) => ready), 2);
await cross(1);
const firstWindowOverMs = nowMs();
await until(() => nowMs() > START_MS + 3.5 * MINUTE_MS, 5);
await cross(2);
await sleep((MINUTE_MS / SPEED) * 0.5);
for (const { child } of processes.slice(0, KILLED)) child.kill('SIGKILL');

const wanted = BUDGETS.length * THRESHOLDS.length * 2;
const delivered = (): number => [...taken.values()].reduce((sum, keys) => sum + keys.length, 0);
await until(() => delivered() >= wanted * 2, 40);
const minutes = (nowMs() - START_MS) / MINUTE_MS;
// Whoever sends something twice does so now.
await sleep((8 * MINUTE_MS) / SPEED);
const left = readdirSync(plan.outbox, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).length;
for (const { child } of processes) if (child.connected) child.disconnect();
server.closeAllConnections();
server.close();

const raised = processes.flatMap((one) => one.raised);
const problems: string[] = [];
if (raised.length !== wanted || new Set(raised).size !== wanted)
  problems.push(`${raised.length} crossings were raised, ${new Set(raised).size} different ones`);
for (const path of ['/webhook', '/pagerduty']) {
  const keys = taken.get(path) ?? [];
  for (const key of new Set(raised)) {
    const times = keys.filter((one) => one === key).length;
    if (times !== 1) problems.push(`${key} came ${times} times to ${path}`);
  }
  for (const { raised: own } of processes) {
    const came = keys.filter((key) => own.includes(key));
    if (came.join() !== own.join()) problems.push(`the alerts of a process came to ${path} as ${came.join(', ')} and not as ${own.join(', ')}`);
  }
}
if (firstWindowOverMs > START_MS + 3 * MINUTE_MS) problems.push('the first window was over before its calls were made; the machine is too busy');
if (unsigned > 0) problems.push(`${unsigned} messages were not signed as they should be`);
if (left > 0) problems.push(`${left} alerts are left in the outbox`);
for (const problem of problems) console.log(`does not hold: ${problem}`);
rmSync(directory, { recursive: true, force: true });
const figures = {
  processes: PROCESSES,
  killed: KILLED,
  thresholds: wanted,
  raised: raised.length,
  raisedByProcesses: processes.filter((one) => one.raised.length > 0).length,
  delivered: delivered(),
  deliveredWithinMinutes: Number(minutes.toFixed(1)),
  ...faults,
  problems: problems.length,
};
reportBench('alerts-chaos', figures, { raised: wanted, delivered: wanted * 2, problems: 0 }, problems.length === 0 && delivered() === wanted * 2);
