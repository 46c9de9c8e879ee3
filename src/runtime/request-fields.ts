import type { RequestFacts } from '../call/call.ts';
import type { Labels } from '../call/labels.ts';

type Name = Exclude<keyof Labels, 'tags' | 'service' | 'environment'>;

/** The keys of a request's `metadata` that are labels, in the spellings that apps use; others are the app's own affair and go nowhere. */
const NAMES: ReadonlyMap<string, Name> = new Map([
  ['team', 'team'],
  ['feature', 'feature'],
  ['tenant', 'tenant'],
  ['tenant_id', 'tenant'],
  ['user', 'user'],
  ['user_id', 'user'],
  ['prompt_name', 'promptName'],
  ['promptName', 'promptName'],
  ['prompt_version', 'promptVersion'],
  ['promptVersion', 'promptVersion'],
]);

const LONGEST = 200;

/** Gives the labels that a request itself carries in the SDK's own fields; `undefined` where it carries none. */
export const labelsOfFields = ({ metadata }: RequestFacts): Labels | undefined => {
  if (metadata === undefined) return undefined;
  let labels: Record<string, string> | undefined;
  for (const key of Object.keys(metadata)) {
    const name = NAMES.get(key);
    const value = metadata[key];
    if (name !== undefined && value !== undefined && value !== '') (labels ??= {})[name] = value.slice(0, LONGEST);
  }
  return labels;
};
