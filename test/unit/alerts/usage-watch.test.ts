/** Each unusual pattern: told of when it is there, silent when it is not, and explained by its text. */
import { describe, expect, test } from 'vitest';
import type { PatternSettings } from '../../../src/alerts/patterns/pattern.ts';
import { lookAtUsage } from '../../../src/alerts/usage-watch.ts';
import type { HourSums, ServiceSums, UsageHistory } from '../../../src/call/usage-history.ts';
import { OPTIONS } from '../../../src/config/options.ts';

const DAY = '2026-11-20';
/** 14:30 UTC. */
const NOW = Date.parse(`${DAY}T14:30:00Z`);

const DEFAULTS: PatternSettings = {
  spikeFactor: OPTIONS['alerts.spike_factor'].default,
  spikeLeastUsd: OPTIONS['alerts.spike_least_usd'].default,
  callRateFactor: OPTIONS['alerts.call_rate_factor'].default,
  errorRateFactor: OPTIONS['alerts.error_rate_factor'].default,
  errorRateLeast: OPTIONS['alerts.error_rate_least'].default,
  tokensFactor: OPTIONS['alerts.tokens_factor'].default,
  retryFactor: OPTIONS['alerts.retry_factor'].default,
  retryLeast: OPTIONS['alerts.retry_least'].default,
  nightCalls: OPTIONS['alerts.night_calls'].default,
  newModelCalls: OPTIONS['alerts.new_model_calls'].default,
  newKeyCalls: OPTIONS['alerts.new_key_calls'].default,
  leastCalls: OPTIONS['alerts.least_calls'].default,
};

interface Shape {
  readonly usd?: number;
  /** Calls of an hour by day, from 8:00 to 20:00. */
  readonly calls?: number;
  /** What is otherwise in single hours. */
  readonly at?: Readonly<Record<number, Partial<HourSums>>>;
  readonly tokens?: number;
  readonly model?: string;
  readonly key?: string;
}

const sums = ({ usd = 10, calls = 100, at = {}, tokens = 1000, model = 'gpt-5.2', key = 'aaaaaaaaaaaa' }: Shape = {}): ServiceSums => {
  const hours = Array.from({ length: 24 }, (_, hour): HourSums => {
    const base = { calls: hour >= 8 && hour < 20 ? calls : 0, failed: hour >= 8 && hour < 20 ? Math.round(calls / 100) : 0, retries: 0 };
    return { ...base, ...at[hour] };
  });
  const all = hours.reduce((sum, hour) => sum + hour.calls, 0);
  return {
    nano: usd * 1e9,
    hours,
    models: Object.fromEntries([[model, { calls: all, metered: all, tokens: all * tokens }]]),
    keys: Object.fromEntries([[key, all]]),
  };
};

const history = (today: ServiceSums, days: readonly ServiceSums[] = Array.from({ length: 5 }, () => sums()), service = 'shop'): UsageHistory => ({
  today: { day: DAY, services: { [service]: today } },
  days: days.map((one, at) => ({ day: `2026-11-${19 - at}`, services: { [service]: one } })),
});

const look = (past: UsageHistory, settings: Partial<PatternSettings> = {}, off: readonly string[] = []) =>
  lookAtUsage(past, { ...DEFAULTS, ...settings }, off, NOW);
const names = (past: UsageHistory, settings?: Partial<PatternSettings>): readonly string[] =>
  look(past, settings).map(({ name }) => name.replace('purser.unusual.', ''));

test('a day like any other is silent', () => {
  expect(look(history(sums()))).toEqual([]);
  expect(look(history(sums({ usd: 29, calls: 450, tokens: 2900 })))).toEqual([]);
});

test('nothing is unusual before three days are known, days without a call not counted', () => {
  const wild = sums({ usd: 1000, calls: 5000, model: 'new', key: 'bbbbbbbbbbbb' });
  const idle = sums({ usd: 0, calls: 0 });
  expect(look(history(wild, [sums(), sums(), idle, idle]))).toEqual([]);
  expect(names(history(wild, [sums(), sums(), sums()])).length).toBeGreaterThan(2);
});

describe('spend', () => {
  test('more than three times a usual day is a spike, once a day for each service, and the text says why', () => {
    const [event, ...others] = look(history(sums({ usd: 31.2 })));
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      name: 'purser.unusual.spend',
      severity: 'error',
      dedupeKey: `purser.unusual.spend/shop//${DAY}`,
      attributes: { 'purser.service': 'shop', figure: 31.2, usual: 10, threshold: 3, days: 5 },
      message:
        'The service "shop" spent $31.20 since 2026-11-20 00:00 UTC, 3.12 times the $10.00 of a usual day (the median of 5 days); more than 3 times and at least $1.00 is a spike (alerts.spike_factor, alerts.spike_least_usd).',
    });
  });
  test('the factor and the least amount are the owner’s', () => {
    expect(names(history(sums({ usd: 31.2 })), { spikeFactor: 4 })).toEqual([]);
    expect(names(history(sums({ usd: 15 })), { spikeFactor: 1.2 })).toEqual(['spend']);
    const cents = Array.from({ length: 4 }, () => sums({ usd: 0.01 }));
    expect(names(history(sums({ usd: 0.9 }), cents))).toEqual([]);
    expect(names(history(sums({ usd: 0.9 }), cents), { spikeLeastUsd: 0.5 })).toEqual(['spend']);
  });
  test('one dear day among the earlier ones changes nothing', () => {
    expect(names(history(sums({ usd: 31 }), [sums(), sums({ usd: 500 }), sums(), sums(), sums()]))).toEqual(['spend']);
  });
});

