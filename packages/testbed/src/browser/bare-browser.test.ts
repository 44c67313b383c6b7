import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from 'vitest';
import { type BareBrowser, openBareBrowser } from './bare-browser.ts';
import { bareHands } from './bare-hands.ts';
import { bareWatch } from './bare-watch.ts';
import { browserTest } from './open-browser.ts';

/** What each page holds; all stand under a policy that lets in scripts of their own only. */
const pages: Readonly<Record<string, string>> = {
  form: '<label for=a>Name</label><input id=a><button>Greet</button><p></p><script src="/form.js"></script>',
  error: '<script src="/error.js"></script>',
  dialog: '<script src="/dialog.js"></script>',
  inline: '<script>document.title = "ran"</script>',
  elsewhere: '<img alt="" src="http://localhost:9/pixel.gif">',
  missing: '<img alt="" src="/nothing">',
};
const scripts: Readonly<Record<string, string>> = {
  form: `
    const said = [];
    const say = (text) => { said.push(text); document.querySelector('p').textContent = said.join(' ') };
    document.querySelector('button').onclick = () => say('hello ' + document.querySelector('input').value);
    addEventListener('keydown', ({ key }) => say(key));
    addEventListener('wheel', ({ deltaY }) => say('wheel' + deltaY));
    addEventListener('pointermove', ({ buttons, clientX }) => { if (buttons === 1) say('x' + clientX) });`,
  error: 'console.error("something broke"); setTimeout(() => { throw new Error("nobody caught this") })',
  dialog: 'alert("hello")',
};

let server: Server;
let url: string;
let browser: BareBrowser;
let loud: readonly string[];

beforeAll(async () => {
  server = createServer((asked, answer) => {
    const name = asked.url?.slice(1) ?? '';
    answer.setHeader('content-security-policy', "default-src 'self'; img-src *");
    if (name.endsWith('.js')) {
      answer.setHeader('content-type', 'text/javascript').end(scripts[name.replace(/\.js$/, '')]);
    } else if (pages[name] === undefined) answer.writeHead(name === 'favicon.ico' ? 204 : 404).end();
    else answer.setHeader('content-type', 'text/html').end(`<!doctype html><title>${name}</title>${pages[name]}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await openBareBrowser();
  loud = await bareWatch(browser, [url]);
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

const open = (name: string) => browser.call('Page.navigate', { url: `${url}/${name}` });
const hears = (text: string | RegExp) =>
  expect.poll(() => loud.join('\n'))[typeof text === 'string' ? 'toContain' : 'toMatch'](text);

browserTest('hands fill, click, press, turn the wheel and drag, and nothing of it is loud', async () => {
  await open('form');
  const hands = bareHands(browser);
  await hands.fill('Name', 'Ina');
  await hands.click('button', 'Greet');
  for (const key of ['4', 'End']) await hands.press(key);
  await hands.wheel({ x: 300, y: 300 }, 120);
  await hands.drag({ x: 300, y: 300 }, { x: 360, y: 300 }, 2);
  await hands.until('what was done', () =>
    /^hello Ina 4 End wheel120 x330 x360/.test(document.querySelector('p')?.textContent ?? ''),
  );
  expect(loud).toEqual([]);
});

browserTest('errors, a dialog, what the policy stopped, another host and a request in vain are heard', async () => {
  await open('error');
  await hears('error: something broke');
  await hears('error: Error: nobody caught this');
  await open('dialog');
  await hears('dialog: alert: hello');
  await open('inline');
  await hears(/Content Security Policy/);
  await open('elsewhere');
  await hears('other host: GET http://localhost:9/pixel.gif');
  await open('missing');
  await hears(/404.*\/nothing/);
});

browserTest('an error that a function meets in the page reaches the test', async () => {
  await expect(browser.run((text) => Promise.reject(new Error(text)), 'in vain')).rejects.toThrow('Error: in vain');
});
