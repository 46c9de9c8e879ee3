import { createServer } from 'node:net';
import type { Check, Finding } from './finding.ts';

const DAY_MS = 86_400_000;

const config: Check = ({ loaded }) => {
  if (loaded.problems.length === 0) {
    return [
      {
        check: 'config',
        level: 'good',
        message: loaded.file === undefined ? 'No config file; the defaults and variables are good.' : `${loaded.file} is good.`,
      },
    ];
  }
  return loaded.problems.map(({ message, nearest }): Finding => ({
    check: 'config',
    level: 'broken',
    message,
    advice: nearest === undefined ? 'Correct it; until then the default holds.' : `Write ${nearest} instead; until then the default holds.`,
  }));
};

const prices: Check = async ({ loaded, nowMs }) => {
  const { createPricer } = await import('../../pricing/pricer.ts');
  const { cacheDir, maxAgeMs, refreshUrl } = loaded.config.pricing;
  const pricer = createPricer(cacheDir === undefined ? {} : { cacheDir });
  const age = pricer.tableAgeMs(nowMs);
  const version = pricer.tableVersion();
  pricer.stop();
  const days = Math.max(0, Math.floor(age / DAY_MS));
  if (age <= maxAgeMs) return [{ check: 'prices', level: 'good', message: `The price table ${version} is ${days} ${days === 1 ? 'day' : 'days'} old.` }];
  return [
    {
      check: 'prices',
      level: 'warning',
      message: `The price table ${version} is ${days} days old; newer models have no price.`,
      advice: refreshUrl === undefined ? 'Update purser, or set pricing.refresh_url.' : 'Look why pricing.refresh_url brings nothing newer.',
    },
  ];
};

const port = (number: number, host: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'));
    server.listen(number, host, () => server.close(() => resolve(undefined)));
  });

const prometheus: Check = async ({ loaded }) => {
  const { port: number, host } = loaded.config.prometheus;
  if (number === undefined) return [];
  const failure = await port(number, host);
  if (failure === undefined) return [{ check: 'prometheus', level: 'good', message: `Port ${number} is free for Prometheus.` }];
  const why = failure === 'EADDRINUSE' ? 'is taken, by the running app or by another program' : `cannot be opened (${failure})`;
  return [
    {
      check: 'prometheus',
      level: 'warning',
      message: `Port ${number} on ${host} ${why}.`,
      advice: 'If it is not the app itself, set another PURSER_PROMETHEUS_PORT.',
    },
  ];
};

/** The configuration, the prices and the ports of this machine. */
export const LOCAL_CHECKS: readonly Check[] = [config, prices, prometheus];