describe('call rate', () => {
  test('an hour with five times the calls is told of, also when the next hour has begun', () => {
    const busy = { calls: 501, failed: 0, retries: 0 };
    expect(names(history(sums({ at: { 14: busy } })))).toEqual(['call_rate']);
    const [event] = look(history(sums({ at: { 13: busy } })));
    expect(event?.message).toContain(
      'made 501 calls on 2026-11-20 from 13:00 to 14:00 UTC, 5.01 times the usual 100 of such an hour (5 days); more than 5 times and at least 50 calls',
    );
    expect(names(history(sums({ at: { 12: busy } })))).toEqual([]);
  });
  test('a peak that comes every day at that hour is usual, and so is little', () => {
    const peak = { at: { 14: { calls: 900, failed: 0, retries: 0 } } };
    expect(
      names(
        history(
          sums(peak),
          Array.from({ length: 4 }, () => sums(peak)),
        ),
      ),
    ).toEqual([]);
    const little = Array.from({ length: 4 }, () => sums({ calls: 2 }));
    expect(names(history(sums({ calls: 2, at: { 14: { calls: 49, failed: 0, retries: 0 } } }), little))).toEqual([]);
  });
});

describe('error rate', () => {
  test('a share of failures that is high and unusual is told of', () => {
    const [event] = look(history(sums({ at: { 14: { failed: 25 } } })));
    expect(event).toMatchObject({ name: 'purser.unusual.error_rate', attributes: { figure: 0.25, usual: 0.01, threshold: 3 } });
    expect(event?.message).toContain('saw 25 % of 100 calls fail on 2026-11-20 from 14:00 to 15:00 UTC, where 1 % is usual');
  });
  test('a share that is low, usual, or of few calls is not', () => {
    expect(names(history(sums({ at: { 14: { failed: 9 } } })))).toEqual([]);
    const bad = { at: { 14: { failed: 25 }, 9: { failed: 100 }, 10: { failed: 100 } } };
    expect(
      names(
        history(
          sums(bad),
          Array.from({ length: 4 }, () => sums(bad)),
        ),
      ),
    ).toEqual([]);
    expect(names(history(sums({ at: { 14: { calls: 40, failed: 40 } } })))).toEqual([]);
  });
});

describe('tokens a call', () => {
  test('calls of a model that have become three times as long are told of', () => {
    const [event] = look(history(sums({ tokens: 3500 })));
    expect(event).toMatchObject({
      name: 'purser.unusual.tokens_per_call',
      dedupeKey: `purser.unusual.tokens_per_call/shop/gpt-5.2/${DAY}`,
      attributes: { 'gen_ai.request.model': 'gpt-5.2', figure: 3500, usual: 1000 },
    });
    expect(event?.message).toContain('used 3500 tokens a call of gpt-5.2 since 2026-11-20 00:00 UTC, 3.5 times the usual 1000');
  });
  test('another model is no longer call, and few calls say nothing', () => {
    expect(names(history(sums({ tokens: 9000, model: 'big' })), { newModelCalls: 10_000 })).toEqual([]);
    expect(names(history(sums({ tokens: 9000, calls: 3 })))).toEqual([]);
  });
});

