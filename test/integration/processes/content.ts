import { join } from 'node:path';
import { wrongSpans, type Case } from './case.ts';
import { APPS, REQUIRE } from './compare.ts';
import { runApp } from './run-app.ts';

// A call that is answered, and one that fails.
const SCRIPT = `
const OpenAI = require('openai');
const openai = new OpenAI({ apiKey: 'local-test-key', baseURL: process.env.BASE + '/v1', maxRetries: 0 });
const ask = (content) => openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content }] });
ask('a question of some length').then(() => ask('a question that fails [[local status=400]]')).catch(() => console.log('done'));
`;

const content = (name: string, env: Readonly<Record<string, string>>, wanted: readonly (string | undefined)[]): Case => ({
  name,
  async run(place) {
    const { code, stdout, stderr } = await runApp(['--require', REQUIRE, '-e', SCRIPT], { cwd: join(APPS, '..'), env: { ...place.env, ...env } });
    const wrong = code === 0 && stdout === 'done\n' && stderr === '' ? [] : [`exit ${code}, ${stdout}, ${stderr}`];
    const texts = place.receiver.spans.map(({ attributes }) => {
      const messages = attributes['gen_ai.input.messages'] as readonly { readonly parts: readonly { readonly content: string }[] }[] | undefined;
      return messages?.[0]?.parts[0]?.content;
    });
    const same = JSON.stringify(texts) === JSON.stringify(wanted);
    return [...wrong, ...wrongSpans(place, 2), ...(same ? [] : [`${JSON.stringify(texts)} instead of ${JSON.stringify(wanted)}`])];
  },
});

/** What of prompts and answers is recorded. */
export const CONTENTS: readonly Case[] = [
  content('content is not recorded by default', {}, [undefined, undefined]),
  content('content up to a length', { PURSER_CAPTURE_CONTENT: 'true', PURSER_TELEMETRY_CONTENT_MAX_LENGTH: '16' }, [
    'a question of so[+9 characters]',
    'a question that [+26 characters]',
  ]),
  content('content of failed calls only', { PURSER_CAPTURE_CONTENT: 'true', PURSER_TELEMETRY_CONTENT_SAMPLE_RATE: '0' }, [
    undefined,
    'a question that fails [[local status=400]]',
  ]),
];
