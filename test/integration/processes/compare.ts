import { resolve } from 'node:path';
import { startLocalProvider, type LocalProvider } from '../../support/local-provider/start.ts';
import { OtlpReceiver } from '../../support/otlp-receiver.ts';
import { runApp, type Ended, type Running } from './run-app.ts';

/** The preload as CommonJS and as an ES module. */
export const REQUIRE = resolve('dist/register.cjs');
export const IMPORT = resolve('dist/register.js');
export const APPS = resolve('test/integration/processes/apps');

/** What the owner of the app waits for at most beyond what it takes without us, in milliseconds, on a machine that is busy with other things. */
const END_BOUND_MS = 2500;

/** What start and end take on a machine that is busy with other things, beyond the time that the owner allows for the end. */
export const SLACK_MS = 1200;

/** A provider and a receiver for one case. */
export interface Place {
  readonly provider: LocalProvider;
  readonly receiver: OtlpReceiver;
  /** For the app: the provider's address and our exporter's. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs `work` with a provider and a receiver of its own. */
export const inPlace = async <T>(work: (place: Place) => Promise<T>): Promise<T> => {
  const [provider, receiver] = await Promise.all([startLocalProvider(), OtlpReceiver.start()]);
  try {
    return await work({ provider, receiver, env: { BASE: provider.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  } finally {
    await Promise.all([provider.close(), receiver.close()]);
  }
};

/** How much longer each compared program took with us than without, start and end together, in milliseconds. */
export const extraMs: number[] = [];

/** The same program without us and with us. */
export interface Compared {
  readonly bare: Ended;
  readonly ours: Ended;
  /** What is different for the app: exit, signal, output, and a longer end than the bound. */
  readonly different: string[];
}

/** Stack traces name threads and lines of Node that differ from run to run. */
const steady = (text: string): string => text.replaceAll(/\(node:\d+\)/g, '(node)').replaceAll(/127\.0\.0\.1:\d+/g, 'host');

/** Runs a program bare and with the preload, in the same place, and compares what its owner sees. */
export const compare = async (
  place: Place,
  args: readonly string[],
  how: Running = {},
  preload: readonly string[] = ['--require', REQUIRE],
): Promise<Compared> => {
  const env = { ...place.env, ...how.env };
  const bare = await runApp(args, { ...how, env });
  const ours = await runApp([...preload, ...args], { ...how, env });
  if (preload.length > 0) extraMs.push(ours.ms - bare.ms);
  const different: string[] = [];
  for (const key of ['code', 'signal'] as const) if (bare[key] !== ours[key]) different.push(`${key} ${ours[key]} instead of ${bare[key]}`);
  for (const key of ['stdout', 'stderr'] as const)
    if (steady(bare[key]) !== steady(ours[key]))
      different.push(`${key} ${JSON.stringify(ours[key].slice(0, 400))} instead of ${JSON.stringify(bare[key].slice(0, 400))}`);
  // What the bare program takes tells how busy the machine is.
  if (ours.ms - bare.ms > END_BOUND_MS + 2 * bare.ms) different.push(`${Math.round(ours.ms - bare.ms)} ms longer`);
  return { bare, ours, different };
};
