import type { Labels } from '../call/labels.ts';

const textsOf = (values: unknown): Readonly<Record<string, string>> => {
  const texts: Record<string, string> = {};
  if (typeof values !== 'object' || values === null) return texts;
  for (const [name, value] of Object.entries(values)) if (typeof value === 'string' || typeof value === 'number') texts[name] = String(value);
  return texts;
};

/** Gives labels as code states them, which may be JavaScript: texts and numbers count, all else says nothing. */
export const statedLabels = (labels: Labels | null | undefined): Labels => {
  const stated: Labels = textsOf(labels);
  return labels?.tags === undefined || labels.tags === null ? stated : { ...stated, tags: textsOf(labels.tags) };
};
