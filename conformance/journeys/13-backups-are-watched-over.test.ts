import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { axe, browserTest, ctStudy, desk, onFolders, phone, screens, screenshot } from '@symbolon/testbed';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { ask } from '../laws/ask.ts';
import { everybodyIs, inDatabaseOf } from '../laws/database-of.ts';
import { goTo } from './hands.ts';
import { setting } from './setting.ts';

const it = setting({
  name: 'Mara Ölund',
  before: async (made) => {
    await made.send(ctStudy({ seed: 1301, slices: 3, rows: 64, columns: 64, person: { patientName: 'Kovacs^Ana' } }));
  },
});
const so = async () =>
  (await ask(it.exchange, '/api/v1/backups', it.me)).json() as {
    drills: { result: string }[];
    waiting: { drill: boolean };
  };
const place = () => join(it.folder, 'backups');

browserTest('without a place the page says what to do, and nothing warns of it', async () => {
  const visitor = await it.visitAs(it.me, { on: desk });
  const { page } = visitor;
  await goTo(page, 'Backups');
  await page.getByText('No backups are made').waitFor();
  expect(await page.getByText('never backed up.').count()).toBe(0);
  await axe(page);
  await it.leave(visitor);
  await it.exchange.restart({ SYMBOLON_BACKUPS: `file:${place()}` });
});

for (const on of screens) {
  browserTest(`an administrator makes a backup, tries a restore, and says how often (${on.width} px)`, async () => {
    const visitor = await it.visitAs(it.me, { on, colours: on === phone ? 'dark' : 'light' });
    const { page } = visitor;
    if (on === desk) {
      await page
        .getByRole('region', { name: 'Warning about backups' })
        .getByText('The data was never backed up.')
        .waitFor();
      await screenshot(page, '13-warning-desk');
    }
    await goTo(page, 'Backups');
    const data = page.getByRole('region', { name: 'Backup of the data' });
    await data.getByRole('button', { name: 'Back up now' }).click();
    const list = page.getByRole('list', { name: 'Backups' });
    await list
      .getByText(/written/)
      .nth(on === screens[0] ? 0 : 1)
      .waitFor({ timeout: 60_000 });
    const trial = page.getByRole('region', { name: 'Would everything come back?' });
    await trial.getByRole('button', { name: 'Try a restore now' }).click();
    await trial.getByText(/everything came back; 1 pack opened, 1 image compared/).waitFor({ timeout: 60_000 });
    // The first is tried by itself, too.
    await expect
      .poll(async () => (await so()).drills.every(({ result }) => result === 'good') && !(await so()).waiting.drill, {
        timeout: 60_000,
      })
      .toBe(true);
    await page.getByText('Under way').waitFor({ state: 'detached', timeout: 60_000 });
    const often = page.getByLabel('Back up every … hours');
    await often.fill('x');
    await page.getByRole('button', { name: 'Save the schedule' }).click();
    await page.getByText('A number from 1 to').waitFor();
    await often.fill('12');
    await page.getByRole('button', { name: 'Save the schedule' }).click();
    await page.getByText('The schedule of backups is saved.').waitFor();
    await axe(page);
    await page.evaluate(() => window.scrollTo(0, 0));
    await screenshot(page, `13-backups-${on.name}`);
    await it.leave(visitor);
  });
}

onFolders(() => {
  browserTest('what would not come back, and what a restore holds, is told, and to administrators only', async () => {
    const images = await readdir(join(place(), 'images'), { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of images.filter((entry) => entry.isFile())) await rm(join(parentPath, name));
    // As after a restore.
    await inDatabaseOf(it.exchange, async (database) => {
      const at = new Date();
      const restore = { id: randomUUID(), backup_id: randomUUID(), made_at: at, restored_at: at };
      await database
        .insertInto('restores')
        .values({ ...restore, tokens_held: 1, links_held: 0, released_at: null, released_by: null })
        .execute();
      await sql`update api_tokens set held_at = now()`.execute(database);
    });
    const visitor = await it.visitAs(it.me, { on: phone });
    const { page } = visitor;
    await page.getByText('people, API tokens, links and grants are held.').waitFor();
    await goTo(page, 'Backups');
    await page.getByRole('button', { name: 'Try a restore now' }).click();
    await page.getByText('Not everything came back').waitFor({ timeout: 60_000 });
    await axe(page);
    await screenshot(page, '13-held-phone');
    await page.getByRole('button', { name: 'Let them open again' }).click();
    await page.getByText('Restored, and held').waitFor({ state: 'detached' });
    await goTo(page, 'Audit');
    await page.getByRole('listitem').getByText('Decided about what a restore brought back').waitFor();
    await page
      .getByRole('listitem')
      .getByText(/Made a backup/)
      .first()
      .waitFor();
    await everybodyIs(it.exchange, 'member');
    await page.goto(`${it.exchange.url}/backups`);
    await page.getByText('The backups are for administrators').waitFor();
    expect(await page.getByRole('link', { name: 'Backups' }).count()).toBe(0);
    await everybodyIs(it.exchange, 'administrator');
    await it.leave(visitor);
  });
});
