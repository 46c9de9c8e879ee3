import { guard } from '../base/diag.ts';
import type { CallStart } from '../call/adapter.ts';
import type { Call, RequestFacts } from '../call/call.ts';
import type { Labels } from '../call/labels.ts';
import type { EpochMs } from '../call/units.ts';
import { labelsOfFields } from './request-fields.ts';
import type { Stations } from './stations.ts';

/** What a call has to say of itself before its request was read. */
const NOTHING = {};

/** The SDK's own field for the end user stands in where the app set no label. */
const userOf = (labels: Labels, request: RequestFacts): string | undefined => labels.user ?? request.user;

/** What code says of a request's scope goes before what the request says of itself, and that before what holds for the process; of tags each by itself. */
const merged = (fixed: Labels, scope: Labels | undefined, fields: Labels | undefined): Labels => {
  if (scope === undefined && fields === undefined) return fixed;
  const tags = { ...fixed.tags, ...fields?.tags, ...scope?.tags };
  return { ...fixed, ...fields, ...scope, ...(Object.keys(tags).length > 0 ? { tags } : {}) };
};

/** What finds the labels and the user of a call. */
export interface CallKnowledge extends Pick<Stations, 'labels' | 'userId' | 'fingerprint'> {
  /** Takes known keys out of labels. */
  readonly clean: (labels: Labels) => Labels;
}

/** When and where a call was seen. */
export interface Seen {
  readonly id: string;
  readonly startedAt: EpochMs;
  /** The labels of the code that makes the call. */
  readonly scope: Labels | undefined;
}

/** A call that is known step by step: when it runs, and what it asks for and its labels once somebody wants to know. */
export class SeenCall implements Call {
  readonly id: string;
  readonly operation: Call['operation'];
  readonly dialect: Call['dialect'];
  readonly provider: string;
  readonly serverAddress: string | undefined;
  readonly serverPort: number | undefined;
  readonly baseUrl: string | undefined;
  readonly spends: Call['spends'];
  request: RequestFacts = NOTHING;
  keyFingerprint?: string;
  labels: Labels = NOTHING;
  readonly startedAt: EpochMs;
  readonly source: Call['source'];
  #start: CallStart | undefined;
  #scope: Labels | undefined;
  readonly #knowledge: CallKnowledge;

  /** @param start what the request says, read by `complete` */
  constructor(start: CallStart, { id, startedAt, scope }: Seen, knowledge: CallKnowledge) {
    this.id = id;
    this.operation = start.operation;
    this.dialect = start.dialect;
    this.provider = start.provider;
    this.serverAddress = start.serverAddress;
    this.serverPort = start.serverPort;
    this.baseUrl = start.baseUrl;
    this.spends = start.spends;
    this.startedAt = startedAt;
    this.source = start.source;
    this.#start = start;
    this.#scope = scope;
    this.#knowledge = knowledge;
  }

  /** Reads the request and finds the labels; done once. */
  complete(): void {
    const start = this.#start;
    if (start === undefined) return;
    this.#start = undefined;
    guard('request', () => this.#read(start));
    this.#scope = undefined;
  }

  #read(start: CallStart): void {
    const { labels: fixed, userId, clean, fingerprint } = this.#knowledge;
    const request = start.request();
    this.request = request;
    const labels = merged(fixed(), this.#scope, labelsOfFields(request));
    const user = userOf(labels, request);
    this.labels = clean(user === undefined ? labels : { ...labels, user: userId(user) });
    const keyFingerprint = start.credential === undefined ? undefined : fingerprint?.(start.credential);
    if (keyFingerprint !== undefined) this.keyFingerprint = keyFingerprint;
  }
}
