import { describe, expect, test } from 'vitest';
import type { DicomJson } from './dicom-json.ts';
import { fromDicomJson } from './from-dicom-json.ts';
import { stringifyDicomJson } from './stringify.ts';

const model: DicomJson = {
  '30060020': { vr: 'SQ', Value: [{ '30060022': { vr: 'IS', Value: [1] }, '00080005': { vr: 'CS' } }, {}] },
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '0020000D': { vr: 'UI', Value: ['1.2'] },
  '00200037': { vr: 'DS', Value: [1, -0, 0, '-0.0'] },
};

describe('the text of a model', () => {
  test('attributes stand in ascending order, which JSON.stringify does not give', () => {
    const order = (text: string) => text.match(/"[0-9A-F]{8}"/g);
    expect(order(JSON.stringify(model))).not.toEqual(order(stringifyDicomJson(model)));
    expect(order(stringifyDicomJson(model))).toEqual([
      '"00080005"',
      '"0020000D"',
      '"00200037"',
      '"30060020"',
      '"00080005"',
      '"30060022"',
    ]);
  });

  test('-0 stays -0', () => {
    expect(stringifyDicomJson({ '00189074': { vr: 'FD', Value: [-0, 0] } })).toBe(
      '{"00189074":{"vr":"FD","Value":[-0,0]}}',
    );
    const [, second] = fromDicomJson(JSON.parse(stringifyDicomJson(model)))['00200037']!.Value!;
    expect(Object.is(second, -0)).toBe(true);
  });

  test('it is JSON, and the model again', () => {
    expect(fromDicomJson(JSON.parse(stringifyDicomJson(model)))).toEqual(fromDicomJson(model));
    expect(stringifyDicomJson({})).toBe('{}');
    expect(stringifyDicomJson({ '00081140': { vr: 'SQ' } })).toBe('{"00081140":{"vr":"SQ"}}');
    expect(stringifyDicomJson({ '00100020': { vr: 'LO', Value: ['"\n\u2028', null] } })).toBe(
      JSON.stringify({ '00100020': { vr: 'LO', Value: ['"\n\u2028', null] } }),
    );
  });

  test('sequences 50,000 deep are written iteratively', () => {
    let item: DicomJson = {};
    for (let at = 0; at < 50_000; at++) item = { '00081140': { vr: 'SQ', Value: [item] } };
    expect(stringifyDicomJson(item).length).toBe(50_000 * '{"00081140":{"vr":"SQ","Value":[]}}'.length + 2);
  });
});
