import type { RecordedEntry } from '../../test/support/replay/entry.ts';
import { loadEntries } from '../../test/support/replay/entry.ts';
import { reconcileRecordings } from '../books/reconcile-recordings.ts';
import { providerOf } from './providers.ts';
import type { Programme } from './programme.ts';

const AT_ONCE = 8;

const send = async (serviceUrl: string, providerUrl: string, entry: RecordedEntry): Promise<void> => {
  const { method, path, body } = entry.request;
  const response = await fetch(`${serviceUrl}/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-feature': entry.api, 'x-team': entry.provider, 'x-user': entry.id },
    body: JSON.stringify({
      base: `${providerUrl}/${providerOf(entry)}`,
      entry: { id: entry.id, provider: entry.provider, api: entry.api, stream: entry.stream, method, path, body },
    }),
  });
  await response.text();
};

/** Every recorded exchange of a file, sent through the service with the SDK that it belongs to. */
export const recordingsProgramme = async (file: string): Promise<Programme> => {
  const entries = await loadEntries(file);
  return {
    title: `${entries.length} recorded exchanges with real providers, replayed`,
    async play(serviceUrl, providerUrl, stop) {
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let entry = entries[next++]; entry !== undefined && !stop.aborted; entry = entries[next++]) await send(serviceUrl, providerUrl, entry);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    },
    async reconcile(providerUrl, books) {
      const bill = (await (await fetch(`${providerUrl}/__bill`)).json()) as { served: readonly { id: string }[] };
      return reconcileRecordings(entries, new Set(bill.served.map(({ id }) => id)), books.calls);
    },
  };
};
