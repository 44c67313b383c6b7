import { axe, browserTest, ctStudy, screens, screenshot, type Visitor } from '@symbolon/testbed';
import type { Page, Response } from 'playwright-core';
import { expect } from 'vitest';
import { ask } from '../laws/ask.ts';
import { goTo, heading, openStudy, passwordLabel, shownImage, untilShown } from './hands.ts';
import { setting } from './setting.ts';

const family = 'Lindqvist';
const note = 'Für Herrn Kollegen Haddad: bitte die Leberläsion ansehen.';
const it = setting({
  name: 'Mara Ölund',
  before: (made) =>
    made.send(ctStudy({ seed: 5, slices: 60, rows: 128, columns: 128, person: { patientName: `${family}^Astrid` } })),
});

/** Makes a link as its owner does, and returns what the page shows of it once. */
async function makeLink(page: Page, shot: string): Promise<{ address: string; password: string }> {
  await openStudy(page, family);
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share by a link' });
  await dialog.getByLabel('Note for the reader').fill(note);
  await axe(page);
  await screenshot(page, `5-share-${shot}`);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  await dialog.getByRole('heading', { name: 'The link is ready' }).waitFor();
  const address = await dialog.getByLabel('Address', { exact: true }).inputValue();
  const password = await dialog.getByLabel(passwordLabel).inputValue();
  await axe(page);
  // Nobody loses the address by one tap too early.
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.getByText('You have not copied the address yet').waitFor();
  await dialog.getByRole('button', { name: 'Copy the address' }).click();
  await dialog.getByText('The address is copied.').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address);
  await screenshot(page, `5-link-${shot}`);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  return { address, password };
}

const more = { permissions: ['clipboard-read', 'clipboard-write'] };

for (const on of screens) {
  browserTest(
    `a stranger opens a link, and the first image asked for after its end is refused (${on.width} px)`,
    async () => {
      const owner = await it.visitAs(it.me, { on, more });
      const { address, password } = await makeLink(owner.page, on.name);
      expect(address).not.toContain(family);

      const stranger = await it.visit(address, { on });
      const { page, watch } = stranger;
      await heading(page, 'Shared study');
      await page.getByRole('heading', { name: 'Mara Ölund of Klinikum Musterstadt shares a study with you' }).waitFor();
      await page.getByText('Open until').waitFor();
      // Out of the address bar; and nothing of the study before the password.
      await page.waitForFunction(() => location.hash === '');
      expect(await page.innerText('body')).not.toMatch(/Lindqvist|Leberläsion/);
      await axe(page);
      await screenshot(page, `5-landing-${on.name}`);
      watch.expect(/status of 401/);
      await openWith('nicht das richtige');
      await page.getByText('That is not the password of this link').waitFor();
      await axe(page);
      await openWith(password);
      expect(await shownImage(page)).toBe(1);
      await page.getByText(note).waitFor();
      await page.getByRole('heading', { name: family }).waitFor();
      expect(await page.title()).toBe('Shared study – Symbolon');
      await axe(page);
      await screenshot(page, `5-shared-${on.name}`);
      await page.getByRole('slider', { name: 'Image' }).focus();
      await page.keyboard.press('PageDown');
      await untilShown(page, 11);
      // Not a foot further than this one study.
      const others = await page.evaluate(async () => (await fetch('/api/v1/links')).status);
      expect(others).toBe(401);

      // The page asks by itself, too, every ten seconds and five after a key, whether it still may. Here an image is to tell it.
      const refused = Promise.withResolvers<void>();
      await page.route(/\/(look|study)$/, async (route) => {
        await refused.promise;
        await route.continue();
      });
      await revoke(owner, on.name);
      const answered: Promise<number>[] = [];
      page.on('response', (response: Response) => {
        if (response.url().includes('/frames/')) answered.push(Promise.resolve(response.status()));
      });
      watch.expect(/status of 410/);
      // A window that no picture was rendered with yet: the page has to ask.
      await page.keyboard.press('2');
      await page.getByText('This link was revoked').waitFor();
      expect(new Set(await Promise.all(answered))).toEqual(new Set([410]));
      refused.resolve();
      await axe(page);
      await screenshot(page, `5-revoked-${on.name}`);
      // Nothing of the study stays behind on the page, and coming again does not help.
      expect(await page.innerText('body')).not.toContain(family);
      await page.goto(address);
      await page.getByText('This link was revoked').waitFor();
      await it.leave(owner, stranger);

      async function openWith(what: string): Promise<void> {
        await page.getByLabel(passwordLabel).fill(what);
        await page.getByRole('button', { name: 'Open the study' }).click();
      }
    },
  );
}

