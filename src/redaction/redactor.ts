import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../base/clock.ts';
import { fault, notice } from '../base/diag.ts';
import type { RedactionPlace, Redactor } from '../call/redactor.ts';
import { capped } from './cap.ts';
import { cleanedValue, LONG_NUMBER } from './cleaned-value.ts';
import { CleanValues } from './clean-values.ts';
import { isOnByDefault } from './detectors/detector-table.ts';
import { Engine } from './engine/engine.ts';
import { withoutHalfEscapes } from './engine/whole-escapes.ts';
import { BudgetSpent, type Hit, HitList, mergeHits } from './engine/hits.ts';
import { MAX_SECRETS, OwnSecrets } from './engine/own-secrets.ts';
import { UserDetectors } from './engine/user-patterns.ts';
import { framed } from './framed.ts';
import { LastClean } from './last-clean.ts';
import { FAILED_MARK, hashMark, isMark, markOf, withoutMarks } from './marks.ts';
import { withoutMedia } from './media.ts';
import { isSecretName, nameKind } from './secret-names.ts';
import type { RedactionMode, RedactionSettings } from './settings.ts';
import { namesNext } from './value-pairs.ts';

const DEFAULT_MAX_FINDINGS = 2000;
const DEFAULT_BUDGET_MS = 50;
const DEFAULT_MAX_CHARS = 262_144;
// What comes to light when a secret is gone is looked for again, at most this often.
const MAX_PASSES = 4;
// Lists up to this length are looked at as they are, longer ones are walked like any value.
const MAX_LISTED = 16;

// Nothing shorter is a password or a key.
const SHORTEST_NAMED = 6;
// Digits of the shortest number that is looked for, a social security number.
const SHORTEST_NUMBER = 9;

/** A redactor with what the command line needs besides. */
export interface ExplainingRedactor extends Redactor {
  /** Each finding with its reason. */
  explain(text: string): readonly Hit[];
}

class EngineRedactor implements ExplainingRedactor {
  readonly #settings: RedactionSettings;
  readonly #clock: Clock;
  readonly #engine: Engine;
  readonly #own = new OwnSecrets();
  readonly #clean = new CleanValues();
  readonly #lastClean = new LastClean();
  readonly #hmacKey: string;
  readonly #isOn: (detector: string) => boolean;
  #generation = 0;
  #toldLeftOut = false;

