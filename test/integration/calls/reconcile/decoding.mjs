/** Tells of the events in the bytes of a stream; those of a JSON array are not told. */
export const decoding = (saw) => {
  let rest = '';
  const decoder = new TextDecoder();
  return (bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line.startsWith('data: {')) saw(JSON.parse(line.slice(6)));
  };
};
