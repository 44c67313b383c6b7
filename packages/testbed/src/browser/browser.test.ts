import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { axe, breaches } from './axe.ts';
import { browserTest, openBrowser, type TestBrowser } from './open-browser.ts';
import { desk, phone } from './screens.ts';
import { expectQuiet } from './watched.ts';

/** What each page holds; all of them stand under a policy that lets in scripts of their own only. */
const pages: Readonly<Record<string, string>> = {
  quiet: '<h1>Quiet</h1><script src="/quiet.js"></script>',
  error: '<h1>Error</h1><script src="/error.js"></script>',
  thrown: '<h1>Thrown</h1><script src="/thrown.js"></script>',
  dialog: '<h1>Dialog</h1><script src="/dialog.js"></script>',
  inline: '<h1>Inline</h1><script>document.title = "ran"</script>',
  elsewhere: '<h1>Elsewhere</h1><img alt="" src="http://localhost:9/pixel.gif">',
  missing: '<h1>Missing</h1><img alt="" src="/nothing">',
  leaving: '<h1>Leaving</h1><button>Press</button><script src="/leaving.js"></script>',
  unlabelled: '<h1>Unlabelled</h1><input><p style="color: #999">Pale</p>',
};
const scripts: Readonly<Record<string, string>> = {
  quiet: 'console.log("all is well")',
  error: 'console.error("something broke")',
  thrown: 'setTimeout(() => { throw new Error("nobody caught this") })',
  dialog: 'alert("hello")',
  leaving: 'addEventListener("beforeunload", (event) => event.preventDefault())',
};

let server: Server;
let url: string;
let browser: TestBrowser;

beforeAll(async () => {
  server = createServer((asked, answer) => {
    const name = asked.url?.slice(1) ?? '';
    const script = scripts[name.replace(/\.js$/, '')];
    answer.setHeader('content-security-policy', "default-src 'self'; style-src 'unsafe-inline'; img-src *");
    if (name.endsWith('.js')) answer.setHeader('content-type', 'text/javascript').end(script);
    else if (pages[name] === undefined) answer.writeHead(name === 'favicon.ico' ? 204 : 404).end();
    else
      answer.setHeader('content-type', 'text/html').end(`<!doctype html><html lang=en><title>x</title>${pages[name]}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function seenOn(name: string): Promise<string> {
  const { page, context, watch } = await browser.visit(`${url}/${name}`);
  await page.waitForLoadState('networkidle');
  await context.close();
  try {
    expectQuiet(watch);
    return 'quiet';
  } catch (error) {
    return (error as Error).message;
  }
}

browserTest('a page that only says hello counts as quiet', async () => {
  expect(await seenOn('quiet')).toBe('quiet');
});

browserTest('an error on the console, one that nobody caught, and a dialog are reported', async () => {
  expect(await seenOn('error')).toContain('console: error: something broke');
  expect(await seenOn('thrown')).toContain('error: Error: nobody caught this');
  expect(await seenOn('dialog')).toContain('dialog: alert: hello');
});

browserTest('a script that the policy stopped, a request to another host and one in vain are reported', async () => {
  expect(await seenOn('inline')).toMatch(/policy: a content security policy was broken: script-src-elem inline/);
  expect(await seenOn('elsewhere')).toContain('other host: GET http://localhost:9/pixel.gif');
  expect(await seenOn('missing')).toContain('404');
});

browserTest(
  'what a test expects is not reported, and the question before leaving is counted and answered',
  async () => {
    const { page, watch } = await browser.visit(`${url}/leaving`);
    await page.getByRole('button').click();
    await page.goto(`${url}/error`);
    expect(watch.askedBeforeLeaving).toBe(1);
    expect(() => expectQuiet(watch)).toThrow('something broke');
    watch.expect(/something broke/);
    expectQuiet(watch);
  },
);

browserTest("axe finds what is wrong while the page's policy stays in force", async () => {
  const { page, watch } = await browser.visit(`${url}/unlabelled`);
  const found = (await breaches(page)).join('\n');
  expect(found).toContain('label (critical), 1 times');
  expect(found).toContain('color-contrast (serious), 1 times');
  await page.goto(`${url}/quiet`);
  await axe(page);
  expectQuiet(watch);
});

browserTest('the screens are as wide as they say, and one of them is touched', async () => {
  for (const on of [desk, phone]) {
    const { page, context } = await browser.visit(`${url}/quiet`, { on, colours: 'dark' });
    const seen = await page.evaluate(() => [
      matchMedia('(pointer: coarse)').matches,
      matchMedia('(prefers-color-scheme: dark)').matches,
      matchMedia('(prefers-reduced-motion: reduce)').matches,
      screen.width,
    ]);
    expect(seen).toEqual([on.touch, true, true, on.width]);
    await context.close();
  }
});
