import { join } from 'node:path';
import { axe, browserTest, cli, ctStudy, desk, phone, type Screen, screenshot } from '@symbolon/testbed';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';
import { goTo, openStudy, shownImage } from './hands.ts';
import { setting } from './setting.ts';

const whole = 'Kovacs';
const uid = '1.2.826.0.1.3680043.10.1594.14.1';
const parted = 'Brandt';
const reason = 'Ask the legal department first';

const it = setting({
  name: 'Mara Ölund',
  async before(made) {
    const small = { slices: 3, series: 2, rows: 64, columns: 64 };
    const person = { patientName: `${whole}^Ana` };
    await made.send(ctStudy({ ...small, seed: 1401, studyInstanceUid: uid, person }));
    await made.send(ctStudy({ ...small, seed: 1403, series: 3, person: { patientName: `${parted}^Lea` } }));
  },
});

const api = async <T>(path: string, json?: unknown): Promise<T> =>
  (
    await ask(it.exchange, `/api/v1/${path}`, { token: it.me.token, ...(json === undefined ? {} : { json }) })
  ).json() as T;

async function linkTo(studyInstanceUid: string): Promise<string> {
  const found = await api<{ studies: { id: string }[] }>('studies/find', { studyInstanceUid });
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  return (await api<{ address: string }>(`studies/${found.studies[0]!.id}/links`, { expiresAt })).address;
}

/** Opens one of the dialogs behind the menu of a study. */
async function openDialog(page: Page, entry: 'Hold' | 'Erase'): Promise<Locator> {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: `${entry} …` }).click();
  const dialog = page.getByRole('dialog', { name: entry });
  await dialog.waitFor();
  return dialog;
}

async function look(page: Page, on: Screen, what: string): Promise<void> {
  await axe(page);
  await screenshot(page, `14-${what}-${on.name}`);
}

browserTest(
  'a study is held, let go, erased, and certified',
  async () => {
    const link = await linkTo(uid);
    const visitor = await it.visitAs(it.me);
    const { page } = visitor;
    await openStudy(page, new RegExp(whole));
    await shownImage(page);

    const holding = await openDialog(page, 'Hold');
    await holding.getByRole('button', { name: 'Place the hold' }).click();
    await holding.getByText('Say why').waitFor();
    await holding.getByLabel('Why').fill(reason);
    await look(page, desk, 'hold');
    await holding.getByRole('button', { name: 'Place the hold' }).click();
    await holding.waitFor({ state: 'detached' });
    const banner = page.getByRole('note').filter({ hasText: 'This study is held' });
    await banner.getByText(reason).waitFor();
    await banner.getByText(/Mara Ölund, since/).waitFor();
    await look(page, desk, 'held');

    // It says why, and offers nothing to be done about it here.
    const stopped = await openDialog(page, 'Erase');
    await stopped.getByText(reason).waitFor();
    expect(await stopped.getByRole('button', { name: 'Erase for ever' }).count()).toBe(0);
    await look(page, desk, 'stopped');
    await page.keyboard.press('Escape');
    await stopped.waitFor({ state: 'detached' });
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('More actions');
    await banner.getByRole('button', { name: 'Release' }).click();
    await banner.getByRole('button', { name: 'Release the hold' }).click();
    await banner.waitFor({ state: 'detached' });

    const erasing = await openDialog(page, 'Erase');
    const goes = erasing.getByRole('region', { name: 'What goes' });
    await goes.getByText('1 patient, 1 study, 2 series, 6 images').waitFor();
    await goes.getByText('1 link to it ends').waitFor();
    await erasing.getByLabel('Why').selectOption({ label: 'It was sent by mistake' });
    await erasing.getByLabel(/^To confirm/).fill('7');
    await erasing.getByRole('button', { name: 'Erase for ever' }).click();
    await erasing.getByText('That is not what is to be typed').waitFor();
    await look(page, desk, 'erase');
    await erasing.getByLabel(/^To confirm/).fill(`${whole}, Ana`);
    await erasing.getByRole('button', { name: 'Erase for ever' }).click();
    await page.getByText('This study is erased').waitFor();
    expect(await page.innerText('body')).not.toContain(whole);
    await look(page, desk, 'erased');

    await goTo(page, 'Studies');
    await page.getByRole('link', { name: new RegExp(parted) }).waitFor();
    await expect.poll(() => page.getByRole('link', { name: new RegExp(whole) }).count()).toBe(0);
    const stranger = await it.visit(link);
    stranger.watch.expect(/status of 4\d\d/);
    await stranger.page.getByText('This link does not lead to a study').waitFor();

    await goTo(page, 'Erasures');
    const item = page.getByRole('list', { name: 'Erasures' }).getByRole('listitem').first();
    await item.getByText('A study: 1 patient, 1 study, 2 series, 6 images').waitFor();
    await item.getByText('Erased and certified').waitFor({ timeout: 120_000 });
    await item.getByText(/^Final since/).waitFor();
    await look(page, desk, 'erasures');
    const downloading = page.waitForEvent('download');
    await item.getByRole('link', { name: 'Certificate' }).click();
    const file = join(it.folder, 'certificate.json');
    await (await downloading).saveAs(file);
    const { fingerprint } = await api<{ fingerprint: string }>('receipt-key');
    const verify = (study: string) => cli(['erasure', 'verify', file, '--fingerprint', fingerprint, '--study', study]);
    const genuine = await verify(uid);
    expect([genuine.code, genuine.stderr]).toEqual([0, '']);
    expect(genuine.stdout).toContain('It is about that study.');
    expect((await verify('1.2.3')).stderr).toContain('CERTIFICATE_OTHER_STUDY');
    await it.leave(visitor, stranger);
  },
  240_000,
);

