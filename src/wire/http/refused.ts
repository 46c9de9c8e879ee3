import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Dialect } from '../../call/call.ts';
import type { Refusal } from '../../call/policy.ts';
import { refusalAnswer } from '../refusal.ts';

type Emit = (name: string, ...args: readonly unknown[]) => boolean;

/** Answers a request in the provider's place, and lets go of it before it is sent. */
export const answerRefusal = (req: ClientRequest, dialect: Dialect, refusal: Refusal, letGo: () => unknown, emit: Emit): void => {
  const { status, statusText, headers, body } = refusalAnswer(dialect, refusal);
  const { IncomingMessage: Message } = process.getBuiltinModule('node:http');
  const { Socket } = process.getBuiltinModule('node:net');
  const res: IncomingMessage = new Message(new Socket());
  res.statusCode = status;
  res.statusMessage = statusText;
  res.httpVersion = '1.1';
  res.rawHeaders = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) }).flat();
  res.headers = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
  res.complete = true;
  letGo();
  process.nextTick(() => {
    res.push(body);
    res.push(null);
    Object.defineProperty(res, 'req', { value: req, configurable: true, writable: true });
    if (!emit('response', res)) res.resume();
  });
};
