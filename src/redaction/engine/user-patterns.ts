import { PurserError } from '../../call/errors.ts';
import type { UserFinder, UserPattern } from '../settings.ts';
import { costOfPattern } from './pattern-cost.ts';
import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

const FLAGS = /^[imsuv]*$/;
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const MAX_COST = 4096;

const refuse = (pattern: UserPattern, key: string, seen: string, wanted: string): PurserError =>
  new PurserError('config_invalid', { where: `redaction pattern "${pattern.name}"`, key, seen, wanted, hint: '' });

/**
 * Compiles a pattern of the user's own after proving that it takes linear time on every text.
 * @throws {config_invalid} when the name, the flags or the pattern cannot be used
 */
export const compilePattern = (pattern: UserPattern): RegExp => {
  if (!NAME.test(pattern.name)) throw refuse(pattern, 'name', pattern.name, 'small letters, digits and dashes, at most 40');
  const flags = pattern.flags ?? '';
  if (!FLAGS.test(flags)) throw refuse(pattern, 'flags', flags, 'some of i, m, s, u, v');
  const cost = costOfPattern(pattern.pattern);
  if (cost.kind === 'refused') throw refuse(pattern, 'pattern', pattern.pattern, cost.wanted);
  if (cost.steps > MAX_COST) throw refuse(pattern, 'pattern', pattern.pattern, 'fewer or narrower repeats: this one may take too many steps at each character');
  let compiled: RegExp;
  try {
    compiled = new RegExp(pattern.pattern, `g${flags}`);
  } catch (error) {
    throw refuse(pattern, 'pattern', pattern.pattern, `a regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (compiled.test('')) throw refuse(pattern, 'pattern', pattern.pattern, 'a pattern that does not match the empty text');
  return compiled;
};

/** The user's own detectors, ready to run. */
export class UserDetectors {
  readonly #patterns: readonly { readonly name: string; readonly compiled: RegExp }[];
  readonly #finder: UserFinder | undefined;

  /** @throws {config_invalid} when a pattern cannot be used */
  constructor(patterns: readonly UserPattern[], finder: UserFinder | undefined) {
    this.#patterns = patterns.map((pattern) => ({ name: pattern.name, compiled: compilePattern(pattern) }));
    this.#finder = finder;
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#patterns.length === 0 && this.#finder === undefined;
  }

  /** Notes what the patterns and the function find. A function that throws makes the whole value be dropped. */
  find({ original: text }: Subject, list: HitList): void {
    for (const { name, compiled } of this.#patterns) {
      compiled.lastIndex = 0;
      for (let match = compiled.exec(text); match !== null; match = compiled.exec(text)) {
        list.tick();
        list.add(name, match.index, compiled.lastIndex, 'a pattern of your own');
        if (compiled.lastIndex === match.index) compiled.lastIndex++;
      }
    }
    for (const { detector, start, end } of this.#finder?.(text) ?? []) list.add(detector, Math.max(0, start), Math.min(text.length, end), 'your own function');
  }
}
