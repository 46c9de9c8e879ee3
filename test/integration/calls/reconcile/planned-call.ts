import type { Api, Form } from './operations.ts';

/** Clients below the SDKs, besides Node's own fetch: `node:http`, `node:http2`, and what the package undici has. */
export type Via = 'http' | 'http2' | 'request' | 'stream' | 'pipeline' | 'fetched';

/** Whether undici sends it with its body at hand, so that nothing can hold it up. */
export const isDirect = ({ via }: { readonly via?: Via }): boolean => via === 'request' || via === 'stream' || via === 'pipeline';

/** Whether the app calls it off in its middle and never looks at it again. */
export const isCalledOff = ({ ending }: { readonly ending: string }): boolean => ending === 'calledOff' || ending === 'controllerOff';

/** What must be found of a call, by what its provider was told to do and what the app did. */
export interface Expected {
  /** How the span may say that it ended; several where it depends on how far the app's reader was ahead of the app. */
  readonly outcomes: readonly string[];
  /** `exact`: what the provider billed; `some`: as much as came; `none`: nothing that says so came. */
  readonly usage: 'exact' | 'some' | 'none';
  /** Requests that the provider has on its bill. */
  readonly requests: number;
  /** Whether it may have none, because the app gave up while its request was on its way. */
  readonly perhaps?: boolean;
  readonly errorType?: string;
  /** Why nobody ended it, where nobody did. */
  readonly reasons?: readonly string[];
}

/** A call as the app is told to make it. */
export interface PlannedCall {
  readonly n: number;
  readonly api: Api;
  /** Through the SDK, or through a client of HTTP alone. */
  readonly sdk: boolean;
  /** How the SDK makes it, where that is not the plain form. */
  readonly form?: Form;
  /** Without an SDK: Node's own fetch where it is not said. */
  readonly via?: Via;
  readonly stream: boolean;
  /** Whether it goes to its provider over TLS. */
  readonly secure?: boolean;
  readonly ending: string;
  readonly script: Readonly<Record<string, number | string>>;
  /** Events that the app takes before it ends the call. */
  readonly after: number;
  /** Milliseconds until the app gives up. */
  readonly wait: number;
  /** Milliseconds before the call. */
  readonly gap: number;
  /** How often the SDK may try again. */
  readonly retries?: number;
  /** Whether it runs until the process ends. */
  readonly open?: boolean;
  /** Labels of its own. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The call that was begun before it, and holds the place that it wants. */
  readonly behind?: number;
  /** Whether it has to wait for a place, where that is certain. */
  readonly waits?: boolean;
  readonly expected: Expected;
}
