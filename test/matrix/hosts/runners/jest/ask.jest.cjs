const ask = require('../../../../integration/processes/apps/ask.cjs');

test('the model answers', async () => expect(typeof (await ask())).toBe('string'));
