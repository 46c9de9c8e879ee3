import { createInterface, type Interface } from 'node:readline/promises';
import type { Io } from '../io.ts';
import { choicesOf, COLLECTORS, type Said, serviceName } from './choices.ts';

/** A dialogue on the terminal. */
export interface Dialogue {
  /** Asks for a line; gives the default for an empty one and at the end of input. */
  ask(question: string, fallback: string): Promise<string>;
  close(): void;
}

/** True where somebody sits at both ends. */
export const isTerminal = (io: Io): boolean => io.stdout.isTTY === true && (io.stdin as { readonly isTTY?: boolean }).isTTY === true;

/** Opens a dialogue over the command's own streams. */
export const openDialogue = (io: Io): Dialogue => {
  const lines: Interface = createInterface({ input: io.stdin, output: io.stdout as unknown as NodeJS.WritableStream });
  let ended = false;
  lines.once('close', () => (ended = true));
  return {
    ask: async (question, fallback) => {
      if (ended) return fallback;
      const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      const answer = await Promise.race([lines.question(`${question}${fallback === '' ? '' : ` [${fallback}]`} `), closed]);
      return answer.trim() === '' ? fallback : answer.trim();
    },
    close: () => lines.close(),
  };
};

type Asked = 'service' | 'environment' | 'collector' | 'metrics' | 'budget';

/** Asks for what the command line left open, until each answer is one that can be. */
export const askChoices = async (said: Said, cwd: string, dialogue: Dialogue, io: Io): Promise<Said> => {
  const questions: readonly (readonly [flag: Asked, question: string, fallback: string])[] = [
    ['service', 'Name of the service?', serviceName(cwd)],
    ['environment', 'Environment, such as production?', ''],
    ['collector', `Collector configuration (${COLLECTORS.join(', ')})?`, 'main'],
    ['metrics', 'How does Prometheus get metrics (otlp, scrape)?', 'otlp'],
    ['budget', 'Dollars a month at which you want to be told (empty for none)?', ''],
  ];
  let all = said;
  for (const [flag, question, fallback] of questions) {
    if (said[flag] !== undefined) continue;
    for (let tries = 0; tries < 5; tries += 1) {
      const answer = await dialogue.ask(question, fallback);
      const next: Said = answer === '' ? all : { ...all, [flag]: answer };
      try {
        choicesOf(next, cwd);
        all = next;
        break;
      } catch (error) {
        io.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
  return all;
};
