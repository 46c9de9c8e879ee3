import { type FileHandle, open } from 'node:fs/promises';
import type { LedgerContext } from './ledger-record.ts';
import { LineTaker, type TakeRecord } from './take-lines.ts';

/** As much as is read and understood in a fraction of a millisecond. */
const PIECE_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Follows one file of the ledger while another process, or this one, writes it. */
export class SegmentTail {
  readonly #path: string;
  readonly #lines: LineTaker;
  #position = 0;

  /** @param keep gives what is kept of each context, for as long as the file is followed */
  constructor(path: string, keep: (context: LedgerContext) => LedgerContext) {
    this.#path = path;
    this.#lines = new LineTaker({ files: 0, unreadable: 0 }, keep);
  }

  /**
   * Takes the whole lines that were written since the last time, piece by piece.
   * @param pause waited for after each piece, so that others have their turn; `false` breaks off
   */
  async read(give: TakeRecord, pause: () => Promise<boolean>): Promise<void> {
    const file = await open(this.#path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(PIECE_BYTES);
      while ((await this.#piece(file, buffer, give)) && (await pause()));
    } finally {
      await file.close();
    }
  }

  async #piece(file: FileHandle, buffer: Buffer, give: TakeRecord): Promise<boolean> {
    const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, this.#position);
    const last = bytesRead === 0 ? -1 : buffer.lastIndexOf(NEWLINE, bytesRead - 1);
    // A line without its end is read when it has one; one that fills the piece is none of ours.
    const taken = last >= 0 ? last + 1 : bytesRead === PIECE_BYTES ? bytesRead : 0;
    if (last >= 0) this.#lines.take(buffer.subarray(0, last), give);
    this.#position += taken;
    return bytesRead === PIECE_BYTES;
  }
}
