import { createHmac, randomBytes } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import { fault } from '../base/diag.ts';
import type { RedactionPlace, Redactor } from '../call/redactor.ts';
import { BudgetSpent, type Hit, HitList, mergeHits } from './engine/hits.ts';
import { scan } from './engine/engine.ts';
import { isSecretName } from './secret-names.ts';
import type { RedactionMode, RedactionSettings } from './settings.ts';

const DEFAULT_MAX_FINDINGS = 2000;
const DEFAULT_BUDGET_MS = 50;

/** Makes a redactor. @throws {config_invalid} when a user pattern cannot be used */
export const createRedactor = (settings: RedactionSettings = {}): Redactor => {
  const clock = settings.clock ?? systemClock;
  const hmacKey = settings.hmacKey ?? randomBytes(32).toString('hex');
  const modeOf = (place: RedactionPlace): RedactionMode => settings.modes?.[place] ?? (place === 'content' ? 'metadata-only' : 'redact');
  const newList = (): HitList =>
    new HitList({
      maxHits: settings.maxFindings ?? DEFAULT_MAX_FINDINGS,
      deadlineMs: clock.monotonicMs() + (settings.budgetMs ?? DEFAULT_BUDGET_MS),
      nowMs: () => clock.monotonicMs(),
      isOn: () => true,
    });
  const hitsOf = (text: string): readonly Hit[] => {
    const list = newList();
    scan(text, list);
    return mergeHits(list.hits);
  };
  const mark = (detector: string, secret: string, mode: RedactionMode): string =>
    mode === 'hash' ? `[${detector}:h_${createHmac('sha256', hmacKey).update(secret).digest('hex').slice(0, 20)}]` : `[REDACTED:${detector}]`;
  const text = (value: string, place: RedactionPlace): string => {
    const mode = modeOf(place);
    if (mode === 'off') return value;
    if (mode === 'drop' || (mode === 'metadata-only' && place === 'content')) return '';
    try {
      const hits = hitsOf(value);
      if (hits.length === 0) return value;
      let out = '';
      let at = 0;
      for (const hit of hits) {
        settings.meter?.add('purser.redactions', 1, { 'purser.detector': hit.detector, 'purser.place': place });
        out += value.slice(at, hit.start) + mark(hit.detector, value.slice(hit.start, hit.end), mode);
        at = hit.end;
      }
      return out + value.slice(at);
    } catch (error) {
      settings.meter?.add('purser.redaction.failures', 1, { 'purser.place': place, 'purser.reason': error instanceof BudgetSpent ? error.reason : 'fault' });
      if (!(error instanceof BudgetSpent)) fault('redaction', error);
      return '[REDACTED:failed]';
    }
  };
  const value = (input: unknown, key: string, place: RedactionPlace): unknown => {
    if (typeof input === 'string') return isSecretName(key) && modeOf(place) !== 'off' ? mark('secret-field', input, modeOf(place)) : text(input, place);
    if (Array.isArray(input)) return input.map((item) => value(item, key, place));
    if (typeof input === 'object' && input !== null) return Object.fromEntries(Object.entries(input).map(([name, item]) => [name, value(item, name, place)]));
    return input;
  };
  return { text, value, learnSecret: () => {}, find: (input) => hitsOf(input).map(({ detector, start, end }) => ({ detector, start, end })) };
};
