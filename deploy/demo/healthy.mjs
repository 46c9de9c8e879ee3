// What the container's health check runs: the demo writes the addresses of its programs beside its temporary files.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { service } = JSON.parse(readFileSync(join(tmpdir(), 'purser-demo.json'), 'utf8'));
// The service knows no such route: that it says so is enough.
const { status } = await fetch(service);
process.exitCode = status === 404 ? 0 : 1;
