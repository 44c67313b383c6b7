import { randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { zstdDecompressSync } from 'node:zlib';
import { brokenFiles, type Exchange, type Owner, owner, plantedStudy, startExchange } from '@symbolon/testbed';
import { openWhole } from '@symbolon/vault';
import { nodePrimitives, openKeys } from '../../packages/server/src/keys/index.ts';
import { type PackPlace, packKey } from '../../packages/server/src/packs/pack-keys.ts';
import { imageKey } from '../../packages/server/src/packs/stored-image.ts';
import { type Answer, ask, multipart, type Question } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { fetchStudy, folderOf, send } from './folder-of.ts';
import { formsOf, type Wanted } from './forms-of.ts';
import { backUp } from './machine-of.ts';
import { type Finding, PatternSearch, searchBytes, searchFolder } from './search-bytes.ts';

export type Drill = {
  /** Everything that was found where it must not be. */
  readonly findings: readonly Finding[];
  /** What shows that the drill looked at something: without it, nothing found would mean nothing. */
  readonly seen: {
    readonly sent: number;
    readonly fetched: number;
    readonly refusals: ReadonlyMap<number, number>;
    readonly imageHalves: number;
    readonly identityHalves: number;
    /** The pattern of the pixels, in the opened image halves. */
    readonly pixelsInImages: boolean;
    /** How many of the planted words stand in the opened identity halves, and how many there are. */
    readonly wordsInIdentities: number;
    readonly words: number;
    readonly eachChainOpensItsOwnOnly: boolean;
    readonly scannedBytes: number;
  };
};

const seed = 30;

/** Nobody writes such a word by chance: a letter for each four random bits. */
const word = (): string => [...randomBytes(24)].map((byte) => 'bcdfghklmnprstvw'[byte & 15]).join('');

/** A study with a word in every place that holds one, and a pattern in its pixels; all of it is looked for. */
function plant() {
  const own = { name: `${word()}^${word()}`, id: word(), folder: word(), email: word(), label: word() };
  const { files, canaries } = plantedStudy(seed, [own.name, own.id]);
  const pixels = randomBytes(64);
  for (const { bytes } of files.slice(0, 2)) {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    // The last one: an icon has pixel data too, and stands before.
    const at = view.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0]));
    view.set(pixels, at + 12 + 4000);
  }
  return { own, files, canaries, pixels };
}

