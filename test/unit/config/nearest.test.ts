import { describe, expect, it } from 'vitest';
import { nearestKey } from '../../../src/config/nearest.ts';
import { OPTIONS } from '../../../src/config/options.ts';

const KEYS = Object.keys(OPTIONS);

describe('the nearest key', () => {
  it.each([
    ['budget', 'budgets'],
    ['labels.taem', 'labels.team'],
    ['team', 'labels.team'],
    ['telemetry.profil', 'telemetry.profile'],
    ['OTLP.ENDPOINT', 'otlp.endpoint'],
    ['shutdown_timeout_ms', 'shutdown.timeout_ms'],
    ['store.knid', 'store.kind'],
  ])('of %s is %s', (word, wanted) => {
    expect(nearestKey(word, KEYS)).toBe(wanted);
  });

  it.each(['', 'x', 'completely unrelated words', 'z'.repeat(100)])('of %j is none', (word) => {
    expect(nearestKey(word, KEYS)).toBeUndefined();
  });
});
