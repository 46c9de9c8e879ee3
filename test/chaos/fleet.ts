/**
 * Four services, alone, in a cluster, with a thread and with forked children, over one store of budgets and limits, in Redis and in SQLite by turns: their
 * calls end in every way and their processes as well, some by `kill -9`, and all accounts of each fleet have to agree.
 * `node test/chaos/fleet.ts [FLEETS] [CALLS] [SEED]`
 */
import { randomInt } from 'node:crypto';
import { redisProgram, startRedis } from '../contract/stores/redis-server.ts';
import { fleetOf } from '../integration/calls/fleet/fleet.ts';
import { fleetDifferences } from '../integration/calls/fleet/reconcile-fleet.ts';
import { runFleet } from '../integration/calls/fleet/run-fleet.ts';
import buildOnce from '../support/build-once.ts';
import { reportBench } from '../support/report.ts';

const FLEETS = Number(process.argv[2] ?? 6);
const CALLS = Number(process.argv[3] ?? 12);
const first = process.argv[4] === undefined ? randomInt(1_000_000) : Number(process.argv[4]);

buildOnce();
let differences = 0;
let calls = 0;
let killed = 0;
for (let fleet = 0; fleet < FLEETS; fleet++) {
  const seed = first + fleet;
  const services = fleetOf(seed, CALLS);
  const server = fleet % 2 === 0 && redisProgram !== undefined ? await startRedis({ appendonly: true }) : undefined;
  const accounts = await runFleet(services, server === undefined ? { store: 'sqlite', limits: true } : { store: 'redis', url: server.url, limits: true });
  const found = fleetDifferences(accounts);
  await accounts.receiver.close();
  await server?.stop();
  const members = services.flatMap((service) => service.members);
  calls += members.reduce((sum, { plan }) => sum + plan.calls.length, 0);
  killed += members.filter(({ plan }) => plan.killAfter !== undefined).length;
  differences += found.length;
  console.log(`${found.length === 0 ? 'ok      ' : 'WRONG   '} seed ${seed} over ${server === undefined ? 'sqlite' : 'redis'}`);
  for (const difference of found) console.log(`           ${difference}`);
}
reportBench('fleet', { fleets: FLEETS, calls, killed, differences }, { differences: 0 }, differences === 0);
