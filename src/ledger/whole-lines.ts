/** How many of the lines, one behind the other, lie as a whole within so many bytes of UTF-8; the line break of the last one may be missing, since it is read without. */
export const wholeLines = (lines: readonly string[], bytes: number): number => {
  let count = 0;
  let left = bytes;
  for (const line of lines) {
    left -= Buffer.byteLength(line);
    if (left < -1) break;
    count += 1;
  }
  return count;
};
