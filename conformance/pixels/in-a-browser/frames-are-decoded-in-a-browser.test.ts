import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { browserTest, checkoutRoot, openBrowser, realFiles } from '@symbolon/testbed';
import { build, type Plugin } from 'vite';
import { expect } from 'vitest';
import { digestOfFrame } from './digest-of-frame.ts';

/** One file for each way of compression that Debian's python3-pydicom has, and HTJ2K of the corpus. */
const names = [
  'test_files/MR_small.dcm',
  'test_files/MR_small_bigendian.dcm',
  'test_files/MR_small_RLE.dcm',
  'test_files/SC_rgb_jpeg_dcmtk.dcm',
  'test_files/JPEG-lossy.dcm',
  'test_files/MR_small_jpeg_ls_lossless.dcm',
  'test_files/MR_small_jp2klossless.dcm',
];
const isHtj2k = (name: string): boolean => /htj2k/i.test(name);

/** The compiled codecs lie beside the script of the page that uses them. */
const codecs = ['charls/dist/charlswasm', 'openjpeg/dist/openjpegwasm', 'libjpeg-turbo-8bit/dist/libjpegturbowasm']
  .map((path) => `${path}_decode.wasm`)
  .concat('openjph/dist/openjphjs.wasm');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A page has none; only data sets deflated whole need it, and what inflates them is an argument. */
const withoutZlib: Plugin = {
  name: 'without-zlib',
  enforce: 'pre',
  resolveId: (id) => (id === 'node:zlib' ? '\0zlib' : null),
  load: (id) => (id === '\0zlib' ? 'export const inflateRawSync = undefined;' : null),
};

async function builtPage(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    plugins: [withoutZlib],
    build: {
      outDir: folder,
      minify: false,
      lib: { entry: join(import.meta.dirname, 'frames.worker.ts'), formats: ['es'], fileName: 'frames' },
    },
  });
  for (const path of codecs)
    cpSync(join(checkoutRoot, 'node_modules/@cornerstonejs', `codec-${path}`), join(folder, path.split('/').at(-1)!));
}

browserTest('in a thread of a page every codec gives the pixels and the picture that it gives in Node', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-pixels-'));
  const browser = await openBrowser();
  try {
    await builtPage(folder);
    const context = await browser.browser.newContext();
    await context.route('https://pixels.example/**', (route) => {
      const path = new URL(route.request().url()).pathname;
      if (path === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>x</title>' });
      const contentType = types[extname(path)] ?? 'application/octet-stream';
      return route.fulfill({ contentType, body: readFileSync(join(folder, path)) });
    });
    const page = await context.newPage();
    await page.goto('https://pixels.example/');
    const files = realFiles().filter(({ name }) => names.includes(name) || isHtj2k(name));
    expect(files.length).toBeGreaterThanOrEqual(names.length);
    for (const { path, name } of files) {
      const bytes = readFileSync(path);
      const inPage = await page.evaluate(async (base64) => {
        const { worker = new Worker('/frames.js', { type: 'module' }) } = window as { worker?: Worker };
        (window as { worker?: Worker }).worker = worker;
        worker.postMessage(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
        return new Promise((done) => {
          worker.onmessage = ({ data }) => done(data);
          worker.onerror = ({ message }) => done(message);
        });
      }, bytes.toString('base64'));
      expect(inPage, name).toBe(await digestOfFrame(bytes));
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});
