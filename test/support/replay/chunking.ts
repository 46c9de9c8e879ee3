/** How a stream is cut on its way: in one piece, event by event, or in pieces of so many bytes. */
export type Chunking = 'whole' | 'event' | `bytes:${number}`;

/** Reads a chunking from a command line or header; `event` when it says nothing of use. */
export const parseChunking = (text: string | undefined): Chunking => {
  if (text === 'whole') return 'whole';
  const bytes = /^bytes:([1-9]\d*)$/.exec(text ?? '')?.[1];
  return bytes === undefined ? 'event' : `bytes:${Number(bytes)}`;
};

const FRAME_END = /\r\n\r\n|\n\n|\r\r/g;

const frames = (text: string): readonly string[] => {
  const list: string[] = [];
  let from = 0;
  for (const match of text.matchAll(FRAME_END)) {
    const end = match.index + match[0].length;
    list.push(text.slice(from, end));
    from = end;
  }
  if (from < text.length) list.push(text.slice(from));
  return list;
};

/** Cuts the text of a stream; the pieces joined are the text's bytes again. */
export const cutStream = (text: string, chunking: Chunking): readonly Buffer[] => {
  if (chunking === 'event') return frames(text).map((frame) => Buffer.from(frame));
  const bytes = Buffer.from(text);
  if (chunking === 'whole') return [bytes];
  const size = Number(chunking.slice('bytes:'.length));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
};
