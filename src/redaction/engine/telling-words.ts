const kinds = <Kind extends string>(kind: Kind, words: string): readonly (readonly [string, Kind])[] => words.split(' ').map((word) => [word, kind] as const);
// What a word says that stands before a value, in small letters. A map is asked at each run, and faster than a pattern.
const KINDS: ReadonlyMap<string, 'scheme' | 'said'> = new Map([
  ...kinds(
    'scheme',
    'bearer basic token apikey api-key api-token apikey-v1 flyv1 aivenv1 geniekey digest splunk sso-key zoho-oauthtoken hawk negotiate ssws oauth ntlm',
  ),
  ...kinds('said', 'is was to are with'),
]);
const LONGEST_KIND = 16;

/** Tells what a word says of the value behind it: by which scheme it authorizes, or that it is something. */
export const kindOf = (word: string): 'scheme' | 'said' | undefined => (word.length > LONGEST_KIND ? undefined : KINDS.get(word.toLowerCase()));

const endOf = (first: number, second: number): number => ((first & 31) << 5) | (second & 31);
const TELLING_ENDS = new Uint8Array(1024);
for (const word of [...KINDS.keys(), ...'token secret key password passwd passphrase passcode credential access private'.split(' ')])
  for (const form of [word, `${word}s`]) TELLING_ENDS[endOf(form.charCodeAt(form.length - 2), form.charCodeAt(form.length - 1))] = 1;

/** Tells by the last two letters of a word, before anything is made of it, that it says nothing; true is only a maybe. */
export const mayTell = (beforeLast: number, last: number): boolean => TELLING_ENDS[endOf(beforeLast, last)] === 1;

// Types and modifiers, and the second member of a pair: {"name": "…", "value": "…"}, `- name: … value: …`, `variable "…" { default = "…" }`.
const ROLES: ReadonlyMap<string, 'type' | 'value'> = new Map([
  ...kinds('type', 'string str text const char let var public static readonly final undefined null any option optional'),
  ...kinds('value', 'value val default v'),
]);
const LONGEST_ROLE = 9;

/** Tells whether a word is a type or modifier, or the name of a pair's second member. */
export const roleOf = (word: string): 'type' | 'value' | undefined => (word.length > LONGEST_ROLE ? undefined : ROLES.get(word.toLowerCase()));
