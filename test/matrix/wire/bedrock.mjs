// node bedrock.mjs HTTP1_URL HTTP2_URL: Bedrock by the AWS SDK over HTTP/2, as it does by itself, and over HTTP/1.1.
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const [http1, http2] = process.argv.slice(2);
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const clients = {
  http2: new BedrockRuntimeClient({ region: 'us-east-1', endpoint: http2, credentials, maxAttempts: 1 }),
  http1: new BedrockRuntimeClient({ region: 'us-east-1', endpoint: http1, credentials, maxAttempts: 1, requestHandler: new NodeHttpHandler() }),
};
const messages = [{ role: 'user', content: [{ text: 'hello' }] }];
for (const [name, client] of Object.entries(clients)) {
  const out = async (kind, run) => {
    let line;
    try {
      line = { name: `${name}-${kind}`, answer: await run() };
    } catch (error) {
      line = { name: `${name}-${kind}`, error: `${error?.name}: ${error?.message}`, status: error?.$metadata?.httpStatusCode, attempts: error?.$metadata?.attempts };
    }
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  await out('converse', async () => (await client.send(new ConverseCommand({ modelId: `model-${name}-converse`, messages }))).usage.outputTokens);
  await out('stream', async () => {
    let text = '';
    for await (const event of (await client.send(new ConverseStreamCommand({ modelId: `model-${name}-stream`, messages }))).stream) text += event.contentBlockDelta?.delta?.text ?? '';
    return text;
  });
  client.destroy();
}
