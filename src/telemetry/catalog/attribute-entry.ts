import type { Profile } from './profile.ts';

/** The type of an attribute's value; `any` is structured content. */
export type AttributeType = 'string' | 'int' | 'double' | 'boolean' | 'string[]' | 'any';

/** What an attribute is found on: the span types, the metrics, events, logs and the resource. */
export type AttributePlace = 'inference' | 'embeddings' | 'fetch_response' | 'operation' | 'tool' | 'attempt' | 'log' | 'metric' | 'resource';

/** How surely an attribute is there, in the words of the convention. */
export type RequirementLevel = 'required' | 'conditionally_required' | 'recommended' | 'opt_in';

/** One attribute: all that code, docs and tests need to agree on. A name that ends in `.*` stands for a family. */
export interface AttributeEntry {
  readonly type: AttributeType;
  readonly description: string;
  readonly level: RequirementLevel;
  readonly on: readonly AttributePlace[];
  readonly stability: 'development' | 'stable';
  readonly profiles: readonly Profile[];
  /** The address or rule the name comes from; `purser` for our own. */
  readonly source: string;
  /** True where every value comes from a closed set in our own code, so that there is nothing to redact. */
  readonly closed: boolean;
  /** True where the value is prompt or answer, there only when captured. */
  readonly content: boolean;
}

/** What may differ from the usual entry. */
export type AttributeMore = Partial<Pick<AttributeEntry, 'stability' | 'profiles' | 'closed' | 'content'>>;

/** Makes the function that writes entries of one source. */
export const attributeOf =
  (source: string) =>
  (type: AttributeType, level: RequirementLevel, on: readonly AttributePlace[], description: string, more: AttributeMore = {}): AttributeEntry => ({
    type,
    description,
    level,
    on,
    stability: more.stability ?? 'development',
    profiles: more.profiles ?? ['latest', 'v1.41'],
    source,
    closed: more.closed ?? (type === 'int' || type === 'double' || type === 'boolean'),
    content: more.content ?? false,
  });
