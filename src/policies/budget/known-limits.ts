import { Lru } from '../../base/lru.ts';
import type { ModelLimits, ModelLimitsOf } from './model-limits.ts';

/**
 * The most output tokens of a model, by the beginning of its name; the longest beginning that fits holds, so that a model that is newer
 * than the list is taken for its family. Where sources differ the larger number stands.
 * @source https://github.com/anomalyco/models.dev (MIT), `limit.output` of openai, anthropic, google and amazon-bedrock, at f3fc692 of 2026-07-02
 */
const MOST_OUTPUT: Readonly<Record<string, number>> = {
  'gpt-3.5': 4096,
  'gpt-4': 8192,
  'gpt-4-turbo': 4096,
  'gpt-4-1106': 4096,
  'gpt-4-0125': 4096,
  'gpt-4.1': 32_768,
  'gpt-4.5': 16_384,
  'gpt-4o': 16_384,
  'gpt-4o-2024-05-13': 4096,
  'chatgpt-4o': 16_384,
  'gpt-5': 128_000,
  'gpt-5-pro': 272_000,
  'gpt-5.1-chat': 16_384,
  'gpt-5.2-chat': 16_384,
  'gpt-5.3-chat': 16_384,
  'gpt-5.3-codex-spark': 32_000,
  'gpt-oss': 131_072,
  o1: 100_000,
  'o1-preview': 32_768,
  'o1-mini': 65_536,
  o3: 100_000,
  'o4-mini': 100_000,
  'claude-3': 4096,
  'claude-3-5': 8192,
  'claude-3-7': 128_000,
  'claude-opus-4': 32_000,
  'claude-opus-4-5': 64_000,
  'claude-opus-4-6': 128_000,
  'claude-opus-4-7': 128_000,
  'claude-opus-4-8': 128_000,
  'claude-opus-5': 128_000,
  'claude-sonnet-4': 64_000,
  'claude-sonnet-5': 128_000,
  'claude-haiku-4': 64_000,
  'claude-fable-5': 128_000,
  gemini: 65_536,
  'gemini-1': 8192,
  'gemini-2.0': 8192,
  'gemini-2.5-flash-image': 32_768,
  'amazon.nova': 10_000,
  'amazon.nova-2': 65_535,
};

const KEPT = 500;

// `us.anthropic.claude-…`, `models/gemini-…`, `openai/gpt-…` and `ft:gpt-…` are named by what stands behind a place, a vendor or a prefix.
const beginnings = (model: string): readonly string[] => {
  const found = [model];
  for (let at = 0; at < model.length - 1; at += 1) if ('./:'.includes(model.charAt(at))) found.push(model.slice(at + 1));
  return found;
};

const look = (model: string): ModelLimits | undefined => {
  for (const name of beginnings(model)) {
    let best = '';
    for (const start of Object.keys(MOST_OUTPUT)) if (start.length > best.length && name.startsWith(start)) best = start;
    const maxOutputTokens = MOST_OUTPUT[best];
    if (maxOutputTokens !== undefined) return { maxOutputTokens };
  }
  return undefined;
};

/** Gives a function that knows the output bounds of common models, whoever hosts them. */
export const createKnownLimits = (): ModelLimitsOf => {
  const seen = new Lru<string, { readonly limits: ModelLimits | undefined }>(KEPT);
  return (_, model) => {
    let known = seen.get(model);
    if (known === undefined) {
      known = { limits: look(model.toLowerCase()) };
      seen.set(model, known);
    }
    return known.limits;
  };
};
