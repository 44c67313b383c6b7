import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { axe, browserTest, ctStudy, type Screen, type SyntheticFile, screens, screenshot } from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ask, multipart } from '../laws/ask.ts';
import { digestOf, digestsIn, fetchStudy } from '../laws/folder-of.ts';
import { goTo, greyOf, heading, openStudy, shownImage, untilShown } from './hands.ts';
import { setting } from './setting.ts';

const slices = 5;
const rows = 64;
const family = (on: Screen): string => `Ferreira-${on.name}`;

function studyOf(on: Screen, patientName: string): SyntheticFile[] {
  return [...ctStudy({ seed: 1000 + on.width, slices, rows, columns: rows, person: { patientName } })];
}

/** As it is sent first. */
const first = (on: Screen): SyntheticFile[] => studyOf(on, `${family(on)}^Ines`);

/** Sent again: images 1, 2 and 5 name somebody else, image 3 shows something else, image 4 is the same. */
function again(on: Screen): Uint8Array[] {
  const others = studyOf(on, `Marques-${on.name}^Rita`);
  return first(on).map(({ bytes }, at) => {
    if (at === 3) return bytes;
    if (at !== 2) return others[at]!.bytes;
    const bent = bytes.slice();
    for (let place = bent.length - rows * rows * 2; place < bent.length; place += 1) bent[place]! ^= 0x03;
    return bent;
  });
}

const it = setting({
  name: 'Mara Ölund',
  before: async (made) => {
    for (const on of screens) {
      await made.send(first(on));
      const answer = await ask(made.exchange, '/dicomweb/studies', { ...multipart(again(on)), token: made.me.token });
      expect(answer.status).toBe(202);
    }
  },
});

const digests = (files: readonly Uint8Array[]): string[] => files.map(digestOf).sort();

let fetches = 0;
/** What `symbolon fetch` brings back, and what the page's own download holds. */
async function mustBeCurrent(page: Page, on: Screen, files: readonly Uint8Array[], name: RegExp): Promise<number> {
  fetches += 1;
  const out = join(it.folder, `back-${fetches}`);
  expect(await fetchStudy(it.exchange, it.me, first(on)[0]!.studyInstanceUid, out)).toMatchObject({ code: 0 });
  expect(await digestsIn(out)).toEqual(digests(files));
  await goTo(page, 'Studies');
  await openStudy(page, name);
  await shownImage(page);
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  const zip = join(it.folder, `study-${fetches}.zip`);
  await (await coming).saveAs(zip);
  const folder = join(it.folder, `zip-${fetches}`);
  await mkdir(folder);
  execFileSync('unzip', ['-q', zip, '-d', folder]);
  expect(await digestsIn(join(folder, 'ST000001', 'SE000001'))).toEqual(digests(files));
  await page.getByRole('slider', { name: /image/i }).first().focus();
  for (const image of [2, 3]) {
    await page.keyboard.press('ArrowRight');
    await untilShown(page, image);
  }
  return greyOf(page);
}

