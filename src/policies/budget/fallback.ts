import type { LineState, ReserveAnswer } from '../../call/budget-store.ts';
import type { Call } from '../../call/call.ts';
import { isBounded, MODEL_IN_BODY } from '../../call/changeable.ts';
import type { PolicyMarks } from '../../call/policy.ts';
import type { BudgetAction } from './budget-config.ts';
import type { LinePlan, RequestShape } from './line-plan.ts';

/** A way in which a refused call may still go out, because its owner asked for that. */
export type Fallback =
  | { readonly kind: 'reshape'; readonly shape: RequestShape; readonly marks: PolicyMarks; readonly used: BudgetAction['kind'] }
  | { readonly kind: 'wait'; readonly maxWaitMs: number };

type Refused = Extract<ReserveAnswer, { kind: 'refused' }>;

interface Refusing {
  readonly plan: LinePlan;
  readonly state: LineState;
}

const refusing = (plans: readonly LinePlan[], answer: Refused): readonly Refusing[] =>
  answer.refused.flatMap((index) => {
    const plan = plans[index];
    const state = answer.lines[index];
    return plan === undefined || state === undefined ? [] : [{ plan, state }];
  });

/** Addresses that name the model: a deployment of Azure's, a publisher's model or an endpoint on Vertex AI, a model's own place at Hugging Face. */
const NAMES_MODEL = /\/deployments\/|\/model\/|\/models\/(?!chat\/|embeddings)|\/endpoints\/\d|:[A-Za-z]+$/;

/** What the AWS SDK has signed can be changed no more, and a prompt that was not read cannot either. */
const isClosed = ({ source, request }: Call): boolean => source.name === '@aws-sdk/client-bedrock-runtime' || (request.promptChars ?? 0) === 0;

/** Whether the model can be changed in the request before it is sent. */
const takesModel = (call: Call): boolean => {
  const { dialect, baseUrl = '', source } = call;
  if (isClosed(call)) return false;
  if (dialect === 'google.generate_content') return source.changesAddress === true && /\/models\/[^/:]+:\w+$/.test(baseUrl);
  // Of pictures and sounds some go as forms, which are not changed.
  if (dialect === 'openai.images' || dialect === 'openai.audio') return /\/(generations|speech)$/.test(baseUrl) && !NAMES_MODEL.test(baseUrl);
  return MODEL_IN_BODY.has(dialect) && !NAMES_MODEL.test(baseUrl);
};

/** Whether the bound of output can be changed in the request before it is sent. */
const takesBound = (call: Call): boolean => {
  const { dialect, baseUrl = '', request } = call;
  if (isClosed(call) || !isBounded(dialect) || baseUrl.endsWith('/compact')) return false;
  // The houses on Bedrock name it each in its own way: only one that is there can be lowered.
  return dialect !== 'bedrock.invoke_model' || request.maxTokens !== undefined;
};

const downgrade = (action: BudgetAction, call: Call, shape: RequestShape): Fallback | undefined => {
  if (action.kind !== 'downgrade' || shape.model === undefined || !takesModel(call)) return undefined;
  const model = action.models[shape.model];
  if (model === undefined || model === shape.model) return undefined;
  const marks = { 'purser.policy.downgraded': true, 'purser.policy.downgraded.from': shape.model, 'purser.policy.downgraded.to': model };
  return { kind: 'reshape', shape: { ...shape, model }, marks, used: 'downgrade' };
};

const roomFor = ({ plan, state }: Refusing): number => {
  const room = Math.floor((state.limit - state.committed - state.reserved) / plan.budget.config.attempts);
  if (plan.budget.config.unit === 'tokens') return room - plan.bound.input;
  if (plan.rates === undefined || plan.rates.output <= 0) return 0;
  return Math.floor((room * 1000 - plan.rates.input * plan.bound.input - 1000) / plan.rates.output);
};

const clamp = (refusals: readonly Refusing[], call: Call, shape: RequestShape): Fallback | undefined => {
  if (!takesBound(call) || refusals.some(({ plan }) => plan.bound.output === 0 || plan.budget.config.unit === 'requests')) return undefined;
  const room = Math.min(...refusals.map(roomFor));
  const maxTokens = Math.floor(room / Math.max(1, call.request.answerCount ?? call.request.choiceCount ?? 1));
  const least = Math.max(...refusals.map(({ plan }) => (plan.budget.config.action.kind === 'clamp' ? plan.budget.config.action.minTokens : 1)));
  if (maxTokens < least || (shape.maxTokens !== undefined && maxTokens >= shape.maxTokens)) return undefined;
  const marks = { 'purser.policy.clamped': true, 'purser.policy.clamped.max_tokens': maxTokens };
  return { kind: 'reshape', shape: { ...shape, maxTokens }, marks, used: 'clamp' };
};

/** Finds what the owner of the refusing budgets wants done instead of blocking; every one of them must want something. */
export const fallbackOf = (
  plans: readonly LinePlan[],
  answer: Refused,
  call: Call,
  shape: RequestShape,
  used: ReadonlySet<BudgetAction['kind']>,
): Fallback | undefined => {
  const refusals = refusing(plans, answer);
  const actions = refusals.map(({ plan }) => plan.budget.config.action);
  if (actions.some((action) => action.kind === 'block')) return undefined;
  if (!used.has('downgrade')) {
    for (const action of actions) {
      const found = downgrade(action, call, shape);
      if (found !== undefined) return found;
    }
  }
  if (!used.has('clamp') && actions.some((action) => action.kind === 'clamp')) {
    const found = clamp(refusals, call, shape);
    if (found !== undefined) return found;
  }
  const waits = actions.flatMap((action) => (action.kind === 'throttle' ? [action.maxWaitMs] : []));
  // Waiting is no use where the call alone is over the limit.
  const hopeless = refusals.some(({ plan, state }) => plan.line.amount > state.limit);
  return waits.length === 0 || hopeless ? undefined : { kind: 'wait', maxWaitMs: Math.min(...waits) };
};