describe('new model and new key', () => {
  test('what was used on no earlier day is told of by its name, a key by its fingerprint', () => {
    const events = look(history(sums({ model: 'o9', key: 'bbbbbbbbbbbb' })));
    expect(events).toMatchObject([
      { name: 'purser.unusual.new_model', dedupeKey: `purser.unusual.new_model/shop/o9/${DAY}`, attributes: { 'gen_ai.request.model': 'o9', figure: 1200 } },
      { name: 'purser.unusual.new_key', dedupeKey: `purser.unusual.new_key/shop/bbbbbbbbbbbb/${DAY}`, attributes: { fingerprint: 'bbbbbbbbbbbb' } },
    ]);
    expect(events[0]?.message).toContain('calls the model o9, which it did on none of 5 days before: 1200 calls');
    expect(events[1]?.message).toContain('an API key (fingerprint bbbbbbbbbbbb)');
  });
  test('a model or key that was used once is not new, and a few calls may be allowed', () => {
    const days = [sums(), sums(), sums(), sums({ model: 'o9', key: 'bbbbbbbbbbbb' })];
    expect(names(history(sums({ model: 'o9', key: 'bbbbbbbbbbbb' }), days))).toEqual([]);
    expect(names(history(sums({ model: 'o9', key: 'bbbbbbbbbbbb' })), { newModelCalls: 1201, newKeyCalls: 1201 })).toEqual([]);
  });
  test('many new ones at once are told of together', () => {
    const models = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`made-up-${at}`, { calls: 2, metered: 0, tokens: 0 }]));
    expect(look(history({ ...sums(), models: models(5) }))).toHaveLength(5);
    const [event, ...others] = look(history({ ...sums(), models: models(900) }));
    expect(others).toEqual([]);
    expect(event).toMatchObject({ dedupeKey: `purser.unusual.new_model/shop//${DAY}`, attributes: { count: 900, figure: 1800 } });
    expect(event?.message).toContain('calls 900 models, which it did on none of 5 days before: 1800 calls since');
  });
  test('no key is new while the keys of earlier days are not known', () => {
    const unknown = Array.from({ length: 4 }, () => ({ ...sums(), keys: {} }));
    expect(names(history(sums(), unknown))).toEqual([]);
  });
});

describe('night-time', () => {
  const night = Date.parse(`${DAY}T03:20:00Z`);
  const at = (calls: number, days?: readonly ServiceSums[]) =>
    lookAtUsage(history(sums({ calls: 0, at: { 3: { calls, failed: 0, retries: 0 } } }), days), DEFAULTS, [], night);
  test('calls in an hour that is usually quiet are told of', () => {
    const [event] = at(25);
    expect(event).toMatchObject({ name: 'purser.unusual.night_time', attributes: { figure: 25, usual: 0, threshold: 20 } });
    expect(event?.message).toContain('made 25 calls on 2026-11-20 from 03:00 to 04:00 UTC, an hour in which 0 are usual and 100 in the busiest');
  });
  test('a few calls at night, and a night that is always busy, are not', () => {
    expect(at(19)).toEqual([]);
    const busy = Array.from({ length: 4 }, () => sums({ at: { 3: { calls: 30, failed: 0, retries: 0 } } }));
    expect(at(60, busy)).toEqual([]);
  });
});

describe('retry storm', () => {
  test('calls that are tried again and again are told of', () => {
    const [event] = look(history(sums({ at: { 14: { retries: 180 } } })));
    expect(event).toMatchObject({ name: 'purser.unusual.retry_storm', severity: 'error', attributes: { figure: 1.8, usual: 0 } });
    expect(event?.message).toContain('tried 100 calls 180 times again on 2026-11-20 from 14:00 to 15:00 UTC: 1.8 retries a call, where 0 are usual');
  });
  test('some retries, and those of every day, are not', () => {
    expect(names(history(sums({ at: { 14: { retries: 49 } } })))).toEqual([]);
    const shaky = Array.from({ length: 4 }, () => sums({ at: Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour, { retries: 60 }])) }));
    expect(names(history(sums({ at: { 14: { retries: 90 } } }), shaky))).toEqual([]);
  });
});

test('a pattern that its owner switched off is not looked for', () => {
  const past = history(sums({ usd: 40, model: 'o9' }));
  expect(look(past, {}, ['spend']).map(({ name }) => name)).toEqual(['purser.unusual.new_model']);
});

test('services are looked at by themselves, and one without a label is called so', () => {
  const [event] = look(history(sums({ usd: 40 }), undefined, '-'));
  expect(event?.message).toMatch(/^What runs without the label of a service spent \$40\.00/);
});

test('the names with which patterns are switched off are those in the table of options', () => {
  const all = OPTIONS['alerts.patterns_off'].values ?? [];
  const wild = history(
    sums({
      usd: 100,
      calls: 60,
      tokens: 9000,
      key: 'bbbbbbbbbbbb',
      at: { 13: { calls: 900, failed: 900, retries: 900 }, 14: { calls: 1, failed: 0, retries: 0 } },
    }),
  );
  const found = [...names(wild), ...names(history(sums({ model: 'o9' }))), 'night_time'];
  expect([...new Set(found)].sort()).toEqual([...all].sort());
  expect(look(wild, {}, all)).toEqual([]);
});

test.each(['constructor', '__proto__', 'toString'])('a service, model or key that is called %s is one like any other', (name) => {
  const today = Object.fromEntries([[name, sums({ model: name, key: name })]]);
  const past = history(sums());
  expect(look({ today: { day: DAY, services: today }, days: past.days })).toEqual([]);
  const days = past.days.map(({ day }) => ({ day, services: Object.fromEntries([[name, sums()]]) }));
  expect(look({ today: { day: DAY, services: today }, days }).map(({ name: event }) => event)).toEqual(['purser.unusual.new_model', 'purser.unusual.new_key']);
});
