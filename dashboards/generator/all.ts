import { dashboard, type Frame } from './frame.ts';
import { compactJson } from './compact-json.ts';
import { cost } from './cost.ts';
import { governance } from './governance.ts';
import { latency } from './latency.ts';
import { overview } from './overview.ts';
import { reliability } from './reliability.ts';

/** All dashboards, in the order of a look-round. */
export const FRAMES: readonly Frame[] = [overview, cost, latency, reliability, governance];

/** The files that belong in dashboards/grafana, as they should be now. */
export const rendered = (): readonly { readonly file: string; readonly json: string }[] =>
  FRAMES.map((frame) => ({ file: `${frame.uid}.json`, json: `${compactJson(dashboard(frame))}\n` }));
