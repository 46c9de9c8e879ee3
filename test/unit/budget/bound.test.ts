/** The most tokens that a request can use, as it is read from the wire. */
import { describe, expect, test } from 'vitest';
import { boundOf } from '../../../src/policies/budget/bound.ts';
import { readerOf } from '../../../src/providers/shared/dialects.ts';
import type { Dialect } from '../../../src/call/call.ts';
import { callOf } from './world.ts';

// Tokens as gpt-tokenizer 4.0.0 counts them, the larger of o200k_base and cl100k_base.
const TEXTS: readonly (readonly [script: string, text: string, tokens: number])[] = [
  ['Yi', 'ꀀꀁꀂꀃꀄꀅꀆꀇꀈꀉ', 30],
  ['Braille', '⠓⠑⠇⠇⠕', 15],
  ['Mongolian', 'ᠮᠣᠩᠭᠣᠯ', 18],
  ['Cherokee', 'ᎣᏏᏲ ᏙᎯᏧ ᏂᎦᏓ', 29],
  ['Ethiopic', 'ሰላም እንደምን አለህ ዛሬ', 39],
  ['Lao', 'ສະບາຍດີ ເຈົ້າສະບາຍດີບໍ', 45],
  ['Tibetan', 'བཀྲ་ཤིས་བདེ་ལེགས།', 35],
  ['Burmese', 'မင်္ဂလာပါ နေကောင်းလား', 41],
  ['Khmer', 'សួស្តី តើអ្នកសុខសប្បាយទេ', 39],
  ['Odia', 'ନମସ୍କାର ଆପଣ କେମିତି ଅଛନ୍ତି', 65],
  ['emoji', '🧿🪬🫠🫡🪿', 15],
  ['cuneiform', '𒀀𒁀𒂀', 12],
  ["N'Ko", 'ߒߞߏ', 6],
  ['Thaana', 'އައްސަލާމް', 20],
  ['Armenian', 'Հայաստան և Վրաստան', 34],
  ['pointed Hebrew', 'בְּרֵאשִׁית בָּרָא אֱלֹהִים', 36],
  ['polytonic Greek', 'ἐν ἀρχῇ ἦν ὁ λόγος', 24],
  ['Thai', 'สวัสดีครับ วันนี้อากาศดีมาก', 26],
  ['Bengali', 'আজ আবহাওয়া খুব ভালো, চলুন হাঁটতে যাই', 50],
  ['Tamil', 'இன்று வானிலை நன்றாக உள்ளது', 36],
  ['Devanagari', 'धर्मक्षेत्रे कुरुक्षेत्रे समवेता युयुत्सवः', 43],
  ['Chinese', '今天天气很好，我们一起去公园散步吧。人工智能正在改变我们的生活方式。', 36],
  ['Korean', '오늘 날씨가 좋네요. 같이 산책하러 갈까요?', 31],
  ['Japanese', '今日はいい天気ですね。一緒に散歩に行きましょう。', 29],
  ['Arabic', 'بِسْمِ اللَّهِ الرَّحْمَٰنِ الرَّحِيمِ', 33],
  ['Russian', 'Все люди рождаются свободными и равными в своём достоинстве и правах', 35],
  ['English', 'All human beings are born free and equal in dignity and rights — “all”.', 16],
];

const OVERHEAD = 64;
const boundFor = (dialect: Dialect, body: object, operation: 'chat' | 'text_completion' = 'chat') =>
  boundOf({ ...callOf(), operation, request: readerOf(dialect).request(body, '') }, 100, undefined, undefined);
const inputOf = (text: string): number => boundFor('openai.responses', { model: 'm', input: text }).input - OVERHEAD;

