import type { Dialect } from '../../call/call.ts';
import type { Refusal } from '../../call/policy.ts';
import { guard } from '../../base/diag.ts';
import { refusalAnswer } from '../refusal.ts';
import type { UndiciRequest } from '../wire-calls.ts';

const nothing = (): void => undefined;

/**
 * Answers a request in the provider's place. Undici skips requests that were aborted before they were their connection's turn, so it is told that this
 * one was, once the answer has been given.
 */
export const refuseUndici = (request: UndiciRequest, dialect: Dialect, refusal: Refusal): void => {
  const { status, statusText, headers, body } = refusalAnswer(dialect, refusal);
  const raw = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) }).flatMap((pair) => pair.map((text) => Buffer.from(text)));
  const steps: readonly (readonly [names: readonly string[], args: readonly unknown[]])[] = [
    [
      ['onRequestStart', 'onConnect'],
      [nothing, null],
    ],
    [
      ['onResponseStart', 'onHeaders'],
      [status, raw, nothing, statusText],
    ],
    [['onResponseData', 'onData'], [Buffer.from(body)]],
    [['onResponseEnd', 'onComplete'], [[]]],
  ];
  // Queued as aborted from the start; it is only alive while it is answered.
  request.aborted = true;
  process.nextTick(() => {
    guard('wire.undici.refuse', () => {
      request.aborted = false;
      const members = request as unknown as Readonly<Record<string, ((...args: readonly unknown[]) => unknown) | undefined>>;
      for (const [names, args] of steps) {
        const name = names.find((candidate) => typeof members[candidate] === 'function');
        const method = name === undefined ? undefined : members[name];
        if (method !== undefined) Reflect.apply(method, request, args);
      }
      request.aborted = true;
    });
  });
};