for (const on of screens) {
  browserTest(
    `a study that came again is compared, taken and put back (${on.width} px)`,
    async () => {
      const visitor = await it.visitAs(it.me, { on });
      const { page, watch } = visitor;
      watch.expect(/willReadFrequently/);
      const old = first(on).map(({ bytes }) => bytes);
      const held = new RegExp(family(on));
      const before = await mustBeCurrent(page, on, old, held);

      await page.getByText('4 images of this study were kept aside').waitFor();
      await axe(page);
      await screenshot(page, `10-notice-${on.name}`);
      await goTo(page, 'Kept aside');
      await page
        .getByRole('listitem')
        .filter({ hasText: family(on) })
        .getByText('4 images to look at')
        .waitFor();
      await axe(page);
      await screenshot(page, `10-list-${on.name}`);
      await page.getByRole('link', { name: held }).click();
      await page.getByRole('heading', { level: 2, name: held }).waitFor();

      // Three of them say another name, one shows another picture.
      const named = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: '3 images' }) });
      const name = named.getByRole('listitem').filter({ hasText: /Patient.s Name/ });
      await name.getByText(`${family(on)}^Ines`).waitFor();
      await name.getByText(`Marques-${on.name}^Rita`).waitFor();
      await named.getByText('images 1–2, 5').waitFor();
      await named.getByText('The picture is the same.').waitFor();
      const shown = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: '1 image' }) });
      await shown.getByText('The picture is different.').waitFor();
      for (const label of ['Held', 'New']) {
        const drawn = shown.getByRole('img', { name: label, exact: true });
        await drawn.scrollIntoViewIfNeeded();
        await expect.poll(() => drawn.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(rows);
      }
      await shown.getByText('All other values are the same.').waitFor();
      await axe(page);
      await screenshot(page, `10-differences-${on.name}`);

      // Escape leads out of the question, and nothing was done.
      await page.getByRole('button', { name: 'Take the 4 new images' }).click();
      await axe(page);
      await screenshot(page, `10-question-${on.name}`);
      await page.keyboard.press('Escape');
      await page.getByRole('alertdialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Take the 4 new images' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Take the 4 new images' }).click();
      await page.getByText('The new content was taken for 4 images').waitFor();
      await page.getByText('Everything that was kept aside of this study has been decided').waitFor();
      await axe(page);
      await screenshot(page, `10-taken-${on.name}`);

      // The study is found under both names now, since its images name both.
      expect(await mustBeCurrent(page, on, again(on), new RegExp(`${family(on)}|Marques-${on.name}`))).not.toBe(before);
      await expect.poll(() => page.getByText('were kept aside').count()).toBe(0);

      await goTo(page, 'Kept aside');
      await page.getByText('Decided', { exact: true }).click();
      await page.getByRole('link', { name: new RegExp(on.name) }).click();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText(/undone by Mara Ölund/).waitFor();
      await page.getByRole('button', { name: 'Take the 4 new images' }).waitFor();
      await axe(page);
      expect(await mustBeCurrent(page, on, old, held)).toBe(before);
      await page.getByText('4 images of this study were kept aside').waitFor();
      await it.leave(visitor);
    },
    180_000,
  );
}

browserTest('only some are taken, and the trail says what was chosen', async () => {
  const [on] = screens as [Screen];
  const visitor = await it.visitAs(it.me, { on });
  const { page } = visitor;
  await goTo(page, 'Kept aside');
  await page.getByRole('link', { name: new RegExp(family(on)) }).click();
  const shown = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: '1 image' }) });
  await shown.getByRole('button', { name: 'Take the new image' }).click();
  await shown.getByRole('alertdialog').getByRole('button', { name: 'Take the new image' }).click();
  await page.getByText('The new content was taken for 1 image', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Keep the 3 held images' }).first().click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Keep the 3 held images' }).click();
  await page.getByText('What was held was kept for 3 images').waitFor();
  await axe(page);
  const files = first(on).map(({ bytes }, at) => (at === 2 ? again(on)[2]! : bytes));
  const out = join(it.folder, 'some');
  await fetchStudy(it.exchange, it.me, first(on)[0]!.studyInstanceUid, out);
  expect(await digestsIn(out)).toEqual(digests(files));

  await page.getByRole('link', { name: new RegExp(family(on)) }).click();
  await page.getByRole('button', { name: 'Audit trail' }).click();
  const trail = page.getByRole('region', { name: 'Audit trail' });
  for (const words of [
    'Took 1 image that had been kept aside, in place of those held',
    'Kept 3 images held, and those that differ aside',
    'Undid a choice between images held and kept aside',
    'Looked at what was kept aside',
  ])
    await trail.getByText(words).first().waitFor();
  await it.leave(visitor);
});

browserTest('nothing kept aside, and an address of nothing, say so', async () => {
  const visitor = await it.visitAs(it.me);
  const { page, watch } = visitor;
  watch.expect(/status of 404/);
  await page.goto(`${it.exchange.url}/kept-aside/00000000-0000-4000-8000-000000000000`);
  await page.getByText('Nothing is kept aside of such a study').waitFor();
  await axe(page);
  await page.getByRole('link', { name: 'To what is kept aside' }).click();
  await heading(page, 'Kept aside');
  await it.leave(visitor);
});
