import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { peerTest, realFiles } from '@symbolon/testbed';
import { expect } from 'vitest';
import { tags } from '../dictionary/tags.ts';
import { parseFile } from '../parse/parse-file.ts';
import { text } from '../value.ts';
import { isReport, type ReportLine, readReport } from './report.ts';

/** One content item as DCMTK prints it: `  <contains TEXT:(1,X,"Name")="Value">`, or `<selected from 1.3.2>`. */
const printed = /^( *)<(?:([a-z ]+?) )?(?:([A-Z0-9]+):(?:\([^"]*"(.*?)"\))?=(.*)|([\d.]+))>(?: \{.*\})?$/;
const escaped = (value: string): string => value.replace(/\r/g, '\\r').replace(/\n/g, '\\n');
const digits = (value: string): string => value.replace(/\D/g, '');

/** What DCMTK says of an item must be said by our line, in our words. */
function agree(line: ReportLine, row: string): void {
  const [, indent = '', , type, name = '', value = '', reference] = printed.exec(row) ?? [];
  expect(line.depth, row).toBe(indent.length / 2 - 1);
  if (reference !== undefined) {
    expect(line.value, row).toMatch(new RegExp(`^see item ${reference.replace(/\./g, '\\.')}(,|$)`));
    return;
  }
  expect(line.name, row).toBe(name);
  const quoted = /"(.*)"/s.exec(value)?.[1] ?? '';
  if (type === 'CONTAINER') expect(line.kind, row).toBe('section');
  else if (type === 'TEXT' || type === 'UIDREF') expect(escaped(line.value).trimEnd(), row).toBe(quoted.trimEnd());
  else if (type === 'CODE') expect(line.value, row).toBe(quoted);
  else if (type === 'NUM' && value === 'empty') expect(line.value, row).toBe('(no value)');
  else if (type === 'NUM') {
    const [, number, code = '', meaning = ''] = /^"(.*?)" \((.*?),.*?,"(.*?)"\)$/.exec(value) ?? [];
    expect([`${number} ${code}`, `${number} ${meaning}`], row).toContain(line.value);
  } else if (type === 'PNAME')
    expect(line.value.split(/[ ,]+/).toSorted(), row).toEqual(
      quoted
        .split(/[\^ ]+/)
        .filter(Boolean)
        .toSorted(),
    );
  else if (type === 'DATE') expect(digits(line.value), row).toBe(quoted);
  else if (type === 'TIME' || type === 'DATETIME')
    expect(digits(quoted).startsWith(digits(line.value)), row).toBe(true);
  else if (type === 'SCOORD') expect(line.value, row).toContain(` of ${value.split(',').length - 1} point`);
  else expect(line.value, row).not.toBe('');
}

peerTest(
  'every report that nobody here wrote says what DCMTK reads in it, item by item',
  { command: 'dsrdump', package: 'dcmtk' },
  (dsrdump) => {
    let reports = 0;
    const seen = new Set<string>();
    for (const { path, kind } of realFiles()) {
      const bytes = new Uint8Array(readFileSync(path));
      if (kind === undefined && bytes.length > 1_000_000) continue;
      let file: ReturnType<typeof parseFile>;
      try {
        file = parseFile(bytes);
      } catch {
        continue;
      }
      const name = text(file.dataset, tags.SOPInstanceUID) ?? '';
      if (!isReport(file.dataset) || seen.has(name)) continue;
      seen.add(name);
      const lines = [...readReport(file.dataset).lines()];
      const { stdout } = spawnSync(dsrdump, [...'-q -Ph +U8 -Er -Ev -Ec -Ee +Pl +Pc'.split(' '), path], {
        encoding: 'utf8',
      });
      const [root, ...rows] = stdout
        .trimEnd()
        .split('\n')
        .filter((row) => row !== '');
      expect(root, path).toMatch(/^<CONTAINER:/);
      expect(lines.length, path).toBe(rows.length);
      for (const [at, row] of rows.entries()) agree(lines[at]!, row);
      reports += 1;
    }
    // Of Debian's pydicom alone there is one.
    expect(reports).toBeGreaterThan(0);
  },
);
