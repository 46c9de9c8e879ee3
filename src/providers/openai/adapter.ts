import type { CallOpener } from '../../call/adapter.ts';
import { providerByClass, type StainlessClient } from '../shared/stainless/client.ts';
import { patchStainless } from '../shared/stainless/patch.ts';
import { patchRunTools } from '../shared/tool-runner.ts';

/**
 * The clients of other hosts are subclasses; the class says who answers, also behind a proxy.
 * @source openai 7.55, `azure.ts` and `bedrock.ts`
 */
const CLASS_PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['AzureOpenAI', 'azure.ai.openai'],
  ['BedrockOpenAI', 'aws.bedrock'],
]);

const providerOf = (client: StainlessClient): string | undefined => providerByClass(client, CLASS_PROVIDERS);

/** Instruments the client class of the `openai` package. */
export const patchOpenAI = (opener: CallOpener, bindings: Readonly<Record<string, unknown>>, version: string | undefined): boolean =>
  patchStainless(opener, bindings['OpenAI'], { name: 'openai', version, defaultBaseUrl: 'https://api.openai.com/v1', providerOf });

/** Instruments the tools that `chat.completions.runTools` executes. */
export const patchOpenAITools = (opener: CallOpener, bindings: Readonly<Record<string, unknown>>): boolean => patchRunTools(opener, bindings['Completions']);
