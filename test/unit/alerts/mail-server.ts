import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/** A mail as a server took it. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly secure: boolean;
  readonly login: string | undefined;
}

/** What a mail server of a test is like. */
export interface MailServerOptions {
  /** Offers STARTTLS with this certificate and key, and takes logins only after it. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The mechanisms that it offers, such as `PLAIN LOGIN`. */
  readonly auth?: string;
  /** The reply to the end of the data. @default `250 taken` */
  readonly verdict?: () => string;
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString();

/** A small server that holds a client to RFC 5321: one command at a time, each in its place, CRLF only. */
export const startMailServer = async (options: MailServerOptions = {}) => {
  const mails: Mail[] = [];
  const wrong: string[] = [];
  const serve = (socket: Socket, secure: boolean): void => {
    let heard = '';
    let from = '';
    let to: string[] = [];
    let login: string | undefined;
    let asked: string[] = [];
    let inData = false;
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    const hello = (): void => {
      const offers = [
        ...(options.tls !== undefined && !secure ? ['STARTTLS'] : []),
        ...(options.auth === undefined || (options.tls !== undefined && !secure) ? [] : [`AUTH ${options.auth}`]),
      ];
      for (const [at, offer] of ['mail.test', ...offers].entries()) say(`250${at === offers.length ? ' ' : '-'}${offer}`);
    };
    const command = (line: string): void => {
      if (asked.length > 0 || line === 'AUTH LOGIN') {
        if (line !== 'AUTH LOGIN') asked.push(decode(line));
        else asked = [''];
        if (asked.length === 3) {
          login = `${asked[1]}:${asked[2]}`;
          asked = [];
          say('235 welcome');
        } else say('334 VXNlcm5hbWU6');
      } else if (line.startsWith('EHLO ')) hello();
      else if (line === 'STARTTLS' && options.tls !== undefined) {
        say('220 go on');
        socket.removeAllListeners('data');
        const upgraded = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(options.tls) });
        upgraded.on('error', () => undefined);
        serve(upgraded, true);
      } else if (line.startsWith('AUTH PLAIN ')) {
        login = decode(line.slice('AUTH PLAIN '.length)).split('\0').slice(1).join(':');
        say('235 welcome');
      } else if (line.startsWith('MAIL FROM:')) {
        from = line.slice('MAIL FROM:'.length);
        to = [];
        say('250 ok');
      } else if (line.startsWith('RCPT TO:')) {
        to.push(line.slice('RCPT TO:'.length));
        say('250 ok');
      } else if (line === 'DATA') {
        inData = true;
        say('354 go on');
      } else if (line === 'QUIT') say('221 bye');
      else {
        wrong.push(line);
        say('500 what?');
      }
    };
    const take = (): void => {
      const end = heard.indexOf('\r\n.\r\n');
      if (end < 0) return;
      const data = heard.slice(0, end + 2).replaceAll(/^\.\./gm, '.');
      if (/[^\r]\n/.test(data)) wrong.push('a bare line feed');
      heard = heard.slice(end + 5);
      inData = false;
      const verdict = options.verdict?.() ?? '250 taken';
      if (verdict.startsWith('2')) mails.push({ from, to, data, secure, login });
      say(verdict);
    };
    socket.on('data', (chunk) => {
      heard += String(chunk);
      for (;;) {
        if (inData) return take();
        const end = heard.indexOf('\r\n');
        if (end < 0) return;
        const line = heard.slice(0, end);
        heard = heard.slice(end + 2);
        command(line);
      }
    });
    socket.on('error', () => undefined);
    if (!secure) say('220 mail.test at your service');
  };
  const server = createServer((socket) => serve(socket, false));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    wrong,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};
