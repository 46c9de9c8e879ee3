export { default as Anthropic } from '@anthropic-ai/sdk';
export { GoogleGenAI } from '@google/genai';
export { GoogleGenerativeAI } from '@google/generative-ai';
export { default as OpenAI } from 'openai';
