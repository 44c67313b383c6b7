/**
 * STOW-RS, QIDO-RS and WADO-RS, ours beside Orthanc's (plain, behind TLS, with its index in PostgreSQL), each section of a round in
 * turns on the same data with the same client. Ours has HTTPS, sealing, hashing, fsync, access check and audit on.
 *
 * The clients, the data and the Orthancs are a kit of its own: `SYMBOLON_BENCH_KIT` names its folder, which has `dicomweb.mjs`,
 * `orthanc.sh` and `ns.sh`; `BENCH_DATA` that of its data. Run it where only a loopback is: `$SYMBOLON_BENCH_KIT/ns.sh node bench/dicomweb.bench.ts`.
 *
 * ROUNDS (3), SUBJECTS (ours tls sqlite postgres), SECTIONS (store read index; viewers, index20k), QUERIES (100).
 * Prints each figure as a line of JSON, and at the end a table of medians with ratios.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { owner, startExchange } from '@symbolon/testbed';
import { asking } from './asking.ts';
import { median } from './measure.ts';
import { scrolling } from './viewers.ts';

const words = (name: string, otherwise: string): string[] =>
  (process.env[name] ?? otherwise).split(/\s+/).filter(Boolean);
const kit = process.env.SYMBOLON_BENCH_KIT ?? '';
const data = process.env.BENCH_DATA ?? join(tmpdir(), 'dicom-bench');
const rounds = Number(process.env.ROUNDS ?? 3);
const subjects = words('SUBJECTS', 'ours tls sqlite postgres');
const sections = words('SECTIONS', 'store read index');
const queries = process.env.QUERIES ?? '100';
if (kit === '') throw new Error('SYMBOLON_BENCH_KIT names no folder of the kit');

type Server = {
  readonly url: string;
  readonly header: string;
  /** Of so many who sign in each for themselves. */
  headersOf(viewers: number): Promise<Readonly<Record<string, string>>[]>;
  /** Of the server and of its database, as of now. */
  pids(): string;
  stop(): Promise<void>;
};
type Figure = { readonly metric: string; readonly subject: string; readonly value: number; readonly unit: string };
const figures: Figure[] = [];

const childrenOf = (parent: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return (
        readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1] === parent
      );
    } catch {
      return false;
    }
  });

async function ours(): Promise<Server> {
  const exchange = await startExchange({ onDisk: true });
  const { token } = await owner(exchange);
  const { json } = asking(exchange, 1);
  const cluster = join(exchange.dataDir, 'postgres/cluster/postmaster.pid');
  return {
    url: `${exchange.url}/dicomweb`,
    header: `Authorization: Bearer ${token}`,
    async headersOf(viewers) {
      const { userId } = await json<{ userId: string }>('/api/v1/me', { token });
      const path = `/api/v1/users/${userId}/tokens`;
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const headers = [];
      for (let at = 0; at < viewers; at += 1) {
        const asked = { token, json: { label: `viewer ${at}`, expiresAt }, status: 201 };
        headers.push({ authorization: `Bearer ${(await json<{ secret: string }>(path, asked)).secret}` });
      }
      return headers;
    },
    pids() {
      const postmaster = readFileSync(cluster, 'utf8').split('\n')[0] as string;
      return [exchange.process.pid, postmaster, ...childrenOf(postmaster)].join(',');
    },
    stop: () => exchange.dispose(),
  };
}

async function orthanc(variant: string): Promise<Server> {
  const run = (command: string): string =>
    execFileSync(join(kit, 'orthanc.sh'), [command, variant], {
      encoding: 'utf8',
      env: { ...process.env, TCP_NODELAY: '1' },
      stdio: ['ignore', command === 'start' ? 'ignore' : 'pipe', 'inherit'],
    }) ?? '';
  run('start');
  return {
    url: run('url').trim(),
    header: `Authorization: Basic ${btoa('bench:bench')}`,
    headersOf: async (viewers) =>
      Array.from({ length: viewers }, () => ({ authorization: `Basic ${btoa('bench:bench')}` })),
    pids: () => run('pids').trim().replace(/\s+/g, ','),
    stop: async () => void run('stop'),
  };
}

const start = (subject: string): Promise<Server> => (subject === 'ours' ? ours() : orthanc(subject));

