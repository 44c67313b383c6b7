import { axe, browserTest, colourStudy, ctStudy, phone, screens, screenshot } from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { heading } from './hands.ts';
import { setting } from './setting.ts';

/** As many as fill two pages and begin a third. */
const count = 60;

/** Names of people in several scripts among many of one kind; the study dates run from 1 January 2020 on, a day each. */
const special: Readonly<Record<number, string>> = {
  7: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
  8: 'Иванова^Анна',
  9: 'Παπαδόπουλος^Γιώργος',
  10: 'Ødegård^Bjørn',
  11: "O'Brien^Máire",
  12: 'محمد^فاطمة',
  13: 'Hong^Gildong=洪^吉洞=홍^길동',
};

function* sixtyStudies() {
  for (let at = 0; at < count; at += 1) {
    const day = new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10).replaceAll('-', '');
    const patientName = special[at] ?? `Testfall^${String(at).padStart(2, '0')}`;
    const person = { patientName, patientId: `P-${1000 + at}`, accessionNumber: `ACC-${at}`, studyDate: day };
    const small = { seed: 2_000 + at, rows: 16, columns: 16, person };
    const files = at % 10 === 3 ? colourStudy({ ...small, images: 1 }) : ctStudy({ ...small, slices: 1 });
    for (const { name, bytes } of files) yield { name: `${at}/${name}`, bytes };
  }
}

const it = setting({ before: (made) => made.send(sixtyStudies()) });

const rows = (page: Page) =>
  page.getByRole(page.viewportSize()!.width < 992 ? 'listitem' : 'row').filter({ has: page.getByRole('link') });

/** The names on the page once they are these many, as they stand. */
async function names(page: Page, wanted: number): Promise<string[]> {
  await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
  await expect.poll(() => rows(page).count()).toBe(wanted);
  return rows(page).getByRole('link').allInnerTexts();
}

