import type { PerCallFees, Usage } from '../../../call/usage.ts';
import { addBuckets } from '../../../call/usage.ts';
import type { ReadOptions } from '../dialect.ts';
import type { Json } from '../json.ts';
import { list, num, obj, objects, str } from '../json.ts';
import { ResponseReaderBase } from '../response-reader.ts';
import { openaiImagesUsage } from '../usage/openai-images.ts';
import { openaiResponsesUsage } from '../usage/openai-responses.ts';
import { feesOf } from '../usage/tally.ts';
import { isSet, textLength } from '../wants.ts';
import { ResponsesOutput } from './openai-responses-output.ts';

const DONE = '[DONE]';
/** How nearly every event of a stream begins. */
const TEXT_DELTA = '{"type":"response.output_text.delta"';
const TERMINAL: ReadonlySet<unknown> = new Set(['completed', 'incomplete', 'failed', 'cancelled']);
/** Items in which the model asks its caller to run a tool, unless they say otherwise; others are run by the provider or are no tools. */
const CALLER_TOOLS: ReadonlySet<unknown> = new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
]);

// What is needed of an item, without its text.
const briefItem = (item: Json): Json => ({
  type: item['type'],
  call_id: item['call_id'],
  id: item['id'],
  name: item['name'],
  action: { type: obj(item['action'])?.['type'] },
  container_id: item['container_id'] ?? obj(item['environment'])?.['container_id'],
  execution: item['execution'],
});

/**
 * Whether an item asks the caller: a shell in a container of OpenAI's does not, a search for tools may.
 * @source openai 7.57 `ResponseFunctionShellToolCall.environment`, `ResponseToolSearchCall.execution`
 */
const asksCaller = ({ type, container_id: container, execution }: Json): boolean => {
  if (type === 'tool_search_call') return execution === 'client';
  return CALLER_TOOLS.has(type) && (type !== 'shell_call' || container === undefined);
};

const isSearch = (item: Json): boolean => {
  const action = obj(item['action'])?.['type'];
  return item['type'] === 'web_search_call' && (action === undefined || action === 'search');
};

const toolFees = (response: Json, items: readonly Json[]): PerCallFees | undefined => {
  const counted = num(obj(obj(response['tool_usage'])?.['web_search'])?.['num_requests']);
  const runs = items.filter(({ type, container_id: id }) => type === 'code_interpreter_call' || (type === 'shell_call' && id !== undefined));
  const containers = new Set(runs.map((item) => item['container_id']));
  return feesOf({
    webSearch: counted ?? items.filter(isSearch).length,
    codeExecution: containers.size,
    fileSearch: items.filter((item) => item['type'] === 'file_search_call').length,
  });
};

const imageModel = (response: Json): string | undefined =>
  str(
    list(response['tools'])
      .map(obj)
      .find((tool) => tool?.['type'] === 'image_generation')?.['model'],
  );

// The image tool runs on a model of its own, and its tokens stand beside the usage and not inside.
const withImages = (usage: Usage, response: Json): Usage => {
  const made = obj(obj(response['tool_usage'])?.['image_gen']);
  if (made === undefined || !num(made['total_tokens'])) return usage;
  const images = openaiImagesUsage(made, 0);
  return {
    ...usage,
    buckets: addBuckets(usage.buckets, images.buckets),
    flags: [...usage.flags, 'iterations_summed'],
    passes: [
      { model: undefined, buckets: usage.buckets },
      { model: imageModel(response), buckets: images.buckets },
    ],
  };
};

/** Reads responses in the OpenAI Responses format, whole, streamed, fetched again and compacted. */
export class OpenaiResponsesResponse extends ResponseReaderBase {
  private counted: Usage | undefined = undefined;
  private incompleteReason: string | undefined = undefined;
  /** The items of a running stream that are known so far; a final list replaces them. */
  private items: Json[] = [];
  private readonly output: ResponsesOutput | undefined;

  constructor(provider: string, options: ReadOptions) {
    super(provider, options);
    this.output = options.captureContent ? new ResponsesOutput() : undefined;
  }

  override wants(data: string): boolean {
    if (data === DONE) return false;
    if (this.captures) return true;
    const plain = data.slice(0, TEXT_DELTA.length) === TEXT_DELTA;
    if (!plain && (isSet(data, 'response"') || isSet(data, 'item"') || data.includes('rror"'))) return true;
    this.outputChars += textLength(data, 'delta"', plain ? TEXT_DELTA.length : 0);
    return false;
  }

  protected override readBody(json: unknown): void {
    const body = obj(json);
    if (body === undefined) return;
    this.readResponse(body);
    this.ended = true;
  }

  protected override readEvent(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    const event = json as Json;
    const delta = event['delta'];
    if (typeof delta === 'string') {
      if (event['type'] !== 'response.audio.delta') this.outputChars += delta.length;
      this.output?.delta(event);
      return;
    }
    const response = obj(event['response']);
    if (response !== undefined) this.readResponse(response);
    else if (event['item'] !== undefined) this.readItemEvent(event);
    else if (event['type'] === 'error' || event['error'] !== undefined) this.readError(event);
  }

  protected override usage(): Usage | undefined {
    return this.counted;
  }

  protected override outputMessages(): unknown {
    return this.output?.messages();
  }

  private readItemEvent(event: Json): void {
    const item = obj(event['item']);
    if (item === undefined) return;
    this.output?.item(event['output_index'], item);
    if (event['type'] !== 'response.output_item.done') return;
    this.items.push(briefItem(item));
    this.readItems();
  }

  private readResponse(response: Json): void {
    this.id = str(response['id']) ?? this.id;
    this.model = str(response['model']) ?? this.model;
    this.status = str(response['status']) ?? this.status;
    this.serviceTier = str(response['service_tier']) ?? this.serviceTier;
    this.conversationId ??= str(obj(response['conversation'])?.['id']);
    this.incompleteReason = str(obj(response['incomplete_details'])?.['reason']) ?? this.incompleteReason;
    if (response['error'] !== undefined && response['error'] !== null) this.readError(response);
    if (response['object'] === 'response.compaction') this.compacted = true;
    this.readOutput(response);
    this.readUsage(response);
    this.readEnd();
  }

  // Some hosts leave the output out of the last event; then the items that were streamed stand.
  private readOutput(response: Json): void {
    const output = objects(response['output']);
    if (output.length === 0) return;
    this.output?.whole(output);
    this.items = output.map(briefItem);
    this.readItems();
  }

  private readItems(): void {
    this.toolCalls.length = 0;
    for (const item of this.items) {
      if (item['type'] === 'compaction') this.compacted = true;
      if (asksCaller(item)) this.toolCalls.push({ id: str(item['call_id']) ?? str(item['id']), name: str(item['name']) ?? str(item['type']) ?? '' });
    }
  }

  private readUsage(response: Json): void {
    const usage = obj(response['usage']);
    if (usage === undefined) return;
    const read = openaiResponsesUsage(usage, this.provider, toolFees(response, this.items));
    this.counted = withImages(read, response);
  }

  private readEnd(): void {
    if (!TERMINAL.has(this.status)) return;
    this.ended = true;
    const asks = this.status === 'completed' && this.toolCalls.length > 0;
    this.finish(0, asks ? 'tool_calls' : ((this.status === 'incomplete' ? this.incompleteReason : undefined) ?? this.status));
  }
}
