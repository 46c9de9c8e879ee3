import { placeOf, type Place } from '../place.ts';

/** The options of `node:http` that are looked at. */
export interface Options {
  readonly protocol?: string | null;
  readonly hostname?: string | null;
  readonly host?: string | null;
  readonly port?: string | number | null;
  readonly path?: string | null;
  readonly method?: string | null;
  readonly headers?: unknown;
}

/** Where a request goes. */
export interface Target {
  readonly place: Place;
  readonly address: string;
}

/** An address is a text or a URL, also one of another implementation. @source Node 24, lib/internal/url.js `isURL` */
const isUrl = (value: unknown): value is URL => {
  if (value instanceof URL) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { href, protocol, auth, path } = value as Readonly<Record<string, unknown>>;
  return Boolean(href) && Boolean(protocol) && auth === undefined && path === undefined;
};

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null;

/** Gives the options among the arguments of a request and where they stand: first, or after an address. */
export const optionsOf = (args: readonly unknown[]): { readonly at: number; readonly options: Options | undefined } => {
  const [first, second] = args;
  const at = typeof first === 'string' || isUrl(first) ? 1 : 0;
  const options = at === 0 ? first : second;
  return { at, options: isOptions(options) ? options : undefined };
};

const whole = (address: string): Target | undefined => {
  const place = placeOf(address);
  return place === undefined ? undefined : { place, address };
};

/** What is empty says nothing, as in Node. */
const said = <T>(value: T | null | undefined): T | undefined => (value === '' || value === null ? undefined : value);

const ofOptions = (protocol: string, options: Options): Target | undefined => {
  const path = said(options.path) ?? '/';
  // A request to a proxy names the whole address of what it is really for.
  if (!path.startsWith('/')) return whole(path);
  const name = (said(options.hostname) ?? said(options.host) ?? 'localhost').toLowerCase();
  // Numbers of IPv6 stand in options without their brackets.
  const hostname = /^[^[]*:.*:/.test(name) ? `[${name}]` : name;
  const port = said(options.port);
  return { place: { hostname, path }, address: `${said(options.protocol) ?? protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}` };
};

const LEADS = ['protocol', 'hostname', 'host', 'port', 'path'] as const;

/** Options after an address are laid over it. @source Node 24, lib/_http_client.js and lib/https.js: `ObjectAssign(urlToHttpOptions(url), options)` */
const ofBoth = (protocol: string, address: string, options: Options): Target | undefined => {
  if (!LEADS.some((name) => Object.hasOwn(options, name))) return whole(address);
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const { hostname, port } = url;
  return ofOptions(protocol, { protocol: url.protocol, hostname, port, path: `${url.pathname}${url.search}`, ...options });
};

/** Gives where a request goes by the arguments with which it is made; `undefined` for what is none over HTTP. */
export const targetOf = (protocol: string, args: readonly unknown[]): Target | undefined => {
  const { at, options } = optionsOf(args);
  const [first] = args;
  if (at === 0) return options === undefined ? undefined : ofOptions(protocol, options);
  const address = typeof first === 'string' ? first : (first as URL).href;
  return options === undefined ? whole(address) : ofBoth(protocol, address, options);
};

/** Gives the method with which a request is made. A URL may have been given one beside its own parts. */
export const methodOf = (args: readonly unknown[]): string => {
  const { at, options } = optionsOf(args);
  const [first] = args;
  const method = options?.method ?? (at === 1 && typeof first === 'object' ? (first as Options).method : undefined);
  return method?.toUpperCase() ?? 'GET';
};
