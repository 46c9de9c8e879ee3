import { digitChains } from './digit-chains.ts';
import { emails } from './email.ts';
import type { HitList } from './hits.ts';
import { ibans } from './iban.ts';
import { kubernetesSecret } from './kubernetes-secret.ts';
import { passwordValues } from './password-values.ts';
import { pemKeys } from './pem.ts';
import { querySecrets } from './query-secrets.ts';
import { scanRuns } from './run-scan.ts';
import { withSubject } from './subject.ts';
import { uriCredentials } from './uri-credentials.ts';

/** Finds everything in `text` that must not leave. */
export const scan = (text: string, list: HitList): void =>
  withSubject(text, (subject) => {
    scanRuns(subject, list);
    uriCredentials(subject, list);
    querySecrets(subject, list);
    pemKeys(subject, list);
    passwordValues(subject, list);
    kubernetesSecret(subject, list);
    emails(subject, list);
    digitChains(subject, list);
    ibans(subject, list);
  });
