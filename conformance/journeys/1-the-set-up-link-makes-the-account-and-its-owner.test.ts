import { axe, browserTest, screens, screenshot } from '@symbolon/testbed';
import { expect } from 'vitest';
import { giveNameAndPassword, goTo, heading, openMenu, passwordLabel, signIn } from './hands.ts';
import { setting } from './setting.ts';

const it = setting({ claimed: false });
const owner = { email: 'mara@example.org', password: 'Elf Amseln im Apfelbaum' };

/** As somebody reads it in the terminal. */
function printedLink(): string {
  const found = /https:\/\/\S+\/setup#\S+/.exec(it.exchange.output())?.[0];
  if (found === undefined) throw new Error(`no set-up link was printed:\n${it.exchange.output()}`);
  return found;
}

browserTest('the set-up page explains a missing and a wrong secret, and a password that is too weak', async () => {
  for (const on of screens) {
    const visitor = await it.visit('/', { on });
    const { page, watch } = visitor;
    // Nobody has an account yet: whatever one opens leads here.
    await heading(page, 'Set up this exchange');
    await page.getByText('The one-time secret is missing.').waitFor();
    await axe(page);
    await page.goto(printedLink().replace(/#.*/, `#${'x'.repeat(43)}`));
    // The same document: only what stands behind the # differs.
    await page.getByText('The one-time secret is missing.').waitFor({ state: 'detached' });
    await fill('short');
    await page.getByText('This password is not strong enough yet.').waitFor();
    await axe(page);
    await fill(owner.password);
    watch.expect(/status of 401/);
    await page.getByRole('alert').filter({ hasText: 'The set-up link is not right' }).waitFor();
    // Nothing of what was typed is lost.
    expect(await page.getByLabel('Name of your organisation').inputValue()).toBe('Praxis Dr. Ölund');
    await axe(page);
    await it.leave(visitor);

    async function fill(password: string): Promise<void> {
      await page.getByLabel('Name of your organisation').fill('Praxis Dr. Ölund');
      await page.getByLabel('Your name').fill('Mara Ölund');
      await page.getByLabel('Your e-mail address').fill(owner.email);
      await page.getByLabel(passwordLabel).fill(password);
      await page.getByLabel('The password once more').fill(password);
      await page.getByRole('button', { name: 'Make the account' }).click();
    }
  }
});

browserTest('the printed link makes the account and its owner, who is signed in at once, and works once', async () => {
  const link = printedLink();
  const visitor = await it.visit(link);
  const { page } = visitor;
  await heading(page, 'Set up this exchange');
  // Out of the address bar at once, where it would stay in the history.
  await page.waitForFunction(() => location.hash === '');
  await page.getByLabel('Name of your organisation').fill('Praxis Dr. Ölund');
  await page.getByLabel('Your name').fill('Mara Ölund');
  await page.getByLabel('Your e-mail address').fill(owner.email);
  await page.getByLabel(passwordLabel).fill(owner.password);
  await page.getByLabel('The password once more').fill(owner.password);
  await axe(page);
  await screenshot(page, '1-set-up');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await heading(page, 'Studies');
  await page.getByText('Mara Ölund').first().waitFor();
  await axe(page);
  await it.leave(visitor);

  const late = await it.visit(link);
  await late.page.getByText('This exchange has been set up already.').waitFor();
  await axe(late.page);
  await it.leave(late);
});

for (const on of screens) {
  browserTest(`a wrong password is explained, the right one opens, signing out closes (${on.width} px)`, async () => {
    const visitor = await it.visit('/studies', { on });
    const { page, watch } = visitor;
    await heading(page, 'Sign in');
    await axe(page);
    await screenshot(page, `1-sign-in-${on.name}`);
    watch.expect(/status of 401/);
    await giveNameAndPassword(page, { ...owner, password: 'Zwölf Amseln im Apfelbaum' });
    await page.getByText('E-mail address or password are not right.').waitFor();
    await axe(page);
    await signIn(page, owner);
    expect(new URL(page.url()).pathname).toBe('/studies');
    await goTo(page, 'Audit');
    await openMenu(page);
    await axe(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in');
    // What a page showed is not there for the next person either.
    await page.goBack();
    await heading(page, 'Sign in');
    await it.leave(visitor);
  });
}

browserTest('no script sees the session, and no other site gets it along', async () => {
  const visitor = await it.visit('/', {});
  await signIn(visitor.page, owner);
  // That of the session, and that by which the browser is known at the next sign-in; whatever their order.
  const cookies = (await visitor.context.cookies()).toSorted((one, other) => (one.name < other.name ? 1 : -1));
  expect(
    cookies.map(({ name, httpOnly, secure, sameSite, path }) => ({ name, httpOnly, secure, sameSite, path })),
  ).toEqual(
    ['__Host-symbolon-session', '__Host-symbolon-device'].map((name) => ({
      ...{ name, httpOnly: true, secure: true, sameSite: 'Strict', path: '/' },
    })),
  );
  expect(await visitor.page.evaluate(() => document.cookie)).toBe('');
  const stored = await visitor.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  for (const secret of [...cookies.map(({ value }) => value), owner.email, 'Mara', 'Ölund'])
    expect(stored).not.toContain(secret);
  await it.leave(visitor);
});
