import { readdirSync } from 'node:fs';
import type { Config } from '../config/config.ts';

const PREFIX = 'purser-';
/** Further ones would only hide what the line says. */
const MOST_NAMED = 10;

const namesIn = (folder: string, suffix: string): readonly string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.name.startsWith(PREFIX) && entry.name.endsWith(suffix) && entry.isDirectory() === (suffix === ''))
      .map(({ name }) => name.slice(PREFIX.length, name.length - suffix.length))
      .toSorted();
  } catch {
    // Where nothing was kept yet there is no folder.
    return [];
  }
};

/**
 * Says which services keep something apart that is not shown, where nothing names the service that a command is to look at: they are named when
 * they are started, and the shell of the person who looks knows nothing of that. Empty where there is nothing to say.
 *
 * @param folder in which each service has a place of its own, `purser-NAME`
 * @param what is kept there, in the plural
 */
export const otherServices = ({ labels }: Config, folder: string, command: string, what: string, suffix = ''): string => {
  const names = labels.service === undefined ? namesIn(folder, suffix) : [];
  const [first] = names;
  if (first === undefined) return '';
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const list = `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  return `No service is named here, and ${what} of services with a name are kept apart: ${list}. To see theirs: OTEL_SERVICE_NAME=${first} purser ${command}\n`;
};
