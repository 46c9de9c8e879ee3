import type { OverrideInput } from '../settings.ts';

/**
 * Parses an override file, YAML or JSON, so that a problem can be told with its line. The YAML library is loaded when the first file is.
 * What cannot be parsed at all comes back as a value that no override can be, located at the line of the fault.
 */
export const readOverridesFile = async (content: string, file: string): Promise<OverrideInput> => {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  const at = (offset: number | undefined): string => (offset === undefined ? file : `${file}:${lines.linePos(offset).line}`);
  if (error !== undefined) return { value: error.message, locate: () => at(error.pos[0]) };
  const offsetOf = (path: readonly (string | number)[]): number | undefined => {
    const node: unknown = document.getIn(path, true);
    const range: unknown = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined;
  };
  return {
    value: document.toJS(),
    locate: (path) => {
      // What is missing has no place of its own: its nearest parent stands for it.
      for (let length = path.length; length >= 0; length--) {
        const offset = offsetOf(path.slice(0, length));
        if (offset !== undefined) return at(offset);
      }
      return file;
    },
  };
};
