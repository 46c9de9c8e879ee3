import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate that signs for itself, and its key, both as PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/** One value of DER: what it is, how long, and its bytes. */
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 0x1_00 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
};

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const bytes = (...list: readonly number[]): Buffer => Buffer.from(list);
const identifier = (...list: readonly number[]): Buffer => der(0x06, bytes(...list));

const ECDSA_WITH_SHA256 = sequence(identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = identifier(0x55, 0x04, 0x03);
const ALTERNATIVE_NAMES = identifier(0x55, 0x1d, 0x11);
const OF_IP = 0x87;

/**
 * Makes a certificate for 127.0.0.1 that is valid until 2049, new each time, so that no key is kept anywhere.
 * @source rfc-editor.org/rfc/rfc5280#section-4.1
 */
export const selfSigned = (): SelfSigned => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from('local provider')))));
  const validity = sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231000000Z')));
  const address = sequence(ALTERNATIVE_NAMES, der(0x04, sequence(der(OF_IP, bytes(127, 0, 0, 1)))));
  const body = sequence(
    der(0xa0, der(0x02, bytes(2))),
    der(0x02, bytes(1)),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(address)),
  );
  const whole = sequence(body, ECDSA_WITH_SHA256, der(0x03, bytes(0), sign('sha256', body, privateKey)));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
};
