/** Makes docs/ERRORS.md from the table of errors. `node tools/docs/errors.ts` writes it, `--check` compares. */
import { ERRORS } from '../../src/call/errors.ts';
import { publish } from './publish.ts';

const HEAD = `# Errors

<!-- Made by tools/docs/errors.ts from src/call/errors.ts. Do not edit. -->

These are all the errors that Purser gives on purpose. They come as \`PurserError\` with a \`code\`, the \`details\` behind the sentence, and \`retryable\`;
\`error instanceof PurserError\` holds over two installed copies. A refused call throws the error class of the SDK in use, with the status below, and has the \`PurserError\` as its \`cause\`.
Faults of Purser's own never reach the app: they go to OpenTelemetry's diagnostics, once for each cause.
`;

/** The text of docs/ERRORS.md. */
export const errorsDoc = (): string => {
  const sections = Object.entries(ERRORS).map(([code, kind]) => {
    const facts = [...('status' in kind ? [`status ${kind.status}`] : []), kind.retryable ? 'a later try may pass' : 'trying again does not help'];
    return `## \`${code}\`\n\n> ${kind.message}\n\n${kind.meaning}\n\nIn short: ${facts.join(', ')}.\n`;
  });
  return `${HEAD}\n${sections.join('\n')}`;
};

if (import.meta.main) publish({ 'docs/ERRORS.md': errorsDoc() });
