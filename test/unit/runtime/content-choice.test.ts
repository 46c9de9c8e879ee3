import { expect, test } from 'vitest';
import { contentChoice } from '../../../src/runtime/content-choice.ts';
import { loadEnv } from '../config/memory-files.ts';

const kept = (env: Record<string, string>, failed: boolean): number => {
  let at = 0;
  const keeps = contentChoice(loadEnv({ PURSER_CAPTURE_CONTENT: 'true', ...env }).config, () => (at++ % 100) / 100);
  return Array.from({ length: 100 }, () => keeps(failed)).filter(Boolean).length;
};

test('the content of every call is recorded, unless a share is named', () => {
  expect([kept({}, false), kept({}, true)]).toEqual([100, 100]);
});

test('a share of the calls keeps its content, and failed calls whatever the share', () => {
  const env = { PURSER_TELEMETRY_CONTENT_SAMPLE_RATE: '0.25' };
  expect([kept(env, false), kept(env, true)]).toEqual([25, 100]);
});

test('failed calls are no exception where the owner does not want it', () => {
  const env = { PURSER_TELEMETRY_CONTENT_SAMPLE_RATE: '0', PURSER_TELEMETRY_CONTENT_ON_ERROR: 'no' };
  expect([kept(env, false), kept(env, true)]).toEqual([0, 0]);
});
