import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BillSummary } from '../../../support/local-provider/bill.ts';
import { startHttp2Front } from '../../../support/local-provider/http2-front.ts';
import { startLocalProvider } from '../../../support/local-provider/start.ts';
import { startTlsFront } from '../../../support/local-provider/tls-front.ts';
import { selfSigned } from '../../../support/self-signed.ts';

/** One provider, to be reached over every protocol that the calls of a plan are made by. */
export interface ReachableProvider {
  /** What tells an app where it is, and whom it trusts. */
  readonly env: Readonly<Record<string, string>>;
  bill(): BillSummary;
  close(): Promise<void>;
}

/** Starts a provider over HTTP/1.1, HTTP/2 and TLS; its certificate is put into `folder`. */
export const startProvider = async (folder: string): Promise<ReachableProvider> => {
  const provider = await startLocalProvider();
  const http2 = await startHttp2Front(provider.url);
  const signed = selfSigned();
  const tls = await startTlsFront(signed, provider.url, http2.url);
  const trusted = join(folder, 'provider.pem');
  writeFileSync(trusted, signed.cert);
  return {
    env: { BASE: provider.url, BASE_HTTP2: http2.url, BASE_SECURE: tls.url, NODE_EXTRA_CA_CERTS: trusted },
    bill: () => provider.bill(),
    close: () => {
      tls.close();
      http2.close();
      return provider.close();
    },
  };
};
