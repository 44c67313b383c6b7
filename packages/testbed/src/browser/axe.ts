import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** What WCAG 2.1 asks at levels A and AA, as far as a machine can tell. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** Without its comments: each page that is looked at reads it anew. */
let source: Promise<string> | undefined;

/** Elements of one rule; a table would give hundreds. */
const shownOfEach = 4;

/**
 * Every breach of WCAG 2.1 AA that axe-core finds on the page as it stands, a text each. The source comes in through
 * the debugger, so the page keeps its content security policy.
 */
export async function breaches(page: Page): Promise<readonly string[]> {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(await source);
  }
  const violations = await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as { axe: { run(of: Document, how: object): Promise<AxeResults> } };
    const how = { runOnly: { type: 'tag', values }, resultTypes: ['violations'] };
    return (await axe.run(document, how)).violations;
  }, tags);
  return violations.map(({ id, impact, help, nodes }) => {
    const lines = nodes.slice(0, shownOfEach).map(({ html, failureSummary }) => `    ${html}\n      ${failureSummary}`);
    return [`${id} (${impact}), ${nodes.length} times: ${help}`, ...lines].join('\n');
  });
}

/** Fails with every breach of WCAG 2.1 AA. */
export async function axe(page: Page): Promise<void> {
  const found = await breaches(page);
  if (found.length > 0) throw new Error(`axe finds on ${page.url()}:\n${found.join('\n')}`);
}

/** Waits for transitions to end: half-way through one, colours are neither of the two that were chosen. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const running = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    const late = new Promise((resolve) => setTimeout(resolve, 2_000));
    await Promise.race([Promise.allSettled(running.map((one) => one.finished)), late]);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}
