import type { Finding } from './finding.ts';
import { finding } from './finding.ts';

/** A secret that was put where it might leak, and what it is called on the screen. */
export interface Planted {
  readonly name: string;
  readonly secret: string;
}

const TAIL = 16;

/** The forms in which a secret might get out: as it is, its random tail alone, in base64, percent-encoded. */
const forms = ({ secret }: Planted): readonly string[] => [
  ...new Set([secret, secret.slice(-TAIL), Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2), encodeURIComponent(secret)]),
];

/** Searches every byte that is exported for planted secrets, as it comes. */
export class LeakSearch {
  readonly #planted: readonly (readonly [plant: Planted, forms: readonly string[]])[];
  readonly #found = new Set<string>();
  #bytes = 0;

  /** `planted` are the secrets to look for. */
  constructor(planted: readonly Planted[]) {
    this.#planted = planted.map((plant) => [plant, forms(plant)]);
  }

  /** Searches one body. */
  take(body: Buffer): void {
    this.#bytes += body.length;
    for (const [plant, variants] of this.#planted) if (variants.some((form) => body.includes(form))) this.#found.add(plant.name);
  }

  /** Says what was found so far. */
  result(): Finding {
    const kib = Math.round(this.#bytes / 1024).toLocaleString('en-US');
    return finding(
      'no planted secret is in the exported bytes',
      `${this.#planted.length} secrets searched for in ${kib} KiB of OTLP: the service's own keys, and one in a prompt`,
      [...this.#found].map((name) => `${name} left the process`),
    );
  }
}
