// Keys for tests are put together here, at run time: a whole one in a source file looks like a leak to the host of the code.
const ALPHABETS = {
  alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  token: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  dotted: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
} as const;

/** Random letters of an alphabet; the same seed gives the same letters. */
export const letters = (alphabet: keyof typeof ALPHABETS, length: number, seed = 1): string => {
  let state = (seed * 2654435761) >>> 0 || 1;
  const from = ALPHABETS[alphabet];
  let out = '';
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    const char = from.charAt(state % from.length);
    // No joiner at the edges and none beside another, as in real keys.
    out += (char === '_' || char === '-') && (i === 0 || i === length - 1 || /[_-]$/.test(out)) ? 'x' : char;
  }
  return out;
};

export const anthropicKey = (seed = 1): string => `sk-ant-api03-${letters('token', 93, seed)}AA`;
export const openaiKey = (seed = 1): string => `sk-proj-${letters('alnum', 74, seed)}T3BlbkFJ${letters('alnum', 74, seed + 1)}`;
export const githubKey = (seed = 1): string => `ghp_${letters('alnum', 36, seed)}`;
export const awsKey = (seed = 1): string => `AKIA${letters('upper', 16, seed)}`;
