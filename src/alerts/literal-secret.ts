/** A reference that brings a value in from elsewhere; a default that is written behind `:-` brings nothing in. */
const REFERENCE = /\$\{(?:file:[^}]+|(?:env:)?[A-Za-z_]\w*(?::-)?)\}/;
const SECRET_HEADER = /auth|key|token|secret|cookie|password/i;
const SECRET_PARAMETER = /key|token|secret|sig|password|auth|code/i;

/** Whether a text that has to be secret stands in the file itself. What is unknown (`undefined`) or no text is not looked at. */
export const isLiteral = (written: unknown): boolean => typeof written === 'string' && written !== '' && !REFERENCE.test(written);

/** Whether a header with a secret in it stands in the file itself. */
export const isLiteralHeader = (name: string, written: unknown): boolean => SECRET_HEADER.test(name) && isLiteral(written);

/** Whether a password, or a secret among the parameters, stands in an address in the file itself. */
export const hasLiteralSecret = (written: unknown): boolean => {
  if (typeof written !== 'string' || !isLiteral(written) || !URL.canParse(written)) return false;
  const { password, searchParams } = new URL(written);
  return password !== '' || [...searchParams].some(([name, value]) => SECRET_PARAMETER.test(name) && value !== '');
};
