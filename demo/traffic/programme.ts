import type { Books } from '../books/books.ts';
import type { Finding } from '../books/finding.ts';

/** What is played to the service, and how the provider's side of it is held against the telemetry. */
export interface Programme {
  /** One line for the top of the screen. */
  readonly title: string;
  /** Plays until the end, or until `stop`. */
  play(serviceUrl: string, providerUrl: string, stop: AbortSignal): Promise<void>;
  /** Asks the provider for its account and compares. */
  reconcile(providerUrl: string, books: Books): Promise<readonly Finding[]>;
}
