import type { Json } from './json.ts';
import { list, obj, str } from './json.ts';

/** What a provider's error envelope says, as it says it. */
interface ProviderError {
  readonly type: string | undefined;
  readonly message: string | undefined;
  /** A word or a number written as one, such as `model_not_found`, `3051` or `429`. */
  readonly code: string | undefined;
}

const codeOf = (value: unknown): string | undefined => (typeof value === 'number' ? String(value) : str(value));

const inner = (error: Json, outer: Json): ProviderError => ({
  type: str(error['type']) ?? str(error['status']),
  message: str(error['message']) ?? str(error['detail']),
  code: codeOf(error['code']) ?? codeOf(outer['code']),
});

// FastAPI servers say `detail`, as a text or as a list of complaints.
const detailOf = (detail: unknown): string | undefined =>
  str(detail) ??
  list(detail)
    .map((one) => str(obj(one)?.['msg']))
    .find((message) => message !== undefined);

const flat = (body: Json): ProviderError | undefined => {
  const message = str(body['message']) ?? str(body['Message']);
  const type = str(body['type']) ?? str(body['__type']);
  const isError = body['object'] === 'error' || body['code'] !== undefined || type !== undefined || Object.keys(body).length <= 2;
  return message !== undefined && isError ? { type, message, code: codeOf(body['code']) } : undefined;
};

/**
 * Reads the error envelope of any provider, or gives `undefined` where the JSON is none: OpenAI and Azure `error{message,type,param,code}`,
 * Anthropic `{type,error{type,message}}`, Google `error{code,status,message}` (in an array on streams), OpenRouter `error{code,message,metadata}`,
 * xAI and Venice `error` as a text, Mistral and Bedrock flat, FastAPI `detail`.
 * @source 341 recorded errors of 20 providers, 2026-08
 */
export const readError = (json: unknown): ProviderError | undefined => {
  const body = obj(Array.isArray(json) ? json[0] : json);
  if (body === undefined) return undefined;
  const error = body['error'];
  const object = obj(error);
  if (object !== undefined) return inner(object, body);
  if (typeof error === 'string') return { type: undefined, message: error, code: codeOf(body['code']) };
  const detail = detailOf(body['detail']);
  return detail === undefined ? flat(body) : { type: undefined, message: detail, code: undefined };
};

const WORD = /^[A-Za-z][\w.-]{0,63}$/;
const word = (text: string | undefined): string | undefined => (text !== undefined && WORD.test(text) ? text : undefined);

/** Gives an error's `error.type`: the provider's code where it is a word, else its type, else a numeric code, else `_OTHER`. Low in cardinality. */
export const errorTypeOf = (error: ProviderError): string => {
  const code = error.code;
  return word(code) ?? word(error.type?.replaceAll(' ', '_')) ?? (code !== undefined && /^\d{3,5}$/.test(code) ? code : '_OTHER');
};
