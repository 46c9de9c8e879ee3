import type { CallOpener, Rewrite } from '../../call/adapter.ts';
import type { Dialect } from '../../call/call.ts';
import { MODEL_IN_BODY } from '../../call/changeable.ts';
import type { Refusal } from '../../call/policy.ts';
import type { RequestSeen } from './begin.ts';
import { endpointOf } from './endpoint.ts';
import { providerOf } from './hosts.ts';
import { num, obj, str, type Json } from './json.ts';
import { reboundBody } from './rewrite-bound.ts';

/** A request whose model or bound of output is to be changed. */
export interface Rewritable extends Pick<RequestSeen, 'method' | 'url' | 'body' | 'provider'> {
  /** The owner's own names for hosts. */
  readonly hostRules: CallOpener['hostRules'];
  /** The deployment by which an Azure client names the model in the address, where it puts it there itself. */
  readonly deployment?: string | undefined;
}

/** What is sent instead, or why no such request can be made. */
export type Rewritten =
  | {
      readonly kind: 'changed';
      readonly body: Json;
      /** The address, where the model stands in it and has changed. */
      readonly url?: URL;
      /** The model as the address names it, where that has changed. */
      readonly modelInUrl?: string;
    }
  | { readonly kind: 'impossible'; readonly reason: string };

const impossible = (reason: string): Rewritten => ({ kind: 'impossible', reason });

const bare = (model: string): string => (model.startsWith('models/') ? model.slice('models/'.length) : model);

/** The part of a path that names a model: what it is, what stands before it and behind it. */
const MODEL_IN_PATH: readonly RegExp[] = [/^(.*\/models\/)([^/:]+)(:\w+)$/, /^(.*\/model\/)([^/]+)(\/[\w-]+)$/, /^(.*\/deployments\/)([^/]+)(\/.+)$/];

/** Puts a model in the place of the one in the address; `undefined` where none stands there. */
const remodelledUrl = (url: URL, model: string): URL | undefined => {
  for (const pattern of MODEL_IN_PATH) {
    const match = pattern.exec(url.pathname);
    if (match === null) continue;
    const next = new URL(url);
    next.pathname = `${match[1]}${encodeURIComponent(model)}${match[3]}`;
    return next;
  }
  return undefined;
};

const remodelled = ({ url, deployment }: Rewritable, dialect: Dialect, body: Json, model: string): Rewritten => {
  const said = str(body['model']);
  if (deployment !== undefined && deployment !== said) return impossible(`the deployment "${deployment}" answers whatever model is asked for`);
  const name = bare(model);
  const moved = remodelledUrl(url, name);
  if (moved === undefined) {
    if (!MODEL_IN_BODY.has(dialect) || said === undefined) return impossible('the request does not say its model where it could be changed');
    return { kind: 'changed', body: { ...body, model } };
  }
  if (name.includes('/')) return impossible(`the address has no room for the model "${model}"`);
  return { kind: 'changed', body: said === undefined ? body : { ...body, model }, url: moved, modelInUrl: name };
};

/** Where Anthropic's thinking is asked for: in its own body, or in what Converse hands on. */
const thinkingOf = (body: Json): number | undefined => {
  const thinking = obj(body['thinking']) ?? obj(obj(body['additionalModelRequestFields'])?.['thinking']);
  return num(thinking?.['budget_tokens']);
};

const plainBody = (body: unknown): Json | undefined => {
  const json = obj(body);
  const prototype: unknown = json === undefined ? undefined : Object.getPrototypeOf(json);
  return prototype === Object.prototype || prototype === null ? json : undefined;
};

/**
 * Makes the request that a budget's owner asked for out of the app's, in the words of its dialect and host. The app's own is left as it is. Whether
 * the provider takes it is not asked.
 */
export const rewriteRequest = (request: Rewritable, { model, maxTokens }: Rewrite): Rewritten => {
  const { method, url, hostRules } = request;
  const body = plainBody(request.body);
  if (body === undefined) return impossible('its body is no JSON');
  const dialect = endpointOf(method.toUpperCase(), url.pathname + url.search, url.hostname)?.dialect ?? 'openai.other';
  const next = model === undefined ? ({ kind: 'changed', body } as const) : remodelled(request, dialect, body, model);
  if (next.kind === 'impossible' || maxTokens === undefined) return next;
  const bound = reboundBody(dialect, request.provider ?? providerOf(url, dialect, hostRules), next.body, maxTokens);
  return bound === undefined ? impossible('nobody knows how its dialect bounds the output') : { ...next, body: bound };
};

/** The same, where the call can still be refused: impossible too where the provider would not take what is sent. */
export const rewriteOrRefuse = (request: Rewritable, rewrite: Rewrite): Rewritten => {
  const made = rewriteRequest(request, rewrite);
  const { maxTokens } = rewrite;
  const thinking = made.kind === 'changed' && maxTokens !== undefined ? thinkingOf(made.body) : undefined;
  if (thinking === undefined || maxTokens === undefined || thinking < maxTokens) return made;
  return impossible(`it wants to think with ${thinking} tokens, and there is room for ${maxTokens} in all`);
};

/** Words the no to a call that may only go out changed, and cannot be. Whose budget it was is not known here. */
export const unchangeableRefusal = (reason: string): Refusal => ({
  code: 'request_exceeds_budget',
  policy: 'budget',
  rule: 'action',
  message: `A budget has no room for this call as it is, and it cannot be changed as the budget's owner asked: ${reason}.`,
  details: { needed: 'its full cost', limit: 'what is left', reason },
});
