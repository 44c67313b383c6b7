import { allPermissions } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { type Answer, ask, type Question } from '../laws/ask.ts';
import type { Place } from './matrix.ts';
import type { About, Road } from './roads.ts';
import { addGrant, addPerson, addRole, type Person } from './rows-of-people.ts';
import { agent, good, newStudy, type Setting, stow } from './setting.ts';

type Roads = Readonly<Record<string, Road>>;

/** All that somebody may be, have or be given, and where everything is: what no attack may change. */
const tables = [
  ...([
    'accounts',
    'users',
    'memberships',
    'roles',
    'groups',
    'group_members',
    'namespaces',
    'grants',
    'links',
  ] as const),
  ...(['studies', 'series', 'packs', 'holds', 'erasures', 'conflict_choices', 'invitations', 'openings'] as const),
];
const everything = (here: Setting): Promise<string[]> =>
  here.inDatabase(async (database) => {
    const rows: string[] = [];
    for (const table of tables) {
      const all: unknown[] = await database.selectFrom(table).selectAll().execute();
      // When somebody was here last is told of everybody.
      const text = all.map((row) => JSON.stringify({ ...(row as object), seen_at: null }));
      rows.push(`${table} ${text.sort().join()}`);
    }
    const tokens = await database.selectFrom('api_tokens').select(['id', 'scope', 'addresses']).orderBy('id').execute();
    return [...rows, JSON.stringify(tokens)];
  });

