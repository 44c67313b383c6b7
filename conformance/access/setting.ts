import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { type Role, roles } from '@symbolon/contract';
import {
  type CtOptions,
  ctStudy,
  type Exchange,
  type Owner,
  owner,
  type SyntheticFile,
  startExchange,
} from '@symbolon/testbed';
import type { Database } from '../../packages/server/src/platform/db/database.ts';
import { type Answer, ask, multipart, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';
import { digestOf } from '../laws/folder-of.ts';
import type { Place } from './matrix.ts';
import { furnishPeople, type PeopleHere } from './people-here.ts';
import { addAccount, addGrant, addPerson, type Person } from './rows-of-people.ts';

/** A study with all that hangs on it, and two links to it, of which `open` was opened: by its cookie a visitor comes. */
export type StudyHere = {
  readonly id: string;
  readonly uid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly patientId: string;
  readonly patientName: string;
  readonly seriesId: string;
  readonly imageId: string;
  readonly packId: string;
  /** Of a file that is current, and of one that is kept aside. */
  readonly sha256: string;
  readonly asideSha256: string;
  readonly keptId: string;
  readonly choiceId: string;
  readonly until: string;
  readonly link: { readonly id: string; readonly secret: string };
  readonly cookie: string;
  readonly grantId: string;
  /** As they were sent first. */
  readonly files: readonly SyntheticFile[];
};

export type Setting = {
  readonly exchange: Exchange;
  readonly keeper: Owner;
  readonly keeperId: string;
  readonly people: Readonly<Record<Role, Person>>;
  /** A member of the same account whom the others have nothing to do with, and the administrator of another account. */
  readonly colleague: Person;
  readonly foreigner: Person;
  readonly about: PeopleHere;
  readonly studyAt: (role: Role, place: Place) => StudyHere;
  readonly holdAt: (place: Place) => string;
  readonly erasureAt: (place: Place) => string;
  readonly inDatabase: <T>(look: (database: Database) => Promise<T>) => Promise<T>;
  readonly dispose: () => Promise<void>;
};

/** Connections are used again: there are thousands of questions. */
export const agent = new Agent({ keepAlive: true, maxSockets: 8 });

let seed = 4100;
/** A small study of two slices, of a patient of its own, whose name is in it and nowhere else. */
export function newStudy(more: Omit<Partial<CtOptions>, 'person'> = {}) {
  seed += 1;
  const person = {
    patientName: `Zwölfender${seed}^Quirin`,
    patientId: `KENN-${seed}`,
    accessionNumber: `ACC${seed}`,
    studyDescription: `Befund${seed}`,
  };
  const options = { seed, slices: 2, rows: 16, columns: 16, person, ...more };
  return { files: [...ctStudy(options)], options, person };
}

/** Asks, and takes no other answer than a good one. */
export async function good<T>(exchange: Exchange, path: string, question: Question): Promise<T> {
  const answer = await ask(exchange, path, { agent, ...question });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body}`);
  return answer.json() as T;
}

export function stow(
  exchange: Exchange,
  token: string,
  files: readonly { readonly bytes: Uint8Array }[],
): Promise<Answer> {
  return ask(exchange, '/dicomweb/studies', { agent, token, ...multipart(files.map(({ bytes }) => bytes)) });
}

/** Sends a study, with a version of its second slice that is kept aside and was chosen, and a link to it. */
async function bring(exchange: Exchange, token: string): Promise<StudyHere> {
  const { files, options, person } = newStudy();
  const [first, second] = files as [(typeof files)[0], (typeof files)[0]];
  const aside = [...ctStudy({ ...options, person: { ...person, patientName: 'Andere^Anna' } })][1]!;
  await stow(exchange, token, files);
  await stow(exchange, token, [aside]);
  const json = <T>(path: string, more: Question = {}) => good<T>(exchange, path, { token, ...more });
  const found = await json<{ studies: { id: string }[] }>('/api/v1/studies/find', {
    json: { studyInstanceUid: first.studyInstanceUid },
  });
  const id = found.studies[0]!.id;
  const study = `/api/v1/studies/${id}`;
  const { series } = await json<{ series: { id: string }[] }>(study);
  const seriesId = series[0]!.id;
  const { images } = await json<{ images: { id: string }[] }>(`${study}/series/${seriesId}/images`);
  const { packs } = await json<{ packs: { id: string }[] }>(`${study}/originals`);
  const conflict = await json<{ until: string; instances: { id: string }[] }>(`${study}/conflict`);
  const choice = await json<{ id: string }>(`${study}/conflict/choices`, {
    json: { choice: 'new', until: conflict.until },
  });
  const { until } = await json<{ until: string }>(`${study}/conflict`);
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const made = await json<{ link: { id: string }; address: string }>(`${study}/links`, {
    json: { expiresAt, download: true },
  });
  const link = { id: made.link.id, secret: made.address.split('#')[1]! };
  const opened = await ask(exchange, `/api/v1/shared/${link.id}/open`, { agent, json: { secret: link.secret } });
  const cookie = opened.headers['set-cookie']![0]!.split(';')[0]!;
  return {
    ...{ id, seriesId, link, cookie, until, choiceId: choice.id, grantId: randomUUID(), files },
    uid: first.studyInstanceUid,
    seriesUid: first.seriesInstanceUid,
    sopUid: first.sopInstanceUid,
    patientId: person.patientId,
    patientName: person.patientName,
    imageId: images[0]!.id,
    packId: packs[0]!.id,
    sha256: digestOf(first.bytes),
    // The other one was chosen, so this lies aside now.
    asideSha256: digestOf(second.bytes),
    keptId: conflict.instances[0]!.id,
  };
}

/** A study that is nowhere. */
function nowhere(): StudyHere {
  const uid = (): string => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
  const digest = (): string => digestOf(Buffer.from(randomUUID()));
  return {
    ...{
      id: randomUUID(),
      uid: uid(),
      seriesUid: uid(),
      sopUid: uid(),
      patientId: 'KENN-0',
      patientName: 'Niemand^Nina',
    },
    ...{
      seriesId: randomUUID(),
      imageId: 'A'.repeat(22),
      packId: randomUUID(),
      sha256: digest(),
      asideSha256: digest(),
    },
    ...{
      keptId: `${randomUUID()}.0`,
      choiceId: randomUUID(),
      until: '0',
      cookie: '',
      grantId: randomUUID(),
      files: [],
    },
    link: { id: randomUUID(), secret: 'A'.repeat(43) },
  };
}

/** Erases a study of its own, so that there is an erasure with a certificate. Gives the erasure's id. */
async function erase(exchange: Exchange, token: string): Promise<string> {
  const { files } = newStudy();
  await stow(exchange, token, files);
  const { studies } = await good<{ studies: { id: string }[] }>(exchange, '/api/v1/studies/find', {
    token,
    json: { studyInstanceUid: files[0]!.studyInstanceUid },
  });
  const path = `/api/v1/studies/${studies[0]!.id}/erasure`;
  const json = { dryRun: false, ground: 'other', instances: files.length };
  return (await good<{ id: string }>(exchange, path, { token, json })).id;
}

async function untilCertified(exchange: Exchange, token: string, id: string): Promise<void> {
  for (const giveUpAt = Date.now() + 60_000; ; ) {
    const { state } = await good<{ state: string }>(exchange, `/api/v1/erasures/${id}`, { token });
    if (state === 'certified') return;
    if (Date.now() > giveUpAt) throw new Error(`the erasure is ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * One exchange with two accounts. In the first somebody of each built-in role, all of them in one group, with a study in each
 * place. `awaiting` is one's own, and granted to oneself, and awaits approval: who reaches either only that keeps away.
 */
export async function furnish(): Promise<Setting> {
  const backups = await mkdtemp('/tmp/sx-backups-');
  const exchange = await startExchange({ env: { SYMBOLON_BACKUPS: `file:${backups}` } });
  const keeper = await owner(exchange);
  const inDatabase = <T>(look: (database: Database) => Promise<T>): Promise<T> => inDatabaseOf(exchange, look);
  const { accountId, userId: keeperId } = await good<{ accountId: string; userId: string }>(
    exchange,
    '/api/v1/me',
    keeper,
  );
  const { people, colleague, foreigner } = await inDatabase(async (database) => {
    const all: [Role, Person][] = [];
    for (const role of roles) all.push([role, await addPerson(database, accountId, role, `A ${role}`)]);
    const otherAccount = await addAccount(exchange, database, 'Praxis Nebenan');
    return {
      people: Object.fromEntries(all) as Record<Role, Person>,
      colleague: await addPerson(database, accountId, 'member', 'A colleague'),
      foreigner: await addPerson(database, otherAccount, 'administrator', 'A foreigner'),
    };
  });
  const about = await inDatabase((database) => furnishPeople(database, people, colleague, foreigner));
  const token = keeper.token;
  const studies = new Map<string, StudyHere>();
  const sharedPlaces = ['group', 'granted', 'same'] as const;
  const wanted = [...sharedPlaces, 'other', ...roles.flatMap((role) => [`own ${role}`, `awaiting ${role}`])];
  const bringing = wanted.map(async (place) => {
    studies.set(place, await bring(exchange, place === 'other' ? foreigner.token : token));
  });
  const erasing = [erase(exchange, token), erase(exchange, foreigner.token)];
  await Promise.all(bringing);
  studies.set('absent', nowhere());
  const studyAt = (role: Role, place: Place): StudyHere =>
    (studies.get(place) ?? studies.get(`${place} ${role}`)) as StudyHere;
  await inDatabase(async (database) => {
    const move = (id: string, namespaceId: string, unapproved = false) =>
      database.updateTable('studies').set({ namespace_id: namespaceId, unapproved }).where('id', '=', id).execute();
    const by = { accountId, userId: keeperId };
    // To somebody who asks for nothing: what is listed, and revoked.
    for (const [place, { id, grantId }] of studies) {
      if (place === 'absent') continue;
      const [giver, taker] = place === 'other' ? [foreigner, foreigner] : [by, about.witness];
      await addGrant(database, giver, id, taker.namespaceId, { id: grantId });
    }
    await move(studyAt('guest', 'group').id, about.groupAt('group', 'group').namespaceId);
    await move(studyAt('guest', 'granted').id, colleague.namespaceId);
    await move(studyAt('guest', 'same').id, colleague.namespaceId);
    for (const role of roles) {
      const { namespaceId } = people[role];
      await addGrant(database, by, studyAt(role, 'granted').id, namespaceId);
      await move(studyAt(role, 'own').id, namespaceId);
      await move(studyAt(role, 'awaiting').id, namespaceId, true);
      await addGrant(database, by, studyAt(role, 'awaiting').id, namespaceId);
    }
  });
  const [own = '', other = ''] = await Promise.all(erasing);
  const erasures = { own, other };
  const held = (who: { readonly token: string }, studyId: string) =>
    good<{ id: string }>(exchange, '/api/v1/holds', {
      token: who.token,
      json: { of: 'study', studyId, reason: 'Streit' },
    });
  const holds = {
    own: (await held(keeper, studyAt('member', 'same').id)).id,
    other: (await held(foreigner, studyAt('member', 'other').id)).id,
  };
  await untilCertified(exchange, token, erasures.own);
  await untilCertified(exchange, foreigner.token, erasures.other);
  const absent = randomUUID();
  const at = (some: { readonly own: string; readonly other: string }) => (place: Place) =>
    place === 'own' || place === 'other' ? some[place] : absent;
  const dispose = async () => {
    agent.destroy();
    await exchange.dispose();
    await rm(backups, { recursive: true, force: true });
  };
  return {
    ...{ exchange, keeper, keeperId, people, colleague, foreigner, studyAt, inDatabase, dispose, about },
    ...{ holdAt: at(holds), erasureAt: at(erasures) },
  };
}
