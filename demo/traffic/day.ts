import type { Request } from './desk.ts';
import type { Secrets } from './secrets.ts';

/** A request and when it comes, in milliseconds from the start of the traffic. */
export interface Step extends Request {
  readonly atMs: number;
}

const PLAIN = { feature: 'chat', route: 'chat', team: 'harbour' } as const;

/**
 * What happens at the harbour desk on a day that takes eight seconds. Each text ends with what the local provider is to do,
 * in its own words (`test/support/local-provider/README.md`); the service knows nothing of that.
 */
export const day = (secrets: Secrets): readonly Step[] => [
  { atMs: 0, ...PLAIN, user: 'ana', text: 'When does the ferry leave? [[local in=412 out=96 chunks=24 ttft=180]]' },
  { atMs: 150, ...PLAIN, user: 'bo', model: 'claude-sonnet-5', text: 'Is berth 7 free? [[local in=1480 cached=1024 out=182 chunks=30 ttft=240]]' },
  { atMs: 300, ...PLAIN, route: 'summarise', feature: 'summarise', user: 'cy', text: 'The log of Monday. [[local in=5200 write=4100 out=310 latency=420]]' },
  {
    atMs: 500,
    ...PLAIN,
    route: 'search',
    feature: 'search',
    user: 'ana',
    text: 'Tide tables for May [[local in=640 out=410 reasoning=220 ttft=260 chunks=20]]',
  },
  { atMs: 700, ...PLAIN, route: 'plan', feature: 'plan', user: 'dee', text: 'Who berths where tonight? [[local in=2210 out=1890 reasoning=1536 latency=900]]' },
  {
    atMs: 900,
    ...PLAIN,
    user: 'dee',
    model: 'gpt-5-mini',
    text: 'How long is the queue? [[local in=880 cached=640 out=702 reasoning=512 ttft=520 chunks=24]]',
  },
  { atMs: 1_000, ...support('ana', 'Where is my crate? [[local in=3120 out=420 tool=find_booking latency=160]]') },
  {
    atMs: 1_300,
    ...PLAIN,
    route: 'summarise',
    feature: 'summarise',
    user: 'cy',
    text: 'The log of Tuesday. [[local in=5260 cached=4100 out=290 latency=240]]',
  },
  // Busy hours: the SDK tries again, and one call stays one call.
  { atMs: 1_500, ...PLAIN, user: 'eli', text: 'And the next one? [[local status=429 times=1 retry-after-ms=250 in=430 out=88 chunks=22]]' },
  {
    atMs: 1_700,
    ...PLAIN,
    route: 'summarise',
    feature: 'summarise',
    user: 'cy',
    text: 'Wednesday. [[local status=529 times=2 retry-after-ms=180 should-retry=true in=5190 cached=4100 out=305]]',
  },
  // A user pastes a key and personal data into the prompt.
  {
    atMs: 2_000,
    ...PLAIN,
    user: 'guest-12',
    text: `Why does ${secrets.pasted} not work? Mail me: jo.doe@example.org [[local in=460 out=120 chunks=20 ttft=150]]`,
  },
  { atMs: 2_200, ...PLAIN, route: 'search', feature: 'search', user: 'bo', text: 'Customs forms [[local in=580 cached=256 out=260 chunks=18 ttft=210]]' },
  // A careless host repeats the credential in the text of its error.
  { atMs: 2_400, ...PLAIN, user: 'eli', text: 'Hello? [[local status=401 echo=1]]' },
  { atMs: 2_600, ...support('bo', 'The crane is stuck. [[local in=3340 out=510 tool=find_booking latency=140]]') },
  { atMs: 2_800, ...PLAIN, route: 'draw', feature: 'draw', user: 'dee', text: 'A lighthouse, flat colours [[local in=24 latency=700]]' },
  // A guest closes the tab in the middle of the answer.
  { atMs: 3_000, ...PLAIN, user: 'guest-7', text: 'Tell me all about knots [[local in=390 chunks=200 interval=30]]', leaveAfterMs: 900 },
  // An in-house model that no price table knows: its calls are unpriced, never free.
  { atMs: 3_200, ...PLAIN, user: 'ana', model: 'harbour-lm-7b', text: 'Wind at the outer pier? [[local in=300 out=60 chunks=15]]' },
  { atMs: 3_400, ...PLAIN, user: 'bo', text: 'Broken line [[local in=350 chunks=40 cut=6 batch=2]]' },
  { atMs: 3_600, ...PLAIN, user: 'cy', model: 'claude-sonnet-5', text: 'Overloaded inside a 200 [[local in=900 stream-error=0]]' },
  // Two trial users with a hard budget each; one of them asks too much.
  ...[0, 1, 2, 3].map((n): Step => ({ atMs: 3_800 + n * 450, ...trial('guest-31', `Question ${n + 1} [[local in=96 out=760 chunks=24 ttft=90]]`) })),
  { atMs: 4_000, ...trial('guest-32', 'Where do I park? [[local in=88 out=80 chunks=16]]') },
  {
    atMs: 4_300,
    ...PLAIN,
    route: 'plan',
    feature: 'plan',
    user: 'dee',
    text: 'Again, with the storm [[local status=500 times=1 retry-after-ms=120 in=2480 out=2050 reasoning=1664 latency=600]]',
  },
  { atMs: 4_500, ...support('cy', 'Invoice 4711 is wrong. [[local in=3610 out=560 tool=find_booking latency=150]]') },
  { atMs: 4_900, ...PLAIN, route: 'summarise', feature: 'summarise', user: 'cy', text: 'The whole week. [[local in=9800 cached=4100 out=820 latency=520]]' },
  { atMs: 5_200, ...PLAIN, user: 'ana', text: 'Too long a question [[local status=400]]' },
  { atMs: 5_400, ...PLAIN, route: 'search', feature: 'search', user: 'eli', text: 'Pilot boats [[local in=610 out=380 reasoning=128 chunks=20 ttft=190]]' },
  { atMs: 5_600, ...PLAIN, user: 'dee', model: 'gpt-5-mini', text: 'And tomorrow? [[local in=910 cached=640 out=810 reasoning=640 ttft=480 chunks=24]]' },
  { atMs: 5_900, ...support('eli', 'My card was charged twice. [[local in=3480 out=600 latency=170]]') },
  { atMs: 6_200, ...PLAIN, user: 'bo', model: 'claude-sonnet-5', text: 'Thank you! [[local in=1520 cached=1024 out=240 reasoning=96 chunks=26 ttft=230]]' },
];

function support(user: string, text: string): Request {
  return { ...PLAIN, route: 'support', feature: 'support', team: 'desk', user, text };
}

function trial(user: string, text: string): Request {
  return { ...PLAIN, team: 'trial', user, text };
}

/** The features that must show up in the telemetry of a day. */
export const featuresOf = (steps: readonly Step[]): readonly string[] => [...new Set(steps.map((step) => step.feature))];
