/** The end of an id that dates it: `-20250929`, `@20250929`, `-2024-08-06`, or the three digits of a Gemini snapshot. */
const DATE = /[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2}|\d{3})$/;
/** Bedrock's version and context size: `-v1:0`, `-v2:0:200k`. */
const BEDROCK_VERSION = /-v\d+(?::\d+)?(?::\d+k)?$/;

/**
 * What may follow a matched name without making it another model. A bare number or a word such as `-mini` is not among it:
 * `claude-sonnet-5` must never price `claude-sonnet-5-5`.
 */
const HARMLESS_END = new RegExp(
  [
    /^(?:[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2}|\d{4}|\d{3}))?/, // a date
    /(?:-(?:latest|beta|instruct|exp|preview)(?:-(?:20\d{2}-\d{2}-\d{2}|\d{2}-20\d{2}|\d{2}-\d{2}|\d{4}|customtools))?)?/, // a stage, perhaps with a date
    /(?:@(?:default|latest))?/, // Vertex
    /(?:-v\d+(?::\d+)?(?::\d+k)?|:\d+)?/, // Bedrock
    /(?::(?:thinking|beta))?$/, // OpenRouter
  ]
    .map((part) => part.source)
    .join(''),
);
/** What may stand before it: places and vendors, as Bedrock and Vertex write them. */
const HARMLESS_START = /^(?:[a-z][a-z-]*[./])*$/;

const versionOf = (id: string): string | undefined => BEDROCK_VERSION.exec(id)?.[0].replace(/:.*/, '');

/** Whether two ids end in different versions of Bedrock: `-v1` and `-v2:0` of one name are two models, and cost what each of them costs. */
export const isOtherVersion = (id: string, name: string): boolean => {
  const [one, other] = [versionOf(id), versionOf(name)];
  return one !== undefined && other !== undefined && one !== other;
};

/** Whether `rest` may follow a matched name. */
export const isHarmlessEnd = (rest: string): boolean => HARMLESS_END.test(rest);

/** Whether `start` may stand before a matched name. */
export const isHarmlessStart = (start: string): boolean => HARMLESS_START.test(start);

/** Gives an id without its date, or `undefined` when it carries none. */
export const withoutDate = (id: string): string | undefined => {
  const plain = id.replace(BEDROCK_VERSION, '');
  const undated = plain.replace(DATE, '');
  return undated === plain ? undefined : undated;
};

/** Whether what follows a name is a date and nothing else, but for the version that Bedrock adds. */
export const isDate = (rest: string): boolean => {
  const plain = rest.replace(BEDROCK_VERSION, '');
  return plain !== '' && plain.replace(DATE, '') === '';
};

/**
 * Gives the name of the model inside a resource path: `models/x`, `publishers/google/models/x`, and the ARNs of Bedrock that carry one.
 * An ARN that carries none (an application's profile, provisioned throughput) stays as it is and will not be found.
 */
export const bareId = (id: string): string => {
  const lower = id.trim().toLowerCase();
  const arn = /^arn:aws[^:]*:bedrock:[^:]*:\d*:(?:inference-profile|foundation-model|system-inference-profile)\/(.+)$/.exec(lower);
  if (arn?.[1] !== undefined) return arn[1];
  return /(?:^|\/)models\/([^/]+)$/.exec(lower)?.[1] ?? lower;
};

/** Gives the base of a fine-tuned id, still marked as one: `ft:gpt-4o-mini-2024-07-18:acme::x` becomes `ft:gpt-4o-mini-2024-07-18`. */
export const fineTunedBase = (id: string): string | undefined => /^(ft:[^:]+):/.exec(id)?.[1];
