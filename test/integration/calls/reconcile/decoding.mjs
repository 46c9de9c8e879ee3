import { SseParser } from '../../../support/sse-parser.ts';

/** Tells of the events in the bytes of a stream; those of a JSON array are not told. */
export const decoding = (saw) => {
  const parser = new SseParser(({ data }) => data !== '[DONE]' && saw(JSON.parse(data)));
  return (bytes) => parser.push(bytes);
};
