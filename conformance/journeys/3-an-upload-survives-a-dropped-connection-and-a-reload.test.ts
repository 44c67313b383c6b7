import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { axe, browserTest, cli, ctStudy, desk, phone, screenshot, writeFolder } from '@symbolon/testbed';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeEach, expect } from 'vitest';
import { ask } from '../laws/ask.ts';
import { digestOf, folderOf, readReceipt } from '../laws/folder-of.ts';
import { goTo, signIn } from './hands.ts';
import { openRoad, type Road } from './road.ts';
import { setting } from './setting.ts';

let road: Road;
const it = setting({
  before: async (made) => {
    const { port } = new URL(made.exchange.url);
    road = await openRoad({ host: '127.0.0.1', port: Number(port) });
    const key = join(made.folder, 'key.pem');
    await cli(['receipt', 'key', '--to', made.exchange.url, '--out', key], { exchange: made.exchange });
  },
});
afterAll(() => road?.close());
beforeEach(() => {
  road.mend();
  road.slow(undefined);
});

const visit = async (on = desk) => {
  const visitor = await it.visit(road.url, { on });
  await signIn(visitor.page, it.me);
  await goTo(visitor.page, 'Upload');
  return visitor;
};

/** What went wrong on a line that the test itself cut. */
const outage = /ERR_(CONNECTION|EMPTY|SOCKET|NETWORK|INTERNET|HTTP2|SSL|CERT)\w*|status of 50[0-9]/;

/** The instances of a study as QIDO-RS counts them: each once, or somebody would see it twice. */
async function heldOnce(studyInstanceUid: string, wanted: number): Promise<void> {
  const found = await ask(it.exchange, `/dicomweb/studies?StudyInstanceUID=${studyInstanceUid}`, it.me);
  const [study, ...others] = found.json() as Record<string, { Value: unknown[] }>[];
  expect(others).toEqual([]);
  expect(study?.['00201208']?.Value).toEqual([wanted]);
}

/** How many instances the exchange took in, and how many came though it held them, by its own records. */
async function cameIn(): Promise<{ taken: number; heldAlready: number }> {
  let [taken, heldAlready] = [0, 0];
  for (let before = ''; ; ) {
    const answer = await ask(it.exchange, `/api/v1/audit?action=instance.store${before}`, it.me);
    const { records, next } = answer.json() as {
      records: { detail: { instances?: number; heldAlready?: number } | null }[];
      next: string | null;
    };
    for (const { detail } of records) {
      taken += detail?.instances ?? 0;
      heldAlready += detail?.heldAlready ?? 0;
    }
    if (next === null) return { taken, heldAlready };
    before = `&before=${encodeURIComponent(next)}`;
  }
}

/**
 * What the exchange received before this, it has taken or dropped when this is taken: commits go in the order in which things came.
 * What it has but has not yet committed when the page asks for it would rightly be sent again, and counted as held already.
 */
async function nothingUnderWay(seed: number): Promise<void> {
  await it.send(ctStudy({ seed, slices: 1, rows: 32, columns: 32, person: { patientName: 'Between^Two' } }));
}

async function choose(page: Page, what: 'folder' | 'files', paths: string | string[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: what === 'folder' ? 'Choose folder' : 'Choose files or zip' }).click();
  await (await choosing).setFiles(paths);
}

/** How many images have arrived, as the page says. */
async function arrived(page: Page): Promise<number> {
  const text = await page
    .getByText(/^[\d,]+ of [\d,]+ images$/)
    .first()
    .innerText();
  return Number(text.split(' ')[0]!.replaceAll(',', ''));
}

const done = (page: Page, words = 'Done: everything arrived') => page.getByText(words).waitFor({ timeout: 60_000 });

/** Saves the receipt as a person does, and has the command line judge it against the files. */
async function verifyReceipt(page: Page, name: string, files: string): Promise<string> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save receipt' }).click();
  const path = join(it.folder, `${name}.receipt.json`);
  await (await coming).saveAs(path);
  const args = ['receipt', 'verify', path, '--key', join(it.folder, 'key.pem'), '--files', files];
  expect(await cli(args, { exchange: it.exchange })).toMatchObject({ code: 0 });
  return path;
}

