import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One temporary folder for all test files and the processes that they start: nothing is left behind by a worker that is ended before its own exit,
 * and nothing is shared with what else uses Purser on this machine.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'purser-tests-'));
  process.env['TMPDIR'] = folder;
  // Hundreds of processes load the same SDKs: a tenth of all the computing.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
