import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Api from '@opentelemetry/api';

/**
 * Gives `@opentelemetry/api` as the app sees it, and our own copy where the app has none: with two copies of different minors,
 * spans made through the wrong one do not record.
 */
export const resolveApi = (cwd: string, main: string | undefined): typeof Api => {
  const own = createRequire(import.meta.url);
  for (const from of [main, join(cwd, 'noop.js')]) {
    if (from === undefined) continue;
    try {
      return createRequire(from)('@opentelemetry/api') as typeof Api;
    } catch {
      // The app has no copy there.
    }
  }
  return own('@opentelemetry/api') as typeof Api;
};
