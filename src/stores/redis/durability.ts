import type { RedisCommands } from './redis-commands.ts';

const field = (info: string, name: string): string | undefined => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();

/** Says why a server may lose budgets, or `undefined` when it keeps them: no append-only file, or an eviction that may take any key. */
export const durabilityProblem = async (commands: RedisCommands): Promise<string | undefined> => {
  const aof = field(await commands.info('persistence'), 'aof_enabled');
  if (aof === '0')
    return 'The Redis server keeps no append-only file: after a crash, what was spent is known only as far as running processes remember it. Turn appendonly on.';
  const memory = await commands.info('memory');
  const policy = field(memory, 'maxmemory_policy');
  const bounded = field(memory, 'maxmemory') !== '0';
  if (bounded && policy?.startsWith('allkeys') === true) {
    return `The Redis server may evict budgets when its memory is full (maxmemory-policy ${policy}). Use noeviction or a server of its own.`;
  }
  return undefined;
};
