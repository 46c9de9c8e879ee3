import type { Stage } from '../stage.ts';
import type { Programme } from '../traffic/programme.ts';
import type { Paint } from './paint.ts';

/** Sets what stands above everything: what this is, and the one command that it takes. */
export const headline = (programme: Programme, stage: Stage, paint: Paint): string =>
  [
    '',
    ` ${paint.bold('Purser')} ${paint.dim('· every LLM call of a Node service: seen, measured, priced, cleaned, exported')}`,
    '',
    ` ${paint.dim('in your service')}   ${paint.bold('node --require purser/register app.js')}`,
    ` ${paint.dim('here')}              node --require purser/register demo/service/server.mjs`,
    ` ${paint.dim('traffic')}           ${programme.title}`,
    ` ${paint.dim('exported to')}       ${stage.receiver.url} ${paint.dim('(OTLP, read by this screen and by nothing else)')}`,
    '',
    '',
  ].join('\n');
