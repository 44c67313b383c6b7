import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ctStudy, type Exchange, type Owner, owner, type SyntheticFile } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { digestsOf, heldOf, instanceOf } from './all-back.ts';
import { ask, multipart } from './ask.ts';
import { certified, erased, studyIdOf } from './erasing.ts';
import { digestOf } from './folder-of.ts';
import { backUp, emptyMachine, passphraseIn } from './machine-of.ts';

let seeds = 6900;
async function sent(exchange: Exchange, me: Owner, person = {}): Promise<{ id: string; files: SyntheticFile[] }> {
  seeds += 1;
  const files = [...ctStudy({ seed: seeds, slices: 3, series: 2, rows: 32, columns: 32, person })];
  const answer = await ask(exchange, '/dicomweb/studies', {
    ...multipart(files.map(({ bytes }) => bytes)),
    token: me.token,
  });
  expect(answer.status).toBe(200);
  return { files, id: (await studyIdOf(exchange, me, files[0]!.studyInstanceUid))! };
}

test('a backup from before an erasure, restored onto an empty machine with the keys of today: all that stays comes back byte for byte, what was erased does not', async () => {
  const machine = await emptyMachine();
  try {
    const exchange = await machine.start();
    const me = await owner(exchange);
    const person = { patientName: 'Weg^Wanda', patientId: 'WANDA-1' };
    const [gone, one, two] = [
      await sent(exchange, me),
      await sent(exchange, me, person),
      await sent(exchange, me, person),
    ];
    const stays = [await sent(exchange, me), await sent(exchange, me)].flatMap(({ files }) => files);
    expect(await backUp(exchange, me)).toMatchObject({ code: 0 });
    const ofStudy = await erased(exchange, me, `studies/${gone.id}/erasure`);
    const ofPatient = await erased(exchange, me, `studies/${one.id}/patient/erasure`);
    const passphrase = await passphraseIn(machine.root);
    const keysBackup = join(machine.root, 'keys.backup');
    expect(
      await machine.command(['keys', 'backup', '--out', keysBackup, '--passphrase-file', passphrase]),
    ).toMatchObject({ code: 0 });
    expect(await exchange.stop()).toBe(0);

    const empty = await emptyMachine(machine.place);
    const credentials = Object.entries(machine.env).filter(([name]) => name.startsWith('AWS_'));
    const env = machine.place.startsWith('s3:') ? Object.fromEntries(credentials) : {};
    try {
      const restore = ['restore', '--keys', keysBackup, '--passphrase-file', passphrase];
      expect(await empty.command(restore, env)).toMatchObject({ code: 0 });
      const on = await empty.start(env);
      // Before anybody was served.
      expect(on.output()).toMatch(/Erasures +applied to what was restored: 3 studies, 2 patients/);
      const json = { email: me.email, password: me.password, label: 'after the restore' };
      const { token } = (await ask(on, '/api/v1/tokens', { json })).json() as { token: string };
      const tokenFile = join(empty.root, 'token');
      await writeFile(tokenFile, token, { mode: 0o600 });
      const who = { ...me, token, tokenFile };
      const away = [gone, one, two].flatMap(({ files }) => files);
      expect(await heldOf(on, who, [...stays, ...away])).toEqual(digestsOf(stays));
      for (const file of stays) expect(digestOf((await instanceOf(on, who, file)).body)).toBe(digestOf(file.bytes));
      for (const file of away) expect((await instanceOf(on, who, file)).status).toBe(404);
      for (const { erasure } of [ofStudy, ofPatient]) await certified(on, who, erasure.id);
      // The next backup holds nothing of it, and is as good as any.
      expect(await backUp(on, who)).toMatchObject({ code: 0 });
      expect(await empty.command(['backup', 'verify'], env)).toMatchObject({ code: 0 });
    } finally {
      await empty.dispose();
    }
  } finally {
    await machine.dispose();
  }
}, 300_000);
