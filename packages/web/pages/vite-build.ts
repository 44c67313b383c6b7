/**
 * A process of its own, `node vite-build.ts FOLDER`: what a bundler needs of memory goes with it, and which React is
 * bundled is decided by the NODE_ENV that it is started with, not by the one of whoever starts the exchange.
 */
import { join } from 'node:path';
import { build } from 'vite';
import config from '../vite.config.ts';
import { compressTexts } from './compress.ts';

const [outDir = ''] = process.argv.slice(2);
try {
  await build({ ...config, configFile: false, logLevel: 'silent', build: { ...config.build, outDir } });
  await compressTexts(join(outDir, 'assets'));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n`);
  process.exitCode = 1;
}
