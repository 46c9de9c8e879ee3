import type { HitList } from './hits.ts';
import type { Subject } from './subject.ts';

// A number with a country code, or of North America with its usual joints.
const PHONE = /(?:\+|\b00)[1-9]\d{0,2}(?:[ .\-/]?\(?\d{1,4}\)?){2,6}(?!\d)|(?:\(\d{3}\) ?|\b\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)/g;
const MIN_DIGITS = 8;
const MAX_DIGITS = 15;
const IPV4 = /(?:\d{1,3}\.){3}\d{1,3}/g;
const IPV6 = /(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}/g;

/** Finds phone numbers, as well as their form alone allows. Off by default. */
export const phoneNumbers = ({ text }: Subject, list: HitList): void => {
  PHONE.lastIndex = 0;
  for (let match = PHONE.exec(text); match !== null; match = PHONE.exec(text)) {
    list.tick();
    const digits = match[0].replace(/\D/g, '').length;
    if (digits >= MIN_DIGITS && digits <= MAX_DIGITS && !/[\w.]/.test(text.charAt(match.index - 1)))
      list.add('phone', match.index, match.index + match[0].trimEnd().length, 'a phone number');
  }
};

const isIpv4 = (address: string): boolean => address.split('.').every((part) => Number(part) < 256);
const isIpv6 = (address: string): boolean => {
  const groups = address.split(':');
  return groups.length === 8 ? !groups.includes('') : address.includes('::') && groups.length > 3 && /[0-9A-Fa-f]{2}/.test(address);
};

/** Finds addresses of the Internet Protocol. Off by default. */
export const ipAddresses = ({ text }: Subject, list: HitList): void => {
  for (const [pattern, isAddress] of [
    [IPV4, isIpv4],
    [IPV6, isIpv6],
  ] as const) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      list.tick();
      const end = match.index + match[0].length;
      if (isAddress(match[0]) && !/[\w.:]/.test(text.charAt(match.index - 1)) && !/[\w:]/.test(text.charAt(end)))
        list.add('ip-address', match.index, end, 'an IP address');
    }
  }
};