/** The owner sees how the link was used, and ends it. */
async function revoke({ page }: Visitor, shot: string): Promise<void> {
  await goTo(page, 'Links');
  const item = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Revoke' }) });
  await item.getByText('Opened once').waitFor();
  await item.getByText('1 wrong password').waitFor();
  await item.getByRole('button', { name: 'Uses' }).click();
  await item.getByText('Opened the link').waitFor();
  await item
    .getByText(/^from (127\.0\.0\.1|::1)$/)
    .first()
    .waitFor();
  await axe(page);
  await screenshot(page, `5-links-${shot}`);
  await item.getByRole('button', { name: 'Revoke', exact: true }).click();
  await axe(page);
  await item.getByRole('button', { name: 'Revoke the link' }).click();
  await page.getByText('The link is revoked.').waitFor();
}

/** A link with a life of so many milliseconds, which the page offers to nobody. */
async function brieflyOpen(lifeMs: number, password?: string): Promise<string> {
  const found = await ask(it.exchange, '/api/v1/studies/search', { token: it.me.token, json: {} });
  const { studies } = found.json() as { studies: { id: string }[] };
  const json = { expiresAt: new Date(Date.now() + lifeMs).toISOString(), ...(password && { password }) };
  const made = await ask(it.exchange, `/api/v1/studies/${studies[0]!.id}/links`, { token: it.me.token, json });
  expect(made.status).toBe(201);
  return (made.json() as { address: string }).address;
}

browserTest('a link that runs out while it is open takes the study away, and opens no more', async () => {
  const opens = async (address: string): Promise<Visitor> => {
    const visitor = await it.visit(address);
    await visitor.page.getByRole('button', { name: 'Open the study' }).click();
    await shownImage(visitor.page);
    return visitor;
  };
  // A life as long as this machine, as busy as it is, takes several times over to open one.
  const began = performance.now();
  await it.leave(await opens(await brieflyOpen(600_000)));
  const address = await brieflyOpen(3_000 + 4 * (performance.now() - began));
  const stranger = await opens(address);
  const { page, watch } = stranger;
  await page.getByText('This link has expired').waitFor();
  expect(await page.innerText('body')).not.toContain(family);
  await axe(page);
  watch.expect(/status of 410/);
  await page.goto('about:blank');
  await page.goto(address);
  await page.getByText('This link has expired').waitFor();
  await it.leave(stranger);
});

browserTest('an address that was cut off, mistyped or reloaded says what to do', async () => {
  const address = await brieflyOpen(600_000);
  for (const [broken, words] of [
    [address.replace(/#.*/, ''), 'Open the link from the message again'],
    [address.slice(0, -30), 'The address of this link is not complete'],
    [`${address.slice(0, -6)}AAAAAA`, 'This link does not lead to a study'],
    [
      address.replace(/shared\/[^#]*/, 'shared/00000000-0000-4000-8000-000000000000'),
      'This link does not lead to a study',
    ],
  ] as const) {
    const stranger = await it.visit(broken);
    stranger.watch.expect(/status of 40[14]/);
    await stranger.page.getByText(words).waitFor();
    await axe(stranger.page);
    await it.leave(stranger);
  }
  // The one in order survives a reload: the cookie of this browser lets it in again.
  const stranger = await it.visit(address);
  await stranger.page.getByRole('button', { name: 'Open the study' }).click();
  await shownImage(stranger.page);
  const [cookie] = await stranger.context.cookies(
    address.replace('/shared/', '/api/v1/shared/').replace('#', '/study#'),
  );
  expect(cookie).toMatchObject({ name: '__Secure-symbolon-link', httpOnly: true, secure: true, sameSite: 'Strict' });
  await stranger.page.reload();
  await shownImage(stranger.page);
  await it.leave(stranger);
});

browserTest('guessing at the password of a link ends after five tries, with the time to wait', async () => {
  const stranger = await it.visit(await brieflyOpen(600_000, 'richtig geraten'));
  const { page, watch } = stranger;
  watch.expect(/status of (401|429)/);
  for (let tries = 0; tries < 6; tries += 1) {
    await page.getByLabel(passwordLabel).fill(`Versuch ${tries}`);
    const answer = page.waitForResponse((response) => response.url().includes('/open'));
    await page.getByRole('button', { name: 'Open the study' }).click();
    expect((await answer).status()).toBe(tries < 5 ? 401 : 429);
  }
  await page.getByText('There were too many tries').waitFor();
  await page.getByText(/You can try again in/).waitFor();
  expect(await page.getByRole('button', { name: 'Open the study' }).isDisabled()).toBe(true);
  await axe(page);
  await it.leave(stranger);
});
