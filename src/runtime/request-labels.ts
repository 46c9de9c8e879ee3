import type { IncomingHttpHeaders } from 'node:http';
import { guard } from '../base/diag.ts';
import type { Labels } from '../call/labels.ts';
import { enterLabels } from './scope.ts';
import { onServed, type Served } from './served.ts';

const LABELS: ReadonlySet<string> = new Set(['service', 'environment', 'team', 'feature', 'user', 'tenant', 'promptName', 'promptVersion']);

const put = (labels: Record<string, string>, tags: Record<string, string>, label: string, value: string | undefined): void => {
  if (value === undefined || value === '') return;
  (LABELS.has(label) ? labels : tags)[label] = value;
};

/** @source w3.org/TR/baggage: a value may hold an equals sign as it is, as base64 does */
const baggageOf = (header: string | readonly string[] | undefined): ReadonlyMap<string, string> => {
  const entries = new Map<string, string>();
  for (const pair of String(header ?? '').split(',')) {
    const member = pair.split(';')[0] ?? '';
    const cut = member.indexOf('=');
    const name = member.slice(0, Math.max(0, cut)).trim();
    const value = member.slice(cut + 1).trim();
    if (name !== '') entries.set(name, guard('baggage', () => decodeURIComponent(value)) ?? value);
  }
  return entries;
};

/** Reads the labels that a request carries by its headers and its baggage. */
export const labelsOfRequest = (headers: IncomingHttpHeaders, byHeader: Readonly<Record<string, string>>, baggage: readonly string[]): Labels => {
  const labels: Record<string, string> = {};
  const tags: Record<string, string> = {};
  if (baggage.length > 0 && headers['baggage'] !== undefined) {
    const entries = baggageOf(headers['baggage']);
    for (const key of baggage) put(labels, tags, key, entries.get(key));
  }
  for (const [header, label] of Object.entries(byHeader)) {
    const value = headers[header.toLowerCase()];
    put(labels, tags, label, Array.isArray(value) ? value[0] : value);
  }
  return Object.keys(tags).length === 0 ? labels : { ...labels, tags };
};

/** Gives everything that an HTTP server of the app does for requests the labels that these carry. */
export interface RequestLabels {
  /** Takes a request that came before the watch began, while it is given to the server's handlers. */
  served(request: Served): void;
  stop(): void;
}

/** Begins to read the labels of the requests that the app serves. */
export const watchRequests = (byHeader: Readonly<Record<string, string>>, baggage: readonly string[]): RequestLabels => {
  if (Object.keys(byHeader).length === 0 && baggage.length === 0) return { served: () => undefined, stop: () => undefined };
  const served = ({ headers, emitters }: Served): void => guard('request_labels', () => enterLabels(labelsOfRequest(headers, byHeader, baggage), emitters));
  return { served, stop: onServed(served) };
};
