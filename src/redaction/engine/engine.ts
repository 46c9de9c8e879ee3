import { anchoredKeys } from './anchored-keys.ts';
import { digitChains } from './digit-chains.ts';
import { disguises } from './disguise.ts';
import { emails } from './email.ts';
import type { Decoded } from './encoded.ts';
import type { Hit, HitList } from './hits.ts';
import { kubernetesSecret } from './kubernetes-secret.ts';
import { LineWraps } from './line-wraps.ts';
import type { OwnSecrets } from './own-secrets.ts';
import { passwordHashes } from './password-hash.ts';
import { passwordValues } from './password-values.ts';
import { PEM_PAIR, SQL_PAIR } from './pair-table.ts';
import { pemKeys } from './pem.ts';
import { ipAddresses, phoneNumbers } from './phone-and-ip.ts';
import { isPlainlyClean } from './plainly-clean.ts';
import { querySecrets } from './query-secrets.ts';
import { scanRuns } from './run-scan.ts';
import { sqlPasswords } from './sql-passwords.ts';
import { type Subject, withSubject } from './subject.ts';
import { uriCredentials } from './uri-credentials.ts';
import type { UserDetectors } from './user-patterns.ts';
import { type Replacements, viewOf } from './view.ts';
import { LONG_TEXT, windowsOf } from './windows.ts';

/** What an engine is made of besides its own detectors. */
export interface EngineParts {
  readonly own: OwnSecrets;
  readonly user: UserDetectors;
  readonly phone: boolean;
  readonly ip: boolean;
}

// Encodings inside encodings are undone this often: "%252D", base64 of JSON with escapes.
const MAX_DEPTH = 3;
// A finding that comes so near to the end of its window may go on behind it.
const NEAR_CUT = 2048;

/** Finds secrets and personal data in texts. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #isPlain: boolean;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#isPlain = parts.user.isEmpty && !parts.phone && !parts.ip;
  }

  /** Tells quickly of a short text that nothing is in it; false is only a maybe. */
  isPlainlyClean(text: string): boolean {
    return this.#isPlain && isPlainlyClean(text) && !this.#parts.own.mayHold(text);
  }

  /** Notes everything in `text` that must not leave. @throws BudgetSpent when the list's budget is spent */
  scan(text: string, list: HitList): void {
    if (text.length <= LONG_TEXT || !this.#scanInWindows(text, list)) this.#scan(text, list, 0);
  }

  /** Scans a long text piece by piece; gives false when that cannot be done, or a finding is longer than the overlap of two pieces. */
  #scanInWindows(text: string, list: HitList): boolean {
    const windows = windowsOf(text);
    if (windows === undefined) return false;
    const found: Hit[] = [];
    for (const { start, end, from, until } of windows) {
      const inner = list.child();
      this.#scan(text.slice(start, end), inner, 0);
      for (const hit of inner.hits) {
        if (hit.start + start < from || hit.start + start >= until) continue;
        if (end < text.length && end - (hit.end + start) < NEAR_CUT) return false;
        found.push({ ...hit, start: hit.start + start, end: hit.end + start });
      }
    }
    for (const hit of found) list.add(hit.detector, hit.start, hit.end, hit.why);
    return true;
  }

  #scan(original: string, list: HitList, depth: number): void {
    const look = (subject: Subject): void => {
      const wraps = this.#plain(subject, list, depth);
      if (depth >= MAX_DEPTH) return;
      const hidden = disguises(subject);
      if (hidden.count > 0) this.#again(original, hidden, list, depth + 1);
      if (wraps.count > 0) this.#again(original, wraps, list, MAX_DEPTH);
    };
    withSubject(original, look);
  }

  #plain(subject: Subject, list: HitList, depth: number): Replacements {
    const { text, passed } = subject;
    const wraps = new LineWraps(subject);
    this.#parts.own.find(subject, list);
    if (passed.runs > 0) scanRuns(subject, list, wraps, (decoded) => this.#decoded(decoded, list, depth));
    anchoredKeys(subject, list);
    passwordHashes(subject, list);
    if (text.includes('://')) uriCredentials(subject, list);
    if (text.includes('=')) querySecrets(subject, list);
    if ((passed.seen & PEM_PAIR) !== 0) pemKeys(subject, list);
    if ((passed.seen & SQL_PAIR) !== 0) sqlPasswords(subject, list);
    if (passwordValues(subject, list)) kubernetesSecret(subject, list);
    emails(subject, list);
    digitChains(subject, list);
    if (this.#parts.phone) phoneNumbers(subject, list);
    if (this.#parts.ip) ipAddresses(subject, list);
    this.#parts.user.find(subject, list);
    return wraps.found;
  }

  /** Scans a text as it reads with some places written otherwise; only findings that touch such a place are new. */
  #again(text: string, replacements: Replacements, list: HitList, depth: number): void {
    const view = viewOf(text, replacements);
    const inner = list.child();
    this.#scan(view.text, inner, depth);
    for (const hit of inner.hits) {
      const { start, end, changed } = view.original(hit.start, hit.end);
      if (changed) list.add(hit.detector, start, end, `${hit.why}, in disguise`);
    }
  }

  #decoded(decoded: Decoded, list: HitList, depth: number): void {
    if (depth >= MAX_DEPTH) return;
    const inner = list.child();
    this.#scan(decoded.text, inner, depth + 1);
    const [first] = inner.hits;
    if (first !== undefined) list.add(first.detector, decoded.start, decoded.end, `${first.why}, in ${decoded.how}`);
  }
}
