import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { axe, browserTest, cli, ctStudy, desk, phone, type Screen, screens, screenshot } from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { openKeys } from '../../packages/server/src/keys/index.ts';
import { ask } from '../laws/ask.ts';
import { everybodyIs } from '../laws/database-of.ts';
import { goTo, heading, openStudy, shownImage } from './hands.ts';
import { setting } from './setting.ts';

const it = setting({
  name: 'Mara Ölund',
  before: async (made) => {
    for (const [seed, patientName] of [
      [1101, 'Kovacs^Ana'],
      [1102, 'Haddad^Samira'],
    ] as const)
      await made.send(ctStudy({ seed, slices: 2, rows: 32, columns: 32, person: { patientName } }));
  },
});

const warning = (page: Page) => page.getByText('The keys were never backed up');
const card = (page: Page, name: string) => page.getByRole('region', { name });

/** Makes the keys of patients look as they will after so many days. */
function makeOlder(days: number): void {
  const store = new DatabaseSync(join(it.exchange.keysDir, 'key-store.sqlite'), { timeout: 10_000 });
  store.exec(`update wraps set made_at = made_at - ${days * 86_400_000} where kind = 'patient'`);
  store.close();
}

async function saveSchedule(page: Page, days: string): Promise<void> {
  await page.getByLabel('After how many days').fill(days);
  await page.getByRole('button', { name: 'Save the schedule' }).click();
}

for (const on of screens) {
  browserTest(
    `an administrator sees how old the keys are, and has them replaced (${on.width} px)`,
    async () => {
      const visitor = await it.visitAs(it.me, { on, colours: on === phone ? 'dark' : 'light' });
      const { page, watch } = visitor;
      watch.expect(/willReadFrequently/);
      // On every page, and leads to the one that says what to do.
      await warning(page).waitFor();
      await axe(page);
      await screenshot(page, `11-warning-${on.name}`);
      await openStudy(page, /Kovacs/);
      await shownImage(page);
      await warning(page).waitFor();
      await page.getByRole('link', { name: 'Back up the keys' }).click();
      await heading(page, 'Keys');
      await card(page, 'Backup').getByText('Who loses them loses every image').waitFor();
      await card(page, 'Backup').getByText('npx symbolon keys backup --out').waitFor();
      await card(page, 'Account key and roots').getByText('keys rotate --account').waitFor();
      await axe(page);
      await screenshot(page, `11-keys-${on.name}`);
      if (on === desk) await schedule(page);
      await rotation(page, on);
      await newSearchTokens(page, on);
      await it.leave(visitor);
    },
    180_000,
  );
}

/** What is due by a schedule is replaced when it is saved; nonsense is refused where it stands. */
async function schedule(page: Page): Promise<void> {
  const patients = card(page, 'Patients’ keys');
  makeOlder(100);
  await page.reload();
  await patients.getByText('100 days old').waitFor();
  await saveSchedule(page, 'ninety');
  await patients.getByText('A whole number from 1 to 3,650.').waitFor();
  await axe(page);
  await saveSchedule(page, '90');
  await page.getByText('Patients’ keys are replaced after 90 days.').waitFor();
  await patients.getByText('less than a day old').waitFor({ timeout: 60_000 });
  await page.getByRole('switch').click();
  await page.getByRole('button', { name: 'Save the schedule' }).click();
  await page.getByText('Patients’ keys are replaced on demand only.').waitFor();
  await page.reload();
  await expect.poll(() => page.getByRole('switch').isChecked(), { timeout: 30_000 }).toBe(false);
  await page.getByRole('switch').click();
  await saveSchedule(page, '365');
  await page.getByText('Patients’ keys are replaced after 365 days.').waitFor();
}

async function rotation(page: Page, on: Screen): Promise<void> {
  const patients = card(page, 'Patients’ keys');
  makeOlder(7);
  await page.reload();
  await patients.getByText('7 days old').waitFor();
  await page.getByRole('button', { name: 'Replace all patients’ keys now' }).click();
  const question = page.getByRole('alertdialog', { name: 'Replace the keys of 2 patients now?' });
  await question.waitFor();
  await axe(page);
  await screenshot(page, `11-question-${on.name}`);
  // Escape leads out, and nothing was done.
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await patients.getByText('7 days old').waitFor();
  await page.getByRole('button', { name: 'Replace all patients’ keys now' }).click();
  await question.getByRole('button', { name: 'Replace the keys' }).click();
  await patients.getByText('less than a day old').waitFor({ timeout: 60_000 });
  await goTo(page, 'Audit');
  for (const words of ['Asked for new keys for all patients', 'Set that patients’ keys are replaced after 90 days'])
    await page.getByRole('listitem').getByText(words).first().waitFor();
}

