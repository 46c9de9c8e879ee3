import { REDACTION_PLACES } from '../../call/redactor.ts';
import { duration, flag, integer, list, listOf, number, oneOf, path, recordOf, structured, text, url } from '../option.ts';

const MODES = ['off', 'metadata-only', 'redact', 'hash', 'drop'] as const;
const MODE_SPELLINGS = { metadata_only: 'metadata-only', false: 'off' };
const USAGE_PATTERNS = ['spend', 'call_rate', 'error_rate', 'tokens_per_call', 'new_model', 'new_key', 'night_time', 'retry_storm'] as const;

/** Redaction, prices, budgets and limits, the store behind them, alerts and the ledger. */
export const GOVERNANCE_OPTIONS = {
  'redaction.mode': oneOf(
    MODES,
    'redact',
    'What is done with secrets and personal data: a typed mark in their place, a keyed hash, the whole value dropped, or nothing.',
    {
      synonyms: MODE_SPELLINGS,
      reloadable: true,
    },
  ),
  'redaction.modes': recordOf(REDACTION_PLACES, MODES, 'Another mode for a class of field; `content` is `metadata-only` unless content is recorded.', {
    synonyms: MODE_SPELLINGS,
    reloadable: true,
  }),
  'redaction.detectors_off': list([], 'Detectors that are not used, by name.', { reloadable: true }),
  'redaction.detectors_on': list([], 'Detectors that are used although they are off in the table, by name.', { reloadable: true }),
  'redaction.patterns': structured('Patterns of your own: a list of `name` and `pattern`, with optional `flags`.', { reloadable: true }),
  'redaction.hash_key': text(undefined, 'The key of the hashes of mode `hash`; one is made for each process when unset.', { secret: true }),
  'redaction.phone': flag(false, 'Whether telephone numbers are taken for personal data.', { reloadable: true }),
  'redaction.ip': flag(false, 'Whether IP addresses are taken for personal data.', { reloadable: true }),
  'redaction.max_length': integer(262_144, 'The longest value in UTF-16 units that is exported; longer ones are cut, JSON without breaking it.', {
    min: 1_000,
  }),

  'pricing.file': path('A file with price overrides, in the form of `pricing.overrides`.'),
  'pricing.overrides': structured('Prices, aliases, discounts and free endpoints that go before the built-in table.', { reloadable: true }),
  'pricing.refresh_url': url(['https', 'http'], undefined, 'The address from which a newer price table is fetched; never when unset.'),
  'pricing.refresh_interval_ms': duration(86_400_000, 'How often it is asked for.', { min: 60_000 }),
  'pricing.cache_dir': path('The folder in which a fetched price table is kept.'),
  'pricing.max_age_ms': duration(30 * 86_400_000, 'The age of the price table from which `purser doctor` and the events complain.'),
  'pricing.estimate_missing': flag(false, 'Whether a call without reported usage gets an estimated cost, marked as such.'),

  budgets: structured('Budgets: a list of `id`, `limit`, `window`, and optional `match`, `per`, `mode`, `thresholds`.', { reloadable: true }),
  limits: structured('Limits: a list of `id`, `unit` (requests, tokens or concurrency), `limit`, and optional `window`, `per`, `match`, `maxWait`, `mode`.', {
    reloadable: true,
  }),
  'store.kind': oneOf(
    ['memory', 'sqlite', 'redis'],
    'memory',
    'Where budgets are kept: in this process with a journal, in a file shared by the processes of a host, or in Redis or Valkey.',
  ),
  'store.url': url(['redis', 'rediss', 'valkey', 'valkeys'], undefined, 'The address of Redis or Valkey, such as `redis://host:6379`.', { secret: true }),
  'store.path': path('The folder of the journal, or the file of sqlite.'),
  'store.namespace': text('purser', 'The prefix of all keys in a shared store; one for each set of budgets.'),
  'store.durability': oneOf(
    ['process', 'machine'],
    'process',
    'What the store must survive: the end of the process, or the loss of power, at the price of one disk sync a call.',
  ),
  'store.timeout_ms': duration(250, 'How long a call waits for the store before `on_store_unavailable` decides.', { max: 30_000 }),

  'alerts.channels': structured(
    'Channels that alerts are sent to: a list of `name` and `kind` with the settings of the kind; secrets as `${VARIABLE}` or `${file:PATH}`.',
    {
      reloadable: true,
    },
  ),
  'alerts.outbox': path(
    'The folder in which undelivered alerts wait, so that they survive a restart; by default one of the service below the folder for temporary files.',
  ),
  'alerts.max_age_ms': duration(86_400_000, 'How long delivery of an alert is tried.'),
  'alerts.spike_factor': number(3, 'How many times the usual spend of a day is a spike. This and the patterns below are found in the ledger.', {
    min: 1,
    reloadable: true,
  }),
  'alerts.spike_least_usd': number(1, 'The spend of a day in dollars below which nothing is a spike.', { reloadable: true }),
  'alerts.call_rate_factor': number(5, 'How many times the usual calls of an hour are unusual.', { min: 1, reloadable: true }),
  'alerts.error_rate_factor': number(3, 'How many times the usual share of failed calls is unusual.', { min: 1, reloadable: true }),
  'alerts.error_rate_least': number(0.1, 'The share of failed calls below which nothing is unusual.', { max: 1, reloadable: true }),
  'alerts.tokens_factor': number(3, 'How many times the usual tokens of a call to a model are unusual.', { min: 1, reloadable: true }),
  'alerts.retry_factor': number(3, 'How many times the usual retries of a call are a storm.', { min: 1, reloadable: true }),
  'alerts.retry_least': number(0.5, 'The retries of a call below which nothing is a storm.', { reloadable: true }),
  'alerts.night_calls': integer(20, 'How many calls are unusual in an hour of the day in which there are next to none.', { min: 1, reloadable: true }),
  'alerts.new_model_calls': integer(1, 'From how many calls of a day on a model that was never called before is told of.', { min: 1, reloadable: true }),
  'alerts.new_key_calls': integer(1, 'From how many calls of a day on an API key that was never used before is told of, by its fingerprint.', {
    min: 1,
    reloadable: true,
  }),
  'alerts.least_calls': integer(50, 'The calls of an hour, for tokens of a day, below which rates say nothing.', { min: 1, reloadable: true }),
  'alerts.patterns_off': listOf(USAGE_PATTERNS, [], 'Unusual patterns that are not looked for.', { reloadable: true }),

  'ledger.path': path('The folder in which every settled call is recorded, without content; no ledger when unset.'),
  'ledger.retention_ms': duration(90 * 86_400_000, 'How long records are kept.', { min: 3_600_000 }),
};
