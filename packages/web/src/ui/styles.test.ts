import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const sources = join(import.meta.dirname, '..');
const mantine = dirname(createRequire(import.meta.url).resolve('@mantine/core/styles.css'));
/** Some parts have none: a TextInput is an Input. */
const hasStyles = (part: string): boolean => existsSync(join(mantine, 'styles', `${part}.css`));
const files = globSync('**/*.{ts,tsx}', { cwd: sources }).map((path) => ({
  area: path.split('/')[0] as string,
  text: readFileSync(join(sources, path), 'utf8'),
}));

/** The parts that an area's files name in their imports, types apart. */
function usedBy(area: string): string[] {
  const named = files
    .filter((file) => file.area === area)
    .flatMap(({ text }) => [...text.matchAll(/^import \{([^}]*)\} from '@mantine\/core'/gm)])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));
  return [...new Set(named)].filter((name) => /^[A-Z]/.test(name));
}

const importedBy = (area: string): Set<string> =>
  new Set(
    files
      .filter((file) => file.area === area)
      .flatMap(({ text }) => [...text.matchAll(/@mantine\/core\/styles\/(\w+)\.css/g)])
      .map(([, name]) => name as string),
  );

const areas = [...new Set(files.map(({ area }) => area))].filter((area) => usedBy(area).length > 0);

test.each(areas)('every part of Mantine that %s uses has its styles there, or on every page', (area) => {
  const there = new Set([...importedBy('ui'), ...importedBy(area)]);
  expect(usedBy(area).filter((part) => hasStyles(part) && !there.has(part))).toEqual([]);
});
