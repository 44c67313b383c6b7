import { emailAddress } from '@symbolon/contract';

/** By which server mails go out, and as whom. */
export type MailSettings = {
  readonly host: string;
  readonly port: number;
  /**
   * `at once`   TLS from the first byte (`smtps:`)
   * `required`  STARTTLS, or nothing is sent
   * `off`       in clear: to this machine, or to a relay that knows no TLS
   */
  readonly tls: 'at once' | 'required' | 'off';
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly passwordFile: string | undefined;
  /** Whose certificates are trusted beside the system's. */
  readonly caFile: string | undefined;
  readonly from: { readonly name: string; readonly address: string };
};

const form = 'smtp://host:port, smtp://user:password@host:port, or smtps://… for TLS from the first byte';
const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** `Name <address>`, or an address alone. */
function senderOf(text: string): MailSettings['from'] | undefined {
  const [, name = '', address = ''] = /^(?:"?([^"<>\p{Cc}]*?)"?\s*<)?([^<>\s]+)>?$/u.exec(text) ?? [];
  const read = emailAddress.safeParse(address);
  if (!read.success || text.includes('<') !== text.endsWith('>')) return undefined;
  return { name: name.trim(), address: read.data };
}

/**
 * Reads the settings of mail; undefined where the exchange sends none. What is wrong is said without the value, which may hold
 * a password.
 */
export function readMailSettings(
  set: (name: string) => string | undefined,
): MailSettings | undefined | { readonly wrong: string } {
  const [address, sender] = [set('SYMBOLON_SMTP'), set('SYMBOLON_MAIL_FROM')];
  const [passwordFile, caFile] = [set('SYMBOLON_SMTP_PASSWORD_FILE'), set('SYMBOLON_SMTP_CA')];
  if (address === undefined) {
    const lonely = ['SYMBOLON_MAIL_FROM', 'SYMBOLON_SMTP_PASSWORD_FILE', 'SYMBOLON_SMTP_CA'].find((name) => set(name));
    return lonely === undefined ? undefined : { wrong: `${lonely} goes with SYMBOLON_SMTP: set both or neither.` };
  }
  const url = URL.parse(address);
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !['', '/'].includes(url.pathname) || url.hash)
    return { wrong: `SYMBOLON_SMTP must be ${form}.` };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const asked = url.searchParams.get('tls');
  if ([...url.searchParams.keys()].some((name) => name !== 'tls') || !['required', 'off', null].includes(asked))
    return { wrong: 'SYMBOLON_SMTP takes ?tls=required or ?tls=off behind the port, and nothing else.' };
  if (url.protocol === 'smtps:' && asked === 'off')
    return { wrong: 'SYMBOLON_SMTP with smtps: has TLS from the first byte; ?tls=off goes with smtp: alone.' };
  const local = loopback.test(host);
  const tls =
    url.protocol === 'smtps:' ? 'at once' : ((asked as 'required' | 'off' | null) ?? (local ? 'off' : 'required'));
  const decoded = (text: string): string | undefined => {
    try {
      return decodeURIComponent(text) || undefined;
    } catch {
      return text;
    }
  };
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (passwordFile !== undefined && (user === undefined || password !== undefined))
    return {
      wrong: 'SYMBOLON_SMTP_PASSWORD_FILE goes with a user in SYMBOLON_SMTP, and no password there: smtp://user@host.',
    };
  if ((user === undefined) !== (password === undefined && passwordFile === undefined))
    return {
      wrong:
        'SYMBOLON_SMTP must have both user and password, or neither; the password may be in SYMBOLON_SMTP_PASSWORD_FILE.',
    };
  if (user !== undefined && tls === 'off' && !local)
    return { wrong: 'SYMBOLON_SMTP must not send a password in clear over the network: leave ?tls=off out.' };
  const from = senderOf(sender ?? '');
  if (from === undefined)
    return {
      wrong: 'SYMBOLON_MAIL_FROM must be the address that mails come from, such as Symbolon <symbolon@example.org>.',
    };
  const port = Number(url.port || (tls === 'at once' ? 465 : 587));
  return { host, port, tls, user, password, passwordFile, caFile, from };
}
