import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';
import { dayOf, segmentName, segmentOwner } from './segment-names.ts';

const DAY_MS = 86_400_000;
const SEGMENT_BYTES = 64 * 1024 * 1024;

/**
 * Appends lines to files of this process alone. Each append is one system call: once it returns, the lines outlive the
 * process. Only the last line of a file can be cut off.
 */
export class SegmentFile {
  readonly #directory: string;
  readonly #mostBytes: number;
  readonly #owner = segmentOwner();
  #file: number | undefined;
  #path = '';
  #number = 0;
  #bytes = 0;
  #endMs = 0;

  /** @param mostBytes the size at which another file is wanted. @default 64 MiB */
  constructor(directory: string, mostBytes = SEGMENT_BYTES) {
    this.#directory = directory;
    this.#mostBytes = mostBytes;
  }

  /** Whether another file is to be begun: there is none, the day has changed, or it is large. */
  isDue(nowMs: number): boolean {
    return this.#file === undefined || nowMs >= this.#endMs || this.#bytes >= this.#mostBytes;
  }

  /** Begins another file. @throws what the operating system says */
  begin(nowMs: number): void {
    this.close();
    makeFolder(this.#directory, 0o700);
    this.#path = join(this.#directory, segmentName(dayOf(nowMs), this.#owner, ++this.#number));
    this.#file = openSync(this.#path, 'ax', 0o600);
    this.#bytes = 0;
    this.#endMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  }

  /** Appends lines to the file that was begun. @throws what the operating system says; the file is then to be closed, since it may end within a line */
  append(lines: string): void {
    if (this.#file === undefined) return;
    const bytes = Buffer.from(lines);
    for (let at = 0; at < bytes.length;) {
      const written = writeSync(this.#file, bytes, at);
      at += written;
      this.#bytes += written;
    }
  }

  /** Lets go of the file; one that nothing was written to goes away. */
  close(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    closeSync(file);
    if (this.#bytes === 0) unlinkSync(this.#path);
  }
}
