import { setTimeout as pause } from 'node:timers/promises';
import type { Owner, Visitor } from '@symbolon/testbed';
import type { Locator, Page } from 'playwright-core';

/** Where a field must be filled, its label has a star behind. */
export const passwordLabel = /^Password( \*)?$/;

/** What a person does to sign in, on the page that stands there. */
export async function giveNameAndPassword(page: Page, { email, password }: Pick<Owner, 'email' | 'password'>) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel(passwordLabel).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Signs in and waits for the list of studies. */
export async function signIn(page: Page, who: Pick<Owner, 'email' | 'password'>): Promise<void> {
  await giveNameAndPassword(page, who);
  await heading(page, 'Studies');
}

/** Waits for the page of this title: its heading, and the window's title, which says the same. */
export async function heading(page: Page, title: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor({ state: 'attached' });
  await page.waitForFunction((wanted) => document.title === wanted, `${title} – Symbolon`);
}

/**
 * Waits until a page has come to rest: nothing is under way, nothing says that it is busy, and several times in a row it has
 * found time for idle work without asking for more.
 */
export async function atRest({ page, watch }: Pick<Visitor, 'page' | 'watch'>): Promise<void> {
  const giveUpAt = performance.now() + 30_000;
  for (let quiet = 0; quiet < 4; ) {
    if (performance.now() > giveUpAt) throw new Error(`${page.url()} did not come to rest in 30 s`);
    const before = watch.underWay;
    const busy = await page.evaluate(async () => {
      await new Promise((resolve) => requestIdleCallback(() => requestAnimationFrame(resolve)));
      return document.querySelector('[aria-busy="true"]') !== null;
    });
    quiet = before === 0 && watch.underWay === 0 && !busy ? quiet + 1 : 0;
    if (quiet === 0) await pause(20);
  }
}

/**
 * Opens another address as a link of the app does, without loading the app anew, which takes five times as long; for journeys that
 * look at many pages.
 */
export async function follow(page: Page, path: string, title: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await heading(page, title);
}

/** What stands behind the button “Administration”. */
const administration = [
  'People',
  'Groups and locations',
  'Roles',
  'Account',
  'Accounts',
  'Openings',
  'Erasures',
  'Keys',
  'Storage',
  'Backups',
] as const;

/** Follows an entry of the main menu, which stands behind a button on narrow screens. */
export async function goTo(
  page: Page,
  place: 'Studies' | 'Upload' | 'Links' | 'Kept aside' | 'Audit' | (typeof administration)[number],
): Promise<void> {
  await openMenu(page);
  const menu = page.getByRole('navigation', { name: 'Main' });
  if ((administration as readonly string[]).includes(place))
    await menu.getByRole('button', { name: 'Administration' }).click();
  await menu.getByRole('link', { name: place, exact: true }).click();
  await heading(page, place);
}

export async function openMenu(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu' });
  if ((await menu.isVisible()) && (await menu.getAttribute('aria-expanded')) === 'false') await menu.click();
}

/** Opens a study from the list, by the name that its row shows. */
export async function openStudy(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('link', { name }).first().click();
  await heading(page, 'Study');
}

/** The canvas of the viewer, once there is a picture on it; `data-image` says which, `data-window` how. */
export function picture(page: Page): Locator {
  return page.locator('canvas[data-image]:not([data-image=""])');
}

/** Which image of the stack is drawn; waits until there is one. */
export async function shownImage(page: Page): Promise<number> {
  await picture(page).waitFor();
  return Number(await picture(page).getAttribute('data-image'));
}

/** Waits until this image of the stack is drawn. */
export async function untilShown(page: Page, image: number): Promise<void> {
  await page.locator(`canvas[data-image="${image}"]`).waitFor();
}

/** Waits until a picture is drawn that the exchange rendered with this window: `center/width`. */
export async function untilWindow(page: Page, window: string): Promise<void> {
  await page.locator(`canvas[data-window="${window}"]`).waitFor();
}

/** The mean grey of the middle of what is drawn, from 0 to 255. */
export function greyOf(page: Page): Promise<number> {
  return picture(page).evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const [x, y] = [Math.floor(width / 4), Math.floor(height / 4)];
    const { data } = canvas.getContext('2d')!.getImageData(x, y, Math.floor(width / 2), Math.floor(height / 2));
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += data[at]! + data[at + 1]! + data[at + 2]!;
    return sum / (data.length / 4) / 3;
  });
}
