import { axe, browserTest, ctStudy, phone, screenshot, type Visitor } from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ask } from '../laws/ask.ts';
import { atRest, follow, heading, openStudy, shownImage, signIn } from './hands.ts';
import { setting } from './setting.ts';

const widths = [390, 768, 1024, 1440];
const longName = `${'Freifrau von und zu Hohenlohe-Waldenburg-Schillingsfürst'}^${'Maximiliane Friederike Antoinette'}`;

const it = setting({
  name: 'Dr. med. Anneliese-Katharina Freudenreich-Obermüller',
  accountName: 'Universitätsklinikum Musterstadt, Institut für diagnostische und interventionelle Radiologie',
  before: (made) =>
    made.send(ctStudy({ seed: 90, slices: 8, series: 3, rows: 64, columns: 64, person: { patientName: longName } })),
});

async function studyId(): Promise<string> {
  const answer = await ask(it.exchange, '/api/v1/studies/search', { token: it.me.token, json: {} });
  return (answer.json() as { studies: { id: string }[] }).studies[0]!.id;
}

async function who(): Promise<{ userId: string; role: { id: string } }> {
  return (await ask(it.exchange, '/api/v1/me', { token: it.me.token })).json() as never;
}

async function linkAddress(): Promise<string> {
  const json = { expiresAt: new Date(Date.now() + 3_600_000).toISOString(), note: longName.repeat(3) };
  const path = `/api/v1/studies/${await studyId()}/links`;
  const answer = await ask(it.exchange, path, { token: it.me.token, json });
  return (answer.json() as { address: string }).address;
}

/** The pages for who is signed in, but for the list of studies and a study, by address and title. */
const places = async () =>
  [
    [`/studies/${await studyId()}?view=audit`, 'Study'],
    ['/upload', 'Upload'],
    ['/links', 'Links'],
    ['/kept-aside', 'Kept aside'],
    ['/audit', 'Audit'],
    ['/erasures', 'Erasures'],
    ['/keys', 'Keys'],
    ['/storage', 'Storage'],
    ['/backups', 'Backups'],
    ['/people', 'People'],
    [`/people/${(await who()).userId}`, 'Person'],
    ['/groups', 'Groups and locations'],
    ['/roles', 'Roles'],
    [`/roles/${(await who()).role.id}`, 'Role'],
    ['/tokens', 'API tokens'],
    ['/security', 'My security'],
    ['/reset', 'A new password'],
    ['/new-address', 'A new e-mail address'],
    ['/account', 'Account'],
    ['/account/sign-in', 'Signing in'],
    ['/account/terms', 'Terms of use'],
    ['/accounts', 'Accounts'],
  ] as const;

/** Waits for all of a page, and for what comes last on every page for who is signed in but that of the keys: a banner. */
async function whole(visitor: Visitor): Promise<void> {
  if (!/\/(keys|nothing-here|reset|new-address)$/.test(visitor.page.url()))
    await visitor.page.getByRole('link', { name: 'Back up the keys' }).waitFor();
  await atRest(visitor);
}

/** Everything that sticks out to the right, or nothing. */
const stickingOut = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.body.querySelectorAll('*')].filter(
      (one) => one.getBoundingClientRect().right > clientWidth + 1,
    );
    return [`${scrollWidth} > ${clientWidth}`, ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 160))];
  });

// Colours change no width, and in light ones the other journeys have looked at every state: all is looked at in dark ones.
browserTest(
  'every page fits 390 to 1440 px and can be read in dark colours',
  async () => {
    const visitor = await it.visit(await linkAddress(), { colours: 'dark' });
    const { page } = visitor;
    await fits('the landing page');
    await page.getByRole('button', { name: 'Open the study' }).click();
    await shownImage(page);
    await fits('a shared study');
    await page.goto(`${it.exchange.url}/`);
    await heading(page, 'Sign in');
    await fits('the sign-in');
    await signIn(page, it.me);
    await page.getByRole('link', { name: /Freifrau/ }).waitFor();
    await fits('the studies', 'studies');
    await openStudy(page, /Freifrau/);
    await shownImage(page);
    await fits('a study', 'study');
    for (const [path, title] of await places()) {
      await page.goto(`${it.exchange.url}${path}`);
      await heading(page, title);
      await whole(visitor);
      await fits(path, path === '/audit' ? 'audit' : undefined);
    }
    visitor.watch.expect(/status of 404/);
    await page.goto(`${it.exchange.url}/nothing-here`);
    await whole(visitor);
    await fits('an address that is none');
    await page.goto(`${it.exchange.url}/studies/00000000-0000-4000-8000-000000000000`);
    await heading(page, 'Study');
    await whole(visitor);
    await fits('a study that is none');
    await it.leave(visitor);

    async function fits(what: string, shot?: string): Promise<void> {
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        // The list becomes cards a moment after the width has changed.
        await expect.poll(() => stickingOut(page), { message: `${what} at ${width} px` }).toEqual([]);
      }
      await axe(page);
      if (shot !== undefined) await screenshot(page, `9-${shot}-dark`);
    }
  },
  180_000,
);

browserTest('on a phone everything that is touched is at least 40 px high or wide apart', async () => {
  const visitor = await it.visitAs(it.me, { on: phone });
  const { page } = visitor;
  const small: string[] = [];
  for (const [path, title] of [
    ['/studies', 'Studies'],
    [`/studies/${await studyId()}`, 'Study'],
    ...(await places()),
  ] as const) {
    await follow(page, path, title);
    await whole(visitor);
    small.push(...(await page.evaluate(tooSmall)).map((one) => `${path.replace(/[0-9a-f-]{36}/, 'ID')}: ${one}`));
  }
  expect(small).toEqual([]);
  await it.leave(visitor);
});

