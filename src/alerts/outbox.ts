import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../base/is-alive.ts';
import { makeFolder } from '../base/make-folder.ts';
import type { GovernanceEvent } from '../call/event.ts';

/** An alert that waits for one channel, as it is kept. */
export interface Letter {
  /** The file that keeps it; `undefined` when the disk would not have it, and it is in memory alone. */
  path: string | undefined;
  readonly channel: string;
  readonly alert: GovernanceEvent;
  /** Until when it is sent again, once it was delivered to a receiver that forgets. */
  activeUntilMs?: number;
}

/** How long an owner may be silent before somebody else takes its letters. */
const SILENT_MS = 60_000;
const MOST_DEAD = 1_000;
const OWNER = /^(.+)\.(\d+)\.[0-9a-f]{8}$/;

const isAlert = (value: unknown): value is GovernanceEvent =>
  typeof value === 'object' && value !== null && 'dedupeKey' in value && 'atMs' in value && 'attributes' in value;

const hostPart = hostname().replaceAll(/[^\w-]/g, '_');

/**
 * The letters of this process on disk: a folder of its own, a file for each alert and channel, in the order in which they were raised.
 * What a dead process left is taken over by moving its whole folder, which only one can do.
 */
export class Outbox {
  readonly #directory: string;
  /** The folders that are ours: our own, and those of dead processes. */
  readonly #folders: string[] = [];
  #number = 0;

  /** @throws what the operating system says when the folder cannot be made */
  constructor(directory: string) {
    this.#directory = directory;
    makeFolder(directory, 0o700);
    this.#folders.push(this.#ownFolder());
    mkdirSync(this.#folders[0] ?? '', { mode: 0o700 });
  }

  /** Keeps an alert for a channel. It is on disk when this returns. @throws what the operating system says */
  add(channel: string, alert: GovernanceEvent): Letter {
    const name = `${String(alert.atMs).padStart(15, '0')}-${String(++this.#number).padStart(8, '0')}.${channel}.json`;
    const path = join(this.#folders[0] ?? '', name);
    this.#write(path, { alert });
    return { path, channel, alert };
  }

  /** Notes that a letter was delivered and is to be sent again until then. */
  activate(letter: Letter, activeUntilMs: number): void {
    letter.activeUntilMs = activeUntilMs;
    if (letter.path !== undefined) this.#write(letter.path, { alert: letter.alert, activeUntilMs });
  }

  /** Forgets a letter. */
  remove({ path }: Letter): void {
    if (path !== undefined) unlinkSync(path);
  }

  /** Puts a letter that could not be delivered aside, for its owner to read. */
  bury(letter: Letter, reason: string): void {
    const folder = join(this.#directory, 'dead');
    makeFolder(folder, 0o700);
    if (readdirSync(folder).length < MOST_DEAD) {
      const { channel, alert } = letter;
      this.#write(join(folder, `${alert.atMs}-${randomBytes(4).toString('hex')}.${channel}.json`), { alert, reason });
    }
    this.remove(letter);
  }

  /** Says that this process lives, and takes over what dead ones left. Gives their letters, oldest first. */
  adopt(nowMs: number): readonly Letter[] {
    const now = new Date(nowMs);
    for (const folder of this.#folders) utimesSync(folder, now, now);
    const letters: Letter[] = [];
    for (const name of readdirSync(this.#directory)) {
      const taken = this.#isAbandoned(name, nowMs) ? this.#take(name, now) : undefined;
      if (taken !== undefined) letters.push(...readLetters(taken));
    }
    return letters.sort((a, b) => a.alert.atMs - b.alert.atMs);
  }

  /** Lets go of empty folders; letters stay for who comes next. */
  close(): void {
    for (const folder of this.#folders) {
      try {
        if (readdirSync(folder).length === 0) rmdirSync(folder);
        // Old enough for the next process not to wait.
        else utimesSync(folder, 0, 0);
      } catch {
        // What is left is adopted or empty.
      }
    }
  }

  #ownFolder(): string {
    return join(this.#directory, `${hostPart}.${process.pid}.${randomBytes(4).toString('hex')}`);
  }

  #isAbandoned(name: string, nowMs: number): boolean {
    const [, host, pid] = OWNER.exec(name) ?? [];
    if (pid === undefined || this.#folders.includes(join(this.#directory, name))) return false;
    try {
      const silentMs = nowMs - statSync(join(this.#directory, name)).mtimeMs;
      return silentMs > SILENT_MS || (host === hostPart && Number(pid) !== process.pid && !isAlive(Number(pid)));
    } catch {
      return false;
    }
  }

  #take(name: string, now: Date): string | undefined {
    const target = this.#ownFolder();
    try {
      renameSync(join(this.#directory, name), target);
      utimesSync(target, now, now);
    } catch {
      // Somebody else was first.
      return undefined;
    }
    this.#folders.push(target);
    return target;
  }

  // Under another name until it is complete: a file that is there can be read.
  #write(path: string, content: object): void {
    const next = `${path}.next`;
    writeFileSync(next, JSON.stringify(content), { mode: 0o600 });
    renameSync(next, path);
  }
}

/** Reads the letters in a folder, in their order; what is no letter is left out. */
export const readLetters = (folder: string): readonly Letter[] => {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
  return files.flatMap((file): readonly Letter[] => {
    const path = join(folder, file);
    const channel = file.slice(file.indexOf('.') + 1, -'.json'.length);
    try {
      const { alert, activeUntilMs } = JSON.parse(readFileSync(path, 'utf8')) as { readonly alert?: unknown; readonly activeUntilMs?: number };
      return isAlert(alert) ? [{ path, channel, alert, ...(activeUntilMs === undefined ? {} : { activeUntilMs }) }] : [];
    } catch {
      return [];
    }
  });
};
