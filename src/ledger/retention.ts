import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { dayOf, dayOfFile } from './segment-names.ts';

/**
 * Deletes the files of a ledger whose every call ended before `oldestMs`. Resolves to how many went; several processes may
 * tidy one folder at once.
 */
export const deleteOldSegments = async (directory: string, oldestMs: number): Promise<number> => {
  const oldest = dayOf(oldestMs);
  const files = await readdir(directory);
  const old = files.filter((file) => (dayOfFile(file) ?? oldest) < oldest);
  const gone = await Promise.all(
    old.map((file) =>
      unlink(join(directory, file)).then(
        () => 1,
        () => 0,
      ),
    ),
  );
  return gone.reduce<number>((sum, one) => sum + one, 0);
};
