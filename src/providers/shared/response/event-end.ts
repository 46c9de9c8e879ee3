/** Where the last complete event of a text of an event stream ends, or 0; lines may end in any way. */
export const lastEventEnd = (text: string): number => {
  const lf = text.lastIndexOf('\n\n');
  let end = lf < 0 ? 0 : lf + 2;
  if (text.includes('\r')) {
    const crlf = text.lastIndexOf('\r\n\r\n');
    if (crlf >= 0 && crlf + 4 > end) end = crlf + 4;
    const cr = text.lastIndexOf('\r\r');
    if (cr >= 0 && cr + 2 > end) end = cr + 2;
  }
  return end;
};