/** Sends planted things to an exchange, asks it for them, vexes it, stops it, and looks through all that it leaves. */
export async function drillForLeaks(checkout?: string): Promise<Drill> {
  const temporary = await mkdtemp('/tmp/sx-tmp-');
  try {
    const exchange = await startExchange({
      // Looked through with what else lies there.
      env: { TMPDIR: temporary, SYMBOLON_BACKUPS: `file:${join(temporary, 'backups')}` },
      serveArgs: ['--log-level', 'trace'],
      ...(checkout === undefined ? {} : { checkout }),
    });
    return await drill(exchange, temporary).finally(() => exchange.dispose());
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function drill(exchange: Exchange, temporary: string): Promise<Drill> {
  const password = `${word()} ${word()}`;
  const me = await owner(exchange, { password });
  const planted = plant();
  const sent = await sendAndAsk(exchange, me, planted);
  const answers = await vex(exchange, me, planted);
  const rows = await inDatabaseOf(exchange, readTables);
  const packs = await inDatabaseOf(exchange, (database) =>
    database
      .selectFrom('packs')
      .innerJoin('studies', 'studies.id', 'packs.study_id')
      .select([
        'packs.id as packId',
        'packs.account_id as accountId',
        'studies.patient_id as patientId',
        'packs.study_id as studyId',
        'packs.study_id as keyId',
        'packs.series_id as seriesId',
        'packs.manifest as manifest',
        'packs.identity as identity',
        'packs.version as version',
        'packs.image_key as imageKey',
      ])
      .execute(),
  );
  const { code, stdout } = await backUp(exchange, me);
  if (code !== 0) throw new Error(`no backup was made: ${stdout}`);
  if ((await exchange.stop()) !== 0) throw new Error(`the exchange did not stop; it said:\n${exchange.output()}`);

  const wanted: Wanted[] = [
    ...planted.canaries,
    ...Object.entries(planted.own).map(([field, value]) => ({ field: `own ${field}`, value })),
    ...planted.own.name.split('^').map((value) => ({ field: 'own name, a part', value })),
    { field: 'password', value: password },
    { field: 'password, a word', value: password.split(' ')[0]! },
    { field: 'token', value: me.token },
    { field: 'token, without its beginning', value: me.token.slice('symbolon_'.length) },
  ];
  const words = formsOf(wanted);
  const pattern = ['hex', 'base64', 'latin1'].flatMap((form) => {
    const text = form === 'latin1' ? planted.pixels : Buffer.from(planted.pixels.toString(form as 'hex'));
    return [{ field: 'pixels', form, bytes: text }];
  });
  const all = new PatternSearch([...words, ...pattern]);
  const withoutUids = new PatternSearch(words.filter(({ field }) => !field.includes('UID')));

  const findings: Finding[] = [];
  for (const folder of [exchange.dataDir, exchange.keysDir, temporary]) {
    // The database's own programs are copied from the package and never written.
    findings.push(...(await searchFolder(all, folder, /\/binaries-[^/]*(\/|$)/)));
  }
  findings.push(...(await searchBytes(all, 'the log', Buffer.from(exchange.output()))));
  for (const { where, answer } of answers) {
    const head = Buffer.from(JSON.stringify(answer.headers));
    // DICOM's own answers name instances by UID, as PS3.18 wants it.
    const search = /dicom\+json/.test(answer.headers['content-type'] ?? '') ? withoutUids : all;
    findings.push(...(await searchBytes(search, where, Buffer.concat([head, answer.body]))));
  }
  // As the database gives them out: what TOAST had compressed is plain again.
  findings.push(...(await searchBytes(all, 'the rows of all tables', rows)));

  const opened = await openHalves(exchange, packs);
  for (const half of opened.images)
    findings.push(...(await searchBytes(new PatternSearch(words), 'an image half', half)));
  const pixelSearch = new PatternSearch(pattern);
  for (const half of opened.identities) findings.push(...(await searchBytes(pixelSearch, 'an identity half', half)));

  const inImages = await Promise.all(opened.images.map((half) => searchBytes(pixelSearch, 'image', half)));
  const inIdentities = (
    await Promise.all(opened.identities.map((half) => searchBytes(new PatternSearch(words), 'identity', half)))
  ).flat();
  const inFiles = planted.canaries.filter(({ field }) => field !== 'the name of the file');
  return {
    findings,
    seen: {
      ...sent,
      refusals: countBy(answers.map(({ answer }) => answer.status)),
      imageHalves: opened.images.length,
      identityHalves: opened.identities.length,
      pixelsInImages: inImages.flat().length > 0,
      wordsInIdentities: new Set(inIdentities.map(({ field }) => field)).size,
      words: new Set(inFiles.map(({ field }) => field)).size,
      eachChainOpensItsOwnOnly: opened.eachChainOpensItsOwnOnly,
      scannedBytes: await sizeOf(exchange.dataDir),
    },
  };
}

type Planted = ReturnType<typeof plant>;

async function sendAndAsk(exchange: Exchange, me: Owner, { own, files, canaries }: Planted) {
  const root = join(dirname(exchange.dataDir), own.folder);
  const digests = await folderOf(join(root, 'cd'), files);
  await folderOf(join(root, 'cd', own.folder), brokenFiles(seed));
  await send(exchange, me, join(root, 'cd'), join(root, 'receipt.json'));
  const study = files[0]!.studyInstanceUid;
  await fetchStudy(exchange, me, study, join(root, 'back'));

  const value = (field: string) => encodeURIComponent(canaries.find((canary) => canary.field.startsWith(field))!.value);
  const name = value('PatientName, utf-8');
  const asked = [
    `studies?PatientName=${name}*`,
    `studies?PatientName=*${name.slice(3, 12)}*&fuzzymatching=true`,
    `studies?PatientName=${encodeURIComponent(own.name)}&includefield=all`,
    `studies?PatientID=${value('PatientID')}`,
    `studies?AccessionNumber=${value('AccessionNumber')}`,
    `studies?StudyDescription=${value('StudyDescription')}&PatientBirthDate=18370214`,
    `studies?StudyInstanceUID=${study}`,
    `studies/${study}/series`,
    `studies/${study}/series?SeriesDescription=${value('SeriesDescription')}`,
    `studies/${study}/instances?SOPInstanceUID=${files[0]!.sopInstanceUid}`,
    `studies/${study}/metadata`,
    `studies/${study}`,
    `studies/${study}?accept=application/zip`,
    `studies/${study}/rendered?annotation=patient,technique`,
    `studies/${study}/thumbnail`,
    ...files.map(
      (file) =>
        `wado?requestType=WADO&studyUID=${study}&seriesUID=${file.seriesInstanceUid}&objectUID=${file.sopInstanceUid}&annotation=patient`,
    ),
    ...files.map((file) => `studies/${study}/series/${file.seriesInstanceUid}/instances/${file.sopInstanceUid}`),
  ];
  for (const path of asked) await ask(exchange, `/dicomweb/${path}`, { token: me.token });
  const back = await readdir(join(root, 'back'), { recursive: true, withFileTypes: true }).catch(() => []);
  return { sent: digests.size, fetched: back.filter((entry) => entry.isFile()).length };
}

/** Everything that makes an exchange say no, with planted words in it. */
async function vex(exchange: Exchange, me: Owner, { own, files }: Planted) {
  const answers: { where: string; answer: Answer }[] = [];
  const { token } = me;
  const vexing = async (where: string, path: string, question: Question = {}) => {
    answers.push({ where: `the answer to ${where}`, answer: await ask(exchange, path, { token, ...question }) });
  };
  const uid = files[0]!.sopInstanceUid;
  const study = files[0]!.studyInstanceUid;
  const instance = `/dicomweb/studies/${study}/series/${files[0]!.seriesInstanceUid}/instances/${uid}`;
  const [family] = own.name.split('^') as [string];
  const json = { 'content-type': 'application/json' };

  const whole = files[0]!.bytes;
  const cuts = [140, 400, 1200, 3000, whole.length - 2000].map((length) => whole.slice(0, length));
  const bent = whole.slice();
  bent[bent.length - 5000]! ^= 0xff;
  await vexing('files cut short', '/dicomweb/studies', multipart(cuts));
  await vexing('broken files', '/dicomweb/studies', multipart(brokenFiles(seed).map(({ bytes }) => bytes)));
  await vexing('a conflict', '/dicomweb/studies', multipart([bent]));
  await vexing('the same conflict again', '/dicomweb/studies', multipart([bent, files[1]!.bytes]));
  await vexing('another study than that of the address', `/dicomweb/studies/${uid}`, multipart([whole]));
  await vexing('a name in a part’s header', '/dicomweb/studies', {
    body: `--x\r\nContent-Type: ${family}\r\nContent-Disposition: form-data; name="${own.name}"\r\n\r\n${own.id}\r\n--x--`,
    headers: { 'content-type': 'multipart/related; boundary=x' },
  });
  await vexing('a body without end', '/dicomweb/studies', {
    body: `--x\r\n\r\n${own.name}`,
    headers: { 'content-type': `multipart/related; boundary=x; ${own.id}=1` },
  });
  await vexing('a name for a content type', '/dicomweb/studies', {
    body: own.name,
    headers: { 'content-type': `application/${own.id}` },
  });

  for (const path of [
    `/dicomweb/studies/${uid}`,
    `/dicomweb/studies/${uid}/metadata`,
    `/dicomweb/studies/${study}/series/${uid}/instances`,
    `${instance}/frames/1`,
    `${instance}/bulkdata/${own.id}`,
    `${instance}/${family}`,
    `/dicomweb/studies/${family}`,
    `/dicomweb/studies/${uid}/${own.id}/..%2f..%2f${family}`,
    `/dicomweb/studies?PatientName=${own.name}&limit=${own.id}`,
    `/dicomweb/studies?${own.id}=1&PatientName=${family}&offset=-1`,
    `/dicomweb/studies?StudyDate=${own.id}`,
    `/dicomweb/studies?StudyInstanceUID=${own.id}`,
    `/dicomweb/${family}%E0%A4%A`,
    `/api/v1/studies/${uid}/originals`,
    `/api/v1/studies/${own.id}/originals/${family}`,
    `/api/v1/studies/${randomUUID()}/originals?after=${own.id}`,
    `/${own.id}?name=${family}`,
    `/${family}#${own.id}`,
  ]) {
    await vexing(path.split(/[/?]/, 3).join('/'), path);
  }
  await vexing('a form that is not served', instance, { headers: { accept: `image/${own.id}` } });
  await vexing('a syntax that is not stored', instance, {
    headers: { accept: `multipart/related; type="application/dicom"; transfer-syntax=${uid}` },
  });
  await vexing('a method with a name', instance, { method: 'PUT' });

  for (const path of ['/api/v1/tokens', '/api/v1/setup', '/api/v1/held', '/api/v1/receipts', '/api/v1/studies/find']) {
    await vexing(`broken JSON to ${path}`, path, {
      body: `{"email": "${own.email}@example.org", "x": ${family}`,
      headers: json,
    });
    await vexing(`other JSON to ${path}`, path, {
      json: { email: own.email, sha256: [own.id], studyInstanceUid: family },
    });
    await vexing(`a list to ${path}`, path, { json: [own.name, { [own.id]: family }] });
    await vexing(`too much to ${path}`, path, { body: `"${own.name.repeat(7_000)}"`, headers: json });
  }
  const signIn = { email: `${own.email}@example.org`, password: own.id, label: own.label };
  await vexing('an unknown e-mail address', '/api/v1/tokens', { json: signIn });
  await vexing('a wrong password', '/api/v1/tokens', { json: { ...signIn, email: me.email } });
  await vexing('a label that no table takes', '/api/v1/tokens', {
    json: { email: me.email, password: me.password, label: `x\0${own.label}` },
  });
  await vexing('a wrong token', '/api/v1/me', { token: `symbolon_${own.id}` });
  await vexing('a token with more behind it', '/api/v1/me', { token: `${me.token}x` });
  await vexing('a name for a token', '/api/v1/me', { headers: { authorization: `Basic ${own.id}` } });
  await vexing('digests that are not held', '/api/v1/receipts', {
    json: { sha256: ['0'.repeat(64)], contents: '0'.repeat(64) },
  });
  for (const [where, head] of [
    ['a header that is none', `GET /healthz HTTP/1.1\r\nHost: x\r\n${own.name} \0\r\n\r\n`],
    ['a method that is none', `${family.toUpperCase()} /${own.id} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['too much of a header', `GET /healthz HTTP/1.1\r\nHost: x\r\nx: ${own.name.repeat(10_000)}\r\n\r\n`],
  ] as const) {
    const body = await rawAnswer(exchange, head);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(body.toString('latin1'))?.[1] ?? 0);
    answers.push({ where: `the answer to ${where}`, answer: { status, headers: {}, body, json: () => undefined } });
  }
  return answers.filter(({ answer }) => answer.status >= 400 || answer.status === 202);
}

/** What comes back on a connection of its own for bytes that need not be HTTP. */
function rawAnswer({ url, ca }: Exchange, bytes: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port), ca }, () => socket.write(bytes));
    socket.setTimeout(10_000, () => socket.destroy(new Error('neither an answer nor an end in 10 s')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // It may hang up while we still write; what it said before counts.
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (!['EPIPE', 'ECONNRESET'].includes(error.code ?? '')) reject(error);
    });
    socket.once('close', () => resolve(Buffer.concat(chunks)));
  });
}

/**
 * A keyed digest is a number of nineteen digits, and there are thousands: in decimal digits one of them holds a
 * date's eight by chance, once in some hundred runs. In hex digits none does; and what is short stays as it is.
 */
const shown = (value: unknown): unknown =>
  typeof value === 'string' && /^-?[0-9]{16,19}$/.test(value) ? `x${BigInt(value).toString(16)}` : value;

/** Every row of every table, as text and, where a column holds bytes, as those. */
async function readTables(database: Parameters<Parameters<typeof inDatabaseOf>[1]>[0]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const { schema, name } of await database.introspection.getTables()) {
    const rows = await database
      .selectFrom(`${schema}.${name}` as 'users')
      .selectAll()
      .execute();
    for (const value of rows.flatMap((row) => Object.values(row as object) as unknown[])) {
      const text = JSON.stringify(value, (_, inner) => shown(typeof inner === 'bigint' ? `${inner}` : inner)) ?? '';
      parts.push(Buffer.isBuffer(value) ? value : Buffer.from(text), Buffer.from('\n'));
    }
  }
  return Buffer.concat(parts);
}

type Pack = PackPlace & {
  readonly manifest: Buffer;
  readonly identity: Buffer | null;
  readonly version: number;
  readonly imageKey: Buffer | null;
};

/** Opens what lies in the stores, each half by the keys of its own chain, with nothing but noise for the other roots. */
async function openHalves({ dataDir, keysDir }: Exchange, packs: readonly Pack[]) {
  const images: Buffer[] = [];
  const identities: Buffer[] = [];
  let eachChainOpensItsOwnOnly = true;
  for (const chain of ['image', 'identity'] as const) {
    const folder = join(dirname(keysDir), `only-${chain}`);
    await cp(keysDir, folder, { recursive: true });
    const file = join(folder, 'roots.json');
    const ring = JSON.parse(await readFile(file, 'utf8')) as { roots: Record<string, { key: string }[]> };
    for (const other of ['image', 'identity', 'audit'])
      if (other !== chain) for (const root of ring.roots[other] ?? []) root.key = randomBytes(32).toString('hex');
    await writeFile(file, JSON.stringify(ring));
    const keys = await openKeys(folder, () => new Date());
    const open = async (pack: Pack, part: 'image' | 'identity' | 'manifest', sealed: Uint8Array) =>
      openWhole(
        nodePrimitives,
        part === 'image' ? await imageKey(keys.chains, pack) : await packKey(keys.chains, pack, part, pack.version),
        sealed,
      );
    for (const pack of packs) {
      const stored = (store: string) => readFile(join(dataDir, store, pack.packId.slice(0, 2), pack.packId));
      if (chain === 'identity') {
        identities.push(zstdDecompressSync(await open(pack, 'manifest', pack.manifest)));
        const sealed = pack.identity ?? (await stored('identity'));
        identities.push(zstdDecompressSync(await open(pack, 'identity', sealed)));
        continue;
      }
      const sealed = await stored('images').catch(() => undefined);
      if (sealed) images.push(Buffer.from(await open(pack, 'image', sealed)));
      const other = await open(pack, 'manifest', pack.manifest).catch(() => undefined);
      if (other !== undefined) eachChainOpensItsOwnOnly = false;
    }
    await keys.close();
  }
  return { images, identities, eachChainOpensItsOwnOnly };
}

function countBy(statuses: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !/\/binaries-/.test(path)) bytes += (await stat(path)).size;
  }
  return bytes;
}
