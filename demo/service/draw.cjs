'use strict';
const { OpenAI } = require('openai');

const openai = new OpenAI();

/** Draws a picture. */
exports.draw = async ({ text }, res, signal) => {
  const images = await openai.images.generate({ model: 'gpt-image-1-mini', prompt: text, size: '1024x1024' }, { signal });
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ bytes: images.data[0].b64_json.length }));
};
