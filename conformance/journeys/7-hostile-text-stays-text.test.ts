import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  axe,
  browserTest,
  ctStudy,
  desk,
  hostileFileNames,
  hostileLines,
  hostileStudy,
  hostileTexts,
  phone,
  screenshot,
  type VisitOptions,
  type Visitor,
} from '@symbolon/testbed';
import { expect } from 'vitest';
import { ask } from '../laws/ask.ts';
import { folderOf } from '../laws/folder-of.ts';
import { goTo, heading, signIn } from './hands.ts';
import { setting } from './setting.ts';

/** One that holds an element, a quote, a template and a formula at once. */
const hostileName = `=1+1 "><img src=x onerror=__hostile(900)> \${__hostile(901)} {{__hostile(902)}}`;

const it = setting({
  name: hostileName,
  accountName: `<script>__hostile(903)</script>'"`,
  before: async (made) => {
    await made.send(hostileStudy(7));
    await made.send(ctStudy({ seed: 70, slices: 2, rows: 32, columns: 32, person: { patientName: 'Still^Ruhig' } }));
  },
});

const drill = process.env.SYMBOLON_DRILL === '1';

type Ran = { readonly visitor: Visitor; readonly ran: string[] };

/** A visitor in whose pages every hostile text that runs is noted. */
async function watchful(path: string, options?: VisitOptions): Promise<Ran> {
  const ran: string[] = [];
  const visitor = await it.visit('/robots.txt', options);
  await visitor.context.exposeFunction('__hostile', (what: unknown) => void ran.push(String(what)));
  await visitor.page.goto(new URL(path, it.exchange.url).href);
  return { visitor, ran };
}

/** That nothing ran, that titles and addresses hold nothing of anybody, and that no element came out of a text. */
async function stillText({ page }: Visitor, ran: readonly string[]): Promise<void> {
  expect(await page.title()).toMatch(/^[A-Z][a-z ]+ – Symbolon$/);
  expect(decodeURIComponent(page.url())).not.toMatch(/__hostile|script|onerror/);
  const odd = await page.evaluate(() => {
    const elements = [...document.querySelectorAll('*')];
    const handlers = elements.filter((one) => one.getAttributeNames().some((name) => name.startsWith('on')));
    const strangers = document.querySelectorAll(
      'iframe, object, embed, base, math, marquee, video, audio, meta[http-equiv]',
    );
    const roads = elements.filter((one) => /^\s*(javascript|data|vbscript):/i.test(one.getAttribute('href') ?? ''));
    return [...handlers, ...strangers, ...roads].map((one) => one.outerHTML.slice(0, 200));
  });
  expect(odd).toEqual([]);
  expect(ran).toEqual([]);
}

type Study = { readonly id: string; readonly patient: { readonly name: string; readonly id: string } };

async function allStudies(): Promise<readonly Study[]> {
  const answer = await ask(it.exchange, '/api/v1/studies/search', { token: it.me.token, json: { size: 100 } });
  return (answer.json() as { studies: Study[] }).studies;
}

