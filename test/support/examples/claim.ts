import { readFileSync } from 'node:fs';
import type { ReceivedSpan } from '../otlp-receiver.ts';

/** What an example says that one of its calls emits. */
export interface Claim {
  readonly text: string;
  readonly name: string;
  /** Attributes with their values as text; undefined where it is enough that they are there. */
  readonly attributes: readonly (readonly [name: string, value: string | undefined])[];
}

const LINE = /^\/\/ emits: (.+)$/gm;

/** Reads the claims of an example: `// emits: <span name> <attribute>=<value> <attribute> ...`, one line for each span. */
export const readClaims = (file: string): readonly Claim[] =>
  [...readFileSync(file, 'utf8').matchAll(LINE)].map(([, text = '']) => {
    const words = text.trim().split(/\s+/);
    const first = words.findIndex((word) => /^(gen_ai|purser|error)\./.test(word));
    const attributes = words.slice(first).map((word): readonly [string, string | undefined] => {
      const cut = word.indexOf('=');
      return cut < 0 ? [word, undefined] : [word.slice(0, cut), word.slice(cut + 1)];
    });
    return { text, name: words.slice(0, first).join(' '), attributes };
  });

/** The config file that an example names: `// config: <file beside it>`. */
export const configOf = (file: string): string | undefined => /^\/\/ config: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1];

/** Says whether a span is what a claim says. */
export const holds = (claim: Claim, span: ReceivedSpan): boolean =>
  span.name === claim.name &&
  claim.attributes.every(([name, wanted]) => {
    const value = span.attributes[name];
    return value !== undefined && (wanted === undefined || (typeof value === 'string' ? value : JSON.stringify(value)) === wanted);
  });
