import type { Config } from '../config/config.ts';
import type { IsNamed } from '../pricing/pricer.ts';
import { providerOf, type HostRule } from '../providers/shared/hosts.ts';

/** Gives the rules of `providers.hosts`; what follows the first slash of a host is the beginning of a path. */
export const hostRulesOf = ({ providers }: Config): readonly HostRule[] =>
  Object.entries(providers.hosts).map(([host, provider]) => {
    const slash = host.indexOf('/');
    return slash < 0 ? { host, provider } : { host: host.slice(0, slash), pathPrefix: host.slice(slash), provider };
  });

/** Gives a function that tells whether one of the rules says that a provider answers at an address. */
export const namedBy =
  (rules: readonly HostRule[]): IsNamed =>
  (provider, baseUrl) => {
    const url = URL.parse(baseUrl);
    return url !== null && rules.some((rule) => rule.provider === provider && providerOf(url, 'openai.other', [rule]) === provider);
  };
