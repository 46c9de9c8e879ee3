/** Wire formats in which text is generated. */
export type TextApi = 'chat' | 'responses' | 'messages' | 'genai';

/** What else is asked of a provider. */
export type OtherApi =
  | 'embeddings'
  | 'images'
  | 'transcription'
  | 'speech'
  | 'moderation'
  | 'countMessages'
  | 'countContent'
  | 'stored'
  | 'embedContent'
  | 'batch'
  | 'models';

/** What an app asks for. */
export type Api = TextApi | OtherApi;

/** What is true of all calls that ask for the same. */
interface Asked {
  /** Whether it is a call of a model's at all: all else passes unseen. */
  readonly isSeen: boolean;
  /** Whether its answer says what it used. */
  readonly saysUsage: boolean;
  /** Whether the provider charges nothing for it, or has charged it with another call. */
  readonly isFree: boolean;
  /** Whether it takes room of limits. */
  readonly isLimited: boolean;
  /** How many events its stream has at least; 0 where it has none. */
  readonly events: number;
}

const text: Asked = { isSeen: true, saysUsage: true, isFree: false, isLimited: true, events: 9 };
const looking: Asked = { isSeen: true, saysUsage: false, isFree: true, isLimited: false, events: 0 };

const ASKED: Readonly<Record<Api, Asked>> = {
  chat: text,
  responses: text,
  messages: text,
  genai: text,
  embeddings: { ...text, events: 0 },
  images: { ...text, events: 2 },
  transcription: text,
  speech: { ...text, saysUsage: false, events: 0 },
  moderation: { ...looking, isLimited: true },
  countMessages: looking,
  countContent: looking,
  stored: { ...looking, events: 9 },
  embedContent: { ...text, saysUsage: false, events: 0 },
  batch: looking,
  models: { ...looking, isSeen: false },
};

export const TEXT_APIS = ['chat', 'responses', 'messages', 'genai'] as const satisfies readonly TextApi[];

/** All but those that generate text. */
export const OTHER_APIS: readonly Api[] = (Object.keys(ASKED) as Api[]).filter((api) => !(TEXT_APIS as readonly Api[]).includes(api));

/**
 * Forms in which an SDK makes the same call: through clients for other hosts, through resources of another name, by hand, and what it answers in.
 * `older` is Google's first SDK, `olderChat` a chat of its.
 */
export type Form = 'azure' | 'deployed' | 'bedrock' | 'beta' | 'posted' | 'parsed' | 'withResponse' | 'chats' | 'vertex' | 'older' | 'olderChat';

const OPENAI_FORMS = ['azure', 'deployed', 'bedrock'] as const;
const STAINLESS_FORMS = ['posted', 'withResponse'] as const;

const FORMS: Readonly<Partial<Record<Api, readonly Form[]>>> = {
  chat: [...OPENAI_FORMS, ...STAINLESS_FORMS],
  responses: [...OPENAI_FORMS, ...STAINLESS_FORMS],
  embeddings: [...OPENAI_FORMS, ...STAINLESS_FORMS],
  messages: ['beta', ...STAINLESS_FORMS],
  genai: ['chats', 'vertex', 'older', 'olderChat'],
};

/** The forms in which the SDK makes a call, besides the plain one. */
export const formsOf = ({ api, stream }: { readonly api: Api; readonly stream: boolean }): readonly Form[] => {
  const forms = FORMS[api] ?? [];
  return stream || !isText({ api }) || api === 'genai' ? forms : [...forms, 'parsed'];
};

/** Whether Google's first SDK makes it: that one never tries again, and reads a stream to its end whatever the app does with it. */
export const isOlder = (form: Form | undefined): boolean => form === 'older' || form === 'olderChat';

/** What is true of a call by what it asks for. */
export const askedOf = ({ api }: { readonly api: Api }): Asked => ASKED[api];

/** Whether a call generates text. */
export const isText = ({ api }: { readonly api: Api }): boolean => !OTHER_APIS.includes(api);
