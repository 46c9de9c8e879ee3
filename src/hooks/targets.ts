/** A file of a provider SDK that is asked to hand over some of its bindings. */
export interface Target {
  /** The adapter that takes them, such as `openai`. */
  readonly id: string;
  readonly package: string;
  /** The file inside the package, in its CommonJS and its ES module form. */
  readonly file: RegExp;
  readonly bindings: readonly string[];
  readonly reassign: readonly string[];
}

/**
 * Where each SDK has its choke point.
 * @source code of openai 5.0 to 7.55, @anthropic-ai/sdk 0.60 to 1.11, @google/genai 1.0 to 3.1, @google/generative-ai 0.24.1
 */
export const TARGETS: readonly Target[] = [
  { id: 'openai', package: 'openai', file: /^client\.m?js$/, bindings: ['OpenAI'], reassign: [] },
  { id: 'openai.tools', package: 'openai', file: /^resources\/(?:beta\/)?chat\/completions(?:\/completions)?\.m?js$/, bindings: ['Completions'], reassign: [] },
  { id: 'anthropic', package: '@anthropic-ai/sdk', file: /^client\.m?js$/, bindings: ['BaseAnthropic', 'Anthropic'], reassign: [] },
  {
    id: 'anthropic.tools',
    package: '@anthropic-ai/sdk',
    file: /^lib\/tools\/BetaRunnableTool\.m?js$/,
    bindings: ['runRunnableTool', 'exports'],
    reassign: ['runRunnableTool'],
  },
  {
    id: 'anthropic.tools',
    package: '@anthropic-ai/sdk',
    file: /^lib\/tools\/BetaToolRunner\.m?js$/,
    bindings: ['generateToolResponse'],
    reassign: ['generateToolResponse'],
  },
  {
    id: 'google-genai',
    package: '@google/genai',
    file: /^dist\/(?:node\/)?index\.(?:mjs|cjs|js)$/,
    bindings: ['ApiClient', 'ApiError', 'APIError', 'BaseGeminiNextGenAPIClient', 'ClientSDK', 'HTTPClient', 'GoogleGenAI', 'Models'],
    reassign: [],
  },
  {
    id: 'google-generativeai',
    package: '@google/generative-ai',
    file: /^dist\/index\.(?:mjs|js)$/,
    bindings: ['makeModelRequest', 'processStream', 'GoogleGenerativeAIFetchError', 'GoogleGenerativeAI'],
    reassign: ['makeModelRequest', 'processStream'],
  },
  // No SDK, but the one package that brings a fetch of its own; the tap on the wire takes it.
  { id: 'undici', package: 'undici', file: /^index\.js$/, bindings: ['module'], reassign: [] },
];

/** Finds the target that a module's URL or path names, or `undefined`; costs one search of a string for any other module. */
export const targetOf = (url: string): Target | undefined => {
  const at = url.lastIndexOf('/node_modules/');
  if (at < 0) return undefined;
  const inside = url.slice(at + 14);
  const target = TARGETS.find((candidate) => inside.startsWith(`${candidate.package}/`) && candidate.file.test(inside.slice(candidate.package.length + 1)));
  return target;
};