  constructor(settings: RedactionSettings) {
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
    // Without a key of the deployment's own, digests agree within this process only; they are never unkeyed.
    this.#hmacKey = settings.hmacKey ?? randomBytes(32).toString('hex');
    const on = new Set(settings.detectors?.on);
    const off = new Set(settings.detectors?.off);
    this.#isOn = (detector) => !off.has(detector) && (on.has(detector) || isOnByDefault(detector));
    this.#engine = new Engine({
      own: this.#own,
      user: new UserDetectors(settings.patterns ?? [], settings.finder),
      phone: this.#isOn('phone'),
      ip: this.#isOn('ip-address'),
    });
    for (const secret of settings.secrets ?? [])
      this.#own.add(typeof secret === 'string' ? 'configured' : secret.name, typeof secret === 'string' ? secret : secret.value);
  }

  text(value: string, place: RedactionPlace): string {
    if (value === '') return value;
    const mode = this.#modeOf(place);
    if (mode === 'off') return value;
    if (mode === 'drop' || mode === 'metadata-only') return '';
    return this.#plain(value, place, mode);
  }

  value(input: unknown, key: string, place: RedactionPlace): unknown {
    const mode = this.#modeOf(place);
    if (mode === 'off') return input;
    if (mode === 'drop' || mode === 'metadata-only') return undefined;
    if (typeof input === 'string') return this.#string(input, key, place, mode);
    if (typeof input === 'number') return input >= LONG_NUMBER ? this.#number(input, key, place, mode) : input;
    if (typeof input !== 'object' || input === null || (Array.isArray(input) && this.#areClean(input, key))) return input;
    try {
      return cleanedValue(input, key, {
        text: (text) => this.#plain(text, place, mode),
        secretField: (text) => this.#secretField(text, place, mode),
        named: (text, name, listed) => this.#named(text, name, listed, place, mode),
        number: (number, name) => this.#number(number, name, place, mode),
      });
    } catch (error) {
      this.#failed(error, place);
      return FAILED_MARK;
    }
  }

  learnSecret(secret: string): void {
    if (!this.#own.add('learned', secret)) return;
    this.#clean.clear();
    this.#lastClean.clear();
    this.#generation++;
  }

  find(text: string): readonly { readonly detector: string; readonly start: number; readonly end: number }[] {
    return this.explain(text).map(({ detector, start, end }) => ({ detector, start, end }));
  }

  explain(text: string): readonly Hit[] {
    try {
      return this.#hits(text);
    } catch (error) {
      this.#failed(error, 'content');
      return [{ detector: 'failed', start: 0, end: text.length, why: 'the scan ran out of its budget' }];
    }
  }

  generation(): number {
    return this.#generation;
  }

  /** Not said at the beginning: what is said goes through this redactor, which its hearer does not have yet. */
  #tellLeftOut(): void {
    if (this.#toldLeftOut || this.#own.leftOut === 0) return;
    this.#toldLeftOut = true;
    notice(
      'redaction.own_secrets',
      `this process has over ${MAX_SECRETS} secrets; those beyond are not searched for by their values (${this.#own.leftOut} so far)`,
    );
  }

  /** Cleans the string of an attribute. Most are short and were there in the span before: nothing is made for them. */
  #string(value: string, key: string, place: RedactionPlace, mode: RedactionMode): string {
    if (this.#lastClean.is(key, value)) return value;
    const kind = nameKind(key);
    if (kind === 'secret') return this.#secretField(value, place, mode);
    const clean = kind === 'telling' ? this.#named(value, key, false, place, mode) : this.#plain(value, place, mode);
    if (clean === value) this.#lastClean.note(key, value);
    return clean;
  }

  #plain(text: string, place: RedactionPlace, mode: RedactionMode): string {
    return this.#isClean(text) ? text : this.#redacted(text, place, mode);
  }

  /** Cleans a text whose name may say that it is a secret: as it stands, and as it reads beside its name. */
  #named(value: string, name: string, listed: boolean, place: RedactionPlace, mode: RedactionMode): string {
    return this.#beside(this.#plain(value, place, mode), name, listed, place, mode);
  }

  #beside(value: string, name: string, listed: boolean, place: RedactionPlace, mode: RedactionMode): string {
    let text = value;
    try {
      for (let pass = 0; pass < MAX_PASSES && text.length >= SHORTEST_NAMED && text !== FAILED_MARK; pass++) {
        const frame = framed(name, text, listed);
        if (this.#clean.has(frame.text)) return text;
        const hits = this.#hits(frame.text);
        if (hits.length === 0) this.#clean.add(frame.text);
        const inside = frame.inside(hits);
        if (inside.length === 0) return text;
        text = this.#rebuilt(text, inside, place, mode);
      }
      return text;
    } catch (error) {
      this.#failed(error, place);
      return FAILED_MARK;
    }
  }

  /** Cards, account numbers and the like may come as numbers; what is none stays one. */
  #number(value: number, name: string, place: RedactionPlace, mode: RedactionMode): unknown {
    if (!Number.isSafeInteger(value)) return value;
    const text = String(value);
    if (!isSecretName(name) && text.length < SHORTEST_NUMBER) return value;
    // Nine digits alone would be a social security number as a text; among numbers only the name can say so.
    const clean = isSecretName(name) ? this.#secretField(text, place, mode) : this.#beside(text, name, false, place, mode);
    return clean === text ? value : clean;
  }

  /** Tells without a scan that nothing is in a text; false is only a maybe. */
  #isClean(text: string): boolean {
    return text === '' || this.#clean.has(text) || this.#engine.isPlainlyClean(text);
  }

  /** The same of the short lists of an attribute, such as its reasons to finish. */
  #areClean(items: readonly unknown[], key: string): boolean {
    if (items.length > MAX_LISTED || nameKind(key) !== 'plain') return false;
    for (const item of items) if (typeof item !== 'string' || !this.#isClean(item)) return false;
    return items.length < 2 || !items.some((item) => namesNext(item as string));
  }

  /** `metadata-only` speaks of content; for anything else it means to redact. */
  #modeOf(place: RedactionPlace): RedactionMode {
    const mode = this.#settings.modes?.[place] ?? (place === 'content' ? 'metadata-only' : 'redact');
    return mode === 'metadata-only' && place !== 'content' ? 'redact' : mode;
  }

  #hits(text: string): readonly Hit[] {
    const list = new HitList({
      maxHits: this.#settings.maxFindings ?? DEFAULT_MAX_FINDINGS,
      deadlineMs: this.#clock.monotonicMs() + (this.#settings.budgetMs ?? DEFAULT_BUDGET_MS),
      nowMs: () => this.#clock.monotonicMs(),
      isOn: this.#isOn,
    });
    this.#engine.scan(text, list);
    return mergeHits(withoutMarks(text, list.hits)).map((hit) => withoutHalfEscapes(text, hit));
  }

  #mark(detector: string, secret: string, mode: RedactionMode): string {
    return mode === 'hash' ? hashMark(detector, secret, this.#hmacKey) : markOf(detector);
  }

  #redacted(value: string, place: RedactionPlace, mode: RedactionMode): string {
    this.#tellLeftOut();
    try {
      let text = withoutMedia(capped(value, this.#settings.maxChars ?? DEFAULT_MAX_CHARS));
      for (let pass = 0; pass < MAX_PASSES; pass++) {
        const hits = this.#hits(text);
        if (hits.length === 0) {
          this.#clean.add(text);
          return text;
        }
        text = this.#rebuilt(text, hits, place, mode);
      }
      return text;
    } catch (error) {
      this.#failed(error, place);
      return FAILED_MARK;
    }
  }

  #rebuilt(text: string, hits: readonly Hit[], place: RedactionPlace, mode: RedactionMode): string {
    const parts: string[] = [];
    let at = 0;
    for (const { detector, start, end } of hits) {
      this.#settings.meter?.add('purser.redactions', 1, { 'purser.detector': detector, 'purser.place': place });
      parts.push(text.slice(at, start), this.#mark(detector, text.slice(start, end), mode));
      at = end;
    }
    parts.push(text.slice(at));
    return parts.join('');
  }

  #secretField(value: string, place: RedactionPlace, mode: RedactionMode): string {
    if (value === '' || isMark(value) || !this.#isOn('secret-field')) return value;
    this.#settings.meter?.add('purser.redactions', 1, { 'purser.detector': 'secret-field', 'purser.place': place });
    return this.#mark('secret-field', value, mode);
  }

  #failed(error: unknown, place: RedactionPlace): void {
    const reason = error instanceof BudgetSpent ? error.reason : 'fault';
    this.#settings.meter?.add('purser.redaction.failures', 1, { 'purser.place': place, 'purser.reason': reason });
    if (reason === 'fault') fault('redaction', error);
  }
}

/** Makes a redactor. @throws {config_invalid} when a pattern of the user's own cannot be used */
export const createRedactor = (settings: RedactionSettings = {}): ExplainingRedactor => new EngineRedactor(settings);
