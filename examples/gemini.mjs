// emits: generate_content gemini-2.5-flash gen_ai.usage.output_tokens=400 gen_ai.usage.reasoning.output_tokens=300 purser.outcome=completed
import { GoogleGenAI } from '@google/genai';

const google = new GoogleGenAI({});
const chunks = await google.models.generateContentStream({
  model: 'gemini-2.5-flash',
  contents: 'When is high tide? [[local in=80 out=400 reasoning=300]]',
});
for await (const chunk of chunks) process.stdout.write(chunk.text ?? '');
console.log();
