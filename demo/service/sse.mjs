/** Streams pieces of text to the client as server-sent events. */
export const streamTo = async (res, pieces) => {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for await (const text of pieces) if (text) res.write(`data: ${JSON.stringify({ text })}\n\n`);
  res.end('data: [DONE]\n\n');
};
