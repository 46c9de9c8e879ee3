import type { GovernanceEvent } from '../call/event.ts';
import type { Templates } from './channel.ts';

/** What is written where the owner gave no texts. */
export const DEFAULT_TEMPLATES: Templates = { title: 'Purser: {name}', text: '{message}' };

/** Fills a template from an alert; a name that the alert does not have becomes nothing. */
export const fill = (template: string, { name, message, severity, dedupeKey, atMs, attributes }: GovernanceEvent): string => {
  const known: Readonly<Record<string, string>> = { name, message, severity, key: dedupeKey, time: new Date(atMs).toISOString() };
  return template.replaceAll(/\{([\w.]+)\}/g, (_, word: string) => known[word] ?? String(attributes[word] ?? ''));
};

/** The facts of an alert as names and values for people, at most 10; the key of a budget that is not split says nothing beside its id. */
export const factsOf = ({ attributes }: GovernanceEvent): readonly (readonly [string, string])[] =>
  Object.entries(attributes)
    .filter(([name, value]) => name !== 'purser.budget.key' || value !== attributes['purser.budget'])
    .slice(0, 10)
    .map(([name, value]) => [name.replace(/^purser\./, ''), shown(name, value)]);

const shown = (name: string, value: string | number | boolean): string => {
  if (typeof value !== 'number') return String(value);
  if (/[._]?window[._](start|end)$/.test(name)) return new Date(value * 1000).toISOString();
  return name.endsWith('_ratio') ? `${Math.round(value * 1000) / 10} %` : String(value);
};

/** Cuts a text to a receiver's bound, in UTF-16 units, without halving a character. */
export const cut = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text
        .slice(0, most - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;
