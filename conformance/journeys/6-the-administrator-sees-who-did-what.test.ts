import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { axe, browserTest, ctStudy, screens, screenshot } from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ask } from '../laws/ask.ts';
import { goTo, openStudy, shownImage, signIn } from './hands.ts';
import { setting } from './setting.ts';

const it = setting({
  name: 'Mara Ölund',
  before: async (made) => {
    for (const [seed, patientName] of [
      [601, 'Kovacs^Ana'],
      [602, 'Haddad^Samira'],
    ] as const) {
      await made.send(ctStudy({ seed, slices: 3, rows: 32, columns: 32, person: { patientName } }));
    }
  },
});

const records = (page: Page) => page.getByRole('list').getByRole('listitem');

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (quoted === undefined && plain === '' && end === '' && rows.at(-1)!.length === 0) break;
    rows.at(-1)!.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end !== ',' && end !== '') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

for (const on of screens) {
  browserTest(`the timeline of a study and of a person tell what happened (${on.width} px)`, async () => {
    const stranger = await it.visit(await linkTo('Kovacs'), { on });
    await stranger.page.getByRole('button', { name: 'Open the study' }).click();
    await shownImage(stranger.page);
    await it.leave(stranger);

    const visitor = await it.visitAs(it.me, { on });
    const { page } = visitor;
    await openStudy(page, /Kovacs/);
    await shownImage(page);
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    await (await coming).saveAs(join(it.folder, 'study.zip'));
    await page.getByRole('button', { name: 'Audit trail' }).click();
    const trail = page.getByRole('region', { name: 'Audit trail' });
    for (const words of [
      // One record a commit: how many images that takes together is a matter of timing.
      /Sent (an image|1 image|\d+ images)/,
      /Made a link/,
      /Opened a link/,
      /Downloaded/,
      /Opened the study|Viewed/,
      /Somebody with a link of Mara Ölund/,
    ]) {
      await trail.getByText(words).first().waitFor();
    }
    expect(await trail.innerText()).not.toContain('Haddad');
    await axe(page);
    await screenshot(page, `6-study-trail-${on.name}`);
    await page.getByRole('button', { name: 'Images' }).click();
    await shownImage(page);

    await goTo(page, 'Audit');
    await page.getByRole('listitem').getByText('Set up the account').waitFor();
    await axe(page);
    await screenshot(page, `6-audit-${on.name}`);
    // The person: everything that she did, and nothing of the stranger's.
    await page.getByRole('link', { name: 'Mara Ölund', exact: true }).first().click();
    await page.waitForURL(/user=[0-9a-f-]{36}/);
    await expect.poll(() => page.getByText('Somebody with a link').count()).toBe(0);
    await page.getByText('Made a link').first().waitFor();
    await page.getByRole('button', { name: 'Details' }).first().click();
    await axe(page);
    await page.getByRole('button', { name: 'Show everything' }).click();
    await it.leave(visitor);
  });
}

async function linkTo(name: string): Promise<string> {
  const found = await ask(it.exchange, '/api/v1/studies/search', { token: it.me.token, json: { name } });
  const [study] = (found.json() as { studies: { id: string }[] }).studies;
  const json = { expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  const made = await ask(it.exchange, `/api/v1/studies/${study!.id}/links`, { token: it.me.token, json });
  return (made.json() as { address: string }).address;
}

browserTest('filters narrow the trail, stay in the address, and the export holds the same', async () => {
  const visitor = await it.visit('/');
  const { page, watch } = visitor;
  watch.expect(/status of 401/);
  await page.getByLabel('E-mail address').fill(it.me.email);
  await page.getByLabel(/^Password/).fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('E-mail address or password are not right.').waitFor();
  await signIn(page, it.me);
  await goTo(page, 'Audit');
  await page.getByText('Refused: signing in').first().waitFor();
  await page.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Refused' }).click();
  await expect.poll(() => page.url()).toContain('outcome=refused');
  await expect.poll(() => page.getByText('Sent 3 images').count()).toBe(0);
  await page.getByText('Refused: signing in').first().waitFor();
  await axe(page);
  const refused = await exported('refused');
  expect(refused.rows.length).toBeGreaterThan(0);
  expect(refused.rows.every((row) => row.includes('refused'))).toBe(true);
  await page.reload();
  await page.getByText('Refused: signing in').first().waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await page.getByRole('combobox', { name: 'Action' }).fill('Sent im');
  await page.getByRole('option', { name: 'Sent images' }).click();
  // In the trail, not in the list of actions, which is put away a while after one was chosen.
  await records(page)
    .getByText(/^Sent /)
    .first()
    .waitFor();
  await expect.poll(() => page.getByText('Refused: signing in').count()).toBe(0);
  const sent = await exported('sent');
  expect(sent.rows.length).toBeGreaterThanOrEqual(2);
  await expect.poll(() => records(page).count()).toBe(sent.rows.length);
  expect(sent.rows.every((row) => row.includes('instance.store'))).toBe(true);
  // A day on which nothing happened.
  await page.getByLabel('To (UTC)').fill('2020-01-01');
  await page.getByText('Nothing is recorded here').waitFor();
  await axe(page);
  await it.leave(visitor);

  async function exported(name: string): Promise<{ head: string[]; rows: string[][] }> {
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export CSV' }).click();
    const path = join(it.folder, `${name}.csv`);
    await (await coming).saveAs(path);
    const [head = [], ...rows] = parseCsv((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
    expect(rows.every((row) => row.length === head.length)).toBe(true);
    return { head, rows };
  }
});
