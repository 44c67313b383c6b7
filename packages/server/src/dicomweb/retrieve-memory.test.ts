import { expect, test } from 'vitest';
import { RetrieveMemory } from './retrieve-memory.ts';

const text = (letter: string, bytes = 100): Buffer => Buffer.alloc(bytes, letter);
const bytesOf = (memory: RetrieveMemory) =>
  memory.figures().find(({ name }) => name === 'retrieve_metadata_bytes')?.value;

test('of packs that were erased nothing is left in memory, and what is of others stays', () => {
  const memory = new RetrieveMemory(() => new Date());
  for (const id of ['a', 'b']) {
    memory.keeping(id).metadata(`${id} current`, text(id));
    memory.keeping(id).seriesUid('1.2.3');
  }
  memory.forget(['a']);
  expect([memory.metadata('a current'), memory.seriesUid('a')]).toEqual([undefined, undefined]);
  expect([memory.metadata('b current'), memory.seriesUid('b')]).toEqual([text('b'), '1.2.3']);
  memory.forget(['b']);
  expect(bytesOf(memory)).toBe(0);
});

test('what was being read while something was erased is not kept', () => {
  const memory = new RetrieveMemory(() => new Date());
  const keeping = memory.keeping('a');
  memory.forget(['a']);
  keeping.metadata('a current', text('a'));
  keeping.seriesUid('1.2.3');
  expect([memory.metadata('a current'), memory.seriesUid('a')]).toEqual([undefined, undefined]);
});

test('metadata stays for two minutes after its last use, and 32 MiB of it at most', () => {
  let now = 0;
  const memory = new RetrieveMemory(() => new Date(now));
  memory.keeping('a').metadata('a', text('a'));
  now = 119_000;
  expect(memory.metadata('a')).toBeDefined();
  now = 240_000;
  expect(memory.metadata('a')).toBeUndefined();
  for (let at = 0; at < 40; at += 1) memory.keeping(`p${at}`).metadata(`p${at}`, text('x', 1024 * 1024));
  expect(bytesOf(memory)).toBeLessThanOrEqual(32 * 1024 * 1024);
  expect(memory.metadata('p39')).toBeDefined();
  expect(memory.metadata('p0')).toBeUndefined();
});
