import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../exchange/ready.ts';
import { type Mail, readMail } from './read-mail.ts';
import { type Peer, requirePeer } from './require-peer.ts';

/** For `peerTest`: Exim, from Debian. */
export const eximPeer: Peer = { command: 'exim4', package: 'exim4-daemon-light' };

export type MailServer = {
  readonly port: number;
  /** What an exchange is started with to send by it: STARTTLS, a password from a file, and its certificate to trust. */
  readonly env: Readonly<Record<string, string>>;
  readonly certificateFile: string;
  /** Everything that was taken, in the order in which it arrived. */
  mails(): Promise<readonly Mail[]>;
  /** Waits for the first mail to this address behind the first `after` ones; with a subject, of those that have it. */
  mailTo(address: string, after?: number, subject?: string): Promise<Mail>;
  /** From now on mails to this address are refused for good (550), put off (451), or taken. */
  answer(address: string, how: 'refuse' | 'put off' | 'take'): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  dispose(): Promise<void>;
};

const waitMs = 60_000;

/** Starts Exim in a fresh folder, on this machine only; it delivers every mail into a file. Without `tls` it knows none. */
export async function startMailServer({ tls = true }: { readonly tls?: boolean } = {}): Promise<MailServer> {
  const program = requirePeer(eximPeer.command, eximPeer.package).path ?? '/usr/sbin/exim4';
  const folder = await mkdtemp(join(tmpdir(), 'exim-'));
  const at = (name: string): string => join(folder, name);
  const port = await freePort();
  // As root it does not deliver; as anybody else it is who started it.
  const user = process.getuid?.() === 0 ? 'Debian-exim' : userInfo().username;
  for (const name of ['spool', 'log', 'mail']) await mkdir(at(name));
  for (const name of ['refused', 'put-off']) await writeFile(at(name), '');
  await writeFile(at('configuration'), configuration(folder, user, tls));
  await writeFile(at('password'), `${password}\n`, { mode: 0o600 });
  makeCertificate(at('certificate.pem'), at('key.pem'));
  await chmod(folder, 0o755);
  if (process.getuid?.() === 0)
    execFileSync('chown', ['-R', user, ...['spool', 'log', 'mail', 'key.pem', 'refused', 'put-off'].map(at)]);
  const answers = new Map<string, 'refuse' | 'put off' | 'take'>();
  let child: ChildProcess | undefined;

  const stop = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child?.once('exit', done));
    child.kill();
    await ended;
  };
  const start = async (): Promise<void> => {
    const started = spawn(program, ['-C', at('configuration'), '-bdf', '-oX', `127.0.0.1:${port}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    let said = '';
    started.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    const giveUpAt = performance.now() + waitMs;
    while (!(await listens(port))) {
      if (started.exitCode !== null || performance.now() > giveUpAt)
        throw new Error(`Exim did not start; it said:\n${said}`);
      await pause(50);
    }
  };
  /** What it has taken is in its mailbox a moment later. */
  const delivered = async (): Promise<void> => {
    const giveUpAt = performance.now() + waitMs;
    const left = () => readdir(at('spool/input')).catch(() => []);
    while ((await left()).length > 0 && performance.now() < giveUpAt) await pause(20);
  };
  const mails = async (): Promise<Mail[]> => {
    await delivered();
    // Its names begin with the moment of delivery; a file is there whole, under its name, or not at all.
    const names = (await readdir(at('mail'))).filter((name) => name.startsWith('q'));
    const read = await Promise.all(names.map(async (name) => readMail(await readFile(at(join('mail', name))))));
    return read.toSorted((one, other) => one.arrived - other.arrived);
  };
  const dispose = async (): Promise<void> => {
    await stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const killOnExit = () => child?.kill('SIGKILL');
  process.once('exit', killOnExit);

  await start().catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  return {
    port,
    env: {
      SYMBOLON_SMTP: `smtp://symbolon@localhost:${port}?tls=required`,
      SYMBOLON_SMTP_PASSWORD_FILE: at('password'),
      SYMBOLON_SMTP_CA: at('certificate.pem'),
      SYMBOLON_MAIL_FROM: 'Symbolon <symbolon@exchange.example>',
    },
    certificateFile: at('certificate.pem'),
    mails,
    async mailTo(address, after = 0, wanted) {
      const giveUpAt = performance.now() + waitMs;
      for (;;) {
        const found = (await mails()).filter(
          ({ to, subject }) => to === address && (wanted === undefined || subject === wanted),
        )[after];
        if (found !== undefined) return found;
        if (performance.now() > giveUpAt)
          throw new Error(`no mail number ${after + 1} to ${address} came in ${waitMs} ms`);
        await pause(100);
      }
    },
    async answer(address, how) {
      answers.set(address, how);
      const those = (wanted: string) => [...answers].filter(([, one]) => one === wanted).map(([name]) => `${name}\n`);
      await writeFile(at('refused'), those('refuse').join(''));
      await writeFile(at('put-off'), those('put off').join(''));
    },
    start,
    stop,
    async dispose() {
      process.removeListener('exit', killOnExit);
      await dispose();
    },
  };
}

const password = 'a pass:word/with @ everything';

const configuration = (folder: string, user: string, tls: boolean): string => `
exim_user = ${user}
deliver_drop_privilege = true
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
primary_hostname = mail.exchange.example
local_interfaces = 127.0.0.1
pid_file_path = ${folder}/log/pid
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
tls_certificate = ${folder}/certificate.pem
tls_privatekey = ${folder}/key.pem
tls_advertise_hosts = ${tls ? '*' : ''}
auth_advertise_hosts = \${if def:tls_in_cipher{*}}
acl_smtp_rcpt = recipient
begin acl
recipient:
  deny message = 5.1.1 there is no such mailbox
    condition = \${lookup{$local_part@$domain}lsearch{${folder}/refused}{yes}{no}}
  defer message = 4.7.1 come back later
    condition = \${lookup{$local_part@$domain}lsearch{${folder}/put-off}{yes}{no}}
  accept authenticated = *
  deny message = 5.7.1 sign in first
begin routers
everything:
  driver = accept
  transport = files
begin transports
files:
  driver = appendfile
  directory = ${folder}/mail
  create_directory = false
  envelope_to_add
  headers_add = X-Arrived: $tod_epoch_l
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{symbolon}}{eq{$auth3}{${password}}}}}
  server_set_id = $auth2
`;

function makeCertificate(certificate: string, key: string): void {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-keyout', key, '-out', certificate, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ],
    { stdio: 'ignore' },
  );
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