browserTest(
  'parts of a study are erased on a phone, the rest is shown as before, and the account only behind its name',
  async () => {
    const visitor = await it.visitAs(it.me, { on: phone, colours: 'dark' });
    const { page } = visitor;
    await openStudy(page, new RegExp(parted));
    await shownImage(page);
    const holding = await openDialog(page, 'Hold');
    await holding.getByRole('radio', { name: /^All studies of this patient/ }).check();
    await holding.getByLabel('Why').fill(reason);
    await look(page, phone, 'hold');
    await holding.getByRole('button', { name: 'Place the hold' }).click();
    const banner = page.getByRole('note').filter({ hasText: 'All studies of this patient are held' });
    await banner.getByText(reason).waitFor();
    await look(page, phone, 'held');
    await goTo(page, 'Erasures');
    const held = page.getByRole('list', { name: 'Holds in force' });
    await held.getByRole('button', { name: 'Release' }).click();
    await held.getByRole('button', { name: 'Release the hold' }).click();
    await page
      .getByRole('list', { name: 'Holds released' })
      .getByText(/released by Mara Ölund/)
      .first()
      .waitFor();
    await goTo(page, 'Studies');
    await openStudy(page, new RegExp(parted));
    await shownImage(page);
    const some = await openDialog(page, 'Erase');
    await some.getByRole('radio', { name: 'Some series of it' }).check();
    expect(await some.getByRole('button', { name: 'Erase for ever' }).count()).toBe(0);
    await some.getByRole('checkbox', { name: /^Series 2/ }).check();
    const goes = some.getByRole('region', { name: 'What goes' });
    await goes.getByText('1 series, 3 images').waitFor();
    await goes.getByText('6 images of the study stay').waitFor();
    await look(page, phone, 'series');
    await some.getByLabel(/^To confirm/).fill('3');
    await some.getByRole('button', { name: 'Erase for ever' }).click();
    await page.getByText('6 images in 2 series').waitFor({ state: 'attached', timeout: 120_000 });
    await shownImage(page);

    const one = await openDialog(page, 'Erase');
    await one.getByRole('radio', { name: /^The image that is shown: image 1 of Series 1/ }).check();
    await one.getByRole('region', { name: 'What goes' }).getByText('1 image,').waitFor();
    await one.getByLabel(/^To confirm/).fill('1');
    await one.getByRole('button', { name: 'Erase for ever' }).click();
    await page.getByText('5 images in 2 series').waitFor({ state: 'attached', timeout: 120_000 });
    await shownImage(page);
    await goTo(page, 'Erasures');
    const list = page.getByRole('list', { name: 'Erasures' });
    await list.getByText(/^Images of a study: .*1 image,/).waitFor();
    await list.getByText(/^Series of a study: 1 series, 3 images/).waitFor();
    await look(page, phone, 'erasures');

    await page.getByRole('button', { name: 'Erase the whole account …' }).click();
    const account = page.getByRole('region', { name: 'The whole account' });
    await account.getByLabel(/^To confirm/).fill('Klinik');
    await account.getByRole('button', { name: 'Erase for ever' }).click();
    await account.getByText('That is not what is to be typed').waitFor();
    await look(page, phone, 'account');
    await account.getByRole('button', { name: 'Keep the account' }).click();
    await goTo(page, 'Audit');
    for (const did of [
      'Erased series of a study, 3 images',
      'Placed a hold on all studies of a patient',
      'Released a hold',
    ])
      await page.getByRole('listitem').getByText(did, { exact: true }).first().waitFor();
    await it.leave(visitor);
  },
  240_000,
);

