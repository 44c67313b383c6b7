import { expect } from 'vitest';
import type { Answer } from '../dicomweb-client.ts';
import { type Clause, check } from './check.ts';
import type { Root } from './root.ts';

const wadl = 'application/vnd.sun.wadl+xml';
const asked = (root: Root, accept = wadl): Promise<Answer> => root.send('OPTIONS', '/', { accept });

/** The document, its resources by the way to each. */
async function described(root: Root): Promise<{ readonly text: string; readonly paths: readonly string[] }> {
  const answer = await asked(root);
  expect(answer.status).toBe(200);
  const text = answer.body.toString('utf8');
  const way: string[] = [];
  const paths: string[] = [];
  for (const [, end, path, closed] of text.matchAll(
    /<(\/)?(?:\w+:)?resource(?:\s[^>]*?path="([^"]*)"[^>]*?(\/)?)?>/g,
  )) {
    if (end) way.pop();
    else {
      paths.push([...way, path].join('/').replaceAll('//', '/'));
      if (!closed) way.push(path ?? '');
    }
  }
  return { text, paths };
}

export const capabilities: Clause = {
  clause: '8.9',
  title: 'Capabilities',
  checks: [
    check('OPTIONS at the root describes it as WADL', async (root) => {
      const answer = await asked(root);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/vnd\.sun\.wadl\+xml(;|$)/);
      expect(answer.body.toString('utf8')).toContain('http://wadl.dev.java.net/2009/02');
    }),
    check('the description has one application, and in it one resources with the root as its base', async (root) => {
      const { text } = await described(root);
      expect(text.match(/<(\w+:)?application[\s>]/g)).toHaveLength(1);
      const bases = [...text.matchAll(/<(?:\w+:)?resources\s[^>]*base="([^"]*)"/g)].map(([, base]) => base);
      expect(bases.map((base) => base?.replace(/\/$/, ''))).toEqual([root.url]);
    }),
    check('the description names studies, series, instances and frames, each below the other', async (root) => {
      const { paths } = await described(root);
      const plain = paths.map((path) => path.replace(/^\//, '').replaceAll(/\{[^}]*\}/g, '{}'));
      for (const path of ['studies', 'studies/{}', 'studies/{}/series/{}', 'studies/{}/series/{}/instances/{}'])
        expect(plain).toContain(path);
      expect(plain.some((path) => path.startsWith('studies/{}/series/{}/instances/{}/frames/{}'))).toBe(true);
    }),
    check('the description names Store, Search and Retrieve by their methods', async (root) => {
      const { text } = await described(root);
      expect(text).toMatch(/<(\w+:)?method\s[^>]*name="POST"/);
      expect(text).toMatch(/<(\w+:)?method\s[^>]*name="GET"/);
      for (const type of ['application/dicom', 'application/dicom+json', 'application/dicom+xml'])
        expect(text).toContain(type);
    }),
    check('a description as image/png is 406', async (root) => {
      expect((await asked(root, 'image/png')).status).toBe(406);
    }),
  ],
};
