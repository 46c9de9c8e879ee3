import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';

/**
 * The api that a full SDK and the app share, or why there is none that the SDK can use, as the rest of a sentence.
 * @source @opentelemetry/sdk-node 0.300 and later: their peer is api 1.10, the first with logs
 */
export const sharedApi = (): typeof Api | string => {
  try {
    const api = createRequire(import.meta.url)('@opentelemetry/api') as Partial<typeof Api>;
    return api.logs === undefined ? 'since the app has an @opentelemetry/api that is older than 1.10' : api;
  } catch {
    return 'since @opentelemetry/api 1.10, which it needs, is not installed with the app';
  }
};
