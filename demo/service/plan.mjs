import OpenAI from 'openai';

const openai = new OpenAI();

/** Lets a reasoning model work out a plan. */
export const plan = async ({ text, model = 'gpt-5' }, res, signal) => {
  const response = await openai.responses.create({ model, input: text, reasoning: { effort: 'medium' }, max_output_tokens: 4096 }, { signal });
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ text: response.output_text }));
};