/** Attacks on who may do what. They share the exchange of the matrix, and leave it as it was but for a few people. */
export function attacks(setting: () => Setting, roads: Roads, routes: () => readonly string[]): void {
  const asking = (token: string, path: string, question: Question = {}): Promise<Answer> =>
    ask(setting().exchange, path, { agent, token, ...question });
  const about = (place: Place): About => {
    const here = setting();
    return { here, study: here.studyAt('member', place), role: 'member', place };
  };

  /** Somebody in the account of the matrix with a role of their own. */
  const somebodyWith = (name: string, ...permissions: readonly string[]): Promise<Person> =>
    setting().inDatabase(async (database) => {
      const { accountId } = setting().colleague;
      const decisions = Object.fromEntries(permissions.map((permission) => [permission, 'permit']));
      const roleId = await addRole(database, accountId, name, decisions);
      return addPerson(database, accountId, { roleId }, name);
    });

  test('a body that says more than it is asked is refused whole, on every route, by who may do most', async () => {
    const here = setting();
    const more = { accountId: here.foreigner.accountId, role: 'administrator', operates: true, userId: here.keeperId };
    const { token } = await somebodyWith('May do everything', ...allPermissions);
    const before = await everything(here);
    const taken: string[] = [];
    let asked = 0;
    for (const route of routes()) {
      const { path, json, method } = roads[route]!(about('own'));
      if (json === undefined) continue;
      for (const [name, value] of [...Object.entries(more), ['owner_id', here.keeperId]] as const) {
        if (Object.hasOwn(json as object, name)) continue;
        asked += 1;
        const { status } = await asking(token, path, {
          ...(method !== undefined && { method }),
          json: { ...(json as object), [name]: value },
        });
        if (status !== 400) taken.push(`${route} with ${name}: ${status}`);
      }
    }
    expect(taken).toEqual([]);
    expect(asked).toBeGreaterThan(100);
    expect(await everything(here)).toEqual(before);
  });

  test('what is sent under a colleague’s UIDs is answered as new, and changes nothing of theirs', async () => {
    const here = setting();
    const { exchange, keeper, people } = here;
    const theirs = here.studyAt('member', 'same');
    const look = async () => {
      const paths = ['', '/conflict', '/originals'].map((rest) => `/api/v1/studies/${theirs.id}${rest}`);
      const answers = await Promise.all(paths.map((path) => asking(keeper.token, path)));
      return answers.map(({ status, body }) => `${status} ${body}`);
    };
    const before = await look();
    const fresh = newStudy();
    const [first] = theirs.files as [(typeof theirs.files)[0]];
    const spelt = (answer: Answer, files: typeof theirs.files): string => {
      const { date: _, ...headers } = answer.headers;
      const uids = files.flatMap((file, at) =>
        [file.sopInstanceUid, file.seriesInstanceUid, file.studyInstanceUid].map(
          (uid, of) => [uid, `${at}.${of}`] as const,
        ),
      );
      const text = JSON.stringify({
        status: answer.status,
        headers: { ...headers, 'content-length': '' },
        body: answer.body.toString(),
      });
      return uids.reduce(
        (rest, [uid, name]) => rest.replaceAll(uid, name),
        text.replaceAll(/[0-9a-f]{64}/g, 'a digest'),
      );
    };
    const expected = spelt(await stow(exchange, people.member.token, fresh.files), fresh.files);
    // The same bytes; then others under the same UIDs, from somebody else.
    expect(spelt(await stow(exchange, people.member.token, theirs.files), theirs.files)).toBe(expected);
    const other = await here.inDatabase((database) =>
      addPerson(database, here.colleague.accountId, 'member', 'Another member'),
    );
    const altered = theirs.files.map((file) => ({ ...file, bytes: Buffer.concat([file.bytes, trailing]) }));
    expect(spelt(await stow(exchange, other.token, altered), altered)).toBe(expected);
    expect(await look()).toEqual(before);
    // Each has their own under that UID, and no more of anybody else's than before.
    const found = await good<{ studies: { id: string; instanceCount: number }[] }>(exchange, '/api/v1/studies/find', {
      token: other.token,
      json: { studyInstanceUid: first.studyInstanceUid },
    });
    expect(found.studies).toHaveLength(1);
    expect(found.studies[0]!.id).not.toBe(theirs.id);
    const { held } = await good<{ held: string[] }>(exchange, '/api/v1/held', {
      token: other.token,
      json: { sha256: [theirs.sha256] },
    });
    expect(held).toEqual([]);
  });

  test('who sees pseudonyms finds out nobody’s name: by no search, and in no byte of any answer', async () => {
    const here = setting();
    const study = here.studyAt('member', 'same');
    const { patientId, patientName, uid } = study;
    const number = patientId.slice('KENN-'.length);
    const words = [
      patientName.split('^')[0]!,
      'Quirin',
      patientId,
      `ACC${number}`,
      `Befund${number}`,
      'Andere^Anna',
      'Andere, Anna',
    ];
    const says = ({ body }: Answer): string[] =>
      words.filter((word) => body.includes(Buffer.from(word)) || body.includes(Buffer.from(word, 'latin1')));
    const { token } = await somebodyWith(
      'Sees pseudonyms',
      ...[
        'study.search',
        'study.search.exact',
        'study.view',
        'study.download',
        'study.add',
        'study.erase',
        'patient.erase',
      ],
      ...['conflict.read', 'conflict.resolve', 'conflict.download', 'link.list', 'link.create', 'link.revoke'],
      ...['instance.held', 'receipt.create', 'hold.view', 'audit.view', 'erasure.view', 'usage.view', 'user.explain'],
      ...[
        'grant.list',
        'study.search.unapproved',
        'study.view.unapproved',
        'study.download.unapproved',
        'emergency.view',
      ],
    );
    const own = (path: string, question: Question = {}) => asking(token, path, question);
    // They do reach it, and who may see names is told them: the search for words can find something.
    const seen = await own(`/api/v1/studies/${study.id}`);
    expect([seen.status, says(seen)]).toEqual([200, []]);
    expect(says(await asking(here.keeper.token, `/api/v1/studies/${study.id}`)).length).toBeGreaterThan(2);
    const searches = [
      ...[patientName, `${patientName.slice(0, 4)}*`].map((name) => `PatientName=${encodeURIComponent(name)}`),
      ...[
        `PatientID=${patientId}`,
        `PatientID=KENN*`,
        `AccessionNumber=ACC${number}`,
        `StudyDescription=Befund${number}`,
      ],
      ...[
        `StudyInstanceUID=${uid}&PatientID=${patientId}`,
        `StudyInstanceUID=${uid}&PatientName=Z*`,
        'PatientSex=F',
        'PatientSex=M',
      ],
    ];
    const resources = ['studies', 'series', 'instances', `studies/${uid}/series`, `studies/${uid}/instances`];
    for (const query of searches) {
      const ofPatients = /^Patient/.test(query) ? ['patients'] : [];
      for (const resource of [...resources, ...ofPatients]) {
        const path = `/dicomweb/${resource}?${query}`;
        const answer = await own(path);
        expect([path, answer.status, answer.body.toString()]).toEqual([path, 200, '[]']);
      }
    }
    // Nor by what is included, of the study, of the patient or of the files themselves.
    const fields = 'includefield=PatientName,PatientID,AccessionNumber,InstitutionName,PatientComments,00400275';
    for (const resource of [...resources, 'patients']) {
      const answer = await own(`/dicomweb/${resource}?${fields}&limit=1000`);
      expect([resource, answer.status, says(answer)]).toEqual([resource, 200, []]);
      expect(answer.body.length).toBeGreaterThan(2);
    }
    // The files themselves are opened to nobody who may not see whose they are, whatever is asked of them.
    for (const resource of resources) {
      const path = `/dicomweb/${resource}?includefield=InstitutionName&StudyInstanceUID=${uid}`;
      const whole = await asking(here.keeper.token, path);
      const [hidden, named] = [await own(path), '00080080'];
      expect([resource, whole.body.includes(named), hidden.body.includes(named)]).toEqual([resource, true, false]);
      expect(hidden.headers.warning).toMatch(/not included where you may not see it/);
    }
    const plain = await own(`/dicomweb/studies?StudyInstanceUID=${uid}`);
    expect((plain.json() as unknown[]).length).toBeGreaterThan(0);
    for (const json of [{ id: patientId }, { id: `ACC${number}` }, { name: patientName.slice(0, 5) }, { name: 'q' }]) {
      const answer = await own('/api/v1/studies/search', { json });
      expect(answer.json()).toMatchObject({ studies: [], total: 0 });
    }
    const { total } = (await own('/api/v1/studies/search', { json: {} })).json() as { total: number };
    expect(total).toBeGreaterThan(1);
    for (const route of routes()) {
      const { path, json, headers, method, body } = roads[route]!(about('same'));
      // To what is asked of reading roads every other road answers with less.
      if (method === 'DELETE' || method === 'PUT' || method === 'PATCH' || body !== undefined) continue;
      if (method === 'POST' && !/find|search|held|receipts|erasure|file|links$/.test(route)) continue;
      const answer = await own(path, {
        ...(method && { method }),
        ...(json !== undefined && { json }),
        ...(headers && { headers }),
      });
      expect([route, says(answer)]).toEqual([route, []]);
    }
  });

  test('a grant of one series opens that series, and nothing else of its study, on every road', async () => {
    const here = setting();
    const { exchange, keeper, keeperId, colleague } = here;
    const { files } = newStudy({ series: 2 });
    await stow(exchange, keeper.token, files);
    const uid = files[0]!.studyInstanceUid;
    const [granted, kept] = [files.slice(0, 2), files.slice(2)] as [typeof files, typeof files];
    const all = <T>(path: string, question: Question = {}) =>
      good<T>(exchange, path, { token: keeper.token, ...question });
    const { studies } = await all<{ studies: { id: string }[] }>('/api/v1/studies/find', {
      json: { studyInstanceUid: uid },
    });
    const study = `/api/v1/studies/${studies[0]!.id}`;
    const { series } = await all<{ series: { id: string; number: number }[] }>(study);
    const [one, two] = series as readonly { id: string }[] as [{ id: string }, { id: string }];
    type Images = { images: { id: string }[] };
    const images = (await all<Images>(`${study}/series/${one.id}/images`)).images;
    const others = (await all<Images>(`${study}/series/${two.id}/images`)).images;
    type Packs = { packs: { id: string; instances: unknown[] }[] };
    const packs = (await all<Packs>(`${study}/originals`)).packs;
    const reader = await here.inDatabase(async (database) => {
      const person = await addPerson(database, colleague.accountId, 'patient', 'Reads one series');
      const by = { accountId: colleague.accountId, userId: keeperId };
      await addGrant(database, by, studies[0]!.id, person.namespaceId, { seriesId: one.id });
      return person;
    });
    const own = (path: string, question: Question = {}) => asking(reader.token, path, question);
    const status = async (path: string, question: Question = {}) => [path, (await own(path, question)).status];
    const dicom = `/dicomweb/studies/${uid}`;
    const dicomFiles = { headers: { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' } };
    const dicomFile = { headers: { accept: 'application/dicom; transfer-syntax=*' } };
    const mine = (await own(`${study}/originals`)).json() as Packs;
    const roadsTo = (file: (typeof files)[0], seriesId: string, image: string, pack: string): [string, Question][] => {
      const ofSeries = `${dicom}/series/${file.seriesInstanceUid}`;
      const ofInstance = `${ofSeries}/instances/${file.sopInstanceUid}`;
      return [
        [`${study}/series/${seriesId}/images`, {}],
        [`${study}/series/${seriesId}/thumbnail`, {}],
        [`${study}/images/${image}/frames/1`, {}],
        [`${study}/originals/${pack}`, {}],
        [ofSeries, dicomFiles],
        [`${ofSeries}/metadata`, {}],
        [`${ofSeries}/instances`, {}],
        [ofInstance, dicomFile],
        [`${ofInstance}/metadata`, {}],
        [`${ofInstance}/bulkdata/00100010`, { headers: { accept: '*/*' } }],
        [`${ofSeries}/pixeldata`, { headers: { accept: '*/*' } }],
        [`${ofInstance}/frames/1`, { headers: { accept: '*/*' } }],
        ...[ofSeries, ofInstance, `${ofInstance}/frames/1`].flatMap((path): [string, Question][] => [
          [`${path}/rendered`, { headers: { accept: '*/*' } }],
          [`${path}/thumbnail`, { headers: { accept: '*/*' } }],
        ]),
        [
          `/dicomweb/wado?requestType=WADO&studyUID=${uid}&seriesUID=${file.seriesInstanceUid}&objectUID=${file.sopInstanceUid}`,
          {},
        ],
      ];
    };
    expect(mine.packs).toHaveLength(1);
    const theirs = packs.find(({ id }) => id !== mine.packs[0]!.id)!;
    // Who may see all of it has just done so: what is in memory since then is for nobody else.
    for (const [path, question] of roadsTo(kept[0]!, two.id, others[0]!.id, theirs.id))
      expect([path, (await asking(keeper.token, path, question)).status]).toEqual([path, 200]);
    for (const [path, question] of roadsTo(granted[0]!, one.id, images[0]!.id, mine.packs[0]!.id))
      expect(await status(path, question)).toEqual([path, 200]);
    for (const [path, question] of roadsTo(kept[0]!, two.id, others[0]!.id, theirs.id))
      expect(await status(path, question)).toEqual([path, 404]);
    // An instance of the other series does not answer under the series that is granted, either.
    const crossed = `${dicom}/series/${granted[0]!.seriesInstanceUid}/instances/${kept[0]!.sopInstanceUid}`;
    expect(await status(crossed, dicomFile)).toEqual([crossed, 404]);
    // What is asked of the study as a whole is answered without the other series.
    for (const [path, question] of [
      [study, {}],
      [`${study}/originals`, {}],
      [dicom, dicomFiles],
      [`${dicom}/metadata`, {}],
      [`${dicom}/series`, {}],
      [`${dicom}/instances`, {}],
      [`/dicomweb/studies?StudyInstanceUID=${uid}`, {}],
      [`/dicomweb/series?StudyInstanceUID=${uid}`, {}],
      [`/dicomweb/instances?StudyInstanceUID=${uid}&includefield=SOPClassesInStudy`, {}],
      [`/dicomweb/series?SeriesInstanceUID=${kept[0]!.seriesInstanceUid}`, {}],
      [`/dicomweb/instances?SOPInstanceUID=${kept[0]!.sopInstanceUid}`, {}],
      ['/dicomweb/patients?includefield=NumberOfPatientRelatedInstances', {}],
    ] as const) {
      const answer = await own(path, question);
      expect([path, answer.status]).toEqual([path, 200]);
      for (const told of [two.id, theirs.id, kept[0]!.seriesInstanceUid, ...kept.map((file) => file.sopInstanceUid)])
        expect([path, told, answer.body.includes(told)]).toEqual([path, told, false]);
    }
    const zip = await own(`${study}/archive`);
    expect([zip.status, zip.body.includes('SE000001/IM000002'), zip.body.includes('SE000002')]).toEqual([
      200,
      true,
      false,
    ]);
    for (const { sopInstanceUid } of kept) expect(zip.body.includes(sopInstanceUid)).toBe(false);
    // What can be done to all of a study only is not done by who reaches a part of it.
    for (const path of ['/links', '/conflict', '/grants']) expect((await own(`${study}${path}`)).status).not.toBe(200);
  });

  test('who manages people and roles gets to no study by that, nor makes anybody who does', async () => {
    const here = setting();
    const { people, about: others } = here;
    const manager = await somebodyWith(
      'Manages people',
      ...['user.list', 'user.view', 'user.create', 'user.change', 'user.suspend', 'user.remove', 'user.explain'],
      ...['role.list', 'role.view', 'role.create', 'role.change', 'role.delete', 'role.assign', 'role.compare'],
      ...['group.list', 'group.view', 'group.create', 'group.change', 'group.enrol', 'service.create', 'address.set'],
      ...['token.list', 'token.issue', 'token.revoke', 'grant.list', 'grant.create', 'account.transfer'],
    );
    const before = await everything(here);
    const group = others.groupAt('group', 'group').groupId;
    const soon = new Date(Date.now() + 86_400_000).toISOString();
    const administrators = people.administrator.roleId;
    const reads = { decisions: { 'study.view': 'permit' } };
    const tries: readonly (readonly [string, string, unknown])[] = [
      ['PUT', `/users/${manager.userId}/role`, { roleId: administrators }],
      ['PUT', `/users/${manager.userId}/role`, { roleId: people.guest.roleId }],
      ['PUT', `/users/${people.guest.userId}/role`, { roleId: people.member.roleId }],
      ['PUT', `/users/${people.administrator.userId}/role`, { roleId: manager.roleId }],
      ['POST', `/users/${people.administrator.userId}/suspension`, undefined],
      ['DELETE', `/users/${people.administrator.userId}`, undefined],
      ['POST', '/users', { email: 'mehr@example.org', roleId: administrators }],
      ['POST', '/services', { name: 'Mehr', roleId: administrators }],
      ['POST', '/roles', { name: 'Mehr', ...reads }],
      ['POST', '/roles', { name: 'Mehr', cloneOf: administrators }],
      ['POST', '/roles', { name: 'Mehr', template: 'radiologist' }],
      ['PATCH', `/roles/${manager.roleId}`, reads],
      ['PATCH', `/roles/${administrators}`, reads],
      ['PUT', `/groups/${group}/members/${manager.userId}`, { roleId: administrators }],
      ['PATCH', `/groups/${group}`, { defaultRoleId: administrators }],
      ['POST', '/groups', { name: 'Mehr', defaultRoleId: administrators }],
      ['POST', `/users/${manager.userId}/tokens`, { label: 'mehr', expiresAt: soon, scope: ['study.view'] }],
      ['POST', `/users/${people.administrator.userId}/tokens`, { label: 'mehr', expiresAt: soon }],
      [
        'POST',
        `/studies/${here.studyAt('member', 'same').id}/grants`,
        { to: { userId: manager.userId }, seriesIds: null, expiresAt: null },
      ],
      ['POST', '/account/owner', { userId: manager.userId }],
    ];
    const through: string[] = [];
    for (const [method, path, json] of tries) {
      const { status, body } = await asking(manager.token, `/api/v1${path}`, {
        method,
        ...(json !== undefined && { json }),
      });
      if (![403, 404, 409].includes(status))
        through.push(`${method} ${path} ${JSON.stringify(json)}: ${status} ${body}`);
    }
    expect(through).toEqual([]);
    expect(await everything(here)).toEqual(before);
    for (const place of ['own', 'group', 'same', 'other'] as const)
      expect((await asking(manager.token, `/api/v1/studies/${here.studyAt('member', place).id}`)).status).toBe(403);
  });

  test('what a role denies comes back to nobody by another role that somebody gives who may not do it', async () => {
    const here = setting();
    const { accountId } = here.colleague;
    const study = `/api/v1/studies/${here.studyAt('member', 'group').id}`;
    const group = here.about.groupAt('group', 'group').groupId;
    const manages = { 'role.assign': 'permit', 'user.view': 'permit' } as const;
    const { manager, plain, other } = await here.inDatabase(async (database) => {
      const denying = await addRole(database, accountId, 'Denies', { ...manages, 'study.view': 'deny' });
      const reading = await addRole(database, accountId, 'Reads in groups', { 'study.view': 'permit' });
      const made = {
        manager: await addPerson(database, accountId, { roleId: denying }, 'Denied and manages'),
        other: await addPerson(database, accountId, { roleId: denying }, 'Denied'),
        plain: await addRole(database, accountId, 'Denies nothing', manages),
      };
      for (const { userId } of [made.manager, made.other])
        await database
          .insertInto('group_members')
          .values({ group_id: group, user_id: userId, account_id: accountId, role_id: reading })
          .execute();
      return made;
    });
    for (const { userId, token } of [manager, other]) {
      const given = await asking(manager.token, `/api/v1/users/${userId}/role`, {
        method: 'PUT',
        json: { roleId: plain },
      });
      expect(given.status).toBe(403);
      expect((await asking(token, study)).status).not.toBe(200);
    }
    // Who may do it themselves gives it.
    const path = `/api/v1/users/${other.userId}/role`;
    const given = await asking(here.keeper.token, path, { method: 'PUT', json: { roleId: plain } });
    expect([given.status, (await asking(other.token, study)).status]).toEqual([200, 200]);
  });
}

/** Behind the last element of a file: other bytes, and still the same data set. */
const trailing = Buffer.from([0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 2, 0, 0, 0, 0, 0]);
