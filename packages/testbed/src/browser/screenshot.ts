import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { checkoutRoot } from '../checkout.ts';
import { settled } from './axe.ts';

/** Writes `docs/journeys/NAME.png`, with SYMBOLON_SCREENSHOTS=1 only: a run of the tests leaves the tree as it was. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env.SYMBOLON_SCREENSHOTS !== '1') return;
  const path = join(checkoutRoot, 'docs/journeys', `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await settled(page);
  // Playwright hides the caret and stops animations by a style element, which the page's policy forbids.
  await page.screenshot({ path, caret: 'initial', animations: 'allow', scale: 'css' });
}
