import { watchCalls } from '../support/observe.ts';

const { faults, seen } = watchCalls();
process.on('exit', () => {
  if (process.env['SHOW_SEEN'] !== undefined) process.stderr.write(`${seen.length} calls ${JSON.stringify(faults)}\n`);
});
