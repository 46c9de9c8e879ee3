import { CLOUD_KEYS } from './cloud-keys.ts';
import { DEVELOPER_KEYS } from './developer-keys.ts';
import { LLM_KEYS } from './llm-keys.ts';
import { SERVICE_KEYS } from './service-keys.ts';
import type { TypedFormat } from './typed-format.ts';

/** Every key format that is known by its first letters. */
export const TYPED_FORMATS: readonly TypedFormat[] = [...LLM_KEYS, ...CLOUD_KEYS, ...DEVELOPER_KEYS, ...SERVICE_KEYS];
