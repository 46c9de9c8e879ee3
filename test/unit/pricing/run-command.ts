import type { run } from '../../../src/cli/cost.ts';

/** Runs a command of prices in a place, and gives how it ended. */
export const runsIn = async (
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  command: typeof run,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  let out = '';
  let err = '';
  const code = await command(args, { stdout: (text) => void (out += text), stderr: (text) => void (err += text), ...place });
  return { code, out, err };
};

/** A call of a file, as `purser cost` takes it. */
export const CASE = {
  id: 'a',
  provider: 'openai',
  model: 'gpt-5',
  at: '2026-11-20T12:00:00Z',
  usage: { prompt_tokens: 1000, completion_tokens: 100 },
  context: {},
};

/** A stored span of a call to gpt-5 on 2026-11-20, as one line. */
export const span = (attributes: Readonly<Record<string, unknown>>, id = 's1'): string =>
  JSON.stringify({
    kind: 'span',
    name: 'chat gpt-5',
    spanId: id,
    start: '2026-11-20T12:00:00.000Z',
    attributes: { 'gen_ai.provider.name': 'openai', 'gen_ai.response.model': 'gpt-5', ...attributes },
  });
