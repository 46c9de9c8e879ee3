import type { CallOpener, Rewrite, Verdict } from '../call/adapter.ts';
import { rewriteRequest } from '../providers/shared/rewrite.ts';

/** A body that is sent in the place of the app's. */
export interface ChangedBody {
  readonly text: string;
  /** Whether usage was asked for on the app's behalf, so that it is taken out of the answer again. */
  readonly hideUsage: boolean;
}

type Json = Readonly<Record<string, unknown>>;
type Asker = Pick<CallOpener, 'asksUsage'> & Partial<Pick<CallOpener, 'hostRules'>>;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The changed body, also where the provider will not take it: its no costs nothing. What cannot be changed here is not admitted by a budget; of the
 * address, nothing can.
 */
const rewritten = (opener: Asker, body: Json, url: URL, rewrite: Rewrite): string | undefined => {
  const made = rewriteRequest({ method: 'POST', url, body, hostRules: opener.hostRules ?? [] }, rewrite);
  return made.kind === 'changed' ? JSON.stringify(made.body) : undefined;
};

/** Whether usage may be asked for: a Chat Completions stream of a host that is known to answer, where the app said nothing of it. */
const mayAsk = (opener: Asker, body: Json, url: URL): boolean =>
  body['stream'] === true && !('stream_options' in body) && url.pathname.includes('chat/completions') && opener.asksUsage(url.hostname);

/** Gives what is sent instead of `text`, or `undefined` where it is sent as it is. All that is not changed on purpose stays as it was written. */
export const changeBody = (opener: Asker, text: string | undefined, value: unknown, url: URL, rewrite: Rewrite | undefined): ChangedBody | undefined => {
  if (text === undefined || !isRecord(value)) return undefined;
  const body = rewrite === undefined ? text : (rewritten(opener, value, url, rewrite) ?? text);
  const end = body.lastIndexOf('}');
  if (!mayAsk(opener, value, url) || end < 0) return body === text ? undefined : { text: body, hideUsage: false };
  // Put in as text: what was parsed and written again could differ in its numbers.
  return { text: `${body.slice(0, end)},"stream_options":{"include_usage":true}}${body.slice(end + 1)}`, hideUsage: true };
};

const NEVER: Asker = { asksUsage: () => false };

/**
 * Gives the body that a verdict asks for, below `fetch`: another model, fewer tokens. Usage is not asked for there, since it could not be taken out of
 * the answer again.
 */
export const rewrittenBody = (verdict: Verdict, text: string | undefined, value: unknown, url: URL): string | undefined =>
  verdict.kind === 'go' && verdict.rewrite !== undefined ? changeBody(NEVER, text, value, url, verdict.rewrite)?.text : undefined;