browserTest('a folder is looked through, shown, sent and acknowledged by a receipt that verifies', async () => {
  const files = [
    ...ctStudy({ seed: 301, slices: 15, rows: 64, columns: 64, person: { patientName: 'Nowak^Ewa' } }),
    ...[...ctStudy({ seed: 302, slices: 3, rows: 64, columns: 64, person: { patientName: 'Rossi^Paolo' } })].map(
      (file) => ({ ...file, name: `other/${file.name}` }),
    ),
  ];
  const disc = join(it.folder, 'disc');
  await writeFolder(disc, files);
  const visitor = await visit();
  const { page } = visitor;
  await axe(page);
  await screenshot(page, '3-upload-desk');
  await choose(page, 'folder', disc);
  await page.getByText('These are 2 patients: check before sending').waitFor();
  await page.getByText('Nowak, Ewa').waitFor();
  await page.getByText(/files are not DICOM images/).waitFor();
  await axe(page);
  await screenshot(page, '3-found-desk');
  // Somebody else's study on the disc stays at home.
  await page.getByRole('checkbox', { name: /Rossi/ }).uncheck();
  await page.getByRole('button', { name: /^Send 15 images/ }).click();
  await done(page);
  await axe(page);
  await screenshot(page, '3-done-desk');
  const receipt = await verifyReceipt(page, 'disc', disc);
  const sent = files.filter(({ name }) => !name.startsWith('other/')).map(({ bytes }) => digestOf(bytes));
  const { contents } = await readReceipt(receipt);
  expect(contents.taken.map(({ sha256 }) => sha256).sort()).toEqual(sent.sort());
  await page.getByRole('link', { name: 'Show in studies' }).click();
  await page.getByRole('link', { name: 'Nowak, Ewa' }).waitFor();
  expect(await page.getByRole('link', { name: /Rossi/ }).count()).toBe(0);
  await it.leave(visitor);
});

browserTest('a phone sends a zip; a desk takes zips and folders that are dropped', async () => {
  const files = [...ctStudy({ seed: 303, slices: 8, rows: 64, columns: 64, person: { patientName: 'Garcia^Lucia' } })];
  const disc = join(it.folder, 'zipped');
  await folderOf(disc, files);
  const zip = join(it.folder, 'zipped.zip');
  execFileSync('python3', ['-m', 'zipfile', '-c', zip, disc]);
  const mobile = await visit(phone);
  await axe(mobile.page);
  await screenshot(mobile.page, '3-upload-phone');
  await choose(mobile.page, 'files', [zip]);
  await mobile.page.getByText('Garcia, Lucia').waitFor();
  await axe(mobile.page);
  await screenshot(mobile.page, '3-found-phone');
  await mobile.page.getByRole('button', { name: /^Send 8 images/ }).click();
  await done(mobile.page);
  await axe(mobile.page);
  await it.leave(mobile);

  const visitor = await visit();
  await drop(await visitor.context.newCDPSession(visitor.page), [zip]);
  await visitor.page.getByText('All are held already: nothing needs to be sent.').waitFor();
  await visitor.page.getByRole('button', { name: 'Start over' }).click();
  await drop(await visitor.context.newCDPSession(visitor.page), [disc]);
  await visitor.page.getByText('All are held already: nothing needs to be sent.').waitFor();
  await axe(visitor.page);
  await visitor.page.getByRole('button', { name: 'Get a receipt' }).click();
  await done(visitor.page, 'Done: everything was held already');
  await verifyReceipt(visitor.page, 'zipped', disc);
  await heldOnce(files[0]!.studyInstanceUid, 8);
  await it.leave(visitor);
});

/** Files and folders from the desktop, let go over the page. */
async function drop(browser: CDPSession, files: string[]): Promise<void> {
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  }
}

