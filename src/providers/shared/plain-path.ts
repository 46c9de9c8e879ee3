import { isKnownHost } from './hosts.ts';

/** Ends of paths that other services have as well: a message to somebody, a batch of goods, a model that predicts something else. */
const PLAIN = [
  /\/(?:messages|responses|embeddings|moderations|complete|interactions)$/,
  /(?<!\/(?:chat|fim|agents))\/completions$/,
  /(?<!\/messages)\/batches(?:\/[^/]+(?:\/cancel)?)?$/,
  /\/(?:responses|interactions)\/[^/]+$/,
  /:predict$/,
];

/** What stands before such an end where it is a model's all the same. */
const HOLDER = /\/(?:openai|anthropic|deployments|publishers)\//;

/**
 * Whether a path that `endpointOf` takes for a model's may as well be another service's, so that only its client, its body or its owner tell.
 * @param host the lower-case host name; a known one settles it
 */
export const mayBeOthers = (path: string, host: string): boolean => {
  if (isKnownHost(host)) return false;
  const clean = path.replace(/\/?(?:[?#].*)?$/, '');
  return PLAIN.some((end) => end.test(clean)) && !HOLDER.test(clean);
};
