import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { createLiveRedactor } from '../../../src/runtime/live-redactor.ts';
import { redactionSettings } from '../../../src/runtime/redaction-settings.ts';
import { STATION_CHECKS } from '../../../src/runtime/station-checks.ts';
import { memoryFiles } from '../config/memory-files.ts';

const load = (tree: unknown) =>
  loadConfig({ env: {}, cwd: '/app', files: memoryFiles({ '/app/purser.config.json': JSON.stringify(tree, null, 1) }), checks: STATION_CHECKS });

const meter = { add() {}, record() {}, set() {} };
const words = fc.constantFrom(
  'id',
  'limit',
  'window',
  'per',
  'match',
  'mode',
  'name',
  'kind',
  'pattern',
  'flags',
  'url',
  'version',
  'prices',
  'per_mtok',
  'aliases',
  'discounts',
  'free',
);
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('10 USD', 'day', 'enforce', 'webhook', '(', '(a+)+$', 'https://a.example', '1.25', 1, -1, 'g', '*'),
);
const record = fc.dictionary(fc.oneof(words, fc.string()), fc.oneof(values, fc.dictionary(words, values, { maxKeys: 4 })), { maxKeys: 6 });
const structured = fc.oneof(fc.array(fc.oneof(record, values), { maxLength: 4 }), record);
const KEYS = ['budgets', 'limits', 'pricing.overrides', 'redaction.patterns', 'alerts.channels'];
const tree = fc.dictionary(fc.constantFrom(...KEYS), structured, { maxKeys: 5 });

test('whatever stands in a structured option, it is a sentence with its key and line, and never a throw', () => {
  fc.assert(
    fc.property(tree, (options) => {
      const loaded = load(options);
      const faults = loaded.problems.filter(
        ({ key, message, file }) => !message.includes(key) || file !== '/app/purser.config.json' || !/[.?]$|\)$/.test(message),
      );
      expect(faults).toEqual([]);
      const redactor = createLiveRedactor(redactionSettings(loaded.config, [], meter, systemClock));
      expect(redactor.text('the key sk-proj-aB3dE5fG7hJ9kL1mN3pQ', 'attribute')).not.toContain('aB3dE5fG7hJ9kL1mN3pQ');
    }),
    { numRuns: 2_000 },
  );
});

test('one pattern that cannot be used does not take the others with it', () => {
  const loaded = load({
    redaction: {
      patterns: [
        { name: 'bad', pattern: '(' },
        { name: 'order', pattern: 'ORD-[0-9]{6}' },
      ],
    },
  });
  expect(loaded.problems).toMatchObject([{ key: 'redaction.patterns[0].pattern', line: 6 }]);
  const redactor = createLiveRedactor(redactionSettings(loaded.config, [], meter, systemClock));
  expect(redactor.text('about ORD-123456', 'attribute')).toBe('about [REDACTED:order]');
});

test('a reloaded redactor knows the secrets that the old one had learnt, and says that its answers are others now', () => {
  const settings = (options: unknown) => redactionSettings(load(options).config, [], meter, systemClock);
  const redactor = createLiveRedactor(settings({}));
  redactor.learnSecret('correct horse battery');
  const before = redactor.generation();
  redactor.reload(settings({ redaction: { patterns: [{ name: 'order', pattern: 'ORD-[0-9]{6}' }] } }));
  expect(redactor.text('correct horse battery ORD-123456', 'attribute')).toBe('[REDACTED:own-secret] [REDACTED:order]');
  expect(redactor.generation()).toBeGreaterThan(before);
});

test('a detector that there is not is named with its line and the nearest one, and the others hold', () => {
  const loaded = load({ redaction: { detectors_on: ['phone', 'ip-adress'], detectors_off: ['email'] } });
  expect(loaded.problems).toMatchObject([
    { key: 'redaction.detectors_on[1]', seen: '"ip-adress"', nearest: 'ip-address', file: '/app/purser.config.json', line: 3 },
  ]);
  expect(loaded.config.redaction.detectorsOn).toContain('phone');
});
