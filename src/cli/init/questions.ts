import { createInterface, type Interface } from 'node:readline';
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
  // What is typed or pasted ahead answers the questions that come.
  const ahead: string[] = [];
  let waiting: ((line: string) => void) | undefined;
  const take = (line: string): void => {
    if (waiting === undefined) ahead.push(line);
    else waiting(line);
    waiting = undefined;
  };
  lines.on('line', take);
  lines.once('close', () => {
    ended = true;
    waiting?.('');
  });
  const next = (): Promise<string> => {
    const line = ahead.shift();
    if (line !== undefined) return Promise.resolve(line);
    return ended ? Promise.resolve('') : new Promise((resolve) => (waiting = resolve));
  };
  return {
    ask: async (question, fallback) => {
      const text = `${question}${fallback === '' ? '' : ` [${fallback}]`} `;
      if (!ended) {
        lines.setPrompt(text);
        lines.prompt();
      } else if (ahead.length > 0) io.stdout.write(text);
      const answer = await next();
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
