import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { axe, browserTest, ctStudy, phone, screens, screenshot } from '@symbolon/testbed';
import { expect } from 'vitest';
import { everybodyIs, inDatabaseOf } from '../laws/database-of.ts';
import { goTo } from './hands.ts';
import { setting } from './setting.ts';

const it = setting({
  name: 'Mara Ölund',
  env: { SYMBOLON_COMPRESSION: 'on' },
  before: async (made) => {
    await made.send(ctStudy({ seed: 1201, slices: 3, rows: 64, columns: 64, person: { patientName: 'Kovacs^Ana' } }));
  },
});

for (const on of screens) {
  browserTest(`an administrator sees the room, and that nothing is damaged (${on.width} px)`, async () => {
    const visitor = await it.visitAs(it.me, { on, colours: on === phone ? 'dark' : 'light' });
    const { page } = visitor;
    await goTo(page, 'Storage');
    const room = page.getByRole('region', { name: 'Room' });
    await room.getByText('3 images').waitFor();
    for (const place of ['Image halves', 'Identity halves', 'Database', 'Keys']) await room.getByText(place).waitFor();
    const packing = page.getByRole('region', { name: 'Does it take less room?' });
    // Nothing is done by itself here; the second visitor finds what the first had done.
    if (on === screens[0]) {
      await packing.getByText('1 pack of').waitFor();
      await packing.getByText('nothing yet').waitFor();
    }
    await packing.getByRole('button', { name: 'Make room now' }).click();
    await packing.getByText(/^1 pack: .* became .*, [1-9]\d? % less$/).waitFor({ timeout: 60_000 });
    await packing.getByText('nothing', { exact: true }).waitFor();
    const scrub = page.getByRole('region', { name: 'Is it still what was sent?' });
    await scrub.getByRole('button', { name: 'Read everything again now' }).click();
    await scrub.getByText(/nothing damaged$/).waitFor({ timeout: 60_000 });
    await axe(page);
    await screenshot(page, `12-storage-${on.name}`);
    await it.leave(visitor);
  });
}

browserTest('what is damaged is told with its study, and to administrators only', async () => {
  const packs = await inDatabaseOf(it.exchange, (database) => database.selectFrom('packs').select('id').execute());
  for (const { id } of packs) await rm(join(it.exchange.dataDir, 'images', id.slice(0, 2), id));
  const visitor = await it.visitAs(it.me, { on: phone });
  const { page, watch } = visitor;
  await goTo(page, 'Storage');
  await page.getByRole('button', { name: 'Read everything again now' }).click();
  const alarm = page.getByText('1 pack damaged', { exact: true });
  await alarm.waitFor({ timeout: 60_000 });
  await page
    .getByRole('list', { name: 'Damaged' })
    .getByText('3 images: its pixel data cannot be read whole')
    .waitFor();
  await axe(page);
  await screenshot(page, '12-damaged-phone');
  // What opens of the study opens, and says what does not.
  watch.expect(/./);
  await page.getByRole('link', { name: 'Open the study' }).click();
  await page.getByText('Kovacs').first().waitFor();
  await goTo(page, 'Audit');
  await page
    .getByRole('listitem')
    .getByText(/ompar\w+ what is held with what was sent/)
    .first()
    .waitFor();
  await everybodyIs(it.exchange, 'member');
  await page.goto(`${it.exchange.url}/storage`);
  await page.getByText('The stores are for administrators').waitFor();
  expect(await page.getByRole('link', { name: 'Storage' }).count()).toBe(0);
  await everybodyIs(it.exchange, 'administrator');
  await it.leave(visitor);
});
