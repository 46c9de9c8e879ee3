import { timers } from '../base/timers.ts';
import type { Socket } from 'node:net';
import { loadBuiltin } from './load-builtin.ts';

/** A mail server. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte (465), `starttls` required before anything is told (587), or `none` for a relay on this host. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Further certificates that are trusted, in PEM. */
  readonly ca?: string;
}

/** A mail on its way: addresses, and the text with its headers. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers, an empty line and the body, with CRLF. */
  readonly data: string;
}

/** A server's no. */
export class SmtpError extends Error {
  override readonly name = 'SmtpError';
  /** The reply's code, or 0 when the connection failed. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whose certificate is expected. An address is no name to ask for one by: Node would warn of it on stderr. */
const whose = ({ host, ca }: SmtpServer): { readonly host: string; readonly servername?: string; readonly ca?: string } => ({
  host,
  ...(loadBuiltin('node:net').isIP(host) === 0 ? { servername: host } : {}),
  ...(ca === undefined ? {} : { ca }),
});

const TIMEOUT_MS = 20_000;
const LONGEST_REPLY = 65_536;

interface Reply {
  readonly code: number;
  readonly text: string;
}

/** One connection, command by command. @source RFC 5321 */
class Session {
  #socket: Socket;
  #heard = '';
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  async expect(wanted: number): Promise<string> {
    const { code, text } = await this.#reply();
    if (Math.floor(code / 100) !== Math.floor(wanted / 100)) throw new SmtpError(code, `the mail server said ${code}`);
    return text;
  }

  command(line: string, wanted: number): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    return this.expect(wanted);
  }

  /** Goes on encrypted. What was heard before is forgotten: it came from anybody. */
  async upgrade(server: SmtpServer): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners();
    this.#heard = '';
    const { connect } = loadBuiltin('node:tls');
    const secure = connect({ socket: plain, ...whose(server) });
    this.#socket = secure;
    this.#listen(secure);
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve);
      secure.once('error', reject);
      secure.once('close', () => reject(new SmtpError(0, 'the mail server hung up')));
    });
  }

  end(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.unref();
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#heard += text;
      if (this.#heard.length > LONGEST_REPLY) socket.destroy();
      this.#wake?.();
    });
    socket.on('error', (error: Error) => this.#fail(error));
    socket.on('close', () => this.#fail(new SmtpError(0, 'the mail server hung up')));
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#wake?.();
  }

  async #reply(): Promise<Reply> {
    for (;;) {
      // All lines but the last of a reply have a dash after the code.
      const found = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(this.#heard);
      if (found !== null) {
        this.#heard = this.#heard.slice(found[0].length);
        return { code: Number(found[1]), text: found[0] };
      }
      if (this.#error !== undefined) throw this.#error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const signIn = async (session: Session, offered: string, user: string, password: string): Promise<void> => {
  if (/^\d{3}[ -]AUTH[ =].*\bPLAIN\b/im.test(offered)) await session.command(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 235);
  else {
    await session.command('AUTH LOGIN', 334);
    await session.command(base64(user), 334);
    await session.command(base64(password), 235);
  }
};

const converse = async (session: Session, server: SmtpServer, { from, to, data }: Envelope): Promise<void> => {
  const hello = 'EHLO [127.0.0.1]';
  await session.expect(220);
  let offered = await session.command(hello, 250);
  if (server.security === 'starttls') {
    await session.command('STARTTLS', 220);
    await session.upgrade(server);
    offered = await session.command(hello, 250);
  }
  if (server.user !== undefined) await signIn(session, offered, server.user, server.password ?? '');
  await session.command(`MAIL FROM:<${from}>`, 250);
  for (const address of to) await session.command(`RCPT TO:<${address}>`, 250);
  await session.command('DATA', 354);
  // A line that begins with a dot would end the mail.
  await session.command(`${data.replaceAll(/^\./gm, '..').replace(/(?:\r\n)?$/, '\r\n')}.`, 250);
};

const open = (server: SmtpServer): Socket =>
  server.security === 'tls'
    ? loadBuiltin('node:tls').connect({ ...whose(server), port: server.port })
    : loadBuiltin('node:net').connect({ host: server.host, port: server.port });

/** Sends one mail. Passwords go over encrypted connections only, unless `security` is `none`. @throws {SmtpError} or what the connection says */
export const sendMail = async (server: SmtpServer, envelope: Envelope): Promise<void> => {
  const session = new Session(open(server));
  const limit = timers.setTimeout(() => session.end(), TIMEOUT_MS).unref();
  try {
    await converse(session, server, envelope);
    // The mail is taken; whether the server says goodbye changes nothing.
    session.command('QUIT', 221).catch(() => undefined);
  } finally {
    timers.clearTimeout(limit);
    timers.setImmediate(() => session.end());
  }
};
