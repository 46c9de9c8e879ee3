import type { DocumentPath } from './read-file.ts';

/** What stands behind the names in `${NAME}` and `${file:PATH}`. */
export interface References {
  variable(name: string): string | undefined;
  /** @throws when the file cannot be read */
  file(path: string): string;
}

/** Told of a reference that leads nowhere. */
export type ReportReference = (path: DocumentPath, seen: string, wanted: string) => void;

const REFERENCE = /\$\$\{|\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{file:([^}]+)\}/g;
const MOST_NODES = 100_000;
const DEEPEST = 64;

const lost = Symbol('a reference that leads nowhere');

const resolveText = (text: string, from: References, path: DocumentPath, report: ReportReference): string | undefined => {
  if (!text.includes('${')) return text;
  try {
    return text.replace(REFERENCE, (whole: string, name: string | undefined, fallback: string | undefined, file: string | undefined) => {
      if (whole === '$${') return '${';
      const value = file === undefined ? (from.variable(name ?? '') ?? fallback) : readQuietly(file, from);
      if (value !== undefined) return value;
      report(path, whole, file === undefined ? `the variable ${name} to be set` : 'a file that can be read');
      throw lost;
    });
  } catch (error) {
    if (error === lost) return undefined;
    throw error;
  }
};

const readQuietly = (path: string, from: References): string | undefined => {
  try {
    return from.file(path).trimEnd();
  } catch {
    return undefined;
  }
};

/**
 * Gives a parsed value with `${NAME}`, `${NAME:-default}` and `${file:PATH}` in its texts replaced; `$${` is a plain `${`.
 * A text with a reference that leads nowhere becomes `undefined`.
 *
 * @source the syntax of OpenTelemetry's declarative configuration, https://opentelemetry.io/docs/specs/otel/configuration/data-model/
 */
export const interpolate = (value: unknown, from: References, report: ReportReference): unknown => {
  let nodes = 0;
  const walk = (part: unknown, path: DocumentPath): unknown => {
    nodes += 1;
    if (typeof part === 'string') return resolveText(part, from, path, report);
    if (typeof part !== 'object' || part === null) return part;
    if (nodes > MOST_NODES || path.length > DEEPEST) {
      report(path, 'nested too deep', `at most ${DEEPEST} levels and ${MOST_NODES} values`);
      return undefined;
    }
    if (Array.isArray(part)) return part.map((member, index) => walk(member, [...path, index]));
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, walk(member, [...path, key])]));
  };
  return walk(value, []);
};
