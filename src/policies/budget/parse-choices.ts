import type { BudgetAction, BudgetField, BudgetMatch, BudgetReserve } from './budget-config.ts';
import { type BudgetProblem, isRecord, parseDuration, type RawRecord, readNumber, readRecord, readWord } from './problem.ts';

const FIELDS = ['provider', 'model', 'service', 'environment', 'user', 'team', 'tenant', 'feature'] as const;

const words = (raw: unknown): readonly string[] | undefined => {
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const texts = list.filter((item): item is string => typeof item === 'string' && item !== '');
  return texts.length === list.length && texts.length > 0 ? texts : undefined;
};

const readTags = (match: RawRecord, problems: BudgetProblem[]): Record<string, readonly string[]> | undefined => {
  const raw = match.get('tag') ?? match.get('tags');
  if (raw === undefined) return undefined;
  if (!isRecord(raw)) return match.bad('tag', 'a record of tag names and values');
  const tags: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(raw)) {
    const values = words(value);
    if (values === undefined) readRecord(raw, `${match.path}.tag`, problems).bad(name, 'a text or a list of texts');
    else tags[name] = values;
  }
  return tags;
};

/** Reads which calls a budget counts. Notes what is wrong with it. */
export const parseMatch = (budget: RawRecord, problems: BudgetProblem[]): BudgetMatch | undefined => {
  const raw = budget.get('match') ?? {};
  if (!isRecord(raw)) return budget.bad('match', 'a record of labels and values');
  const record = readRecord(raw, `${budget.path}.match`, problems);
  const match: Partial<Record<(typeof FIELDS)[number], readonly string[]>> = {};
  for (const name of FIELDS) {
    const value = record.get(name);
    if (value === undefined) continue;
    const values = words(value);
    if (values === undefined) record.bad(name, 'a text or a list of texts');
    else match[name] = values;
  }
  const tag = readTags(record, problems);
  record.unknownKeys();
  return tag === undefined ? match : { ...match, tag };
};

const isField = (name: string): name is BudgetField => FIELDS.some((field) => field === name) || /^tag:.+/.test(name);

/** Reads what a budget is split by. Notes what is wrong with it. */
export const parsePer = (budget: RawRecord): readonly BudgetField[] | undefined => {
  const raw = budget.get('per');
  if (raw === undefined) return [];
  const names = words(raw);
  const fields = names?.filter(isField);
  if (names === undefined || fields?.length !== names.length) return budget.bad('per', `one or more of ${FIELDS.join(', ')}, tag:<name>`);
  return fields;
};

const readModels = (record: RawRecord): Readonly<Record<string, string>> | undefined => {
  const raw = record.get('models');
  const good = isRecord(raw) && Object.keys(raw).length > 0 && Object.values(raw).every((to) => typeof to === 'string' && to !== '');
  return good ? Object.fromEntries(Object.entries(raw).map(([from, to]) => [from, String(to)])) : record.bad('models', 'a record of model names: from and to');
};

const readAction = (record: RawRecord, budget: RawRecord): BudgetAction | undefined => {
  switch (record.get('kind')) {
    case 'block':
      return { kind: 'block' };
    case 'throttle': {
      const maxWaitMs = parseDuration(record.get('maxWait') ?? record.get('maxWaitMs') ?? 10_000);
      return maxWaitMs === undefined ? record.bad('maxWait', 'a length of time such as 10s') : { kind: 'throttle', maxWaitMs };
    }
    case 'downgrade': {
      const models = readModels(record);
      return models && { kind: 'downgrade', models };
    }
    case 'clamp':
      return { kind: 'clamp', minTokens: Math.floor(readNumber(record, 'minTokens', 1, 1_000_000, 256)) };
    default:
      return budget.bad('action', 'block, throttle, clamp, or a record with kind: block | throttle | downgrade | clamp');
  }
};

/** Reads what happens to a call for which there is no room. Notes what is wrong with it. */
export const parseAction = (budget: RawRecord, problems: BudgetProblem[]): BudgetAction | undefined => {
  const raw = budget.get('action') ?? 'block';
  const record = readRecord(isRecord(raw) ? raw : { kind: raw }, `${budget.path}.action`, problems);
  const action = readAction(record, budget);
  if (action !== undefined) record.unknownKeys();
  return action;
};

const readReserve = (record: RawRecord, budget: RawRecord): BudgetReserve | undefined => {
  switch (record.get('kind')) {
    case 'worst_case':
      return { kind: 'worst_case' };
    case 'quantile': {
      const nonStreaming = readWord(record, 'nonStreaming', ['worst_case', 'quantile'] as const, 'worst_case') ?? 'worst_case';
      return { kind: 'quantile', quantile: readNumber(record, 'quantile', 0.5, 0.9999, 0.99), nonStreaming };
    }
    case 'metered':
      return { kind: 'metered', stepTokens: Math.floor(readNumber(record, 'stepTokens', 100, 1_000_000, 2000)) };
    default:
      return budget.bad('reserve', 'worst_case | quantile | quantile(0.99) | metered');
  }
};

/** Reads how much is reserved: `worst_case`, `quantile`, `quantile(0.99)`, `metered`, or a record. Notes what is wrong with it. */
export const parseReserve = (budget: RawRecord, problems: BudgetProblem[]): BudgetReserve | undefined => {
  const raw = budget.get('reserve') ?? 'quantile';
  const inText = typeof raw === 'string' ? /^quantile\((0\.\d+)\)$/.exec(raw) : null;
  const plain = inText === null ? { kind: raw } : { kind: 'quantile', quantile: Number(inText[1]) };
  const record = readRecord(isRecord(raw) ? raw : plain, `${budget.path}.reserve`, problems);
  const reserve = readReserve(record, budget);
  if (reserve !== undefined) record.unknownKeys();
  return reserve;
};
