import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  axe,
  browserTest,
  ctStudy,
  desk,
  exoticFiles,
  multiframeStudy,
  phone,
  screens,
  screenshot,
  type Visitor,
} from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { digestOf, digestsIn } from '../laws/folder-of.ts';
import { atRest, greyOf, openStudy, picture, shownImage, untilShown, untilWindow } from './hands.ts';
import { setting } from './setting.ts';

const slices = 40;
const ct = () =>
  ctStudy({ seed: 41, slices, series: 2, rows: 256, columns: 256, person: { patientName: 'Haddad^Samira' } });
const heart = () => multiframeStudy({ seed: 42, frames: 12, person: { patientName: 'Kovacs^Ana' } });

/** A document of structured text among the images of a study: it holds no picture. */
const withoutPicture = () => exoticFiles(43).filter(({ quirk }) => /structured report|SR/i.test(quirk));

const it = setting({
  before: async (made) => {
    await made.send(ct());
    await made.send(heart());
    await made.send(withoutPicture());
  },
});

/** Chromium's advice to whoever reads pixels back, as these tests do. */
const readBack = /willReadFrequently/;

/** Where on the screen the middle of the picture is. */
async function middle(page: Page): Promise<{ x: number; y: number; height: number }> {
  const box = (await picture(page).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, height: box.height };
}

/** Opens a study and waits for what comes late above its pictures, a warning, which makes them smaller: what is measured stays. */
async function openToMeasure(visitor: Visitor, name: RegExp): Promise<void> {
  const { page } = visitor;
  await openStudy(page, name);
  await page.getByText('The keys were never backed up').waitFor();
  await shownImage(page);
  await atRest(visitor);
}

async function drag(page: Page, dx: number, dy: number): Promise<void> {
  const { x, y } = await middle(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx / 2, y + dy / 2, { steps: 4 });
  await page.mouse.move(x + dx, y + dy, { steps: 4 });
  await page.mouse.up();
}

browserTest('at a desk, wheel, keys, slider and series lead through the images', async () => {
  const visitor = await it.visitAs(it.me, { on: desk });
  const { page } = visitor;
  await openToMeasure(visitor, /Haddad/);
  expect(await shownImage(page)).toBe(1);
  await axe(page);
  await screenshot(page, '4-study-desk');
  const { x, y } = await middle(page);
  await page.mouse.move(x, y);
  for (let notch = 0; notch < 3; notch += 1) await page.mouse.wheel(0, 120);
  await untilShown(page, 4);
  await page.mouse.wheel(0, -120);
  await untilShown(page, 3);
  for (const [key, image] of [
    ['ArrowDown', 4],
    ['ArrowUp', 3],
    ['PageDown', 13],
    ['End', slices],
    ['Home', 1],
  ] as const) {
    await page.keyboard.press(key);
    await untilShown(page, image);
  }
  const slider = (await page.getByRole('slider', { name: 'Image' }).boundingBox())!;
  await page.mouse.click(slider.x + slider.width / 2, slider.y + slider.height - 4);
  await expect.poll(() => shownImage(page)).toBeGreaterThan(slices - 4);
  const strip = page.getByRole('navigation', { name: 'Series' });
  await expect
    .poll(() =>
      strip
        .getByRole('img')
        .evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth > 8).length),
    )
    .toBe(2);
  await strip.getByRole('button').nth(1).click();
  await untilShown(page, 1);
  await expect.poll(() => picture(page).getAttribute('aria-label')).toMatch(/^Series 2, CT, 40 images, image 1 of 40/);
  await page.keyboard.press(',');
  await expect.poll(() => picture(page).getAttribute('aria-label')).toMatch(/^Series 1/);
  await it.leave(visitor);
});

browserTest('a drag, presets and numbers change the window, and with it the pixels', async () => {
  const visitor = await it.visitAs(it.me);
  const { page, watch } = visitor;
  watch.expect(readBack);
  await openToMeasure(visitor, /Haddad/);
  await untilWindow(page, '40/400');
  const soft = await greyOf(page);
  // Downwards: a higher centre, so darker; the exchange renders it anew.
  await drag(page, 0, 120);
  await expect.poll(() => picture(page).getAttribute('data-window')).not.toBe('40/400');
  // A picture from the midst of the drag may be drawn before.
  await expect.poll(() => greyOf(page)).toBeLessThan(soft - 5);
  await page.keyboard.press('4');
  await untilWindow(page, '-600/1500');
  expect(await greyOf(page)).toBeGreaterThan(soft);
  await page.getByRole('button', { name: 'Window presets' }).click();
  await page.getByRole('button', { name: /^Bone/ }).click();
  await untilWindow(page, '480/2500');
  await page.getByRole('button', { name: 'Window presets' }).click();
  await axe(page);
  await page.getByLabel('Centre', { exact: true }).fill('100');
  await page.getByLabel('Width', { exact: true }).fill('300');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await untilWindow(page, '100/300');
  await page.keyboard.press('Escape');
  await page.keyboard.press('0');
  await untilWindow(page, '40/400');
  const before = await greyOf(page);
  await page.getByRole('button', { name: 'Invert' }).click();
  await expect.poll(() => greyOf(page)).toBeCloseTo(255 - before, 0);
  await it.leave(visitor);
});

