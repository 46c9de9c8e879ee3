import type { Exchange, Handler } from './exchange.ts';
import { answerWords, idOf, servedModel, sse, stringOf, TOOL_ARGUMENTS } from './exchange.ts';
import { googleStreamError } from './failure.ts';
import type { Json } from './template.ts';
import { jsonArray, loadTemplates } from './template.ts';

const template = loadTemplates('google');

interface Step {
  readonly whole: Json;
  readonly opened: Json;
  readonly deltas: readonly Json[];
}

const steps = (exchange: Exchange): readonly Step[] => {
  const list: Step[] = [];
  const { script } = exchange;
  if (exchange.tokens.reasoning > 0) {
    list.push({ whole: template('step_thought'), opened: { json: '{"type":"thought"}' }, deltas: [template('delta_thought')] });
  }
  if (script.tool !== undefined) {
    const step = template('step_tool', {
      callId: idOf('fc_', exchange.number),
      tool: script.tool,
      args: { json: JSON.stringify(TOOL_ARGUMENTS) },
    });
    list.push({ whole: step, opened: step, deltas: [] });
    return list;
  }
  const words = answerWords(script);
  list.push({
    whole: template('step_text', { text: words.join('') }),
    opened: { json: '{"type":"model_output"}' },
    deltas: words.map((text) => template('delta_text', { text })),
  });
  return list;
};

/** Answers interactions, whole and as a stream. */
export const interactions: Handler = (exchange) => {
  const { tokens: t, script } = exchange;
  const requested = stringOf(exchange.body, 'model') ?? stringOf(exchange.body, 'agent');
  const id = idOf('v1_', exchange.number);
  const model = servedModel(exchange, requested, '');
  const billing = { api: 'interactions', requestModel: requested, model, responseId: id, tokens: t };
  const status = script.finish ?? (script.tool === undefined ? 'completed' : 'requires_action');
  const usage = template('interaction_usage', {
    total: t.input + t.output,
    input: t.input,
    cached: t.cached,
    visible: t.output - t.reasoning,
    reasoning: t.reasoning,
  });
  const list = steps(exchange);
  if (exchange.body['stream'] !== true) {
    const body = template('interaction', { id, model, status, steps: jsonArray(list.map((s) => s.whole)), usage });
    return { kind: 'whole', status: 200, body: body.json, billing };
  }
  const events: string[] = [];
  const push = (type: string, json: Json): void => void events.push(sse(json.json, type));
  const short = template('interaction_short', { id, status: 'in_progress', model });
  push('interaction.created', template('event_interaction', { interaction: short, type: 'interaction.created' }));
  push('interaction.status_update', template('event_status', { id }));
  for (const [index, step] of list.entries()) {
    push('step.start', template('event_step_start', { index, step: step.opened }));
    for (const delta of step.deltas) push('step.delta', template('event_step_delta', { index, delta }));
    push('step.stop', template('event_step_stop', { index }));
  }
  const end = template('interaction_end', { id, status, usage, model });
  push('interaction.completed', template('event_interaction', { interaction: end, type: 'interaction.completed' }));
  events.push('event: done\ndata: [DONE]\n\n');
  return { kind: 'events', contentType: 'text/event-stream', events, errorEvent: `event: error\ndata: ${googleStreamError()}\n\n`, billing };
};
