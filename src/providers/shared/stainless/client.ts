/** The parts of an SDK client made by Stainless that its adapters rely on: openai, @anthropic-ai/sdk, the Interactions client of @google/genai 2. */
export interface StainlessClient {
  readonly baseURL?: string;
  readonly apiKey?: unknown;
  readonly authToken?: unknown;
  /** What the app lets its requests go through, where the SDK has that. */
  readonly middleware?: readonly unknown[];
  makeStatusError?(status: number, error: object, message: string | undefined, headers: Headers): Error;
}

/** What one request is made of inside the SDK. */
export interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly stream?: boolean;
  readonly signal?: AbortSignal | null;
  readonly defaultBaseURL?: string;
  /** What the app lets this request go through, where the SDK has that. */
  readonly middleware?: readonly unknown[];
}

/** What `makeRequest` resolves to. */
export interface ResponseProps {
  readonly response: { readonly status: number; readonly headers: Headers; readonly body: unknown };
  /** What a stream hands out as its `controller`. */
  readonly controller?: AbortController;
}

/** A method of a class that is instrumented. */
export type AnyFunction = (this: StainlessClient, ...args: readonly unknown[]) => unknown;

/** Gives who answers (`gen_ai.provider.name`) by the name of a client's class, or of one that it extends; `undefined` where none of them says so. */
export const providerByClass = (client: StainlessClient, providers: ReadonlyMap<string, string>): string | undefined => {
  for (let prototype: unknown = Object.getPrototypeOf(client); typeof prototype === 'object' && prototype !== null;) {
    const provider = providers.get(prototype.constructor.name);
    if (provider !== undefined) return provider;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
};

/** Finds the object in a class's prototype chain that owns `method`, which is the one to wrap. */
export const ownerOf = (constructor: unknown, method: string): Record<string, AnyFunction> | undefined => {
  let prototype: unknown = typeof constructor === 'function' ? constructor.prototype : undefined;
  while (typeof prototype === 'object' && prototype !== null) {
    if (Object.hasOwn(prototype, method)) return prototype as Record<string, AnyFunction>;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
};

const wrapped = new WeakSet<object>();

/**
 * Puts `make(original)` in the place of `owner[method]`, once. Our own wrapper and not shimmer, whose `_wrap` takes out whatever wrapper it finds.
 * Gives false when the method is not there.
 */
export const wrapMethod = (owner: Record<string, AnyFunction> | undefined, method: string, make: (original: AnyFunction) => AnyFunction): boolean => {
  const original = owner?.[method];
  if (owner === undefined || typeof original !== 'function') return false;
  if (wrapped.has(original)) return true;
  const replacement = make(original);
  wrapped.add(replacement);
  Object.defineProperty(replacement, 'name', { value: original.name, configurable: true });
  Object.defineProperty(replacement, 'length', { value: original.length, configurable: true });
  Object.defineProperty(owner, method, {
    value: replacement,
    configurable: true,
    enumerable: Object.getOwnPropertyDescriptor(owner, method)?.enumerable ?? false,
    writable: true,
  });
  return true;
};
