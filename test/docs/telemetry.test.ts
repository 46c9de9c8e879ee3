import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ATTRIBUTES } from '../../src/telemetry/catalog/attributes.ts';
import { METRICS } from '../../src/telemetry/catalog/metrics.ts';
import { telemetryDoc } from '../../tools/docs/telemetry.ts';

const doc = readFileSync('docs/TELEMETRY.md', 'utf8');

test('docs/TELEMETRY.md is what the catalogs say', () => {
  expect(doc).toBe(telemetryDoc());
});

test('it names every attribute and every metric, and none that is not there', () => {
  const listed = new Set([...doc.matchAll(/^\| `([a-z_0-9.]+(?:\.\*)?)` \|/gm)].map(([, name]) => name));
  const names = [
    ...Object.entries(ATTRIBUTES).flatMap(([name, entry]) => (entry.on.every((place) => place === 'resource') ? [] : [name])),
    ...METRICS.map((metric) => metric.name),
  ];
  expect(names.filter((name) => !listed.has(name))).toEqual([]);
});

test('every attribute and metric is described in one sentence', () => {
  const sentences = [...Object.values(ATTRIBUTES).map((entry) => entry.description), ...METRICS.map((metric) => metric.description)];
  expect(sentences.filter((sentence) => !/^[A-Z0-9`'].*\.$/s.test(sentence) && !/^(requests|admitted|info|traces|usd|off)\b/.test(sentence))).toEqual([]);
});
