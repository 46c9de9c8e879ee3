import type { Script } from './scripts.ts';

/** The few commands that the store needs, whatever the client. */
export interface RedisCommands {
  /** Runs a script by its name, and by its text where the server does not know it. `holds`: a client of our own keeps the process until it is answered. */
  run(script: Script, key: string, args: string[], holds: boolean): Promise<unknown>;
  info(section: string): Promise<string>;
  close(): Promise<void>;
}

/** An instance of ioredis or iovalkey, as far as it is used. */
export interface IoredisLike {
  evalsha(sha: string, keys: number, ...args: string[]): Promise<unknown>;
  eval(script: string, keys: number, ...args: string[]): Promise<unknown>;
  info(section: string): Promise<string>;
}

/** An instance of node-redis, as far as it is used. */
export interface NodeRedisLike {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  info(section: string): Promise<unknown>;
}

/** A client of the owner's own, of either kind. */
export type RedisClient = IoredisLike | NodeRedisLike;

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT');

const once = (first: Promise<unknown>, otherwise: () => Promise<unknown>): Promise<unknown> =>
  first.catch((error: unknown) => {
    if (isUnknownScript(error)) return otherwise();
    throw error;
  });

/** Whether a client is a node-redis. */
const isNodeRedis = (client: RedisClient): client is NodeRedisLike => 'evalSha' in client;

/** Wraps a client. `close` is called when the store is done with it; the owner's own client stays open. */
export const commandsOf = (client: RedisClient, close: () => Promise<void>): RedisCommands => {
  if (isNodeRedis(client)) {
    return {
      run: (script, key, args) => {
        const options = { keys: [key], arguments: args };
        return once(client.evalSha(script.sha, options), () => client.eval(script.text, options));
      },
      info: async (section) => String(await client.info(section)),
      close,
    };
  }
  return {
    run: (script, key, args) => once(client.evalsha(script.sha, 1, key, ...args), () => client.eval(script.text, 1, key, ...args)),
    info: (section) => client.info(section),
    close,
  };
};
