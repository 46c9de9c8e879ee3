import { shapeOf } from './randomness.ts';
import type { NameStrength } from './secret-words.ts';

const UUID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const DIGITS = /^\d{14,}$/;
const PLACEHOLDER =
  /your|example|placeholder|change[-_]?me|insert|replace|base64|redacted|scrubbed|masked|filtered|dummy|sample|x{4}|\*{3}|\.{3}|\$\{|%[sd]|process\.env|os\.environ|getenv|undefined|-HMAC-|^\$[A-Z_]+$/i;

/** How much a name says that says anything. */
export type Strength = Exclude<NameStrength, 'none'>;

// Words with a version behind them: `snapshot_of_metrics_v2`.
const SLUG = /^[a-z]+(?:[_-][a-z]+)+[_-]v?\d{1,3}$/;
// Letters and digits, and no punctuation of paths and code.
const LOOSE = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=:~-]{16,}$/;
const LEAST: Readonly<Record<Strength, number>> = { password: 2.6, strong: 3.1, weak: 3.5 };

/** Tells whether a value has the randomness that a name of such a strength asks for. */
const isRandom = (value: string, strength: Strength): boolean => {
  const shape = shapeOf(value, 0, value.length);
  if (shape.letters === 0) return strength !== 'weak' && DIGITS.test(value);
  if (shape.distinct < Math.min(8, value.length / 2)) return false;
  // A short value is more often a word with a number behind it.
  const least = LEAST[strength] + (value.length < 16 && strength !== 'password' ? 0.5 : 0);
  // Names in code are letters only and read like words put together.
  return shape.surprise >= (shape.digits === 0 ? Math.max(least, 4.3) : least);
};

/**
 * Tells whether a value beside the name of a secret is one.
 * @param loose whether nothing joins the two: next to a name in prose stand words, paths and calls as well
 */
export const isSecretValue = (value: string, strength: Strength, loose: boolean): boolean => {
  if (PLACEHOLDER.test(value) || SLUG.test(value)) return false;
  if (UUID.test(value)) return !loose || strength !== 'weak';
  return (!loose || LOOSE.test(value)) && isRandom(value, strength);
};