describe('the text of a prompt', () => {
  test.each(TEXTS)('in %s is bounded, short or long', (_, text, tokens) => {
    expect(inputOf(text)).toBeGreaterThanOrEqual(tokens);
    expect(inputOf(`${text} `.repeat(20))).toBeGreaterThanOrEqual(20 * tokens);
  });

  test.each([
    ['English', 1.2],
    ['Russian', 1.05],
    ['Arabic', 1.05],
    ['Japanese', 2],
    ['Chinese', 2],
    ['Korean', 2],
    ['polytonic Greek', 2],
    ['pointed Hebrew', 2],
  ])('in %s is held for no more than %d tokens a character', (script, most) => {
    const text = TEXTS.find(([name]) => name === script)?.[1] ?? '';
    expect(inputOf(text)).toBeLessThanOrEqual(Math.ceil(text.length * most));
  });

  test('of a megabyte is measured within a few milliseconds', () => {
    const text = 'The quick brown fox — jumps over the lazy dog. '.repeat(20_000);
    inputOf(text);
    const from = performance.now();
    inputOf(text);
    expect(performance.now() - from).toBeLessThan(50);
  });
});

describe('the answers of a request', () => {
  const outputOf = (body: object): number => boundFor('openai.completions', { model: 'm', ...body }, 'text_completion').output;
  test('are as many as it has prompts, times n', () => {
    expect(outputOf({ prompt: 'a' })).toBe(100);
    expect(outputOf({ prompt: ['a', 'b', 'c'] })).toBe(300);
    expect(outputOf({ prompt: ['a', 'b', 'c'], n: 2 })).toBe(600);
    expect(outputOf({ prompt: [] })).toBe(100);
  });
  test('count those of which only the best is sent', () => {
    expect(outputOf({ prompt: 'a', n: 2, best_of: 5 })).toBe(500);
    expect(outputOf({ prompt: ['a', 'b'], best_of: 5 })).toBe(1000);
  });
  test('are one for a prompt of token ids, and one each for several', () => {
    expect(outputOf({ prompt: [1, 2, 3] })).toBe(100);
    expect(outputOf({ prompt: [[1, 2], [3]] })).toBe(200);
  });
});

describe('input that the request does not show', () => {
  const plain = boundFor('openai.responses', { input: 'hello' }).input;
  const hides = (dialect: Dialect, body: object): boolean => boundFor(dialect, body).input > plain + 32_000;
  test.each([
    [{ prompt: { id: 'pmpt_1' } }],
    [{ input: 'hello', tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }],
    [{ input: 'hello', tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] }],
    [{ input: 'hello', tools: [{ type: 'mcp', server_label: 'x', server_url: 'https://mcp.test' }] }],
    [{ input: 'hello', tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }],
  ])('is reckoned with: %j', (body) => expect(hides('openai.responses', body)).toBe(true));

  test('is reckoned with in chats that search', () => expect(hides('openai.chat', { messages: [], web_search_options: {} })).toBe(true));

  test('is not where the caller runs the tools', () => {
    expect(
      hides('openai.responses', {
        input: 'hello',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'custom', name: 'g' },
        ],
      }),
    ).toBe(false);
    expect(hides('openai.chat', { messages: [], tools: [{ type: 'function', function: { name: 'f' } }] })).toBe(false);
  });
});

test.each([
  ['a part of a token', { maxTokens: 1.5 }, 2],
  ['less than nothing', { maxTokens: -50_000 }, 32_768],
  ['nothing', { maxTokens: 0 }, 0],
  ['more than there is', { maxTokens: 1e300 }, 1e9],
  ['answers without number', { maxTokens: 100, choiceCount: 1e300 }, 1e9],
  ['a part of an answer', { maxTokens: 101, choiceCount: 1.5 }, 152],
])('of a request that states %s a whole number of tokens is reserved, and never less than nothing', (_, stated, output) => {
  const call = callOf({ request: { model: 'any', promptChars: 10.5, ...stated } });
  expect(boundOf(call, call.request.maxTokens, undefined, undefined)).toEqual({ input: 75, output });
});
