/**
 * Two services, one of them in a cluster, over one store of budgets and limits, a worker being killed: what the provider billed, spans, metrics, ledger
 * and store agree. What happens follows from a seed, as in `reconcile.test.ts`; `npm run chaos:fleet` has larger ones.
 */
import { randomInt } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { redisProgram, requireAll, startRedis } from '../../contract/stores/redis-server.ts';
import { fleetOf } from './fleet/fleet.ts';
import { fleetDifferences } from './fleet/reconcile-fleet.ts';
import { runFleet } from './fleet/run-fleet.ts';

const asked = process.env['PURSER_TEST_SEED'];
const missing = redisProgram === undefined ? ' (neither redis-server nor valkey-server is installed)' : '';

test.skipIf(redisProgram === undefined && !requireAll)(`all accounts of two services agree over redis${missing}`, { timeout: 60_000 }, async () => {
  const server = await startRedis({ appendonly: true });
  onTestFinished(() => server.stop());
  const seed = asked === undefined ? 48 : asked === 'random' ? randomInt(1_000_000) : Number(asked);
  const services = fleetOf(seed, 6).filter(({ name }) => name === 'shop' || name === 'search');
  const accounts = await runFleet(services, { store: 'redis', url: server.url, limits: true });
  onTestFinished(() => accounts.receiver.close());
  expect(fleetDifferences(accounts).map((difference) => `seed ${seed}: ${difference}`)).toEqual([]);
});
