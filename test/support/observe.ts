import type { Policy } from '../../src/call/policy.ts';
import { installHooks } from '../../src/hooks/install.ts';
import { adapt } from '../../src/providers/index.ts';
import { createOpener, type Opener } from '../../src/runtime/opener.ts';
import { rememberingStations, type Remembered } from './remembering-stations.ts';

/** What a test sees of the calls made in its own process. */
export interface Watching extends Remembered {
  readonly opener: Opener;
}

/** Installs the real hooks and adapters in this process, with stations that only remember. Import provider SDKs after this. */
export const watchCalls = (
  options: { readonly policies?: readonly Policy[]; readonly askUsageHosts?: readonly string[]; readonly captureContent?: boolean } = {},
): Watching => {
  const { stations, remembered } = rememberingStations({ ...options, readsStored: true });
  const opener = createOpener(stations, { hostRules: [], askUsageHosts: options.askUsageHosts ?? [], enabled: () => true });
  const adapters = { openai: true, anthropic: true, googleGenai: true, googleGenerativeai: true, anthropicTracingAsked: false };
  installHooks((target, bindings, url) => adapt(opener, adapters, target, bindings, url));
  return { ...remembered, opener };
};
