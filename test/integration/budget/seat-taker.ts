/** A process that takes a journal of a folder at the moment that it is told. */
import { takeSeat } from '../../../src/stores/memory/journal-seat.ts';

process.on('message', ({ directory, atMs }: { readonly directory: string; readonly atMs: number }) => {
  while (Date.now() < atMs);
  process.send?.(takeSeat(directory).file);
});
process.send?.('ready');