browserTest(
  'what arrived before the line broke and the page was reloaded is not sent again',
  async () => {
    const slices = 240;
    const files = [...ctStudy({ seed: 310, slices, person: { patientName: 'Tremblay^Noel' } })];
    const disc = join(it.folder, 'large');
    await folderOf(disc, files);
    const earlier = await cameIn();
    const visitor = await visit();
    const { page, watch } = visitor;
    watch.expect(outage);
    road.slow(20e6);
    await choose(page, 'folder', disc);
    await page.getByRole('button', { name: /^Send 240 images/ }).click();
    await expect.poll(() => arrived(page), { timeout: 30_000 }).toBeGreaterThan(0);
    road.cut();
    await page.getByText(/^Waiting for the exchange since/).waitFor();
    await axe(page);
    await screenshot(page, '3-waiting-desk');
    const atCut = await arrived(page);
    expect(atCut).toBeLessThan(slices);
    await nothingUnderWay(311);
    // The page tries by itself, too, and offers it no more once it got through: that is, not before the hand was there.
    road.hold();
    await page.getByRole('button', { name: 'Try now' }).click();
    road.mend();
    await expect.poll(() => arrived(page), { timeout: 30_000 }).toBeGreaterThan(atCut);
    // And somebody reloads the page, though it asks not to.
    const beforeReload = await arrived(page);
    expect(beforeReload).toBeLessThan(slices);
    await page.reload();
    expect(watch.askedBeforeLeaving).toBe(1);
    await page.getByText(/^An upload was interrupted: \d+ of 240 images had arrived/).waitFor();
    await axe(page);
    await screenshot(page, '3-interrupted-desk');
    road.slow(undefined);
    await nothingUnderWay(312);
    await choose(page, 'folder', disc);
    await page.getByText(/are held already and are not sent again/).waitFor();
    const [, more] = /^Send (\d+) images/.exec(await page.getByRole('button', { name: /^Send/ }).innerText()) ?? [];
    expect(slices - Number(more)).toBeGreaterThanOrEqual(beforeReload);
    await page.getByRole('button', { name: /^Send/ }).click();
    await done(page);
    await verifyReceipt(page, 'large', disc);
    await heldOnce(files[0]!.studyInstanceUid, slices);
    const now = await cameIn();
    expect(now.taken - earlier.taken).toBe(slices + 2);
    expect(now.heldAlready - earlier.heldAlready).toBe(0);
    await it.leave(visitor);
  },
  120_000,
);

browserTest(
  'an exchange that dies while it takes an upload is waited for, and nothing is lost or doubled',
  async () => {
    const slices = 90;
    const files = [...ctStudy({ seed: 320, slices, person: { patientName: 'Svensson^Bjorn' } })];
    const disc = join(it.folder, 'killed');
    await folderOf(disc, files);
    const visitor = await visit();
    const { page, watch } = visitor;
    watch.expect(outage);
    road.slow(16e6);
    await choose(page, 'folder', disc);
    await page.getByRole('button', { name: /^Send 90 images/ }).click();
    await expect.poll(() => arrived(page), { timeout: 30_000 }).toBeGreaterThan(0);
    await it.exchange.kill9();
    await page.getByText(/^Waiting for the exchange since/).waitFor();
    road.slow(undefined);
    await it.exchange.restart();
    await done(page);
    await verifyReceipt(page, 'killed', disc);
    await heldOnce(files[0]!.studyInstanceUid, slices);
    await it.leave(visitor);
  },
  120_000,
);

browserTest('a thousand holiday photos are not sent, and a study that ends in the middle is told apart', async () => {
  const photo = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
  const photos = Array.from({ length: 1_000 }, (_, at) => ({
    name: `DCIM/100MEDIA/IMG_${String(at).padStart(4, '0')}.JPG`,
    bytes: Buffer.concat([photo, Buffer.from(String(at))]),
  }));
  const folder = join(it.folder, 'photos');
  await folderOf(folder, photos);
  const visitor = await visit();
  const { page } = visitor;
  await choose(page, 'folder', folder);
  await page.getByText('No images that can be sent were found').waitFor();
  await page.getByText('1,000 files are not DICOM images').waitFor();
  expect(await page.getByRole('button', { name: /^Send/ }).isDisabled()).toBe(true);
  await axe(page);
  await screenshot(page, '3-photos-desk');
  await page.getByRole('button', { name: 'Start over' }).click();

  const files = [...ctStudy({ seed: 330, slices: 6, rows: 64, columns: 64, person: { patientName: 'Okonkwo^Chidi' } })];
  const cut = files.map((file, at) => (at < 5 ? file : { ...file, bytes: file.bytes.subarray(0, 5_000) }));
  const half = join(it.folder, 'half');
  await folderOf(half, cut);
  await choose(page, 'folder', half);
  await page.getByText('Okonkwo, Chidi').waitFor();
  await page.getByText('1 file ends in the middle').waitFor();
  await axe(page);
  await screenshot(page, '3-cut-short-desk');
  await page.getByRole('button', { name: /^Send/ }).click();
  await page.getByText(/^Done/).waitFor();
  await page.getByText('1 file ends in the middle').click();
  await page.getByText('Copy it from its source again').waitFor();
  await axe(page);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save list of what was not taken' }).click();
  const list = join(it.folder, 'not-taken.csv');
  await (await saved).saveAs(list);
  expect(await readFile(list, 'utf8')).toContain(cut[5]!.name.split('/').at(-1)!);
  await it.leave(visitor);
});
