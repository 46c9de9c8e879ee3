/** Which of the standard's freedoms a stream of events takes, by their names. */
export type Framing = ReadonlySet<string>;

const ENDS: Readonly<Record<string, readonly string[]>> = { crlf: ['\r\n'], cr: ['\r'], mixed: ['\n', '\r\n', '\r'] };

/** What ends a blank line behind a line that ended so: another end than that one where both together are not one end. */
const BLANK: Readonly<Record<string, string>> = { '\n': '\r\n', '\r\n': '\n', '\r': '\r' };

/** Gives an event with its lines ended in the wanted way; in all ways by turns where they are mixed. */
const endingLines = (framing: Framing): ((event: string) => string) => {
  const ends = Object.keys(ENDS).flatMap((name) => (framing.has(name) ? (ENDS[name] ?? []) : []));
  if (ends.length === 0) return (event) => event;
  let turn = 0;
  let end = '\n';
  const endOf = (line: string): string => {
    if (line === '' && framing.has('mixed')) return BLANK[end] ?? end;
    return (end = ends[turn++ % ends.length] ?? end);
  };
  return (event) =>
    event
      .slice(0, -1)
      .split('\n')
      .map((line) => line + endOf(line))
      .join('');
};

/** JSON text over two lines: behind its first bracket. */
const split = (event: string): string => event.replace(/^data: \{/m, 'data: {\ndata: ');

const framed = (event: string, framing: Framing): string => {
  let text = event;
  if (framing.has('split')) text = split(text);
  if (framing.has('fields')) text = `id: 7\n${text.replace(/\n\n$/, '\nretry: 1000\nunknown\n\n')}`;
  if (framing.has('tight')) text = text.replaceAll(/^(\w+): /gm, '$1:');
  if (framing.has('within')) text = `: a comment\n${text}`;
  return framing.has('comments') ? `: ping\n\n${text}` : text;
};

/**
 * Frames events in another way that the standard allows; their number stays.
 * @source html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export const reframed = (events: readonly (string | Buffer)[], framing: Framing): readonly (string | Buffer)[] => {
  if (framing.size === 0) return events;
  const end = endingLines(framing);
  return events.map((event, index) => {
    if (typeof event !== 'string') return event;
    const text = end(framed(event.replaceAll('\r\n', '\n'), framing));
    const isLast = index === events.length - 1;
    if (isLast && framing.has('open')) return text.replace(/[\r\n]+$/, '');
    return index === 0 && events.length > 1 && framing.has('mark') ? `\uFEFF${text}` : text;
  });
};
