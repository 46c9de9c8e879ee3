import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange, Vendor } from './exchange.ts';
import { idOf, sse } from './exchange.ts';
import { loadTemplates } from './template.ts';

const openai = loadTemplates('openai-other');
const anthropic = loadTemplates('anthropic');
const google = loadTemplates('google');

interface Kind {
  readonly message: string;
  readonly openai: readonly [type: string, code: string | null];
  readonly anthropic: string;
  readonly google: string;
}

const SERVER: Kind = {
  message: 'The server had an error while processing your request. Sorry about that!',
  openai: ['server_error', null],
  anthropic: 'api_error',
  google: 'INTERNAL',
};

const KINDS: Readonly<Record<number, Kind>> = {
  400: {
    message: 'The request is not valid: max_tokens is too large.',
    openai: ['invalid_request_error', 'invalid_value'],
    anthropic: 'invalid_request_error',
    google: 'INVALID_ARGUMENT',
  },
  401: {
    message: 'The API key that was provided is not known.',
    openai: ['invalid_request_error', 'invalid_api_key'],
    anthropic: 'authentication_error',
    google: 'UNAUTHENTICATED',
  },
  403: {
    message: 'This project may not use the model.',
    openai: ['invalid_request_error', 'model_not_found'],
    anthropic: 'permission_error',
    google: 'PERMISSION_DENIED',
  },
  404: { message: 'The model does not exist.', openai: ['invalid_request_error', 'model_not_found'], anthropic: 'not_found_error', google: 'NOT_FOUND' },
  429: {
    message: 'Rate limit reached for requests. Please try again later.',
    openai: ['requests', 'rate_limit_exceeded'],
    anthropic: 'rate_limit_error',
    google: 'RESOURCE_EXHAUSTED',
  },
  503: { message: 'The model is overloaded.', openai: ['server_error', null], anthropic: 'api_error', google: 'UNAVAILABLE' },
  529: { message: 'Overloaded', openai: ['server_error', 'overloaded'], anthropic: 'overloaded_error', google: 'UNAVAILABLE' },
};

/** The credential that a request carried. */
export const credentialOf = (headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined => {
  const bearer = headers.authorization?.replace(/^Bearer /i, '');
  for (const name of ['x-api-key', 'x-goog-api-key', 'api-key']) {
    const value = headers[name];
    if (typeof value === 'string') return value;
  }
  return bearer ?? query.get('key') ?? undefined;
};

/** The body of a failure in the vendor's own envelope. */
export const failureBody = (vendor: Vendor, status: number, exchange: Exchange): string => {
  const kind = KINDS[status] ?? SERVER;
  const echo = exchange.script.echo ? ` The key was ${credentialOf(exchange.headers, exchange.query) ?? 'missing'}.` : '';
  const message = kind.message + echo;
  switch (vendor) {
    case 'openai':
      return openai('error', { message, type: kind.openai[0], code: kind.openai[1] }).json;
    case 'anthropic':
      return anthropic('error', { type: kind.anthropic, message, requestId: idOf('req_', exchange.number) }).json;
    case 'google':
      return google('error', { code: status, message, status: kind.google }).json;
  }
};

/** The error event that OpenAI's chat streams carry. */
export const openaiStreamError = (): string => sse(openai('error', { message: SERVER.message, type: 'server_error', code: null }).json);

/** The error event of an Anthropic stream: overloaded, inside a response of status 200. */
export const anthropicStreamError = (number: number): string =>
  sse(anthropic('stream_error', { type: 'overloaded_error', message: 'Overloaded', requestId: idOf('req_', number) }).json, 'error');

/** The error object that a Gemini stream carries. */
export const googleStreamError = (): string => google('error', { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' }).json;
