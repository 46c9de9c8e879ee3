import { randomBytes } from 'node:crypto';
import type { Planted } from '../books/leaks.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const random = (length: number): string => [...randomBytes(length)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

/** The keys of this run. They look like real ones, are made anew each time and open nothing. */
export interface Secrets {
  readonly openai: string;
  readonly anthropic: string;
  readonly google: string;
  /** What a user pastes into a prompt. */
  readonly pasted: string;
}

/** Makes the keys of a run. */
export const makeSecrets = (): Secrets => ({
  openai: ['sk', 'proj', random(48)].join('-'),
  anthropic: ['sk', 'ant', 'api03', `${random(93)}AA`].join('-'),
  google: ['AI', 'za', 'Sy', random(33)].join(''),
  pasted: ['sk', 'proj', random(48)].join('-'),
});

/** Lists the keys for the search at the end. */
export const planted = (secrets: Secrets): readonly Planted[] => [
  { name: "the service's OpenAI key", secret: secrets.openai },
  { name: "the service's Anthropic key", secret: secrets.anthropic },
  { name: "the service's Google key", secret: secrets.google },
  { name: 'a key in a prompt', secret: secrets.pasted },
];
