// Where in a key of so many characters the signature of its service begins, padding counted.
const SIGNATURES: ReadonlyMap<number, readonly [at: number, signatures: ReadonlySet<string>]> = new Map([
  [44, [33, new Set(['AIoT', '+ASb', '+AEh', '+ARm', 'AzCa', 'AZEG', 'AzEG'])]],
  [52, [42, new Set(['AzSe', '+ACR'])]],
  [56, [44, new Set(['AzFu'])]],
  [88, [76, new Set(['+ASt', '+ABa', '+AMC', 'ACDb', 'APIM'])]],
]);
const SIGNATURE_CHARS = 4;

/**
 * Tells whether a stretch of base64 is a key that a service of Azure signed: storage, search, functions, registries, hubs and others.
 * @source https://github.com/microsoft/security-utilities (1.4.22, MIT)
 */
export const isAzureKey = (text: string, start: number, end: number): boolean => {
  const known = SIGNATURES.get(end - start);
  if (known === undefined) return false;
  const [at, signatures] = known;
  return signatures.has(text.slice(start + at, start + at + SIGNATURE_CHARS));
};