/** Buttons and fields that a thumb would miss. Links within text and what is hidden do not count. */
function tooSmall(): string[] {
  const all = document.querySelectorAll<HTMLElement>(
    'button, [role="button"], [role="switch"], input, select, summary',
  );
  return [...all].flatMap((one) => {
    const { width, height } = one.getBoundingClientRect();
    const target = one.closest('label')?.getBoundingClientRect().height ?? height;
    if (width === 0 || height === 0 || !one.checkVisibility({ visibilityProperty: true })) return [];
    if (Math.max(height, target) >= 39.5) return [];
    const name = one.getAttribute('aria-label') ?? one.innerText ?? one.outerHTML.slice(0, 80);
    return [`${one.tagName} ${name.slice(0, 40)} ${Math.round(width)} × ${Math.round(height)}`];
  });
}

type Stop = { readonly name: string; readonly visible: boolean };

/** What Tab reaches from the top of the page on, each once, and whether one sees that it has the focus. */
async function tabStops(page: Page): Promise<readonly Stop[]> {
  // The viewer takes the focus by itself: from the top means from the top.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  const stops: Stop[] = [];
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const one = document.activeElement as HTMLElement;
      if (one === document.body) return null;
      // A field for a day is several stops in one.
      if (one.dataset.stop === 'last') return undefined;
      if (one.dataset.stop === 'seen') return null;
      for (const other of document.querySelectorAll<HTMLElement>('[data-stop="last"]')) other.dataset.stop = 'seen';
      one.dataset.stop = 'last';
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      const after = getComputedStyle(one, '::after');
      const around = one.parentElement === null ? undefined : getComputedStyle(one.parentElement);
      const drawn = (style: string, width: string) => style !== 'none' && Number.parseFloat(width) >= 1;
      const blurred = getComputedStyle(document.documentElement).borderColor;
      return {
        name: one.getAttribute('aria-label') ?? (one.innerText || one.outerHTML).slice(0, 60),
        visible:
          drawn(outlineStyle, outlineWidth) ||
          boxShadow !== 'none' ||
          drawn(after.outlineStyle, after.outlineWidth) ||
          (around !== undefined && drawn(around.outlineStyle, around.outlineWidth)) ||
          (['INPUT', 'SELECT', 'TEXTAREA'].includes(one.tagName) && getComputedStyle(one).borderColor !== blurred),
      };
    });
    if (stop === null) return stops;
    if (stop !== undefined) stops.push(stop);
  }
  throw new Error('Tab came to no end');
}

browserTest(
  'the keyboard alone reaches everything, one sees where it is, and Escape leads out of dialogs',
  async () => {
    const visitor = await it.visitAs(it.me);
    const { page } = visitor;
    await page.getByRole('link', { name: /Freifrau/ }).waitFor();
    for (const path of ['/studies', `/studies/${await studyId()}`, '/upload', '/links', '/audit']) {
      await page.goto(`${it.exchange.url}${path}`);
      await whole(visitor);
      const stops = await tabStops(page);
      expect(stops[0]?.name).toBe('Skip to the content');
      expect(
        stops.filter(({ visible }) => !visible).map(({ name }) => name),
        path,
      ).toEqual([]);
      const missed = await page.evaluate(() =>
        [
          ...document.querySelectorAll<HTMLElement>(
            'a[href], button, input, select, textarea, summary, [role="slider"]',
          ),
        ]
          .filter(
            (one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(':disabled, [tabindex="-1"]'),
          )
          .filter((one) => one.dataset.stop === undefined && (one as HTMLInputElement).type !== 'radio')
          .map((one) => one.outerHTML.slice(0, 120)),
      );
      expect(missed, path).toEqual([]);
    }
    await page.goto(`${it.exchange.url}/studies/${await studyId()}`);
    await shownImage(page);
    await page.getByRole('button', { name: 'Share' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Share by a link' });
    await dialog.waitFor();
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      expect(await dialog.evaluate((one) => one.contains(document.activeElement))).toBe(true);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Share');
    await it.leave(visitor);
  },
);

browserTest('who wants no motion gets none, and every answer carries its policy', async () => {
  const visitor = await it.visitAs(it.me, { motion: 'reduce' });
  const { page } = visitor;
  await openStudy(page, /Freifrau/);
  await shownImage(page);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('dialog', { name: 'Share by a link' }).waitFor();
  const moving = await page.evaluate(() =>
    document
      .getAnimations()
      .filter((one) => one.playState === 'running' && Number(one.effect?.getComputedTiming().duration) > 10)
      .map((one) => ((one.effect as KeyframeEffect).target as Element).outerHTML.slice(0, 120)),
  );
  expect(moving).toEqual([]);
  await it.leave(visitor);
  for (const path of ['/', '/studies', '/shared/x', '/nothing', '/api/v1/session']) {
    const { headers } = await ask(it.exchange, path);
    const policy = String(headers['content-security-policy']);
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toMatch(/unsafe|\*|https?:/);
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['referrer-policy'], path).toMatch(/no-referrer|same-origin/);
    expect(headers['strict-transport-security'], path).toMatch(/max-age=\d{7,}/);
  }
});
