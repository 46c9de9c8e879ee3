import { expect, test } from 'vitest';
import ask from '../../../integration/processes/apps/ask.cjs';

test('the model answers', async () => expect(typeof (await ask())).toBe('string'));
