// Knows nothing of the SDK that was set beside it: its own api is that of the repository. The span around its calls is made as an instrumentation
// of that SDK would make it.
const { createRequire } = require('node:module');

const beside = createRequire(require.resolve('../sdk2/otel.cjs'));
require('../calls.cjs')({ api: beside('@opentelemetry/api'), OpenAI: require('openai'), Anthropic: require('@anthropic-ai/sdk') });
