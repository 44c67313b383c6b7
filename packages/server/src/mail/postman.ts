import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { emailAddress, type MailProblem } from '@symbolon/contract';
import type { Letter } from './letter.ts';
import type { MailSettings } from './mail-settings.ts';

/** Why a mail did not go out. The answer of the server is not kept: it repeats addresses. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly problem: MailProblem;
  /** What the server answered (RFC 5321 §4.2); undefined where it did not. */
  readonly code: number | undefined;
  /** Another try would be answered the same. */
  readonly forGood: boolean;
  constructor(problem: MailProblem, code: number | undefined, forGood: boolean) {
    super(`a mail did not go out: ${problem}${code === undefined ? '' : ` (${code})`}`);
    this.problem = problem;
    this.code = code;
    this.forGood = forGood;
  }
}

/** Hands one mail to the server. @throws MailError */
export type Postman = (letter: Letter) => Promise<void>;

const tenSeconds = 10_000;

/** Reads what the settings name, so that a start with a file that is not there ends with words. */
export async function postmanOf(settings: MailSettings, publicUrl: string): Promise<Postman> {
  const { host, port, tls, user, from } = settings;
  const read = (name: string, file: string): Promise<string> =>
    readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${name}: the file cannot be read (${error.code}).`);
    });
  const password =
    settings.passwordFile === undefined
      ? settings.password
      : (await read('SYMBOLON_SMTP_PASSWORD_FILE', settings.passwordFile)).replace(/\r?\n$/, '');
  const ca = settings.caFile === undefined ? undefined : await read('SYMBOLON_SMTP_CA', settings.caFile);
  // Read here only: most exchanges send no mails.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port,
    // Otherwise the name of the machine goes out with each mail.
    name: new URL(publicUrl).hostname,
    secure: tls === 'at once',
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'off',
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password } }),
    tls: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca: [...rootCertificates, ca] }) },
    connectionTimeout: tenSeconds,
    greetingTimeout: tenSeconds,
    dnsTimeout: tenSeconds,
    socketTimeout: 2 * tenSeconds,
    // Nothing in a mail is read from this machine or from the network.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ to, subject, text, html }) => {
    // What is in the database was let in by this rule; whatever came there otherwise does not become a line of a protocol.
    if (!emailAddress.safeParse(to).success) throw new MailError('refused', undefined, true);
    const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };
    const message = { from, to: { name: '', address: to }, subject, text, html, headers };
    try {
      await transport.sendMail(message);
    } catch (error) {
      throw problemOf(error as Failure);
    }
  };
}

type Failure = Error & { readonly code?: string; readonly command?: string; readonly responseCode?: number };

function problemOf({ code, command = '', responseCode, message }: Failure): MailError {
  const forGood = responseCode !== undefined && responseCode >= 500;
  if (code === 'EAUTH') return new MailError('sign-in', responseCode, false);
  if (code === 'ETLS' || (responseCode === undefined && /certificate|TLS|SSL/i.test(message)))
    return new MailError('certificate', responseCode, false);
  if (responseCode === undefined) return new MailError('away', undefined, false);
  // A server that takes nothing from us may do so once somebody has mended a setting.
  if (command !== 'RCPT TO' && command !== 'DATA') return new MailError('other', responseCode, false);
  return new MailError(forGood ? 'refused' : 'put off', responseCode, forGood);
}