/** One run of the kit's client. What it cannot measure of a server it says, and goes on. */
function client(subject: string, { url, header, pids }: Server, ...command: string[]): Promise<void> {
  const [what = '', ...options] = command;
  const all = [
    join(kit, 'dicomweb.mjs'),
    what,
    '--url',
    url,
    '--header',
    header,
    '--pids',
    pids(),
    '--subject',
    subject,
  ];
  const child = spawn('node', [...all, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  return new Promise((done) =>
    child.once('close', (code) => {
      process.stdout.write(text);
      for (const line of text.split('\n').filter(Boolean)) figures.push(JSON.parse(line) as Figure);
      if (code !== 0) console.error(`${subject}: ${command.join(' ')} ended with ${code}`);
      done();
    }),
  );
}

async function on(
  subject: string,
  work: (server: Server) => Promise<void>,
  warmUp?: (server: Server) => Promise<void>,
): Promise<void> {
  const server = await start(subject);
  try {
    await warmUp?.(server);
    await work(server);
  } finally {
    await server.stop();
  }
}

/** A server that is measured has been at work: a little of something else is stored first, and not counted. */
const warmed =
  (subject: string) =>
  (server: Server): Promise<void> =>
    client(subject, server, ...'stow --limit 200 --per 10 --tag warm-up --dir'.split(' '), join(data, 'small-20000'));

const ct = join(data, 'ct');
const perform: Readonly<Record<string, (subject: string) => Promise<void>>> = {
  /** Each on an empty server: what is sent again is another, faster road. */
  async store(subject) {
    for (const [connections, per] of [
      ['1', '1'],
      ['1', '20'],
      ['4', '1'],
      ['4', '20'],
    ] as const)
      await on(
        subject,
        (server) => client(subject, server, 'stow', '--dir', ct, '--conns', connections, '--per', per),
        warmed(subject),
      );
  },
  read: (subject) =>
    on(
      subject,
      async (server) => {
        const run = (...command: string[]) => client(subject, server, ...command);
        await run('stow', '--dir', ct, '--conns', '4', '--per', '20', '--tag', 'ct-for-reading');
        await run('stow', '--dir', join(data, 'us'));
        await run('stow', '--dir', join(data, 'tomo'));
        await run('wado', '--patient', 'PID010000000', '--n', '150');
        await run('ttfi', '--patient', 'PID010000000');
        await run('multi', '--patient', 'PID010900001', '--tag', 'us', '--n', '30');
        await run('multi', '--patient', 'PID010900002', '--tag', 'tomo', '--n', '10');
        await run('rss', '--tag', 'after_reading');
      },
      warmed(subject),
    ),
  /** 50 who scroll through 20 pictures each, all at once; who has no TLS is not asked. */
  viewers: (subject) =>
    on(
      subject,
      async (server) => {
        if (!server.url.startsWith('https')) return;
        await client(subject, server, 'stow', '--dir', ct, '--conns', '4', '--per', '20', '--tag', 'ct-for-viewers');
        const headers = await server.headersOf(50);
        const { p50, p95, rate } = await scrolling({ url: server.url, headers }, 'PID010000000', 20);
        for (const [metric, value, unit] of [
          ['viewers.50.rendered.p50', p50, 'ms'],
          ['viewers.50.rendered.p95', p95, 'ms'],
          ['viewers.50.rendered.rate', rate, '/s'],
        ] as const) {
          figures.push({ metric, subject, value, unit });
          console.log(JSON.stringify({ metric, subject, value, unit }));
        }
        await client(subject, server, 'rss', '--tag', 'after_viewers');
      },
      warmed(subject),
    ),
  index: (subject) => indexOf(subject, 2_000),
  index20k: (subject) => indexOf(subject, 20_000),
};

const indexOf = (subject: string, studies: number): Promise<void> =>
  on(subject, async (server) => {
    const dir = join(data, `small-${studies}`);
    await client(subject, server, 'stow', '--dir', dir, '--conns', '4', '--per', '20');
    await client(subject, server, 'qido', '--dir', dir, '--n', queries);
    await client(subject, server, 'rss', '--tag', `small-${studies}`);
  });

for (let round = 0; round < rounds; round += 1)
  // In turns, and each round begins with another.
  for (const section of sections)
    for (let at = 0; at < subjects.length; at += 1)
      await perform[section]?.(subjects[(at + round) % subjects.length] as string);

const of = (metric: string, subject: string): number =>
  median(figures.filter((one) => one.metric === metric && one.subject === subject).map(({ value }) => value));
const others = subjects.filter((subject) => subject !== 'ours');
console.log(
  `\n${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${rounds} rounds\n`,
);
console.log(`| figure | unit | ${subjects.join(' | ')} | ${others.map((one) => `÷ ${one}`).join(' | ')} |`);
console.log(`|${'---|'.repeat(2 + subjects.length + others.length)}`);
for (const metric of new Set(figures.map((one) => one.metric))) {
  if (metric.includes('warm-up')) continue;
  const unit = figures.find((one) => one.metric === metric)?.unit;
  const values = subjects.map((subject) => of(metric, subject));
  const ratios = others.map((one) => (of(metric, one) ? (of(metric, 'ours') / of(metric, one)).toFixed(2) : ''));
  console.log(
    `| ${metric} | ${unit} | ${values.map((value) => Number(value.toPrecision(3))).join(' | ')} | ${ratios.join(' | ')} |`,
  );
}
