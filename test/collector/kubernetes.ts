import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { goSource } from '../../collector/build.ts';
import type { Part } from './variants.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The types of Kubernetes 1.35, strictly. */
const REQUIRES = ['k8s.io/api/apps/v1@v0.35.4', 'k8s.io/api/core/v1@v0.35.4', 'sigs.k8s.io/yaml@v1.6.0'] as const;

/** Every manifest has only fields that Kubernetes' own types have, with values of their kinds. */
export const askKubernetes = async (say: (text: string) => void): Promise<Part> => {
  say(`kubernetes: the types of 1.35`);
  const program = await goSource(here('kubernetes/decode.go'), REQUIRES, 'kubernetes-decode');
  const folder = here('../../deploy/kubernetes/');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const { status, stdout } = spawnSync(
    program,
    files.map((name) => folder + name),
    { encoding: 'utf8' },
  );
  const against = status === 0 ? [] : stdout.trim().split('\n');
  return { figures: { manifests: files.length, manifestFaults: against.length }, bars: { manifestFaults: 0 }, against };
};
