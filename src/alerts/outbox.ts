import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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
const FILE = /^(\d+)-\d+\.(.+)\.json$/;

/** Whether letters for a channel, raised at a moment, are wanted from what dead processes left. */
export type WantsLetter = (channel: string, atMs: number) => boolean;

const isAlert = (value: unknown): value is GovernanceEvent =>
  typeof value === 'object' && value !== null && 'dedupeKey' in value && 'atMs' in value && 'attributes' in value;

const hostPart = hostname().replaceAll(/[^\w-]/g, '_');

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * The letters of this process on disk: a folder of its own, a file for each alert and channel, in the order in which they were raised.
 * What a dead process left is taken over file by file, by moving each, which only one can do.
 */
export class Outbox {
  readonly #directory: string;
  #own: string;
  #number = 0;
  /** When it was last said that this process lives. */
  #aliveMs = Number.POSITIVE_INFINITY;
  /** The folder was gone, and letters with it. */
  #isRobbed = false;

  /** @throws what the operating system says when the folder cannot be made */
  constructor(directory: string) {
    this.#directory = directory;
    this.#own = this.#makeOwn();
  }

  /** Keeps an alert for a channel. It is on disk when this returns. @throws what the operating system says */
  add(channel: string, alert: GovernanceEvent): Letter {
    const letter: Letter = { path: undefined, channel, alert };
    this.#keep(letter);
    return letter;
  }

  /** Notes that a letter was delivered and is to be sent again until then. */
  activate(letter: Letter, activeUntilMs: number): void {
    letter.activeUntilMs = activeUntilMs;
    if (letter.path === undefined) return;
    try {
      this.#write(letter.path, { alert: letter.alert, activeUntilMs });
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#keep(letter);
    }
  }

  /** Forgets a letter. */
  remove({ path }: Letter): void {
    // Another process may have taken it.
    if (path !== undefined) rmSync(path, { force: true });
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

  /**
   * Says that this process lives, and takes over what dead ones left and is wanted. Gives those letters, oldest first.
   * @param held all letters of this process; those whose files somebody took while it slept are written again
   * @throws what the operating system says
   */
  adopt(nowMs: number, held: readonly Letter[], wants: WantsLetter): readonly Letter[] {
    const now = new Date(nowMs);
    try {
      utimesSync(this.#own, now, now);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#renew();
    }
    const hasSlept = nowMs - this.#aliveMs > SILENT_MS;
    if (this.#isRobbed || hasSlept) for (const letter of held) this.#restore(letter);
    this.#isRobbed = false;
    this.#aliveMs = nowMs;
    // Where a whole machine slept, the others are about to wake too.
    if (hasSlept) return [];
    const letters = readdirSync(this.#directory).flatMap((name) => (this.#isAbandoned(name, nowMs) ? this.#takeFrom(join(this.#directory, name), wants) : []));
    return letters.sort((a, b) => a.alert.atMs - b.alert.atMs);
  }

  /** Lets go of the folder when it is empty; letters stay for who comes next. */
  close(): void {
    try {
      if (readdirSync(this.#own).length === 0) rmdirSync(this.#own);
      // Old enough for the next process not to wait.
      else utimesSync(this.#own, 0, 0);
    } catch {
      // What is left is adopted or empty.
    }
  }

  #makeOwn(): string {
    const folder = join(this.#directory, `${hostPart}.${process.pid}.${randomBytes(4).toString('hex')}`);
    makeFolder(folder, 0o700);
    return folder;
  }

  // A process that slept is taken for dead, and folders for temporary files are tidied up.
  #renew(): void {
    this.#own = this.#makeOwn();
    this.#isRobbed = true;
  }

  #isAbandoned(name: string, nowMs: number): boolean {
    const [, host, pid] = OWNER.exec(name) ?? [];
    if (pid === undefined || join(this.#directory, name) === this.#own) return false;
    try {
      const silentMs = nowMs - statSync(join(this.#directory, name)).mtimeMs;
      return silentMs > SILENT_MS || (host === hostPart && Number(pid) !== process.pid && !isAlive(Number(pid)));
    } catch {
      return false;
    }
  }

  #takeFrom(folder: string, wants: WantsLetter): readonly Letter[] {
    const letters: Letter[] = [];
    try {
      const { atime, mtime } = statSync(folder);
      for (const file of readdirSync(folder).sort()) {
        const letter = this.#takeOne(folder, file, wants);
        if (letter !== undefined) letters.push(letter);
      }
      if (readdirSync(folder).length === 0) rmdirSync(folder);
      // What others want has been waiting as long as before.
      else utimesSync(folder, atime, mtime);
    } catch {
      // Somebody else was first.
    }
    return letters;
  }

  #takeOne(folder: string, file: string, wants: WantsLetter): Letter | undefined {
    const from = join(folder, file);
    // What its writer did not come to the end of is no letter yet.
    if (file.endsWith('.next')) rmSync(from, { force: true });
    const [, atMs, channel] = FILE.exec(file) ?? [];
    const letter = channel === undefined || !wants(channel, Number(atMs)) ? undefined : readLetter(from, channel);
    if (letter === undefined) return undefined;
    const path = this.#pathOf(letter);
    try {
      renameSync(from, path);
    } catch {
      return undefined;
    }
    letter.path = path;
    return letter;
  }

  #restore(letter: Letter): void {
    if (letter.path !== undefined && !existsSync(letter.path)) this.#keep(letter);
  }

  #keep(letter: Letter): void {
    try {
      this.#put(letter);
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.#renew();
      this.#put(letter);
    }
  }

  #put(letter: Letter): void {
    const { alert, activeUntilMs } = letter;
    const path = this.#pathOf(letter);
    this.#write(path, activeUntilMs === undefined ? { alert } : { alert, activeUntilMs });
    letter.path = path;
  }

  #pathOf({ channel, alert }: Letter): string {
    return join(this.#own, `${String(alert.atMs).padStart(15, '0')}-${String(++this.#number).padStart(8, '0')}.${channel}.json`);
  }

  // Under another name until it is complete: a file that is there can be read.
  #write(path: string, content: object): void {
    const next = `${path}.next`;
    writeFileSync(next, JSON.stringify(content), { mode: 0o600 });
    renameSync(next, path);
  }
}

const readLetter = (path: string, channel: string): Letter | undefined => {
  try {
    const { alert, activeUntilMs } = JSON.parse(readFileSync(path, 'utf8')) as { readonly alert?: unknown; readonly activeUntilMs?: number };
    return isAlert(alert) ? { path, channel, alert, ...(activeUntilMs === undefined ? {} : { activeUntilMs }) } : undefined;
  } catch {
    return undefined;
  }
};

/** Reads the letters in a folder, in their order; what is no letter is left out. */
export const readLetters = (folder: string): readonly Letter[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => readLetter(join(folder, file), file.slice(file.indexOf('.') + 1, -'.json'.length)) ?? []);
