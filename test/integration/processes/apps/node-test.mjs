import assert from 'node:assert';
import { test } from 'node:test';
import ask from './ask.cjs';

void test('the model answers', async () => assert.equal(typeof (await ask()), 'string'));
