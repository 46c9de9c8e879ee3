import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
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
  #stuckBytes = 0;

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
    this.#stuckBytes = 0;
    this.close();
    makeFolder(this.#directory, 0o700);
    this.#path = join(this.#directory, segmentName(dayOf(nowMs), this.#owner, ++this.#number));
    this.#file = openSync(this.#path, 'ax', 0o600);
    this.#bytes = 0;
    this.#endMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  }

  /** How many bytes of what could not be appended as a whole are in the file nevertheless. */
  get stuckBytes(): number {
    return this.#stuckBytes;
  }

  /** Appends lines to the file that was begun. @throws what the operating system says; the file is then to be closed, since `stuckBytes` of it may be in it */
  append(lines: string): void {
    if (this.#file === undefined) return;
    const bytes = Buffer.from(lines);
    const before = this.#bytes;
    this.#stuckBytes = 0;
    try {
      for (let at = 0; at < bytes.length;) {
        const written = writeSync(this.#file, bytes, at);
        at += written;
        this.#bytes += written;
      }
    } catch (error) {
      this.#takeBack(this.#file, before);
      throw error;
    }
  }

  // A disk takes what it has room for before it says that it is full: what it took would be there twice when all is written again.
  #takeBack(file: number, size: number): void {
    if (this.#bytes === size) return;
    try {
      ftruncateSync(file, size);
      this.#bytes = size;
    } catch {
      this.#stuckBytes = this.#bytes - size;
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
