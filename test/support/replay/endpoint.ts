/** What a request asks for, whatever prefix its host puts before the path. */
export interface Endpoint {
  readonly name: string;
  readonly model: string | undefined;
  readonly stream: boolean;
}

const ACTION = /\/(?:models|tunedModels|endpoints)\/([^/:]+):(\w+)$/;
const KNOWN =
  /(chat\/completions|responses(?:\/[^/]+)?(?:\/cancel)?|embeddings|images\/\w+|audio\/\w+|moderations|messages(?:\/count_tokens|\/batches(?:\/.+)?)?|batches(?:\/.+)?|completions|threads\/.+|interactions|cachedContents|models(?:\/[^/]+)?|files(?:\/.+)?)$/;

const asksForStream = (body: unknown): boolean => typeof body === 'object' && body !== null && 'stream' in body && body.stream === true;

const modelIn = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'model' in body && typeof body.model === 'string' ? body.model : undefined;

/** Reads the endpoint of a request from its path, query included, and its parsed body. */
export const endpointOf = (pathAndQuery: string, body: unknown): Endpoint => {
  const [path = '', query = ''] = pathAndQuery.split('?', 2);
  const clean = decodeURIComponent(path).replace(/\/+$/, '');
  const queryStream = /(^|&)stream=true/.test(query);
  const action = ACTION.exec(clean);
  if (action !== null) {
    const verb = action[2] ?? '';
    return { name: `:${verb}`, model: action[1], stream: verb.startsWith('stream') || asksForStream(body) };
  }
  const deployment = /\/deployments\/([^/]+)\//.exec(clean)?.[1];
  return { name: KNOWN.exec(clean)?.[1] ?? clean, model: modelIn(body) ?? deployment, stream: queryStream || asksForStream(body) };
};
