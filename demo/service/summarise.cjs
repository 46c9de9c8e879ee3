'use strict';
const Anthropic = require('@anthropic-ai/sdk');

const anthropic = new Anthropic();
const RULES = 'You summarise documents of a harbour office. Keep numbers, names and dates. '.repeat(40);

/** Summarises a document behind a long prompt that the provider keeps in its cache. */
exports.summarise = async ({ text, model = 'claude-haiku-4-5' }, res, signal) => {
  const { data: message } = await anthropic.messages
    .create(
      {
        model,
        max_tokens: 1024,
        system: [{ type: 'text', text: RULES, cache_control: { type: 'ephemeral' } }],
        messages: [{ role: 'user', content: text }],
      },
      { signal },
    )
    .withResponse();
  const summary = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ summary }));
};