test('the command line does the same: held, a series, the study, and at last the account with its certificate', async () => {
  const study = '1.2.826.0.1.3680043.10.1594.14.2';
  const files = [...ctStudy({ seed: 1404, slices: 2, series: 2, rows: 32, columns: 32, studyInstanceUid: study })];
  await it.send(files);
  const found = await ask(it.exchange, `/dicomweb/studies/${study}/series`, { token: it.me.token });
  const series = (found.json() as Record<string, { Value: string[] }>[])[0]!['0020000E']!.Value[0]!;
  const symbolon = (...args: string[]) =>
    cli([...args, '--to', it.exchange.url, '--token-file', it.me.tokenFile], { exchange: it.exchange });

  const placed = await symbolon('hold', 'place', '--study', study, '--reason', reason);
  expect([placed.code, placed.stderr]).toEqual([0, '']);
  const stopped = await symbolon('erasure', 'study', '--study', study, '--yes');
  expect(stopped.code).toBe(2);
  expect(stopped.stdout).toContain(reason);
  const released = await symbolon('hold', 'release', placed.stdout.slice(0, 36));
  expect([released.code, released.stderr]).toEqual([0, '']);
  expect((await symbolon('hold', 'list')).stdout).toBe('Nothing is held.\n');

  const part = await symbolon('erasure', 'study', '--study', study, '--series', series, '--yes', '--wait');
  expect(part.stdout).toMatch(/2 instances, .*\nStays +2 instances of the study\n/);
  expect(part.code, part.stderr).toBe(0);
  const rest = await symbolon('erasure', 'patient', '--study', study, '--dry-run');
  expect(rest.stdout).toMatch(/^To erase +1 patient, 1 study, 1 series, 2 instances/);

  const file = join(it.folder, 'account.json');
  const account = await symbolon('erasure', 'account', '--name', 'Klinikum', '--yes', '--certificate', file);
  expect([account.code, account.stderr]).toEqual([2, expect.stringContaining('not the one that was typed')]);
  const gone = await symbolon('erasure', 'account', '--name', 'Klinikum Musterstadt', '--yes', '--certificate', file);
  expect(gone.code, gone.stderr).toBe(0);
  const { fingerprint } = await api<{ fingerprint: string }>('receipt-key');
  const verified = await cli(['erasure', 'verify', file, '--fingerprint', fingerprint]);
  expect(verified.stdout).toContain('Erased        account:');
  expect((await symbolon('erasure', 'list')).stdout).toMatch(/account: .*certified/);
}, 240_000);
