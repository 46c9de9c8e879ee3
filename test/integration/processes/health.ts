import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { wrongSpans, type Case } from './case.ts';
import { APPS, compare, REQUIRE } from './compare.ts';
import { runApp } from './run-app.ts';

const NODES = ['node20', 'node22floor', 'node22', 'node24floor', 'node26'];
const binary = (name: string): string => resolve('test/matrix/nodes/node_modules', name, 'bin/node');

const onNode = (name: string): Case => ({
  name: `${name}: the same ends with and without us`,
  missing: () => (existsSync(binary(name)) ? undefined : 'run npm ci in test/matrix/nodes'),
  async run(place) {
    const env = { PURSER_QUIET: '1' };
    const asked = await compare(place, [join(APPS, 'ask.cjs')], { command: binary(name), env });
    const stopped = await compare(place, [join(APPS, 'app.mjs'), 'serve'], { command: binary(name), env, signal: 'SIGTERM' });
    const left = await compare(place, [join(APPS, 'app.mjs'), 'exit'], { command: binary(name), env });
    // Below the floor calls of ES modules are seen on the wire.
    return [...asked.different, ...stopped.different, ...left.different, ...wrongSpans(place, 4, 2)];
  },
});

/** What we say of ourselves. */
const health: Case = {
  name: 'health metrics: what was exported, what failed, our own faults',
  async run({ env, receiver }) {
    const fast = { ...env, OTEL_METRIC_EXPORT_INTERVAL: '150', OTEL_BSP_SCHEDULE_DELAY: '50' };
    const { code } = await runApp(['--require', REQUIRE, join(APPS, 'app.mjs'), 'ignore'], { env: fast });
    const wrong = code === 0 ? [] : [`exit ${code}`];
    for (const metric of ['purser.calls', 'purser.telemetry.exported', 'purser.telemetry.queue'])
      if (receiver.latest(metric).length === 0) wrong.push(`${metric} did not come`);
    const flying = receiver.latest('purser.calls.in_flight').map(({ value }) => value);
    if (flying.some((value) => value !== 0)) wrong.push(`${flying.join(', ')} calls in flight at the end`);
    return wrong;
  },
};

const lostReceiver: Case = {
  name: 'health metrics: exports that the receiver refused are counted',
  async run({ env, receiver }) {
    receiver.misbehave({ status: 400, times: 1 });
    const fast = { ...env, OTEL_METRIC_EXPORT_INTERVAL: '200', OTEL_BSP_SCHEDULE_DELAY: '20' };
    await runApp(['--require', REQUIRE, join(APPS, 'app.mjs'), 'ignore'], { env: fast });
    const failures = receiver.latest('purser.telemetry.export_failures').filter(({ value }) => value > 0);
    return failures.length > 0 ? [] : ['no failure was counted'];
  },
};

/** What we say of ourselves, and where else we run. */
export const HEALTH: readonly Case[] = [health, lostReceiver, ...NODES.map(onNode)];
