// Attributes in which this and other libraries carry what was said to a model and what it answered.
const CONTENT_KEY =
  /^(?:gen_ai\.(?:input\.messages|output\.messages|system_instructions|prompt|completion|content|tool\.call\.(?:arguments|result)|tool\.definitions|request\.(?:messages|prompt)|response\.(?:content|text|output)|evaluation\.explanation)|llm\.(?:prompts?|completions?|input_messages|output_messages|input|output)|traceloop\.entity\.(?:input|output)|(?:input|output)\.value|ai\.(?:prompt|response\.(?:text|object|toolCalls|reasoning)|toolCall\.(?:args|result)|value)|langfuse\.(?:observation|trace)\.(?:input|output)|openinference\.(?:input|output)|purser\.content)(?:$|[._])/;
// Events by which older conventions carry messages.
const CONTENT_EVENT = /^gen_ai\.(?:(?:system|user|assistant|tool)\.message|choice|content\.(?:prompt|completion)|client\.inference\.operation\.details)$/;

/** Tells whether an attribute of this name carries message content. */
export const isContentKey = (key: string): boolean => CONTENT_KEY.test(key);

/** Tells whether the attributes and the body of an event of this name carry message content. */
export const isContentEvent = (name: string): boolean => CONTENT_EVENT.test(name);