for (const on of screens) {
  browserTest(`studies are found by name in any script, by id, date and modality (${on.width} px)`, async () => {
    const visitor = await it.visitAs(it.me, { on });
    const { page } = visitor;
    expect(await names(page, 25)).toHaveLength(25);
    await axe(page);
    await screenshot(page, `2-studies-${on.name}`);
    for (const [name, found] of [
      ['yama', /Yamada/],
      ['山田', /Yamada/],
      ['たろう', /Yamada/],
      ['анна ив', /Иванова/],
      ['παπαδοπουλος', /Παπαδόπουλος/],
      ['ødeg', /Ødegård/],
      ["o'bri", /O'Brien/],
      ['فاطمة', /فاطمة/],
      ['길동', /Hong/],
    ] as const) {
      await page.getByLabel('Patient name').fill(name);
      await page.getByRole('link', { name: found }).waitFor();
      expect(await names(page, 1), name).toEqual([expect.stringMatching(found)]);
    }
    await screenshot(page, `2-found-${on.name}`);
    // What was looked for is a name: it stands in no address.
    expect(page.url()).toBe(`${it.exchange.url}/studies`);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await names(page, 25);
    // A phone keeps the rest behind a button.
    const more = page.getByRole('button', { name: 'More filters' });
    if (await more.isVisible()) await more.click();
    await axe(page);
    await page.getByLabel('Patient ID or accession').fill('P-1031');
    await page.getByRole('link', { name: 'Testfall, 31' }).waitFor();
    expect(await names(page, 1)).toEqual(['Testfall, 31']);
    await page.getByLabel('Patient ID or accession').fill('ACC-32');
    await page.getByRole('link', { name: 'Testfall, 32' }).waitFor();
    expect(await names(page, 1)).toEqual(['Testfall, 32']);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByLabel('Study date from').fill('2020-01-30');
    await page.getByLabel('Study date to').fill('2020-02-02');
    expect((await names(page, 4)).sort()).toEqual(['29', '30', '31', '32'].map((at) => `Testfall, ${at}`));
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByLabel('Modality').fill('ot');
    expect(await names(page, 6)).toHaveLength(6);
    await axe(page);
    await it.leave(visitor);
  });

  browserTest(`they are sorted, and paged by the exchange (${on.width} px)`, async () => {
    const visitor = await it.visitAs(it.me, { on });
    const { page } = visitor;
    await sortBy(page, 'date asc');
    await page.getByText('1–25 of 60').waitFor();
    await expect.poll(async () => (await names(page, 25))[0]).toBe('Testfall, 00');
    const seen = [...(await names(page, 25))];
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('26–50 of 60').waitFor();
    seen.push(...(await names(page, 25)));
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('51–60 of 60').waitFor();
    seen.push(...(await names(page, 10)));
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    expect(new Set(seen).size).toBe(count);
    expect(seen.at(-1)).toBe('Testfall, 59');
    await axe(page);
    await sortBy(page, 'name asc');
    await page.getByText('1–25 of 60').waitFor();
    await expect.poll(async () => (await names(page, 25))[0]).toMatch(/^Hong/);
    // Back from a study, the list stands where it stood.
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('26–50 of 60').waitFor();
    await rows(page).getByRole('link').first().click();
    await heading(page, 'Study');
    await page.goBack();
    await page.getByText('26–50 of 60').waitFor();
    await it.leave(visitor);
  });
}

async function sortBy(page: Page, order: 'date asc' | 'name asc'): Promise<void> {
  if (page.viewportSize()!.width < 992) return void (await page.getByLabel('Order').selectOption(order));
  const column = page.getByRole('columnheader', { name: order === 'date asc' ? 'Study date' : 'Patient', exact: true });
  await column.getByRole('button').click();
  if (order === 'date asc') await column.getByRole('button').click();
  await expect.poll(() => column.getAttribute('aria-sort')).toBe('ascending');
}

browserTest('where nothing fits the page says what was looked for, and leads back', async () => {
  const visitor = await it.visitAs(it.me);
  const { page } = visitor;
  await page.getByLabel('Patient name').fill('Niemand');
  await page.getByText('No study fits').waitFor();
  await page.getByText('You look for name “Niemand”.').waitFor();
  await axe(page);
  await screenshot(page, '2-nothing-fits');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await names(page, 25);
  await it.leave(visitor);
});

browserTest('an exchange that goes away and comes back is told and waited for; the list stays', async () => {
  const visitor = await it.visitAs(it.me, { on: phone });
  const { page, watch } = visitor;
  await names(page, 25);
  // The last is axe, which reads the style sheets once more, where it finds them out of its cache.
  watch.expect(/ERR_CONNECTION_|status of 50[0-9]|Couldn't load preload assets/);
  await it.exchange.stop();
  await page.getByLabel('Patient name').fill('Testfall');
  await page.getByText('The exchange does not answer; trying again').first().waitFor();
  // What was found stays, and so does what was typed.
  expect(await rows(page).count()).toBe(25);
  await axe(page);
  await screenshot(page, '2-away-phone');
  await it.exchange.restart();
  await page.getByText('The exchange does not answer; trying again').first().waitFor({ state: 'hidden' });
  await page.getByText('1–25 of 53').waitFor();
  expect(await page.getByLabel('Patient name').inputValue()).toBe('Testfall');
  await it.leave(visitor);
});

for (const on of screens) {
  browserTest(`small pictures of studies are shown to who wants them (${on.width} px)`, async () => {
    const visitor = await it.visitAs(it.me, { on });
    const { page } = visitor;
    await names(page, 25);
    expect(await rows(page).locator('img').count()).toBe(0);
    await page.getByRole('button', { name: 'Pictures' }).click();
    // Those in sight, and no others: each is a reading.
    await expect.poll(() => rows(page).locator('img').count()).toBeGreaterThan(0);
    expect(await rows(page).last().locator('img').count()).toBe(0);
    await rows(page).last().scrollIntoViewIfNeeded();
    await expect.poll(() => rows(page).last().locator('img').count()).toBe(1);
    await rows(page).first().scrollIntoViewIfNeeded();
    const width = () =>
      rows(page)
        .locator('img')
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth);
    await expect.poll(width).toBe(16);
    await axe(page);
    await screenshot(page, `2-pictures-${on.name}`);
    // Who comes back from a study finds them as they were.
    await page
      .getByRole('link', { name: /Testfall/ })
      .first()
      .click();
    await heading(page, 'Study');
    await page.goBack();
    await names(page, 25);
    expect(await page.getByRole('button', { name: 'Pictures' }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Pictures' }).click();
    expect(await rows(page).locator('img').count()).toBe(0);
    await it.leave(visitor);
  });
}
