import { parseArgs } from 'node:util';
import { runDemo } from './run.ts';

const USAGE = `usage: npm run demo -- [--once] [--recordings FILE]

  --once             play one day of traffic, print the summary and end; exit code 0 only if every call is accounted for
  --recordings FILE  send every recorded exchange of FILE (JSON lines) through the service instead; ends by itself
`;

const read = () => {
  try {
    return parseArgs({ options: { once: { type: 'boolean' }, recordings: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
};

const options = read();
if (options.help === true) {
  console.log(USAGE);
} else {
  process.exitCode = await runDemo({ once: options.once === true, recordings: options.recordings });
}