browserTest('zooming and panning move the picture, fit and reset bring it back', async () => {
  const visitor = await it.visitAs(it.me);
  const { page, watch } = visitor;
  watch.expect(readBack);
  await openToMeasure(visitor, /Haddad/);
  await shownImage(page);
  const fitted = await pixelsOf(page);
  const { x, y } = await middle(page);
  await page.mouse.move(x, y);
  await page.keyboard.press('+');
  await expect.poll(() => pixelsOf(page)).not.toBe(fitted);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  const zoomed = await pixelsOf(page);
  await page.keyboard.press('p');
  await drag(page, 150, 60);
  await expect.poll(() => pixelsOf(page)).not.toBe(zoomed);
  await page.keyboard.press('f');
  await expect.poll(() => pixelsOf(page)).toBe(fitted);
  await page.keyboard.press('r');
  await expect.poll(() => pixelsOf(page)).not.toBe(fitted);
  await page.mouse.dblclick(x, y);
  await expect.poll(() => pixelsOf(page)).toBe(fitted);
  await page.keyboard.press('?');
  await page.getByText('Left button scrolls, windows, zooms, pans').waitFor();
  await axe(page);
  await it.leave(visitor);
});

const pixelsOf = (page: Page): Promise<string> =>
  picture(page).evaluate(async (canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
    return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  });

browserTest('on a phone a finger scrolls, two zoom, and it says that it is not for diagnosis', async () => {
  const visitor = await it.visitAs(it.me, { on: phone });
  const { page, context, watch } = visitor;
  watch.expect(readBack);
  await openToMeasure(visitor, /Haddad/);
  expect(await shownImage(page)).toBe(1);
  await page.getByText('Not for diagnostic use').waitFor();
  await axe(page);
  await screenshot(page, '4-study-phone');
  const { x, y, height } = await middle(page);
  const touch = await context.newCDPSession(page);
  const put = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number; id: number }[]) =>
    touch.send('Input.dispatchTouchEvent', { type, touchPoints });
  await put('touchStart', { x, y, id: 1 });
  for (let step = 1; step <= 10; step += 1) await put('touchMove', { x, y: y + (step * height) / 40, id: 1 });
  await put('touchEnd');
  await expect.poll(() => shownImage(page)).toBeGreaterThan(5);
  const before = await pixelsOf(page);
  await put('touchStart', { x: x - 30, y, id: 1 }, { x: x + 30, y, id: 2 });
  for (let step = 1; step <= 6; step += 1) {
    await put('touchMove', { x: x - 30 - step * 12, y, id: 1 }, { x: x + 30 + step * 12, y, id: 2 });
  }
  await put('touchEnd');
  await expect.poll(() => pixelsOf(page)).not.toBe(before);
  // The page itself stayed where it was.
  expect(await page.evaluate(() => [scrollX, scrollY, visualViewport?.scale])).toEqual([0, 0, 1]);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await axe(page);
  await page.getByRole('menuitem', { name: 'Invert' }).click();
  await screenshot(page, '4-inverted-phone');
  await it.leave(visitor);
});

browserTest('frames of a cine and of an enhanced image are scrolled and played like slices', async () => {
  const visitor = await it.visitAs(it.me, { colours: 'dark' });
  const { page } = visitor;
  await openStudy(page, /Kovacs/);
  await shownImage(page);
  await page.getByText('Frame 1 of 12').waitFor();
  await page.keyboard.press('End');
  await untilShown(page, 12);
  await page.keyboard.press('Home');
  await untilShown(page, 1);
  await page.keyboard.press(' ');
  await expect.poll(() => shownImage(page)).toBeGreaterThan(3);
  await page.getByRole('button', { name: 'Pause' }).click();
  await axe(page);
  await screenshot(page, '4-cine-desk-dark');
  await page.keyboard.press('.');
  await expect.poll(() => picture(page).getAttribute('aria-label')).toMatch(/MR.*image 1 of 12/);
  await page.keyboard.press('PageDown');
  await untilShown(page, 11);
  await it.leave(visitor);
});

for (const on of screens) {
  browserTest(`a study says whose it is, and comes down byte for byte as it was sent (${on.width} px)`, async () => {
    const visitor = await it.visitAs(it.me, { on });
    const { page } = visitor;
    await openStudy(page, /Haddad/);
    await page.getByRole('heading', { name: /Haddad/ }).waitFor();
    await page.getByText('80 images in 2 series').first().waitFor();
    // Whose it is stands on the page and nowhere that a browser keeps.
    expect(await page.title()).toBe('Study – Symbolon');
    expect(page.url()).toMatch(/\/studies\/[0-9a-f-]{36}$/);
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    const download = await coming;
    expect(download.suggestedFilename()).not.toMatch(/Haddad|Samira/i);
    const zip = join(it.folder, `${on.name}.zip`);
    await download.saveAs(zip);
    const out = join(it.folder, `unpacked-${on.name}`);
    await mkdir(out);
    execFileSync('python3', ['-m', 'zipfile', '-e', zip, out]);
    expect(await digestsIn(out)).toEqual(expect.arrayContaining([...ct()].map(({ bytes }) => digestOf(bytes))));
    await it.leave(visitor);
  });
}

browserTest('what has no picture says so and what to do, and the page goes on', async () => {
  const visitor = await it.visitAs(it.me);
  const { page } = visitor;
  expect(withoutPicture().length).toBeGreaterThan(0);
  await page.getByRole('row').filter({ hasText: '1 image' }).getByRole('link').first().click();
  await page.getByText(/This image cannot be shown here/).waitFor();
  await axe(page);
  await screenshot(page, '4-no-picture');
  await it.leave(visitor);
});
