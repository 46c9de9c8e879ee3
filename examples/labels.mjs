// emits: embeddings text-embedding-3-small purser.user=u_42 purser.feature=search purser.team=harbour gen_ai.usage.input_tokens=30
import OpenAI from 'openai';
import { withLabels } from 'purser';

const openai = new OpenAI();
const search = async (text) => (await openai.embeddings.create({ model: 'text-embedding-3-small', input: text })).data[0].embedding;

// Every call inside, however deep and however late, carries the labels.
const vector = await withLabels({ user: 'u_42', feature: 'search', team: 'harbour' }, () => search('tide tables [[local in=30]]'));
console.log(`${vector.length} numbers`);
