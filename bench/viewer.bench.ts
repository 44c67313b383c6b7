/**
 * The first study in the browser: real Chromium against a real exchange, both on this machine.
 *
 * Prints a line of JSON a figure: from the click on a study to its first image drawn, scrolling 300 CT slices of
 * 512 × 512 to the end by the wheel, and what the first page weighs over the wire. Absolute times say little on a
 * shared machine: beside them stands what the exchange alone needs for the same 300 rendered frames, fetched one after
 * another by a plain script over one connection in the same run.
 */
import { Agent, request } from 'node:https';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { ctStudy, desk, openBrowser, owner, startExchange, type Visitor } from '@symbolon/testbed';
import type { Page } from 'playwright-core';
import { folderOf, send } from '../conformance/laws/folder-of.ts';

const slices = Number(process.env.SLICES ?? 300);
const rounds = Number(process.env.ROUNDS ?? 7);
/** Of the wheel, as quick as a finger turns it. */
const notchMs = 16;

function print(metric: string, value: number, unit: string, n = rounds): void {
  console.log(JSON.stringify({ metric, value: Number(value.toPrecision(4)), unit, n }));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel(/^Password( \*)?$/).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Studies' }).waitFor();
}

type Weight = { readonly wire: number; readonly gzip: number };

/** What comes over the wire until the page stands, headers included; and as gzip, where no brotli is taken. Units: bytes. */
async function weigh({ page, context }: Visitor, open: () => Promise<unknown>): Promise<Weight> {
  const debug = await context.newCDPSession(page);
  let wire = 0;
  const asked = new Set<string>();
  page.on('response', (answer) => answer.url().startsWith('https:') && asked.add(answer.url()));
  debug.on('Network.loadingFinished', ({ encodedDataLength }) => {
    wire += encodedDataLength;
  });
  await debug.send('Network.enable');
  await debug.send('Network.setCacheDisabled', { cacheDisabled: true });
  await open();
  await page.waitForLoadState('networkidle');
  await debug.detach();
  const files = [...asked].filter((url) => url.includes('/assets/') || !url.includes('/api/'));
  const sizes = await Promise.all(files.map((url) => gzipBytes(url)));
  return { wire, gzip: sizes.reduce((sum, one) => sum + one, 0) };
}

/** The body of one answer to who takes gzip only. Units: bytes. */
function gzipBytes(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip' };
    const asked = request(url, { ca: exchange.ca, agent: false, headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.once('end', () => resolve(bytes));
    });
    asked.once('error', reject).end();
  });
}

/** From the click until the canvas says that a picture is drawn on it. Units: milliseconds. */
function clickToImage(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const started = performance.now();
        const look = () => {
          if (document.querySelector('canvas[data-image="1"]')) resolve(performance.now() - started);
          else requestAnimationFrame(look);
        };
        document.querySelector<HTMLElement>('a[href^="/studies/"]')!.click();
        look();
      }),
  );
}

type Scroll = { readonly ms: number; readonly drawn: number; readonly slowestMs: number };

/** Turns the wheel a notch at a time to the last slice; `drawn` are those that were seen, `slowestMs` the longest still. */
function scrollThrough(page: Page, last: number, everyMs: number): Promise<Scroll> {
  return page.evaluate(
    ([to, every]) =>
      new Promise<Scroll>((resolve) => {
        const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-image]')!;
        const started = performance.now();
        let [shown, changedAt, drawn, slowestMs, notches] = [canvas.dataset.image, started, 0, 0, 0];
        const turn = setInterval(() => {
          canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: 120, bubbles: true, cancelable: true }));
          notches += 1;
          if (notches >= to) clearInterval(turn);
        }, every);
        const look = () => {
          const now = performance.now();
          if (canvas.dataset.image !== shown) {
            shown = canvas.dataset.image;
            slowestMs = Math.max(slowestMs, now - changedAt);
            changedAt = now;
            drawn += 1;
          }
          if (Number(shown) >= to) resolve({ ms: now - started, drawn, slowestMs });
          else requestAnimationFrame(look);
        };
        look();
      }),
    [last, everyMs] as const,
  );
}

/** The same frames by a script, one after another over one connection. Units: milliseconds. */
async function plainFetch(url: string, ca: string, token: string, paths: readonly string[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  const get = (path: string) =>
    new Promise<void>((resolve, reject) => {
      const asked = request(new URL(path, url), { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${path} answered ${answer.statusCode}`));
        answer.resume().once('end', resolve);
      });
      asked.once('error', reject).end();
    });
  const started = performance.now();
  for (const path of paths) await get(path);
  agent.destroy();
  return performance.now() - started;
}

const exchange = await startExchange();
const browser = await openBrowser({ trust: [exchange.ca] });
try {
  const date = new Date().toISOString().slice(0, 10);
  const machine = { machine: cpus()[0]?.model, cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ ...machine, chromium: browser.browser.version(), slices, date }));
  const me = await owner(exchange);
  const folder = join(dirname(exchange.dataDir), 'study');
  await folderOf(folder, ctStudy({ seed: 9100, slices }));
  const sent = await send(exchange, me, folder, join(dirname(exchange.dataDir), 'receipt.json'));
  if (sent.code !== 0) throw new Error(sent.stderr);

  const first = await browser.visit(`${exchange.url}/robots.txt`, { on: desk });
  const signInWeight = await weigh(first, () => first.page.goto(`${exchange.url}/`));
  await signIn(first.page, me);
  const studiesWeight = await weigh(first, () => first.page.reload());
  for (const [name, { wire, gzip }] of [
    ['sign-in', signInWeight],
    ['studies', studiesWeight],
  ] as const) {
    print(`first page, ${name}, over the wire (brotli, with headers)`, wire / 1000, 'kB', 1);
    print(`first page, ${name}, as gzip`, gzip / 1000, 'kB', 1);
  }
  await first.context.close();

  const opened: number[] = [];
  const cold: Scroll[] = [];
  const warm: Scroll[] = [];
  let frames: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { page, context } = await browser.visit(`${exchange.url}/`, { on: desk });
    await signIn(page, me);
    await page.locator('a[href^="/studies/"]').first().waitFor();
    const asked = new Set<string>();
    page.on('request', (one) => one.url().includes('/frames/') && asked.add(one.url()));
    opened.push(await clickToImage(page));
    cold.push(await scrollThrough(page, slices, notchMs));
    await page.keyboard.press('Home');
    await page.locator('canvas[data-image="1"]').waitFor();
    warm.push(await scrollThrough(page, slices, notchMs));
    frames = [...asked];
    await context.close();
  }
  print('click on a study to its first image', median(opened), 'ms');
  for (const [name, scrolls] of [
    ['scroll right after opening', cold],
    ['scroll once more', warm],
  ] as const) {
    print(`${name}, to the last of ${slices}`, median(scrolls.map(({ ms }) => ms)), 'ms');
    print(`${name}, images drawn a second`, median(scrolls.map(({ ms, drawn }) => (drawn * 1000) / ms)), '1/s');
    print(`${name}, longest still`, median(scrolls.map(({ slowestMs }) => slowestMs)), 'ms');
  }
  const plain: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    plain.push(await plainFetch(exchange.url, exchange.ca, me.token, frames.slice(0, slices)));
  }
  print(`the same ${Math.min(slices, frames.length)} frames by a script, one connection`, median(plain), 'ms', 3);
} finally {
  await browser.close();
  await exchange.dispose();
}
