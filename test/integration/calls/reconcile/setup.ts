import type { WrittenConfig } from './edits.ts';

/** How the process that makes the calls is set up. */
export interface Setup {
  readonly store: 'none' | 'memory' | 'sqlite' | 'redis';
  /** Where the server of `redis` is. */
  readonly url?: string;
  /** Whether there are limits beside the budgets. */
  readonly limits?: boolean;
  /** Whether the app has an OpenTelemetry SDK of its own, which then exports the spans. */
  readonly host?: boolean;
  /** Whether the config file is edited while the process runs. */
  readonly edited?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const HOSTS = { '127.0.0.1/v1/messages': 'anthropic', '127.0.0.1/v1/models': 'gcp.gemini', '127.0.0.1/v1beta': 'gcp.gemini', '127.0.0.1': 'openai' };
const common = { limit: '1000000', window: { kind: 'total' }, mode: 'enforce' };
const BUDGETS = [
  { ...common, id: 'all', unit: 'usd' },
  { ...common, id: 'each', unit: 'usd', per: 'tag:n' },
  { ...common, id: 'tokens', unit: 'tokens', limit: '1000000000' },
  { ...common, id: 'requests', unit: 'requests' },
  { ...common, id: 'asked', unit: 'requests', per: 'tag:n' },
  { ...common, id: 'refusing', unit: 'usd', limit: '0', match: { tag: { ending: 'refused' } } },
  {
    ...common,
    id: 'stopping',
    unit: 'tokens',
    per: 'tag:n',
    limit: '350',
    reserve: { kind: 'metered', stepTokens: 100 },
    match: { tag: { ending: 'stopped' } },
  },
];

const placed = (place: string): object => ({ match: { tag: { place } } });
const atOnce = { unit: 'concurrency', maxWait: '10m' };

/** Places that calls wait for, or are turned away from, and what counts all that is sent. */
export const LIMITS = [
  { ...atOnce, ...placed('lane'), id: 'lane', limit: 4 },
  { ...atOnce, ...placed('behind'), id: 'behind', limit: 1, per: 'tag:pair' },
  { ...atOnce, ...placed('away'), id: 'away', limit: 1, per: 'tag:pair', maxWait: 0 },
  { ...atOnce, ...placed('last'), id: 'last', limit: 1 },
  { ...placed('once'), id: 'once', limit: 1, per: 'tag:n', window: 'day' },
  { id: 'sent', limit: 1_000_000, window: 'day' },
  { id: 'used', unit: 'tokens', limit: 1_000_000_000, per: 'tag:n', window: 'day' },
];

const keptOf = ({ store, url }: Setup, at: (name: string) => string): object => {
  if (store === 'sqlite') return { kind: store, path: at('budgets.sqlite') };
  return store === 'redis' ? { kind: store, url } : { kind: 'memory', path: at('journal') };
};

/** Gives the config of a process; `at` names a file in its folder. */
export const configOf = (setup: Setup, at: (name: string) => string): WrittenConfig => ({
  ledger: { path: at('ledger') },
  providers: { hosts: HOSTS },
  ...(setup.store === 'none' ? {} : { budgets: BUDGETS, store: { ...keptOf(setup, at), timeout_ms: '20s' } }),
  ...(setup.limits === true ? { limits: LIMITS } : {}),
});