for (const on of [desk, phone]) {
  browserTest(`names in studies stay text in the list, and are found by it (${on.width} px)`, async () => {
    const { visitor, ran } = await watchful('/', { on });
    const { page } = visitor;
    await signIn(page, it.me);
    for (let at = 1; at * 25 < hostileTexts.length; at += 1) {
      await page.getByText(new RegExp(`^${(at - 1) * 25 + 1}–`)).waitFor();
      await stillText(visitor, ran);
      await page.getByRole('button', { name: 'Next' }).click();
    }
    await page.getByText(/^\d+–(\d+) of \1$/).waitFor();
    await axe(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await screenshot(page, `7-hostile-list-${on.name}`);
    for (const text of hostileTexts.filter((_, at) => at % (drill ? 6 : 9) === 0)) {
      await page.getByLabel('Patient name').fill(text.replaceAll(/[\r\n]/g, ' ').slice(0, 190));
      await page.waitForTimeout(400);
      await stillText(visitor, ran);
    }
    await it.leave(visitor);
  });
}

browserTest(
  'every page of every hostile study shows it as text: images, facts, windows, trail, links',
  async () => {
    const { visitor, ran } = await watchful('/');
    const { page } = visitor;
    await signIn(page, it.me);
    const studies = await allStudies();
    expect(studies).toHaveLength(hostileTexts.length + 1);
    const note = hostileLines(400).join(' ').slice(0, 480);
    for (const [at, { id }] of studies.entries()) {
      // Every text is in every field: a share of the studies shows each page, and the drill shows all.
      if (!drill && at % 8 !== 0) continue;
      await page.goto(`${it.exchange.url}/studies/${id}`);
      await heading(page, 'Study');
      await page.locator('canvas[data-image]').waitFor();
      await stillText(visitor, ran);
      if (at % (drill ? 12 : 24) !== 0) continue;
      // The thorough way for some: presets, dialog, trail.
      await page.locator('canvas[data-image="1"]').waitFor();
      await page.getByRole('button', { name: 'Window presets' }).click();
      await page.getByRole('heading', { name: 'Your own' }).waitFor();
      await stillText(visitor, ran);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Share' }).click();
      const dialog = page.getByRole('dialog', { name: 'Share by a link' });
      await dialog.getByLabel('Note for the reader').fill(note);
      await dialog.getByRole('button', { name: 'Make the link' }).click();
      const address = await dialog.getByLabel('Address', { exact: true }).inputValue();
      const password = await dialog.getByLabel('Password', { exact: true }).inputValue();
      expect(address).not.toMatch(/hostile|script/);
      await stillText(visitor, ran);
      await landOn(address, password);
      await page.goto(`${it.exchange.url}/studies/${id}?view=audit`);
      await page.getByText('Made a link').first().waitFor();
      await page.getByRole('button', { name: 'Details' }).first().click();
      await stillText(visitor, ran);
    }
    await goTo(page, 'Links');
    await page.getByRole('button', { name: 'Uses' }).first().click();
    await stillText(visitor, ran);
    await axe(page);
    await screenshot(page, '7-hostile-links');
    await goTo(page, 'Audit');
    await page.getByText('Opened a link').first().waitFor();
    await stillText(visitor, ran);
    await axe(page);
    await it.leave(visitor);
  },
  180_000,
);

/** Somebody opens the link, whose sender, account, note and study are all hostile. */
async function landOn(address: string, password: string): Promise<void> {
  const { visitor, ran } = await watchful(address, { on: phone });
  const { page } = visitor;
  await page.getByText('shares a study with you').waitFor();
  await stillText(visitor, ran);
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Open the study' }).click();
  await page.locator('canvas[data-image="1"]').waitFor();
  await stillText(visitor, ran);
  await it.leave(visitor);
}

browserTest('hostile names of files stay text while they are looked through, sent and refused', async () => {
  const [first, second] = [...ctStudy({ seed: 71, slices: 2, rows: 32, columns: 32 })];
  const files = hostileFileNames.map((name, at) => ({
    name: at === 0 ? `${name}/${name}` : name,
    bytes: at === 0 ? first!.bytes : at === 1 ? second!.bytes.subarray(0, 3_000) : Buffer.from(`no image ${at}`),
  }));
  const folder = join(it.folder, 'hostile names');
  await folderOf(folder, files);
  await folderOf(folder, [...hostileStudy(8)].slice(0, 20));
  const { visitor, ran } = await watchful('/');
  const { page } = visitor;
  await signIn(page, it.me);
  await goTo(page, 'Upload');
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose folder' }).click();
  await (await choosing).setFiles(folder);
  await page.getByText(/files are not DICOM images/).waitFor();
  await page.getByRole('heading', { name: 'Found', exact: true }).waitFor();
  for (const details of await page.locator('details summary').all()) await details.click();
  await page.getByText(hostileFileNames[5]!.slice(0, 20)).first().waitFor();
  await stillText(visitor, ran);
  await axe(page);
  await screenshot(page, '7-hostile-upload');
  await page.getByRole('button', { name: /^Send/ }).click();
  await page.getByText(/^Done/).waitFor();
  await stillText(visitor, ran);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save list of what was not taken' }).click();
  const list = join(it.folder, 'not-taken.csv');
  await (await saving).saveAs(list);
  expectInert(await readFile(list, 'utf8'));
  await it.leave(visitor);
});

/** No cell that a spreadsheet would calculate, and no line that a text began by itself. */
function expectInert(csv: string): void {
  const cells = [...csv.replace(/^\uFEFF/, '').matchAll(/(?:^|,|\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)];
  expect(cells.length).toBeGreaterThan(10);
  for (const [, quoted, plain] of cells) expect((quoted ?? plain)!).not.toMatch(/^[=+\-@\t\r]/);
}

browserTest('the exported trail calculates nothing, and files come down under names that say nothing', async () => {
  const studies = await allStudies();
  for (const path of ['/api/v1/audit.csv', `/api/v1/audit.csv?study=${studies[0]!.id}`]) {
    const answer = await ask(it.exchange, path, it.me);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/csv/);
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="?[a-z0-9.-]+"?$/);
    expectInert(answer.body.toString('utf8'));
  }
  for (const { id } of studies.filter((_, at) => at % 6 === 0)) {
    const answer = await ask(it.exchange, `/api/v1/studies/${id}/archive`, it.me);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="?[A-Za-z0-9 ._-]+"?$/);
    for (const name of await namesIn(answer.body, id)) expect(name).toMatch(/^([A-Za-z0-9_-]+\/)*[A-Za-z0-9_.-]+$/);
  }
});

/** The names of a zip's entries, as another program reads them. */
async function namesIn(zip: Buffer, name: string): Promise<string[]> {
  const path = join(it.folder, `${name}.zip`);
  await writeFile(path, zip);
  const list = 'import sys,zipfile,json;print(json.dumps(zipfile.ZipFile(sys.argv[1]).namelist()))';
  return JSON.parse(execFileSync('python3', ['-c', list, path], { encoding: 'utf8' })) as string[];
}