/** What studies are found by is made anew: the page tells its steps, to who comes later too, and offers no second time meanwhile. */
async function newSearchTokens(page: Page, on: Screen): Promise<void> {
  await goTo(page, 'Keys');
  const tokens = card(page, 'Search tokens');
  const begin = tokens.getByRole('button', { name: 'Make all search tokens anew now' });
  if (on === desk) {
    await begin.click();
    const question = tokens.getByRole('alertdialog', { name: 'Make the search tokens of 2 studies anew now?' });
    await question.waitFor();
    await axe(page);
    await tokens.scrollIntoViewIfNeeded();
    await screenshot(page, '11-search-tokens-question-desk');
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await tokens.getByText('never').waitFor();
    await begin.click();
    await question.getByRole('button', { name: 'Make them anew' }).click();
  }
  await tokens.getByText(/Step 2 of 3: .* stay until/).waitFor({ timeout: 60_000 });
  expect(await begin.count()).toBe(0);
  await axe(page);
  await tokens.scrollIntoViewIfNeeded();
  await screenshot(page, `11-search-tokens-${on.name}`);
  if (on === phone) return;
  await goTo(page, 'Audit');
  // It was looked at a moment ago.
  await page.reload();
  await page.getByRole('listitem').getByText('Asked for new keys that studies are found by').first().waitFor();
}

/** Waits until what the page had to do is done, and drawn. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestIdleCallback(() => requestAnimationFrame(done))));

browserTest(
  'a warning that comes late moves nothing under a hand, and waits for the next page or an idle moment',
  async () => {
    const visitor = await it.visitAs(it.me, { on: desk });
    const { page, context } = visitor;
    const row = page.getByRole('link', { name: /Kovacs/ });
    const answers: (() => void)[] = [];
    await context.route(/\/keys\/backup$/, async (route) => {
      await new Promise<void>((answer) => answers.push(answer));
      await route.continue();
    });
    const arrives = async (): Promise<void> => {
      await expect.poll(() => answers.length).toBeGreaterThan(0);
      const answered = page.waitForResponse(/\/keys\/backup$/);
      for (const answer of answers.splice(0)) answer();
      await answered;
      // What comes behind it has come, too.
      await page.evaluate(() => fetch('/healthz'));
    };
    await page.reload();
    // The list does not wait for ever.
    await row.waitFor();
    const before = (await row.boundingBox())!;
    const at = { x: before.x + 10, y: before.y + before.height / 2 };
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    let pressed = true;
    // No hand is quite still, however long the answer is on its way.
    const hand = (async () => {
      for (let step = 0; pressed; step += 1) {
        await page.mouse.move(at.x + (step % 2), at.y);
        await drawn(page);
      }
    })().catch(() => undefined);
    await arrives();
    await drawn(page);
    expect(await warning(page).count()).toBe(0);
    expect(await row.boundingBox()).toEqual(before);
    pressed = false;
    await hand;
    await page.mouse.up();
    await heading(page, 'Study');
    await warning(page).waitFor();

    await page.goto(it.exchange.url);
    await row.waitFor();
    expect(await warning(page).count()).toBe(0);
    await arrives();
    await warning(page).waitFor();
    await it.leave(visitor);
  },
);

browserTest(
  'a member hears nothing of it; a backup ends the warning on the page that is open',
  async () => {
    await everybodyIs(it.exchange, 'member');
    const visitor = await it.visitAs(it.me, { on: desk });
    const { page } = visitor;
    await page.getByRole('link', { name: /Kovacs/ }).waitFor();
    expect(await page.getByRole('link', { name: 'Keys' }).count()).toBe(0);
    await page.goto(`${it.exchange.url}/keys`);
    await page.getByText('The keys are for administrators').waitFor();
    await axe(page);
    expect(await warning(page).count()).toBe(0);
    await everybodyIs(it.exchange, 'administrator');

    await page.goto(it.exchange.url);
    await warning(page).waitFor();
    const file = join(it.folder, 'passphrase');
    await writeFile(file, 'ein langer Satz aus Wörtern', { mode: 0o600 });
    const args = ['keys', 'backup', '--out', join(it.folder, 'keys.backup'), '--passphrase-file', file];
    expect(await cli(args, { exchange: it.exchange })).toMatchObject({ code: 0 });
    await warning(page).waitFor({ state: 'detached', timeout: 60_000 });
    await goTo(page, 'Keys');
    await card(page, 'Backup').getByText('less than a day old').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await axe(page);
    await manyPatients(page);
    await it.leave(visitor);
  },
  180_000,
);

/** So many that it takes a while: keys only, as another node could have made them. */
async function manyPatients(page: Page): Promise<void> {
  const { accountId } = (await ask(it.exchange, '/api/v1/me', it.me)).json() as { accountId: string };
  const patients = Array.from({ length: 2_000 }, () => ({ accountId, patientId: randomUUID() }));
  const keys = await openKeys(it.exchange.keysDir, () => new Date(), { make: false });
  await keys.chains.add(patients, []);
  await keys.close();
  await page.setViewportSize({ width: phone.width, height: phone.height });
  await page.getByRole('button', { name: 'Replace all patients’ keys now' }).click();
  await page.getByRole('button', { name: 'Replace the keys' }).click();
  const bar = page.getByRole('progressbar', { name: 'Keys are being replaced' });
  await page.getByText(/[1-9]\d* of 2,002 patients/).waitFor();
  await axe(page);
  await bar.scrollIntoViewIfNeeded();
  await screenshot(page, '11-running-phone');
  // Who comes back to the page finds it still there.
  await page.reload();
  await bar.waitFor();
}
