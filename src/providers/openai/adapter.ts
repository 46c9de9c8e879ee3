import type { CallOpener } from '../../call/adapter.ts';
import type { StainlessClient } from '../shared/stainless/client.ts';
import { patchStainless } from '../shared/stainless/patch.ts';
import { patchRunTools } from '../shared/tool-runner.ts';

/** The clients of other hosts are subclasses; the class says who answers, also behind a proxy. */
const providerOf = (client: StainlessClient): string | undefined => (client.constructor.name === 'AzureOpenAI' ? 'azure.ai.openai' : undefined);

/** Instruments the client class of the `openai` package. */
export const patchOpenAI = (opener: CallOpener, bindings: Readonly<Record<string, unknown>>, version: string | undefined): boolean =>
  patchStainless(opener, bindings['OpenAI'], { name: 'openai', version, defaultBaseUrl: 'https://api.openai.com/v1', providerOf });

/** Instruments the tools that `chat.completions.runTools` executes. */
export const patchOpenAITools = (opener: CallOpener, bindings: Readonly<Record<string, unknown>>): boolean => patchRunTools(opener, bindings['Completions']);
